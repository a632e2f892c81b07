"""SQL of what follows from answers: written once for each ask, kind and key, done afterwards, tried until it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.feedback.answer_tables import effect

EVENT: Final = "event"
"""Kind that tells the event log of an answer."""
CORRECTION: Final = "correction"
"""Kind that brings up to date what was made of an answer that counts otherwise by now."""
_PAUSES: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
"""After which failure one is tried again; after the last of them, every six hours."""
_LAST_PAUSE: Final = timedelta(hours=6)
_LONGEST: Final = 500
_SHARED: Final = "done once for each request: an earlier ask about it has brought it"
_TO_CLOSE: Final = sa.text("""
SELECT a.id FROM feedback.ask AS a
WHERE a.state = 'answered' AND a.id = coalesce(CAST(:one AS bigint), a.id)
  AND NOT EXISTS (SELECT FROM feedback.effect AS e WHERE e.ask_id = a.id AND e.done_at IS NULL)
ORDER BY a.state_at, a.id LIMIT :most
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Something that is to be done for an ask."""

    id: int
    ask_id: int
    kind: str
    key: str
    data: Mapping[str, Any]
    """The parameters of its rule, and what the answer came to."""
    attempts: int


@dataclass(frozen=True, slots=True)
class Planned:
    """Something that is to follow."""

    kind: str
    key: str
    data: Mapping[str, Any]
    scope: str | None = None
    """Asks for all of which it is done once."""


_COLUMNS = [effect.c[name] for name in Effect.__dataclass_fields__]


def plan(connection: sa.Connection, ask_id: int, planned: Planned, *, now: datetime) -> bool:
    """Write down that something is to be done; False when it was already, for this ask or one that shares it."""
    values = {"ask_id": ask_id, "kind": planned.kind, "key": planned.key, "data": dict(planned.data), "due_at": now}
    made = insert(effect).values({**values, "scope": planned.scope}).on_conflict_do_nothing()
    if connection.execute(made.returning(effect.c.id)).scalar_one_or_none() is not None:
        return True
    if planned.scope is not None:
        # It stands beside this ask all the same, so that everybody sees why nothing came of it.
        told = {"done_at": now, "result": _SHARED}
        connection.execute(insert(effect).values({**values, **told}).on_conflict_do_nothing())
    return False


def claim(connection: sa.Connection, *, now: datetime, ask_id: int | None = None) -> Effect | None:
    """The next one that is due, which nobody else does until the transaction ends."""
    query = sa.select(*_COLUMNS).where(effect.c.done_at.is_(None), effect.c.due_at <= now)
    query = query if ask_id is None else query.where(effect.c.ask_id == ask_id)
    query = query.order_by(effect.c.due_at, effect.c.id).limit(1).with_for_update(skip_locked=True)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else Effect(**row)


def done(connection: sa.Connection, one: Effect, result: str, *, now: datetime) -> None:
    """It is done, and came to that."""
    values = {"done_at": now, "result": result[:_LONGEST], "attempts": one.attempts + 1}
    connection.execute(sa.update(effect).where(effect.c.id == one.id).values(values))


def failed(connection: sa.Connection, one: Effect, why: str, *, now: datetime) -> None:
    """It could not be done and is tried again after a pause."""
    pause = _PAUSES[one.attempts] if one.attempts < len(_PAUSES) else _LAST_PAUSE
    values = {"due_at": now + pause, "result": why[:_LONGEST], "attempts": one.attempts + 1}
    connection.execute(sa.update(effect).where(effect.c.id == one.id, effect.c.done_at.is_(None)).values(values))


def data_of(connection: sa.Connection, ask_id: int, kind: str) -> list[tuple[str, Mapping[str, Any]]]:
    """(key, data) of all of a kind that follows from an ask, done or not, in order."""
    query = sa.select(effect.c.key, effect.c.data).where(effect.c.ask_id == ask_id, effect.c.kind == kind)
    return [tuple(row) for row in connection.execute(query.order_by(effect.c.id))]


def told_last(connection: sa.Connection, ask_id: int) -> Mapping[str, Any]:
    """What counted of an answer when something was planned last because it came, or was corrected; nothing if never."""
    of_it = (effect.c.ask_id == ask_id, effect.c.kind.in_((EVENT, CORRECTION)))
    query = sa.select(effect.c.data).where(*of_it).order_by(effect.c.id.desc()).limit(1)
    return connection.execute(query).scalar_one_or_none() or {}


def count_of(connection: sa.Connection, ask_id: int, kind: str) -> int:
    """How many of a kind were planned for an ask."""
    of_it = (effect.c.ask_id == ask_id, effect.c.kind == kind)
    return connection.execute(sa.select(sa.func.count()).select_from(effect).where(*of_it)).scalar_one()


def of(connection: sa.Connection, ask_id: int) -> list[tuple[str, str, datetime | None, str | None]]:
    """(kind, key, when it was done, what it came to) of all that follows from an ask, in order."""
    columns = (effect.c.kind, effect.c.key, effect.c.done_at, effect.c.result)
    query = sa.select(*columns).where(effect.c.ask_id == ask_id).order_by(effect.c.id)
    return [tuple(row) for row in connection.execute(query)]


def to_close(connection: sa.Connection, most: int, *, ask_id: int | None = None) -> list[int]:
    """Answered asks of which everything is done that follows from them, or that one of them."""
    return list(connection.execute(_TO_CLOSE, {"most": most, "one": ask_id}).scalars())


def open_of(connection: sa.Connection, ask_id: int) -> int:
    """How much of what follows from an ask is not done yet."""
    open_ones = (effect.c.ask_id == ask_id, effect.c.done_at.is_(None))
    return connection.execute(sa.select(sa.func.count()).select_from(effect).where(*open_ones)).scalar_one()
