"""What the rounds of the deployments cost when there is nothing to do, whatever has been settled before."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from benchmarks.feedback import history
from benchmarks.feedback.register import NOW, Register
from caseline.actions import (
    ask_addresses,
    chat_asks,
    chat_run,
    follow_up,
    judge_ask,
    relay_events,
    send_asks,
    send_hooks,
    trigger_asks,
    use_bonus,
)
from caseline.actions.wiring import House

_LATER: Final = NOW + timedelta(minutes=1)
_TIMES: Final = 7
_READ: Final = ("SELECT", "WITH", "UPDATE", "DELETE", "INSERT")


def _hooks(house: House, now: datetime) -> object:
    return send_hooks.run(house, clock=lambda: now)


def _relay(house: House, now: datetime) -> object:
    return relay_events.run(house, lambda _news: None, now=now)


ROUNDS: Final[Mapping[str, Callable[[House, datetime], object]]] = {
    "whom to ask": lambda house, now: trigger_asks.run(house, now=now),
    "addresses from managers": lambda house, now: ask_addresses.run(house, now=now),
    "sending and settling": lambda house, now: send_asks.run(house, now=now, chat=chat_asks.start),
    "chats": lambda house, now: chat_run.run(house, now=now),
    "judging": lambda house, now: judge_ask.run(house, now=now),
    "what follows": lambda house, now: follow_up.run(house, now=now),
    "bonuses": lambda house, now: use_bonus.run(house, now=now),
    "webhooks": _hooks,
    "events told on": _relay,
    "reminders and ends of links": lambda house, now: send_asks.remind(house, now=now),
}


@dataclass(frozen=True, slots=True)
class Idle:
    """A round that finds nothing to do."""

    name: str
    ms: float
    """The quickest of several."""
    pages: int
    """Of 8 kB that its statements have looked at."""
    widest: str
    """The statement that has looked at most of them."""


def age(register: Register) -> None:
    """Make years of feedback of what was asked just now; a few asks stay open."""
    register.run(*history.ALL, **history.OPEN)
    register.tidy()


def run(register: Register) -> list[Idle]:
    """Every round, as it is when everything is done that can be done."""
    house = register.house
    for number in range(3):
        for deed in ROUNDS.values():
            deed(house, _LATER + timedelta(minutes=number))
    register.tidy()
    return [_idle(house, name, deed) for name, deed in ROUNDS.items()]


def _idle(house: House, name: str, deed: Callable[[House, datetime], object]) -> Idle:
    taken = []
    for number in range(_TIMES):
        begun = time.perf_counter()
        deed(house, _LATER + timedelta(minutes=10 + number))
        taken.append(time.perf_counter() - begun)
    with _looked_at(house) as pages:
        deed(house, _LATER + timedelta(minutes=20))
    widest = max(pages, key=lambda one: pages[one], default="")
    return Idle(name, min(taken) * 1000, sum(pages.values()), f"{pages.get(widest, 0)} {widest[:120]}")


@contextmanager
def _looked_at(house: House) -> Iterator[dict[str, int]]:
    """Pages by statement, from the server's own account of each; run twice, what finds nothing changes nothing."""
    found: dict[str, int] = {}

    def explain(_connection: object, cursor: Any, statement: str, values: Any, *_rest: object) -> None:  # noqa: ANN401
        if not statement.lstrip().startswith(_READ):
            return
        twin = cursor.connection.cursor()
        twin.execute("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) " + statement, values)
        plan = twin.fetchone()[0][0]["Plan"]
        said = " ".join(statement.split())
        found[said] = found.get(said, 0) + plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]

    sa.event.listen(house.engine, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        sa.event.remove(house.engine, "before_cursor_execute", explain)
