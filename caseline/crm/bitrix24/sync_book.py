"""SQL of keeping in step with a portal: notices, cursors, steps of stages, what is gone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.crm.bitrix24 import sync_tables
from caseline.crm.bitrix24.book_tables import bond
from caseline.crm.bitrix24.sync_tables import cursor, gone, notice, step

_ONE_AT_A_TIME: Final = sa.select(sa.func.pg_try_advisory_lock(sa.func.hashtextextended("portal sync", 0)))
_LEAVE: Final = sa.select(sa.func.pg_advisory_unlock(sa.func.hashtextextended("portal sync", 0)))


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a list was read; see `sync_tables.cursor`."""

    name: str
    since: datetime | None = None
    upto: datetime | None = None
    after_id: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """A record has entered a stage."""

    id: int
    record_id: int
    word: str
    """The portal's code of the stage."""
    at: datetime


@contextmanager
def alone(engine: sa.Engine) -> Iterator[bool]:
    """Whether nobody else brings this database in step at this time; nobody begins before the end then."""
    # The lock ends with the connection, so one that is dead holds nobody up; the pool must not keep it.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        held = False
        try:
            held = bool(connection.execute(_ONE_AT_A_TIME).scalar_one())
            yield held
        finally:
            # A server notices the end of a connection only after a while: whoever comes next must not find it held.
            if held:
                with suppress(sa.exc.DBAPIError):
                    connection.execute(_LEAVE)
            connection.invalidate()


def bound_since(connection: sa.Connection) -> datetime | None:
    """Since when the register mirrors the portal."""
    found: datetime | None = connection.execute(sa.select(bond.c.since)).scalar_one_or_none()
    return found


def note(connection: sa.Connection, entity: str, ids: Iterable[int], *, now: datetime) -> None:
    """Something has happened to these records; noted twice, they are read once, and after the second time."""
    rows = [{"entity": entity, "id": number, "noted_at": now} for number in sorted(set(ids))]
    if rows:
        made = insert(notice)
        again = made.on_conflict_do_update(index_elements=["entity", "id"], set_={"turn": notice.c.turn + 1})
        connection.execute(again, rows)


def note_all(connection: sa.Connection, entity: str, table: sa.Table, *, now: datetime) -> None:
    """Every record of the register that is not known to be gone is to be read."""
    lost = sa.exists().where(gone.c.entity == entity, gone.c.id == table.c.id)
    at = sa.literal(now, sa.DateTime(timezone=True))
    query = sa.select(sa.literal(entity, sa.Text), table.c.id, at).where(sa.not_(lost))
    made = insert(notice).from_select(["entity", "id", "noted_at"], query)
    connection.execute(made.on_conflict_do_nothing())


def noted(connection: sa.Connection, entity: str, *, after: int, most: int) -> dict[int, int]:
    """The next noted records by id, with the turn of each."""
    query = sa.select(notice.c.id, notice.c.turn).where(notice.c.entity == entity, notice.c.id > after)
    return {row.id: row.turn for row in connection.execute(query.order_by(notice.c.id).limit(most))}


def turns(connection: sa.Connection, entity: str, ids: Sequence[int]) -> dict[int, int]:
    """The turns of those of these records that are noted."""
    wanted = sa.any_(sa.literal(list(ids), sa.ARRAY(sa.BigInteger)))
    query = sa.select(notice.c.id, notice.c.turn).where(notice.c.entity == entity, notice.c.id == wanted)
    return {row.id: row.turn for row in connection.execute(query)}


def settle(connection: sa.Connection, entity: str, number: int, turn: int) -> None:
    """A record was read after it was noted in that turn."""
    connection.execute(sa.delete(notice).where(notice.c.entity == entity, notice.c.id == number, notice.c.turn == turn))


def noted_since(connection: sa.Connection, entity: str, number: int) -> datetime | None:
    """Since when a record is noted; None when it is not."""
    query = sa.select(notice.c.noted_at).where(notice.c.entity == entity, notice.c.id == number)
    found: datetime | None = connection.execute(query).scalar_one_or_none()
    return found


def waiting(connection: sa.Connection) -> int:
    """How many records are noted."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(notice)).scalar_one())


def read_cursor(connection: sa.Connection, name: str) -> Cursor | None:
    """The cursor of that name; None when the list was never read."""
    found = connection.execute(sa.select(cursor).where(cursor.c.name == name)).one_or_none()
    return None if found is None else Cursor(*found)


def put_cursor(connection: sa.Connection, found: Cursor) -> None:
    """Keep a cursor."""
    values: Mapping[str, Any] = {"since": found.since, "upto": found.upto, "after_id": found.after_id}
    made = insert(cursor).values(name=found.name, **values)
    connection.execute(made.on_conflict_do_update(index_elements=["name"], set_=values))


def keep_steps(connection: sa.Connection, steps: Sequence[Step]) -> None:
    """Keep items of the stage history; those that come twice stand once."""
    rows = [{"id": one.id, "record_id": one.record_id, "word": one.word, "at": one.at} for one in steps]
    if rows:
        connection.execute(insert(step).on_conflict_do_nothing(), rows)


def steps(connection: sa.Connection, ids: Sequence[int]) -> dict[int, list[Step]]:
    """Steps of these records in their order."""
    wanted = sa.any_(sa.literal(list(ids), sa.ARRAY(sa.BigInteger)))
    query = sa.select(step).where(step.c.record_id == wanted).order_by(step.c.record_id, step.c.at, step.c.id)
    found: dict[int, list[Step]] = {}
    for row in connection.execute(query):
        found.setdefault(row.record_id, []).append(Step(*row))
    return found


def drop_steps(connection: sa.Connection, taken: Sequence[Step]) -> None:
    """Stage rows have been made of these."""
    ids = sa.literal([one.id for one in taken], sa.ARRAY(sa.BigInteger))
    connection.execute(sa.delete(step).where(step.c.id == sa.any_(ids)))


def is_gone(connection: sa.Connection, entity: str, number: int) -> bool:
    """Whether a record was deleted in the portal."""
    query = sa.select(gone.c.id).where(gone.c.entity == entity, gone.c.id == number)
    return connection.execute(query).one_or_none() is not None


def mark_gone(connection: sa.Connection, entity: str, number: int, *, at: datetime) -> None:
    """A record was deleted in the portal."""
    connection.execute(insert(gone).values(entity=entity, id=number, at=at).on_conflict_do_nothing())


def mark_back(connection: sa.Connection, entity: str, number: int) -> None:
    """A record is in the portal again."""
    connection.execute(sa.delete(gone).where(gone.c.entity == entity, gone.c.id == number))


@dataclass(frozen=True, slots=True)
class Installed:
    """The local application in the portal; see `sync_tables.application`."""

    member_id: str
    refresh: bytes
    refreshed_at: datetime


def application(connection: sa.Connection, portal: str, *, hold: bool = False) -> Installed | None:
    """The application as it is installed; held until the transaction ends where its token is about to be used up."""
    table = sync_tables.application
    query = sa.select(table.c.member_id, table.c.refresh, table.c.refreshed_at).where(table.c.portal == portal)
    found = connection.execute(query.with_for_update() if hold else query).one_or_none()
    return None if found is None else Installed(*found)


def keep_application(connection: sa.Connection, portal: str, member_id: str, refresh: bytes, *, now: datetime) -> None:
    """The application is installed, and has this token now."""
    values = {"member_id": member_id, "refresh": refresh, "refreshed_at": now}
    made = insert(sync_tables.application).values(portal=portal, **values)
    connection.execute(made.on_conflict_do_update(index_elements=["portal"], set_=values))
