"""Asks the staging tables what they say about files and records; writes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm import tables as register
from caseline.crm import time_tables, vocabulary
from staging import tables
from staging.audit.business import Count
from staging.audit.visits import Visit

AT_ONCE: Final = 1_000
SHA256: Final = 64
"""Digits of a whole file's digest; the import writes more behind it when it gives a file up half-way."""
ROW: Final = "caseline_row"
PART: Final = "caseline_part"
"""Columns that `caseline rejects` adds: the number of a staging row, and its part."""


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file that was loaded to its end."""

    id: int
    run_id: int
    name: str
    path: str
    sha256: str
    encoding: str
    loaded_at: datetime | None
    parts: tuple[str, ...]
    header: tuple[str, ...]
    """The columns that the import took from it."""

    @property
    def rejects(self) -> bool:
        """Written by `caseline rejects`: its lines name the rows whose place they take."""
        return ROW in self.header


@dataclass(frozen=True, slots=True)
class Run:
    """A run of the source."""

    id: int
    state: str
    started_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class StagedRow:
    """The row that stands for a key."""

    id: int
    status: str
    crm_id: int | None
    crm_version: int | None
    codes: tuple[str, ...]
    unread: bool
    """Its record could not be read."""


@dataclass(frozen=True, slots=True)
class OddRow:
    """A row without a key of its own: unreadable, keyless, or a duplicate."""

    line: int
    status: str
    codes: tuple[str, ...]
    unread: bool
    has_key: bool


@dataclass(slots=True)
class StagedLife:
    """An imported record with all its stage rows, oldest first."""

    origin: str
    rows: list[Visit]
    counts: list[Count]
    """Of each row, what it says of its business time."""
    foreign: bool = False
    """A row of them was not made by an import."""
    touched: bool = False
    """An event tells that people have changed the record here."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Rows of a part; `keyed` are the ones that stand for a record that could be read."""

    new: int
    success: int
    failed: int
    filtered: int
    keyed: int


def runs(connection: sa.Connection, source: str) -> list[Run]:
    """Runs of a source, oldest first."""
    run = tables.run
    query = sa.select(run.c.id, run.c.state, run.c.started_at, run.c.finished_at).where(run.c.source == source)
    return [Run(*row) for row in connection.execute(query.order_by(run.c.id))]


def part_ids(connection: sa.Connection, source: str) -> dict[str, int]:
    """Numbers of the parts of a source."""
    part = tables.part
    query = sa.select(part.c.name, part.c.id).where(part.c.source == source)
    return {name: int(number) for name, number in connection.execute(query)}


def files(connection: sa.Connection, source: str) -> list[StagedFile]:
    """Files of a source in the order in which they were registered; those given up half-way are left out."""
    file, part, layout = tables.file, tables.part, tables.layout
    own = (file.c.id, file.c.run_id, file.c.name, file.c.path, file.c.sha256, file.c.encoding, file.c.loaded_at)
    names = sa.select(sa.func.array_agg(part.c.name)).where(part.c.id == sa.any_(file.c.parts)).scalar_subquery()
    query = sa.select(*own, names, layout.c.header).join(layout, layout.c.id == file.c.layout_id)
    whole = sa.and_(file.c.source == source, sa.func.char_length(file.c.sha256) == SHA256)
    found = connection.execute(query.where(whole).order_by(file.c.id))
    return [StagedFile(*row[:-2], tuple(row[-2] or ()), tuple(row[-1])) for row in found]


def rows(connection: sa.Connection, part_id: int, keys: Sequence[str]) -> dict[str, StagedRow]:
    """The rows that stand for these keys."""
    row = tables.row
    says = (row.c.status, row.c.crm_id, row.c.crm_version, row.c.errors, row.c.raw.is_not(None))
    query = sa.select(row.c.key, row.c.id, *says)
    wanted = sa.and_(row.c.part_id == part_id, row.c.duplicate_of.is_(None), row.c.key == _any(keys))
    return {
        key: StagedRow(number, status, crm_id, version, _codes(errors), unread)
        for key, number, status, crm_id, version, errors, unread in connection.execute(query.where(wanted))
    }


def odd_rows(connection: sa.Connection, part_id: int, file_id: int) -> Iterator[OddRow]:
    """Rows of a file without a key of their own, by line, streamed."""
    row = tables.row
    odd = sa.or_(row.c.duplicate_of.is_not(None), row.c.key.is_(None), row.c.raw.is_not(None))
    query = (
        sa.select(row.c.line, row.c.status, row.c.errors, row.c.raw.is_not(None), row.c.key.is_not(None))
        .where(row.c.part_id == part_id, row.c.file_id == file_id, odd)
        .order_by(row.c.line, row.c.id)
    )
    with connection.execution_options(stream_results=True, max_row_buffer=AT_ONCE).execute(query) as found:
        for line, status, errors, unread, has_key in found:
            yield OddRow(line, status, _codes(errors), unread, has_key)


