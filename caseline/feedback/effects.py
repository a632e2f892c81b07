"""SQL of what follows from answers: written once for each ask, kind and key, done afterwards, tried until it is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from caseline.db.fixed import Fixed
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
_PLAN: Final = Fixed(
    sa.text("""
INSERT INTO feedback.effect (ask_id, kind, key, data, due_at, scope, done_at, result)
VALUES (:ask, :kind, :key, CAST(:data AS jsonb), :now, :scope, :done_at, :result)
ON CONFLICT DO NOTHING RETURNING id
""")
)
_TOLD: Final = Fixed(
    sa.text("SELECT data FROM feedback.effect WHERE ask_id = :ask AND kind = ANY (:kinds) ORDER BY id DESC LIMIT 1")
)
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
    values = {"ask": ask_id, "kind": planned.kind, "key": planned.key, "data": json.dumps(dict(planned.data))}
    values |= {"now": now, "scope": planned.scope, "done_at": None, "result": None}
    if _PLAN.row(connection, values) is not None:
        return True
    if planned.scope is not None:
        # It stands beside this ask all the same, so that everybody sees why nothing came of it.
        _PLAN.rows(connection, {**values, "scope": None, "done_at": now, "result": _SHARED})
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
    row = _TOLD.row(connection, {"ask": ask_id, "kinds": [EVENT, CORRECTION]})
    return {} if row is None else row[0] or {}


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
