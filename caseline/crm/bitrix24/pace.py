"""Requests per second: a bucket in the database, shared by all processes, out of which each request takes its slot.

The bucket is one instant, `full_at`: a request moves it on by the time that the portal needs to forget one. Slots are
reserved: whoever has to wait waits for one that nobody else gets, outside of any transaction. A part of the burst stays
unused, because requests that left one by one may arrive together.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from caseline.crm.bitrix24.line import Line

_CARE: Final = 0.985
"""The part of the rate that is used: clocks of two machines do not run alike."""
_RESERVE: Final = 10
"""One in so many requests of the burst, and one at least, is left for requests that arrive together."""
_LEAST: Final = 1 / 16
"""The share of the rate that is used however often the portal refuses."""
_GAIN: Final = 1 / 120
"""How much of the rate comes back each second."""
_SAME_S: Final = 2
"""Refusals within so many seconds have one cause."""
_TRIES: Final = 5

_SHARE: Final = "least(1, b.share + :gain * extract(epoch FROM clock_timestamp() - b.struck_at))"
_STEP: Final = f"(:step / {_SHARE})"
_AHEAD: Final = f"greatest(0, floor(:burst * {_SHARE}) - 1) * {_STEP}"

_TAKE: Final = sa.text(f"""
    INSERT INTO portal.pace AS b (portal, full_at) VALUES (:portal, clock_timestamp() + make_interval(secs => :step))
    ON CONFLICT (portal) DO UPDATE
      SET full_at = greatest(b.full_at, clock_timestamp()) + make_interval(secs => {_STEP})
    RETURNING
      extract(epoch FROM clock_timestamp())::float8 AS now,
      extract(epoch FROM b.full_at)::float8 - {_STEP} - {_AHEAD} AS slot
""")  # noqa: S608 - our own words

_STRIKE: Final = sa.text(f"""
    INSERT INTO portal.pace AS b (portal, full_at, share, struck_at)
    VALUES (:portal, clock_timestamp() + make_interval(secs => :all), 0.5, clock_timestamp())
    ON CONFLICT (portal) DO UPDATE SET
      full_at = greatest(b.full_at, clock_timestamp() + make_interval(secs => :all)),
      share = greatest(:least, {_SHARE} / 2),
      struck_at = clock_timestamp()
      WHERE b.struck_at < clock_timestamp() - make_interval(secs => :same)
""")  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class Slot:
    """When a request may leave."""

    at: float
    """By the clock of the database, since 1970."""
    wait: float
    """Seconds until then."""


class Pace:
    """The bucket of one portal; `rate` requests a second are forgotten, `burst` of them fit."""

    def __init__(
        self,
        line: Line,
        portal: str,
        *,
        rate: float,
        burst: int,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._line = line
        self._step = 1 / (rate * _CARE)
        self._burst = max(1, burst - max(1, burst // _RESERVE))
        self._portal = portal
        self._sleep = sleep
        self._monotonic = monotonic

    def reserve(self) -> Slot:
        """Take the next free slot; whoever does not use it has wasted it."""
        values = {"portal": self._portal, "step": self._step, "burst": self._burst, "gain": _GAIN}
        (row,) = self._line.ask(_TAKE, values)
        return Slot(at=max(row.slot, row.now), wait=max(0.0, row.slot - row.now))

    def take(self) -> None:
        """Wait for a slot. One that we wake up too late for is left, lest requests pile up behind a busy machine."""
        for _try in range(_TRIES):
            slot = self.reserve()
            if not slot.wait:
                return
            due = self._monotonic() + slot.wait
            self._sleep(slot.wait)
            if self._monotonic() - due <= self._step:
                return

    def strike(self) -> None:
        """The portal refused a request, so others use it too: the bucket is empty, and we go slower for a while."""
        full = {"all": self._burst * self._step, "least": _LEAST, "same": _SAME_S}
        self._line.ask(_STRIKE, {"portal": self._portal, "gain": _GAIN} | full)