def filtered(connection: sa.Connection, part_id: int, keys: Sequence[str]) -> set[str]:
    """Those of the keys that are counted as filtered out."""
    table = tables.filtered
    query = sa.select(table.c.key).where(table.c.part_id == part_id, table.c.key == _any(keys))
    return set(connection.execute(query).scalars())


def count(connection: sa.Connection, part_id: int) -> Counted:
    """Rows of a part by status."""
    row, left = tables.row, tables.filtered
    numbers = [sa.func.count().filter(row.c.status == status) for status in (tables.NEW, tables.SUCCESS, tables.FAILED)]
    keyed = sa.func.count().filter(row.c.key.is_not(None), row.c.duplicate_of.is_(None), row.c.raw.is_(None))
    out = sa.select(sa.func.count()).where(left.c.part_id == part_id).scalar_subquery()
    new, success, failed = numbers
    query = sa.select(new, success, failed, out, keyed).where(row.c.part_id == part_id)
    return Counted(*connection.execute(query).one())


def keys(connection: sa.Connection, part_id: int) -> Iterator[Sequence[tuple[str, str]]]:
    """(key, status) of all rows of a part that could be read, streamed in pieces."""
    row = tables.row
    query = sa.select(row.c.key, row.c.status).where(
        row.c.part_id == part_id, row.c.key.is_not(None), row.c.duplicate_of.is_(None), row.c.raw.is_(None)
    )
    with connection.execution_options(stream_results=True, max_row_buffer=AT_ONCE).execute(query) as found:
        for piece in found.partitions(AT_ONCE):
            yield [(key, status) for key, status in piece]


def changed(connection: sa.Connection, source: str) -> set[str]:
    """Keys of requests that some run has changed after another one made them."""
    ledger, row, part = tables.ledger, tables.row, tables.part
    query = (
        sa.select(row.c.key)
        .join(ledger, ledger.c.row_id == row.c.id)
        .join(part, part.c.id == row.c.part_id)
        .where(part.c.source == source, part.c.entity == vocabulary.REQUEST, sa.not_(ledger.c.created))
    )
    return set(connection.execute(query).scalars())


def lives(connection: sa.Connection, source: str) -> Iterator[list[StagedLife]]:
    """The records of a source in the register with their stage rows, streamed in pieces; no port answers these rows."""
    event, record, stage, stage_row = register.event, register.record, register.stage, time_tables.stage_row
    told = sa.select(event.c.record_id).where(event.c.entity == vocabulary.REQUEST, sa.not_(event.c.imported))
    touched = set(connection.execute(told).scalars())
    spans = (_moment(stage_row.c.entered_at), _moment(stage_row.c.left_at), stage_row.c.elapsed_s)
    names = ("pausing", "business_s", "paused_s", "calendar_id", "calendar_version", "mode", "imported")
    counts = (*(stage_row.c[name] for name in names), stage.c.pauses)
    query = (
        sa.select(record.c.id, record.c.origin, stage_row.c.stage, *spans, *counts)
        .outerjoin(stage_row, stage_row.c.record_id == record.c.id)
        .outerjoin(stage, sa.and_(stage.c.kind == record.c.kind, stage.c.code == stage_row.c.stage))
        .where(record.c.source == source)
        .order_by(record.c.id, stage_row.c.entered_at, stage_row.c.id)
    )
    piece: list[StagedLife] = []
    with connection.execution_options(stream_results=True, max_row_buffer=AT_ONCE).execute(query) as found:
        for number, origin, code, entered, left, seconds, *said in found:
            if not piece or piece[-1].origin != origin:
                if len(piece) >= AT_ONCE:
                    yield piece
                    piece = []
                piece.append(StagedLife(origin, [], [], touched=number in touched))
            if code is not None:
                piece[-1].rows.append(Visit(code, entered, left, seconds))
                piece[-1].counts.append(Count(*said))
                piece[-1].foreign |= not piece[-1].counts[-1].imported
    yield piece


def _moment(at: sa.Column[Any]) -> sa.ColumnElement[int]:
    return sa.cast(sa.extract("epoch", at) * 1_000_000, sa.BigInteger)


def _any(keys: Sequence[str]) -> sa.CollectionAggregate[Any]:
    return sa.any_(sa.literal(list(keys), sa.ARRAY(sa.Text)))


def _codes(errors: list[dict[str, Any]] | None) -> tuple[str, ...]:
    return tuple(str(error.get("code")) for error in errors or ())
