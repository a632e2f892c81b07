"""Loads a block of a file: landing by COPY, a staging row for each record, all in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert

from staging import batches, landing, mended, places, row_errors, tables, values
from staging.blocks import Block
from staging.careful import Damaged
from staging.landing import Layout
from staging.mapping import Mapping, Part

ROW_IDS_LOCK = 7_205_759_001


@dataclass(frozen=True)
class Loader:
    """Where the records of a file go: its layout and one of its parts."""

    mapping: Mapping
    name: str
    part_id: int
    file_id: int
    run_id: int
    rank: int
    layout: Layout

    @property
    def part(self) -> Part:
        """The part's rules."""
        return self.mapping.parts[self.name]

    @cached_property
    def columns(self) -> values.Columns:
        """Landing columns by source name."""
        return self.layout.columns(self.mapping)

    @cached_property
    def key(self) -> Any:  # noqa: ANN401 - an SQL expression
        """The key of a landing row."""
        return values.key(self.part.key, self.columns)

    @cached_property
    def insertion(self) -> sa.Select[Any]:
        """Insert rows for landing ids first..last that are new; answers (count, first id, last id)."""
        row = tables.row
        source = self._source()
        added = (
            insert(row)
            .from_select(list(source.selected_columns.keys()), source)
            .on_conflict_do_nothing(index_elements=["part_id", "key"], index_where=row.c.duplicate_of.is_(None))
            .returning(row.c.id, row.c.status)
            .cte("added")
        )
        return sa.select(sa.func.count(), sa.func.min(added.c.id), sa.func.max(added.c.id))

    @cached_property
    def wanted(self) -> sa.ColumnElement[bool]:
        """To be known by its key: neither skipped nor the mended form of a row that it names."""
        if not mended.names_rows(self):
            return self.unskipped
        return sa.and_(self.unskipped, sa.not_(mended.dealt_with(self)))

    @cached_property
    def unskipped(self) -> sa.ColumnElement[bool]:
        """Not skipped by the mapping."""
        if self.part.inline:
            return self.key.is_not(None)  # type: ignore[no-any-return]
        return sa.not_(sa.or_(sa.false(), *(condition for condition, _ in self.skips)))

    @cached_property
    def skips(self) -> list[tuple[sa.ColumnElement[bool], str]]:
        """(condition, reason) of rows that the mapping filters out."""
        found = []
        for skip in self.part.skip:
            raw = self.columns.raw(skip.column)
            condition = values.missing(raw) if skip.empty else sa.func.coalesce(raw.in_(skip.values), sa.false())
            found.append((condition, skip.reason))
        return found

    def _source(self) -> sa.Select[Any]:
        table = self.layout.table
        key = self.key
        columns: dict[str, Any] = {
            "part_id": sa.literal(self.part_id, sa.Integer),
            "file_id": sa.literal(self.file_id, sa.Integer),
            **self.position(table.c.id),
            "key": key,
            "payload": table.c.id,
            "layout_id": sa.literal(self.layout.id, sa.Integer),
            "hash": self.hash,
            "status": sa.case((key.is_(None), tables.FAILED), else_=tables.NEW),
            "errors": sa.case((key.is_(None), row_errors.no_key(self.part)), else_=sa.null()),
        }
        selected = sa.select(*(text.label(name) for name, text in columns.items()))
        return selected.where(self.within, self.wanted).order_by(table.c.id)

    @property
    def within(self) -> sa.ColumnElement[bool]:
        """Landing rows of the block."""
        return self.layout.table.c.id.between(sa.bindparam("first_id", type_=sa.BigInteger), sa.bindparam("last_id", type_=sa.BigInteger))

    def position(self, landed: sa.ColumnElement[int]) -> dict[str, Any]:
        """Line, byte offset and length of a landing row of the block, looked up by its ordinal."""
        ordinal = sa.cast(landed - sa.bindparam("first_id", type_=sa.BigInteger), sa.Integer) + 1

        return {
            "line": sa.bindparam("line", type_=sa.BigInteger) + places.at("lines", ordinal),
            "byte_offset": sa.bindparam("offset", type_=sa.BigInteger) + places.at("starts", ordinal),
            "byte_length": places.at("lengths", ordinal),
        }

    @cached_property
    def hash(self) -> Any:  # noqa: ANN401 - an SQL expression
        """64-bit hash of everything that counts when two versions of a row are compared."""
        part = self.part
        names = sorted(name for name in self.columns.texts if name not in part.ignore and not name.startswith(values.OWN))
        return sa.func.hash_record_extended(sa.func.row(*(self.columns.texts[name] for name in names)), 0)


@dataclass(frozen=True, slots=True)
class Landed:
    """A block that stands in the landing table."""

    block: Block
    first_id: int

    @property
    def count(self) -> int:
        """Records landed."""
        return len(self.block.starts)

    @property
    def parameters(self) -> dict[str, Any]:
        """What the statements of `Loader` need."""
        block = self.block
        return {
            "first_id": self.first_id,
            "last_id": self.first_id + self.count - 1,
            "line": block.line,
            "offset": block.offset,
            "lines": places.Int4Array(block.lines),
            "starts": places.Int4Array(block.starts),
            "lengths": places.Int4Array(block.lengths),
        }


