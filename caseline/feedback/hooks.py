"""SQL of webhooks: whom to tell, and what, each once by its key."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.feedback.follow_tables import hook, hook_call

_LONGEST: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """Another system that is told."""

    id: int
    code: str
    url: str
    bonuses: bool
    """It is told of every line of the ledger of bonuses."""
    active: bool
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Something that another system is told."""

    id: int
    hook_id: int
    key: str
    body: Mapping[str, Any]
    made_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """Something that is sent now, with where it goes."""

    call: Call
    url: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something that another system is told, as it is shown."""

    id: int
    code: str
    key: str
    made_at: datetime
    due_at: datetime | None
    """Empty: it was taken, or nobody tries any more."""
    done_at: datetime | None
    attempts: int
    result: str | None


_HOOK = [hook.c[name] for name in Hook.__dataclass_fields__]
_CALL = [hook_call.c[name] for name in Call.__dataclass_fields__]
_LINE = [hook_call.c[name] for name in Line.__dataclass_fields__ if name != "code"]


def every(connection: sa.Connection) -> list[Hook]:
    """All of them by code."""
    return [Hook(**row) for row in connection.execute(sa.select(*_HOOK).order_by(hook.c.code)).mappings()]


def find(connection: sa.Connection, code: str, *, hold: bool = False) -> Hook | None:
    """The one of that code; `hold`: nobody else changes it until the transaction ends."""
    query = sa.select(*_HOOK).where(hook.c.code == code)
    row = connection.execute(query.with_for_update() if hold else query).mappings().one_or_none()
    return None if row is None else Hook(**row)


def make(connection: sa.Connection, values: Mapping[str, Any], secret: bytes) -> bool:
    """Make one by columns; False when there is one of that code."""
    made = insert(hook).values(**values, secret=secret).on_conflict_do_nothing(index_elements=["code"])
    return connection.execute(made.returning(hook.c.id)).scalar_one_or_none() is not None


def change(connection: sa.Connection, hook_id: int, values: Mapping[str, Any]) -> None:
    """Change columns of one."""
    connection.execute(sa.update(hook).where(hook.c.id == hook_id).values(**values))


def queue(connection: sa.Connection, hook_id: int, key: str, body: Mapping[str, Any], *, now: datetime) -> bool:
    """Have another system told; False when it is, or was, by that key. It leaves after the caller's commit."""
    values = {"hook_id": hook_id, "key": key, "body": dict(body), "made_at": now, "due_at": now}
    made = insert(hook_call).values(values).on_conflict_do_nothing(index_elements=["hook_id", "key"])
    return connection.execute(made.returning(hook_call.c.id)).scalar_one_or_none() is not None


def claim(connection: sa.Connection, *, now: datetime, until: datetime, but: Collection[int] = ()) -> Claimed | None:
    """The next one that is due, which is nobody else's `until` then; what waits for an idle one waits on.

    `but`: webhooks that are left alone.
    """
    due = sa.select(hook_call.c.id).join(hook, hook.c.id == hook_call.c.hook_id)
    due = (
        due.where(hook_call.c.due_at <= now, hook.c.active, hook.c.id.not_in(but))
        .order_by(hook_call.c.due_at, hook_call.c.id)
        .limit(1)
    )
    number = connection.execute(due.with_for_update(skip_locked=True, of=hook_call)).scalar_one_or_none()
    if number is None:
        return None
    taken = sa.update(hook_call).where(hook_call.c.id == number)
    taken = taken.values(due_at=until, attempts=hook_call.c.attempts + 1)
    call = Call(**connection.execute(taken.returning(*_CALL)).mappings().one())
    row = connection.execute(sa.select(hook.c.url, hook.c.secret).where(hook.c.id == call.hook_id)).one()
    return Claimed(call=call, url=row.url, secret=bytes(row.secret))


def done(connection: sa.Connection, call: Call, result: str, *, now: datetime) -> None:
    """It was taken."""
    values = {"due_at": None, "done_at": now, "result": result[:_LONGEST]}
    connection.execute(sa.update(hook_call).where(hook_call.c.id == call.id).values(values))


def failed(connection: sa.Connection, call: Call, why: str, again_at: datetime | None) -> None:
    """It was not taken; None: nobody tries any more. Whoever came too late changes nothing."""
    own = (hook_call.c.id == call.id, hook_call.c.attempts == call.attempts, hook_call.c.done_at.is_(None))
    connection.execute(sa.update(hook_call).where(*own).values(due_at=again_at, result=why[:_LONGEST]))


def again(connection: sa.Connection, hook_id: int, *, now: datetime) -> int:
    """Try anew all that was not taken; answers how much."""
    waiting = (hook_call.c.hook_id == hook_id, hook_call.c.done_at.is_(None))
    return connection.execute(sa.update(hook_call).where(*waiting).values(due_at=now, attempts=0)).rowcount


def lines(connection: sa.Connection, hook_id: int, most: int) -> list[Line]:
    """The newest of what one is told, the newest first."""
    joined = sa.select(*_LINE, hook.c.code).join(hook, hook.c.id == hook_call.c.hook_id)
    query = joined.where(hook_call.c.hook_id == hook_id).order_by(hook_call.c.id.desc()).limit(most)
    return [Line(**row) for row in connection.execute(query).mappings()]
