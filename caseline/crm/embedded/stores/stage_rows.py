"""SQL of stage rows: entered, left, read."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from caseline.crm import stage_times, time_tables
from caseline.crm.cards import Card, Stage, StageRow
from caseline.people import tables as people
from caseline.timing.clock import Clock
from caseline.timing.instants import Pause
from caseline.timing.vocabulary import Mode

_row = time_tables.stage_row


@dataclass(frozen=True, slots=True)
class Present:
    """The row that a record has not left."""

    id: int
    stage: str
    pausing: bool
    entered_at: datetime


def present(connection: sa.Connection, card: Card) -> Present:
    """The row of the record's stage of now; one that an import has not opened begins where the last one ended.

    To be called with the record locked.
    """
    columns = (_row.c.id, _row.c.stage, _row.c.pausing, _row.c.entered_at)
    query = sa.select(*columns).where(_row.c.record_id == card.id, _row.c.left_at.is_(None))
    found = connection.execute(query).one_or_none()
    if found is not None:
        return Present(*found)
    last = sa.select(sa.func.max(_row.c.left_at)).where(_row.c.record_id == card.id)
    since = connection.execute(last).scalar_one() or card.created_at
    number = enter(connection, card.id, card.stage, since, by_id=None)
    return Present(number, card.stage.code, card.stage.stops, since)


def imported_after(connection: sa.Connection, record_id: int, at: datetime) -> bool:
    """Whether an import says that the record entered a stage after that time: a legacy date with a slip in it."""
    query = sa.select(_row.c.id).where(_row.c.record_id == record_id, _row.c.imported, _row.c.entered_at > at).limit(1)
    return connection.execute(query).one_or_none() is not None


def enter(connection: sa.Connection, record_id: int, stage: Stage, at: datetime, *, by_id: int | None) -> int:
    """Open a row."""
    values = {
        "record_id": record_id,
        "stage": stage.code,
        "pausing": stage.stops,
        "entered_at": at,
        "by_id": by_id,
    }
    number: int = connection.execute(sa.insert(_row).returning(_row.c.id), values).scalar_one()
    return number


def leave(connection: sa.Connection, record_id: int, row: Present, at: datetime, clock: Clock) -> None:
    """Close a row with its durations."""
    spent = asdict(stage_times.lasted(clock, row.entered_at, at, pausing=row.pausing))
    told = {"calendar_id": clock.calendar.id, "calendar_version": clock.calendar.version, "mode": clock.mode.value}
    connection.execute(
        sa.update(_row).values(left_at=at, **spent, **told).where(_row.c.record_id == record_id, _row.c.id == row.id)
    )


def pauses(connection: sa.Connection, ids: Sequence[int]) -> dict[int, list[Pause]]:
    """When the clocks of records stood still, without pauses that still last; oldest first, by record."""
    query = (
        sa.select(_row.c.record_id, _row.c.entered_at, _row.c.left_at)
        .where(_row.c.record_id == sa.any_(sa.literal(list(ids), sa.ARRAY(sa.BigInteger))))
        .where(_row.c.pausing, _row.c.entered_at < _row.c.left_at)
        .order_by(_row.c.record_id, _row.c.entered_at, _row.c.id)
    )
    found: dict[int, list[Pause]] = {}
    for record_id, since, until in connection.execute(query):
        found.setdefault(record_id, []).append((since, until))
    return found


def rows(connection: sa.Connection, record_id: int) -> list[StageRow]:
    """Rows of a record, oldest first."""
    person = people.person
    columns = [column for column in _row.c if column is not _row.c.record_id]
    query = (
        sa.select(*columns, person.c.name.label("by"))
        .outerjoin(person, person.c.id == _row.c.by_id)
        .where(_row.c.record_id == record_id)
        .order_by(_row.c.entered_at, _row.c.id)
    )
    return [_stage_row(found) for found in connection.execute(query).mappings()]


def _stage_row(found: Any) -> StageRow:  # noqa: ANN401 - a mapping of a row
    mode = None if found["mode"] is None else Mode(found["mode"])
    return StageRow(**{**found, "mode": mode})
