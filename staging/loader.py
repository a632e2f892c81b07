"""What a block of a file becomes: the SQL that makes staging rows of landed records."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from staging import checks, erased, mended, places, row_errors, tables, values
from staging.blocks import Block
from staging.landing import Layout
from staging.mapping import Mapping, Part


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
    erased: frozenset[int] = frozenset()
    """Parts of the source of which something was erased as data of a person."""
    named: tuple[tuple[str, int], ...] = ()
    """(name, id) of inline parts with such records: a new line that names one of these is left out."""
    most: int | None = None
    """Rows of a batch, see `batches.most`."""

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
        """The key of a landing row; NULL when it is empty or can be none."""
        key = values.usable(self.long_key)
        return erased.known(self.part_id, key) if self.part_id in self.erased else key

    @cached_property
    def long_key(self) -> Any:  # noqa: ANN401 - an SQL expression
        """The key as it stands there, however long."""
        return values.key(self.part.key, self.columns)

    @cached_property
    def insertion(self) -> sa.Select[Any]:
        """Insert rows for landing ids first..last that are new.

        Answers (ids that were added, in their order; landing ids that met a known key).
        """
        row = tables.row
        source = self._source()
        added = (
            insert(row)
            .from_select(list(source.selected_columns.keys()), source)
            .on_conflict_do_nothing(index_elements=["part_id", "key"], index_where=row.c.duplicate_of.is_(None))
            .returning(row.c.id, row.c.payload)
            .cte("added")
        )
        table = self.layout.table
        met = sa.select(sa.func.array_agg(table.c.id)).where(
            self.within, self.wanted, table.c.id.not_in(sa.select(added.c.payload))
        )
        return sa.select(sa.func.array_agg(aggregate_order_by(added.c.id, added.c.id)), met.scalar_subquery())

    @cached_property
    def wanted(self) -> sa.ColumnElement[bool]:
        """To be known by its key: neither skipped nor the mended form of a row that it names."""
        if not mended.names_rows(self):
            return self.unskipped
        return sa.and_(self.unskipped, sa.not_(mended.dealt_with(self)))

    @cached_property
    def unskipped(self) -> sa.ColumnElement[bool]:
        """Not skipped by the mapping."""
        present = self.key.is_not(None) if self.part.inline else sa.true()
        return sa.and_(present, *(sa.not_(condition) for condition, _ in self.skips))

    @cached_property
    def skips(self) -> list[tuple[sa.ColumnElement[bool], str]]:
        """(condition, reason) of rows that the mapping filters out; the first reason counts."""
        found: list[tuple[sa.ColumnElement[bool], str]] = []
        for skip in self.part.skip:
            raw = self.columns.raw(skip.column)
            condition = checks.missing(raw) if skip.empty else sa.func.coalesce(raw.in_(skip.values), sa.false())
            others = [sa.not_(earlier) for earlier, _ in found]
            if self.part.inline:
                # A line that says nothing of the part holds no record that could be left out.
                others.append(self.key.is_not(None))
            found.append((sa.and_(condition, *others), skip.reason))
        others = [sa.not_(earlier) for earlier, _ in found]
        return [*found, *((sa.and_(condition, *others), erased.REASON) for condition in self.left_out)]

    @cached_property
    def left_out(self) -> list[sa.ColumnElement[bool]]:
        """New lines in which an erased person stands: what they say is said of the person."""
        row = tables.row.alias("met")
        met = sa.exists().where(row.c.part_id == self.part_id, row.c.key == self.key, row.c.duplicate_of.is_(None))
        keys = [(part_id, values.key(self.mapping.parts[name].key, self.columns)) for name, part_id in self.named]
        found = [erased.is_erased(part_id, values.usable(key)) for part_id, key in keys]
        return [sa.and_(sa.or_(*found), sa.not_(met))] if found else []

    @cached_property
    def gone(self) -> sa.ColumnElement[bool]:
        """Landing rows of which this part's record was erased."""
        return erased.is_erased(self.part_id, values.usable(self.long_key))

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
            "errors": sa.case((key.is_(None), row_errors.unfit_key(self.part, self.long_key)), else_=sa.null()),
        }
        selected = sa.select(*(text.label(name) for name, text in columns.items()))
        return selected.where(self.within, self.wanted).order_by(table.c.id)

    @property
    def within(self) -> sa.ColumnElement[bool]:
        """Landing rows of the block."""
        return self.layout.table.c.id.between(
            sa.bindparam("first_id", type_=sa.BigInteger), sa.bindparam("last_id", type_=sa.BigInteger)
        )

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
        names = sorted(
            name for name in self.columns.texts if name not in part.ignore and not name.startswith(values.OWN)
        )
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
