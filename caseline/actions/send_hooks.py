"""Tells other systems what is queued for them: signed, at least once, each time with the same key."""

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import httpx

from caseline.actions.wiring import House
from caseline.feedback import hook_rules, hooks
from caseline.feedback.hooks import Claimed

_LEASE: Final = timedelta(minutes=2)
"""Longer than sending can last; whoever dies meanwhile has it tried again afterwards."""
_TIMEOUT: Final = httpx.Timeout(10, connect=5)
_OK: Final = range(200, 300)


@dataclass(slots=True)
class Sent:
    """What was sent."""

    sent: int = 0
    failed: int = 0
    """They are tried again."""


class Unreachable(Exception):
    """The other system cannot be told now; the message says why."""


def run(house: House, *, clock: Callable[[], datetime], most: int = 200) -> Sent:
    """Send all that is due. No transaction is open while the other system is waited for.

    What is taken is another's from its claim on; killed after the sending and before that is kept, it is sent again
    with the same key, by which the other system knows it.
    """
    found, silent = Sent(), set[int]()
    claimed = _claim(house, silent, clock())
    if claimed is None:
        return found  # to make a client takes longer than all the rest of such a round
    with httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=False) as client:
        for left in reversed(range(most)):
            try:
                said = _send(client, claimed, near=house.settings.hooks_near, now=clock())
            except (Unreachable, httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
                _failed(house, claimed, f"{type(error).__name__}: {error}", now=clock())
                found.failed += 1
                silent.add(claimed.call.hook_id)  # so that one that does not answer keeps back no other
            else:
                with house.engine.begin() as connection:
                    hooks.done(connection, claimed.call, said, now=clock())
                found.sent += 1
            claimed = _claim(house, silent, clock()) if left else None
            if claimed is None:
                break
    return found


def _claim(house: House, silent: set[int], now: datetime) -> Claimed | None:
    with house.engine.begin() as connection:
        return hooks.claim(connection, now=now, until=now + _LEASE, but=silent)


def _failed(house: House, claimed: Claimed, why: str, *, now: datetime) -> None:
    pause = hook_rules.pause(claimed.call.attempts)
    with house.engine.begin() as connection:
        hooks.failed(connection, claimed.call, why, now + pause if pause else None)


def _send(client: httpx.Client, claimed: Claimed, *, near: bool, now: datetime) -> str:
    """Send it to one of the addresses of the host, as they are now; raises where it is not taken."""
    parts = urlsplit(claimed.url)
    host, call = parts.hostname or "", claimed.call
    body = json.dumps({"id": call.key, **call.body}, ensure_ascii=False, separators=(",", ":")).encode()
    timestamp = str(int(now.timestamp()))
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/json",
        "User-Agent": "caseline",
        "Idempotency-Key": call.key,
        "X-Caseline-Timestamp": timestamp,
        "X-Caseline-Signature": hook_rules.signature(claimed.secret, timestamp, body),
    }
    *others, last = _addresses(host, parts.port or 443, near=near)
    for address in (*others, last):
        # The address that was looked at is the one that is spoken to, whatever the name means a moment later.
        url = httpx.URL(claimed.url).copy_with(host=address)
        request = client.build_request("POST", url, content=body, headers=headers, extensions={"sni_hostname": host})
        try:
            answer = client.send(request, stream=True)
        except httpx.ConnectError:
            if address == last:
                raise
            continue
        answer.close()
        if answer.status_code in _OK:
            return f"taken: {answer.status_code}"
        raise Unreachable(f"it answered {answer.status_code}; only 200 to 299 means that it was taken")
    raise Unreachable(f"nobody is there at {host}")


def _addresses(host: str, port: int, *, near: bool) -> list[str]:
    try:
        found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise Unreachable(f"nobody knows the host {host}") from error
    if not near and (private := [one for one in found if hook_rules.near(one)]):
        raise Unreachable(f"{host} is {private[0]}, in a private network; CASELINE_HOOKS_NEAR=true allows that")
    return list(dict.fromkeys(found))
