"""SQL of the timing room: versions of calendars in and out."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.db.fixed import Fixed, Wanted
from caseline.timing import document, tables
from caseline.timing.calendars import Calendar
from caseline.timing.vocabulary import Standing

_YEARS_AROUND: Final = range(-1, 3)
"""Last year to the year after next: where deadlines lie."""
_ZONE: Final = Fixed(
    sa.text("""
SELECT document ->> 'zone' FROM timing.calendar_version
WHERE calendar_id = coalesce(CAST(:calendar AS text), (SELECT id FROM timing.calendar WHERE is_default))
ORDER BY version DESC LIMIT 1
""")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Who made a version, when and why."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of a calendar, without its days."""

    calendar: str
    version: int
    title: str
    zone: str
    provisional: tuple[int, ...]
    """Years around the time of asking that it does not know exactly."""
    note: Note
    is_default: bool


def find(connection: sa.Connection, calendar_id: str, version: int | None = None) -> Calendar | None:
    """A version of a calendar, the newest when none is named; None when there is no such thing."""
    found = text(connection, calendar_id, version)
    return None if found is None else read(found)


def read(kept: str) -> Calendar:
    """The calendar of a document."""
    return document.calendar(json.loads(kept))


def text(connection: sa.Connection, calendar_id: str, version: int | None = None) -> str | None:
    """The document of a version as it is kept, which knows it from every other."""
    made = tables.calendar_version
    query = sa.select(sa.cast(made.c.document, sa.Text)).where(made.c.calendar_id == calendar_id)
    query = (
        query.order_by(made.c.version.desc()).limit(1) if version is None else query.where(made.c.version == version)
    )
    return connection.execute(query).scalar_one_or_none()


def default(connection: sa.Connection) -> str | None:
    """Id of the default calendar; None as long as there is no calendar at all."""
    query = sa.select(tables.calendar.c.id).where(tables.calendar.c.is_default)
    return connection.execute(query).scalar_one_or_none()


def newest(connection: sa.Connection) -> dict[str, int]:
    """Number of the newest version of every calendar."""
    made = tables.calendar_version
    query = sa.select(made.c.calendar_id, sa.func.max(made.c.version).label("newest")).group_by(made.c.calendar_id)
    return {row.calendar_id: row.newest for row in connection.execute(query)}


def zone(connection: sa.Connection, calendar_id: str | None = None) -> str | None:
    """The zone of the newest version of a calendar, or of the default one; None when there is no such thing."""
    return wanted_zone(calendar_id).on(connection)


def wanted_zone(calendar_id: str | None = None) -> Wanted[str | None]:
    """The same, still to be asked."""
    return Wanted(_ZONE, {"calendar": calendar_id}, lambda rows: str(rows[0][0]) if rows else None)


def versions(connection: sa.Connection, calendar_id: str | None = None, *, at: datetime) -> list[Version]:
    """Versions of a calendar, or of all, newest first; `at` is now."""
    made, held = tables.calendar_version, tables.calendar
    query = (
        sa.select(made, held.c.is_default)
        .join(held, held.c.id == made.c.calendar_id)
        .order_by(made.c.calendar_id, made.c.version.desc())
    )
    if calendar_id is not None:
        query = query.where(made.c.calendar_id == calendar_id)
    return [_version(row, at) for row in connection.execute(query)]


def _version(row: Any, at: datetime) -> Version:  # noqa: ANN401 - a row
    return Version(
        calendar=row.calendar_id,
        version=row.version,
        title=row.document.get("title", ""),
        zone=row.document["zone"],
        provisional=provisional(document.calendar(row.document), at),
        note=Note(at=row.made_at, by=row.made_by, reason=row.reason),
        is_default=row.is_default,
    )


def add(connection: sa.Connection, calendar: Calendar, note: Note) -> bool:
    """Keep a version of a calendar; False when somebody else has made one of this number.

    The first calendar becomes the default.
    """
    connection.execute(insert(tables.calendar).values(id=calendar.id).on_conflict_do_nothing())
    row = {
        "calendar_id": calendar.id,
        "version": calendar.version,
        "document": document.plain(calendar),
        "made_at": note.at,
        "made_by": note.by,
        "reason": note.reason,
    }
    made = insert(tables.calendar_version).values(row).on_conflict_do_nothing().returning(sa.literal(1))
    if connection.execute(made).scalar_one_or_none() is None:
        return False
    if default(connection) is None:
        make_default(connection, calendar.id)
    return True


def make_default(connection: sa.Connection, calendar_id: str) -> bool:
    """Let a calendar count where nothing else is said; False when there is no such calendar."""
    held = tables.calendar
    # Two who choose at once wait for one another here, and the later choice counts.
    connection.execute(sa.select(held.c.id).order_by(held.c.id).with_for_update(key_share=True))
    connection.execute(sa.update(held).values(is_default=False).where(held.c.is_default, held.c.id != calendar_id))
    chosen = sa.update(held).values(is_default=True).where(held.c.id == calendar_id).returning(held.c.id)
    return connection.execute(chosen).scalar_one_or_none() is not None


def provisional(calendar: Calendar, at: datetime) -> tuple[int, ...]:
    """The years around a moment that the calendar does not know exactly."""
    years = (at.year + step for step in _YEARS_AROUND)
    return tuple(year for year in years if calendar.standing(year) is not Standing.EXACT)
