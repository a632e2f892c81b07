"""The portal as the adapter sees it: single reads, many reads, walks through lists, and writes that are sent once."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Self

import sqlalchemy as sa

from caseline.crm.bitrix24 import calls, wire
from caseline.crm.bitrix24.address import Secret
from caseline.crm.bitrix24.answers import Answer, Done, Fault, Held, Kind, Outcome, Refused, Unknown
from caseline.crm.bitrix24.batches import Sending, stopped
from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.faults import PortalRefused
from caseline.crm.bitrix24.options import Options
from caseline.crm.bitrix24.sizing import Sizing
from caseline.crm.bitrix24.traffic import Patience, Traffic
from caseline.crm.bitrix24.walking import Walk
from caseline.crm.port import TryLater


class Portal:
    """A Bitrix24 portal behind an inbound webhook; for all threads of a process, and for processes that it forks.

    Every method raises `PortalStopped` when somebody has to act before the portal serves us again.
    """

    def __init__(self, url: Secret, engine: sa.Engine, options: Options | None = None) -> None:
        self.options = options or Options()
        self._traffic = Traffic(url, engine, self.options)
        self._reads = Sizing(self.options.ceiling, self.options.size, cautious=False)
        self._writes = Sizing(self.options.ceiling, self.options.size)

    def __repr__(self) -> str:
        return f"Portal({self.host})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def host(self) -> str:
        """Host and port of the portal."""
        return self._traffic.address.host

    @property
    def home(self) -> str:
        """Where people look at the portal."""
        return self._traffic.address.home

    @property
    def key(self) -> str:
        """The portal's name in the database."""
        return self._traffic.address.key

    @property
    def clock(self) -> datetime | None:
        """The portal's time at its last answer; None before the first."""
        return self._traffic.clock

    def used(self, methods: Collection[str]) -> dict[str, float]:
        """Operating seconds of methods, as the portal told last."""
        return self._traffic.governor.used(methods)

    def close(self) -> None:
        """End all connections; the next call opens others."""
        self._traffic.close()

    def read(self, method: str, params: Mapping[str, Any] | None = None, *, patience: float | None = None) -> Answer:
        """The answer to a call that changes nothing, asked for again when it is lost.

        `patience`: for so many seconds, instead of those of the options. Raises `PortalRefused`, and `TryLater` when
        no answer comes.
        """
        body = wire.body(calls.plain(params or {}))
        options = self.options if patience is None else replace(self.options, patience=patience)
        waiting, lost = Patience(options), 0
        while True:
            if not waiting.open(self._traffic.governor, [method]):
                raise TryLater(f"the time that the portal allows {method} is used up")
            found = self._traffic.single(method, body).found
            if not isinstance(found, Fault):
                return found.done
            if found.kind is Kind.FATAL:
                raise stopped(found)
            if found.kind is Kind.REFUSED:
                raise PortalRefused(found.code, found.text)
            lost += found.kind is Kind.AMBIGUOUS
            if lost >= self.options.doubts or not waiting.pause():
                raise TryLater(f"the portal does not answer {method}: {found.code} {found.text}".rstrip())

    def read_many(self, asked: Mapping[str, Call]) -> dict[str, Done | Refused]:
        """The answers to calls that change nothing, by their keys; lost ones are asked for again.

        Raises `TryLater` when not all of them can be had.
        """
        answered: dict[str, Done | Refused] = {}
        patience, reason = Patience(self.options), ""
        for _attempt in range(self.options.doubts):
            sending = Sending(self._traffic, self._reads, {k: c for k, c in asked.items() if k not in answered})
            sending.run()
            got = {k: o for k, o in sending.outcomes.items() if isinstance(o, Done | Refused)}
            answered |= got
            if len(answered) == len(asked):
                return {key: answered[key] for key in asked}
            doubts = [o.reason for o in sending.outcomes.values() if isinstance(o, Unknown)]
            reason = doubts[0] if doubts else sending.reason
            if got:
                patience.progress()
            if not patience.pause():
                break
        raise TryLater(f"the portal does not answer: {reason}")

    def walk(
        self, method: str, params: Mapping[str, Any] | None = None, *, after: int = 0
    ) -> Iterator[list[dict[str, Any]]]:
        """All rows of a list with ids above `after`, in the order of their ids and at most 50 together.

        Each comes once. What is added meanwhile is read too when its id is above all others; what is deleted or changed
        meanwhile may be missing. `params` may hold `select` (the id is added) and `filter`; what they say of order and
        start does not count. At most 5,000 rows are in memory.
        """
        name = "id" if method.lower().startswith("crm.item.") else "ID"
        params = dict(params or {})
        if params.get("select"):
            params["select"] = [name, *(field for field in params["select"] if field != name)]
        return Walk(self, method, params, name, self.options.size).pages(after)

    def send(self, sent: Mapping[str, Call], *, before: Callable[[], None] | None = None) -> dict[str, Outcome]:
        """What became of calls that write: done, refused, unknown (look it up), or held (certainly not executed).

        Calls are repeated only when they were not executed, and in no certain order when their methods differ. `before`
        is called whenever something is about to leave; what it raises comes through, and nothing leaves then.
        Raises `TryLater` when nothing at all was executed. `PortalStopped` names what is known of the others.
        """
        sending = Sending(self._traffic, self._writes, sent, before)
        sending.run()
        if sent and not sending.outcomes:
            raise TryLater(f"the portal takes nothing now: {sending.reason}")
        held: dict[str, Outcome] = {key: Held(None, sending.reason) for key in sending.left}
        outcomes = sending.outcomes | held
        return {key: outcomes[key] for key in sent}
