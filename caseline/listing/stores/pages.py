"""Pages of a list, their rows by id, and how many there are."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm.tables import record
from caseline.crm.time_tables import deadline
from caseline.db import sqlstate
from caseline.listing.stores import order, where
from caseline.listing.stores.order import Order, Segment
from caseline.listing.wanted import Place, TooBroad, Wanted

PATIENCE_MS: Final = 1_000
"""How long the database may look for a page, or count."""
COUNTED: Final = 10_000
_CANCELLED: Final = "57014"


@dataclass(frozen=True, slots=True)
class Found:
    """A page: ids in order, and where the pages beside it begin; None: there is none."""

    ids: tuple[int, ...]
    before: Place | None
    after: Place | None


@contextmanager
def patience(connection: sa.Connection, ms: int) -> Iterator[None]:
    """A time limit for every statement within; raises `TooBroad` when one needs longer: the transaction ends there."""
    try:
        connection.execute(sa.text("SELECT set_config('statement_timeout', :ms, true)"), {"ms": str(ms)})
        yield
    except sa.exc.DBAPIError as error:
        if sqlstate.of(error) == _CANCELLED:
            raise TooBroad from error
        raise


def page(connection: sa.Connection, wanted: Wanted, place: Place | None, most: int) -> Found:
    """The page at a place, the first one without; a place that does not fit the order is none."""
    found = order.order(wanted)
    place = _fitting(found, place)
    rows = _rows(connection, wanted, found, place, most + 1)
    if place is not None and place.back:
        if len(rows) <= most:
            return page(connection, wanted, None, most)  # the first page, and a whole one
        rows = rows[most - 1 :: -1]
        return Found(tuple(row[1][-1] for row in rows), _place(rows[0], back=True), _place(rows[-1]))
    shown = rows[:most]
    return Found(
        tuple(row[1][-1] for row in shown),
        _place(shown[0], back=True) if place is not None and shown else None,
        _place(shown[-1]) if len(rows) > most else None,
    )


def ids(connection: sa.Connection, wanted: Wanted, most: int) -> list[int]:
    """The first ids of a list."""
    rows = _rows(connection, wanted, order.order(wanted), None, most)
    return [row[1][-1] for row in rows]


def count(connection: sa.Connection, wanted: Wanted, most: int = COUNTED) -> int:
    """How many rows a list has; `most` + 1 when it has more than that."""
    joined: sa.FromClause = record
    if where.needs_deadline(wanted):
        joined = joined.outerjoin(deadline, deadline.c.record_id == record.c.id)
    some: sa.Select[Any] = (
        sa.select(sa.literal_column("1")).select_from(joined).where(*where.clauses(wanted)).limit(most + 1)
    )
    return int(connection.execute(sa.select(sa.func.count()).select_from(some.subquery())).scalar_one())


def statement(
    wanted: Wanted, found: Order, segment: Segment, most: int, *, place: Place | None = None, back: bool = False
) -> sa.Select[Any]:
    """The query of one segment: the keys of rows, from a place on where one is given."""
    query = sa.select(*(key.value.label(f"key_{n}") for n, key in enumerate(segment.keys))).where(*segment.where)
    if segment.walked and where.walks(wanted):
        # OFFSET 0 keeps the server from turning it into a join that it would then sort.
        one = sa.select(record.c.id).where(record.c.id == deadline.c.record_id, *where.of_record(wanted))
        among = one.correlate(deadline).offset(0).lateral("one")
        query = query.select_from(deadline.join(among, sa.true())).where(*where.of_deadline(wanted))
    else:
        joined: sa.FromClause = record
        if found.deadline or where.needs_deadline(wanted):
            joined = joined.outerjoin(deadline, deadline.c.record_id == record.c.id)
        for table, on in found.joins:
            joined = joined.outerjoin(table, on)
        query = query.select_from(joined).where(*where.clauses(wanted))
    if place is not None:
        values = [
            None if value is None else key.read(value) for key, value in zip(segment.keys, place.keys, strict=True)
        ]
        query = query.where(order.beyond(segment.keys, values, back=back))
    return query.order_by(*order.by(segment.keys, back=back)).limit(most)


_Row = tuple[int, Sequence[Any]]


def _rows(connection: sa.Connection, wanted: Wanted, found: Order, place: Place | None, most: int) -> list[_Row]:
    back = place is not None and place.back
    numbers = range(len(found.segments))
    start = place.segment if place is not None else 0
    rows: list[_Row] = []
    for number in reversed(numbers[: start + 1]) if back else numbers[start:]:
        here = place if number == start else None
        query = statement(wanted, found, found.segments[number], most - len(rows), place=here, back=back)
        rows += [(number, row) for row in connection.execute(query)]
        if len(rows) == most:
            break
    return rows


def _fitting(found: Order, place: Place | None) -> Place | None:
    if place is None or not 0 <= place.segment < len(found.segments):
        return None
    keys = found.segments[place.segment].keys
    if len(keys) != len(place.keys):
        return None
    try:
        for key, value in zip(keys, place.keys, strict=True):
            if value is None and not key.empty:
                return None
            if value is not None:
                key.read(value)
    except (ValueError, OverflowError):
        return None
    return place


def _place(row: _Row, *, back: bool = False) -> Place:
    return Place(row[0], tuple(_plain(value) for value in row[1]), back)


def _plain(value: Any) -> str | int | None:  # noqa: ANN401 - whatever is sorted by
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return int(value) if isinstance(value, bool) else value
