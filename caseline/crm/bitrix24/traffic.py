"""Requests on their way: each takes its slot, and what its answer tells is remembered for all processes."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from caseline.crm.bitrix24 import codes, times
from caseline.crm.bitrix24.address import Address, Secret
from caseline.crm.bitrix24.answers import Fault, Kind, Reply
from caseline.crm.bitrix24.governor import Governor
from caseline.crm.bitrix24.line import Line
from caseline.crm.bitrix24.options import Options
from caseline.crm.bitrix24.pace import Pace
from caseline.crm.bitrix24.wire import Wire

if TYPE_CHECKING:
    from datetime import datetime

_LONGEST_PAUSE_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """An answer, and how long it took."""

    found: Reply | Fault
    seconds: float


class Traffic:
    """Everything that leaves for one portal."""

    def __init__(self, url: Secret, engine: sa.Engine, options: Options) -> None:
        self.address = Address(url)
        self.options = options
        self.clock: datetime | None = None
        self._line = Line(engine)
        self.taken: set[str] = set()
        """Methods that the portal has let us call, so that later refusals concern single records."""
        # Who looks up what a lost request has brought waits for ceiling and margin: by then it must have arrived.
        whole, connect = options.ceiling + options.margin, options.margin
        self._wire = Wire(self.address, timeout=whole, connect=connect, transport=options.transport)
        self.governor = Governor(self._line, self.address.webhook, budget=options.operating)
        self.pace = Pace(
            self._line,
            self.address.key,
            rate=options.rate,
            burst=options.burst,
            sleep=options.sleep,
            monotonic=options.monotonic,
        )

    def exchange(self, method: str, body: bytes, before: Callable[[], None] | None = None) -> Exchange:
        """Send one request as soon as the pace allows; what it did not execute is not repeated here."""
        self._wire.ready()  # before the slot: the first requests would leave late, together with those behind them
        self.pace.take()
        if before is not None:
            before()
        begun = self.options.monotonic()
        found = self._wire.post(method, body)
        seconds = self.options.monotonic() - begun
        if isinstance(found, Fault) and found.code.upper() == codes.QUERY_LIMIT:
            self.pace.strike()
        self.clock = times.clock(found.time) or self.clock
        return Exchange(found, seconds)

    def single(self, method: str, body: bytes, before: Callable[[], None] | None = None) -> Exchange:
        """The same for a call outside of a batch, whose operating time the answer tells."""
        exchange = self.exchange(method, body, before)
        found = exchange.found
        used = times.operating(method, found.time)
        self.governor.told([used] if used else ())
        if isinstance(found, Fault) and found.kind is Kind.SAFE and found.code.upper() == codes.OPERATION_LIMIT:
            self.governor.close(method, times.reset_in(found.time))
        return exchange

    def close(self) -> None:
        """End all connections; the next call opens others."""
        self._wire.close()
        self._line.close()


class Patience:
    """How long something is repeated: pauses that double, until it is enough; progress begins anew."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self.progress()

    def progress(self) -> None:
        """Something was executed."""
        self._end = self._options.monotonic() + self._options.patience
        self._pause = 1.0

    def pause(self) -> bool:
        """Wait before the next attempt; False when there shall be none."""
        length, self._pause = self._pause, min(self._pause * 2, _LONGEST_PAUSE_S)
        return self.wait(length)

    def wait(self, seconds: float) -> bool:
        """Wait so long, if that is not too long."""
        if self._options.monotonic() + seconds > self._end:
            return False
        self._options.sleep(seconds)
        return True

    def open(self, governor: Governor, methods: Collection[str]) -> set[str]:
        """Those of the methods that may be called; waits until there is one, and answers none when that is too long."""
        while True:
            waits = governor.waits(methods)
            ready = {method for method, wait in waits.items() if not wait}
            if ready or not self.wait(min(waits.values())):
                return ready