def stage(connection: sa.Connection, loader: Loader, landed: Landed) -> int:
    """Make staging rows and their batch for a landed block; answers the rows read for this part."""
    # Ids of one block must be contiguous, so that its batch is a range: one loader at a time draws ids.
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ROW_IDS_LOCK)))
    skipped = sum(_filter(connection, loader, landed, condition, reason) for condition, reason in loader.skips)
    if mended.names_rows(loader):
        mended.take(connection, loader, landed)
    added, first, last = connection.execute(loader.insertion, landed.parameters).one()
    if added:
        batches.add(connection, [{"run_id": loader.run_id, "part_id": loader.part_id, "layout_id": loader.layout.id, "rank": loader.rank, "first_id": first, "last_id": last}])
    if added + skipped < landed.count and not loader.part.inline:
        from staging import delta  # noqa: PLC0415

        delta.settle_known(connection, loader, landed)
    return landed.count


def _filter(connection: sa.Connection, loader: Loader, landed: Landed, condition: sa.ColumnElement[bool], reason: str) -> int:
    table = loader.layout.table
    chosen = sa.select(sa.literal(loader.part_id, sa.Integer), sa.literal(loader.file_id, sa.Integer), loader.position(table.c.id)["line"], loader.key, sa.literal(reason, sa.Text)).where(loader.within, condition)
    known = sa.select(sa.func.count()).select_from(table).where(loader.within, condition)
    columns = ["part_id", "file_id", "line", "key", "reason"]
    parameters = landed.parameters
    count = int(connection.execute(known, {"first_id": parameters["first_id"], "last_id": parameters["last_id"]}).scalar_one())
    if count:
        connection.execute(insert(tables.filtered).from_select(columns, chosen).on_conflict_do_nothing(), parameters)
    return count


def damaged(connection: sa.Connection, loader: Loader, block: Block, records: Sequence[Damaged]) -> None:
    """Staging rows for records that cannot be read: FAILED, with the raw bytes and as much of the key as can be seen."""
    if not records:
        return
    key_columns = [*loader.part.key.column, *loader.part.key.otherwise]
    header = loader.layout.header
    rows = [
        {
            "line": block.line + record.line,
            "byte_offset": block.offset + record.start,
            "byte_length": len(record.raw),
            "raw": record.raw.hex(),
            "errors": [{"code": record.code, "field": record.column, "value": _shown(record), "text": record.text}],
            **{f"k{n}": _field(record, header, column) for n, column in enumerate(key_columns)},
        }
        for record in records
    ]
    names = {"line": sa.BigInteger, "byte_offset": sa.BigInteger, "byte_length": sa.Integer, "raw": sa.Text, "errors": JSONB}
    texts = [sa.column(f"k{n}", sa.Text) for n in range(len(key_columns))]
    found = sa.func.jsonb_to_recordset(sa.bindparam("rows", type_=JSONB)).table_valued(*(sa.column(n, t) for n, t in names.items()), *texts).render_derived(with_types=True)
    key = values.key(loader.part.key, values.Columns({column: found.c[f"k{n}"] for n, column in enumerate(key_columns)}, tuple(loader.mapping.nulls)))
    row = tables.row
    taken = sa.exists().where(row.c.part_id == loader.part_id, row.c.key == key, row.c.duplicate_of.is_(None))
    first = sa.func.row_number().over(partition_by=key, order_by=found.c.line) == 1
    chosen = sa.select(
        sa.literal(loader.part_id, sa.Integer),
        sa.literal(loader.file_id, sa.Integer),
        sa.literal(loader.layout.id, sa.Integer),
        found.c.line,
        found.c.byte_offset,
        found.c.byte_length,
        sa.case((sa.and_(first, sa.not_(taken)), key), else_=sa.null()),
        sa.func.decode(found.c.raw, "hex"),
        sa.literal(tables.FAILED, sa.Text),
        found.c.errors,
    )
    columns = ["part_id", "file_id", "layout_id", "line", "byte_offset", "byte_length", "key", "raw", "status", "errors"]
    connection.execute(sa.insert(row).from_select(columns, chosen), {"rows": rows})


def _field(record: Damaged, header: tuple[str, ...], column: str) -> str | None:
    index = header.index(column) if column in header else len(record.fields)
    return _printable(record.fields[index]) if index < len(record.fields) else None


def _shown(record: Damaged) -> str:
    broken = next((value for value in record.fields if "\0" in value or "\ufffd" in value), None)
    return _printable(broken if broken is not None else record.raw.decode("utf-8", "replace"))[:200]


def _printable(text: str) -> str:
    return text.replace("\0", "\u2400")

