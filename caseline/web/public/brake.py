"""Slows down whoever tries links that do not exist, or comes oftener than people do."""

import ipaddress
import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

SPAN: Final = timedelta(minutes=1)
"""Within which it is counted, unless it is said otherwise; whoever has come too often waits for the rest of it."""
_NETWORKS: Final = 10_000
"""Networks and links that are remembered; beyond them the oldest is forgotten."""


class Brake:
    """Counts in memory, so a restart forgets and several processes count each for itself."""

    def __init__(self, most: int, span: timedelta = SPAN) -> None:
        self._most, self._span = most, span
        self._lock = threading.Lock()
        self._failures: OrderedDict[str, tuple[datetime, int]] = OrderedDict()

    def holds(self, address: str, *, now: datetime) -> bool:
        """Whether this address has to wait."""
        with self._lock:
            begun, count = self._failures.get(network(address), (now, 0))
        return count >= self._most and now - begun < self._span

    def failed(self, address: str, *, now: datetime) -> None:
        """Count a failure."""
        self._count(network(address), now)

    def allows(self, key: str, *, now: datetime) -> bool:
        """Count something, whatever it is; False when there were enough already."""
        with self._lock:
            begun, count = self._failures.get(key, (now, 0))
        if count >= self._most and now - begun < self._span:
            return False
        self._count(key, now)
        return True

    def _count(self, key: str, now: datetime) -> None:
        with self._lock:
            begun, count = self._failures.pop(key, (now, 0))
            self._failures[key] = (begun, count + 1) if now - begun < self._span else (now, 1)
            if len(self._failures) > _NETWORKS:
                self._failures.popitem(last=False)


def network(address: str) -> str:
    """Whom an address stands for: of version 6 everybody has 64 bits of them."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    found = getattr(found, "ipv4_mapped", None) or found
    return str(found) if found.version == 4 else str(ipaddress.ip_network((int(found), 64), strict=False))  # noqa: PLR2004
