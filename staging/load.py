"""Loads a block of a file: landing by COPY, a staging row for each record, all in the caller's transaction."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert

from staging import batches, delta, erased, mended, tables, values
from staging.blocks import Block
from staging.careful import Damaged
from staging.loader import Landed, Loader

ROW_IDS_LOCK = 7_205_759_001


def alone(connection: sa.Connection) -> None:
    """Nobody else adds rows until the transaction ends, nor erases any."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ROW_IDS_LOCK)))


def stage(connection: sa.Connection, loader: Loader, landed: Landed) -> int:
    """Make staging rows and their batch for a landed block; answers the rows read for this part."""
    # Ids of one block must be contiguous, so that its batch is a range: one loader at a time draws ids.
    alone(connection)
    for condition, reason in loader.skips:
        _filter(connection, loader, landed, condition, reason)
    if mended.names_rows(loader):
        mended.take(connection, loader, landed)
    added, met = connection.execute(loader.insertion, landed.parameters).one()
    batches.add(connection, [_batch(loader, first, last) for first, last in _pieces(added or (), loader.most)])
    if met and not loader.part.inline:
        delta.settle_known(connection, loader, landed, met)
    return landed.count


def _pieces(ids: Sequence[int], most: int | None) -> Iterator[tuple[int, int]]:
    """First and last id of each batch: ids of rows, for a record whose key is known draws one that no row has."""
    size = most or max(len(ids), 1)
    return ((ids[start], ids[min(start + size, len(ids)) - 1]) for start in range(0, len(ids), size))


def _batch(loader: Loader, first: int, last: int) -> dict[str, object]:
    return {
        "run_id": loader.run_id,
        "part_id": loader.part_id,
        "layout_id": loader.layout.id,
        "rank": loader.rank,
        "first_id": first,
        "last_id": last,
    }


def _filter(
    connection: sa.Connection, loader: Loader, landed: Landed, condition: sa.ColumnElement[bool], reason: str
) -> None:
    table, filtered, file = loader.layout.table, tables.filtered, tables.file
    mine = sa.select(file.c.id).where(file.c.run_id == loader.run_id)
    before = sa.exists().where(
        filtered.c.part_id == loader.part_id, filtered.c.key == loader.key, filtered.c.file_id.in_(mine)
    )
    again = sa.func.row_number().over(partition_by=loader.key, order_by=table.c.id) > 1
    # One line each time it comes in this run, under its key the first time: what an earlier run has counted stays one.
    key = sa.case((sa.or_(again, before), sa.null()), else_=loader.key)
    chosen = sa.select(
        sa.literal(loader.part_id, sa.Integer),
        sa.literal(loader.file_id, sa.Integer),
        loader.position(table.c.id)["line"],
        key,
        sa.literal(reason, sa.Text),
    ).where(loader.within, condition)
    columns = ["part_id", "file_id", "line", "key", "reason"]
    connection.execute(insert(tables.filtered).from_select(columns, chosen).on_conflict_do_nothing(), landed.parameters)


def damaged(connection: sa.Connection, loader: Loader, block: Block, records: Sequence[Damaged]) -> None:
    """Staging rows for records that cannot be read: FAILED, with the raw bytes and what can be seen of the key."""
    if not records:
        return
    # What other loaders have just added must be seen before a key is taken.
    alone(connection)
    rows = [_as_row(loader, block, record) for record in records]
    for same in ("bytes", "key"):
        connection.execute(_met_again(loader, same), {"rows": rows})
    names, query = _damaged_rows(loader)
    connection.execute(sa.insert(tables.row).from_select(names, query), {"rows": rows})


_FACTS: Final[dict[str, Any]] = {
    "line": sa.BigInteger,
    "byte_offset": sa.BigInteger,
    "byte_length": sa.Integer,
    "raw": sa.Text,
    "errors": JSONB,
}
"""What is handed over of a damaged record, beside the texts of its key columns (`k0`, `k1`, ...)."""


def _key_columns(loader: Loader) -> list[str]:
    return [*loader.part.key.column, *loader.part.key.otherwise]


def _as_row(loader: Loader, block: Block, record: Damaged) -> dict[str, Any]:
    # A JSON line that cannot be read has no columns.
    header = loader.layout.header if loader.mapping.format == "csv" else ()
    return {
        "line": block.line + record.line,
        "byte_offset": block.offset + record.start,
        "byte_length": len(record.raw),
        "raw": record.raw.hex(),
        "errors": [{"code": record.code, "field": record.column, "value": _shown(record), "text": record.text}],
        **{f"k{n}": _field(record, header, column) for n, column in enumerate(_key_columns(loader))},
    }


def _damage(loader: Loader) -> tuple[sa.FromClause, Any, sa.ColumnElement[bool]]:
    """(the parameter `rows` as a table, the key of each as far as it can be seen, whether it has its row already)."""
    named = {f"k{n}": column for n, column in enumerate(_key_columns(loader))}
    found = (
        sa.func.jsonb_to_recordset(sa.bindparam("rows", type_=JSONB))
        .table_valued(
            *(sa.column(name, kind) for name, kind in _FACTS.items()), *(sa.column(k, sa.Text) for k in named)
        )
        .render_derived(with_types=True)
    )
    texts = values.Columns({column: found.c[k] for k, column in named.items()}, tuple(loader.mapping.nulls))
    key = values.usable(values.key(loader.part.key, texts))
    row = tables.row.alias("placed")
    placed = sa.exists().where(
        row.c.part_id == loader.part_id,
        row.c.payload.is_(None),
        row.c.file_id == loader.file_id,
        row.c.byte_offset == found.c.byte_offset,
    )
    return found, key, placed


def _first(by: Any, found: sa.FromClause) -> sa.ColumnElement[bool]:  # noqa: ANN401 - an SQL expression
    return sa.func.row_number().over(partition_by=by, order_by=found.c.line) == 1


def _met_again(loader: Loader, same: str) -> sa.Update:
    """The row of an earlier run for the same record is FAILED now; it keeps its CRM id, and a readable form heals it.

    The `same` record has the same bytes (a row without a key: a repetition then as now) or else the same key.
    """
    found, key, placed = _damage(loader)
    first = _first(found.c.raw if same == "bytes" else key, found)
    met = sa.select(*found.c, key.label("key"), first.label("first")).where(sa.not_(placed)).subquery("met")
    target, file = tables.row, tables.file
    raw = sa.func.decode(met.c.raw, "hex")
    by_bytes = sa.and_(target.c.key.is_(None), target.c.payload.is_(None), target.c.raw == raw)
    return (
        sa.update(target)
        .values(
            payload=None,
            raw=raw,
            hash=None,
            layout_id=loader.layout.id,
            file_id=loader.file_id,
            line=met.c.line,
            byte_offset=met.c.byte_offset,
            byte_length=met.c.byte_length,
            status=tables.FAILED,
            errors=met.c.errors,
        )
        .where(
            met.c.first,
            target.c.part_id == loader.part_id,
            target.c.duplicate_of.is_(None),
            by_bytes if same == "bytes" else target.c.key == met.c.key,
            file.c.id == target.c.file_id,
            delta.before(loader, file),
            *delta.still(loader, target),
        )
    )


def _damaged_rows(loader: Loader) -> tuple[list[str], sa.Select[Any]]:
    """(columns of `row`, query over the parameter `rows`): those without a row; a key that is taken is left out."""
    found, key, placed = _damage(loader)
    row = tables.row
    taken = sa.exists().where(row.c.part_id == loader.part_id, row.c.key == key, row.c.duplicate_of.is_(None))
    columns: dict[str, Any] = {
        "part_id": sa.literal(loader.part_id, sa.Integer),
        "file_id": sa.literal(loader.file_id, sa.Integer),
        "layout_id": sa.literal(loader.layout.id, sa.Integer),
        "line": found.c.line,
        "byte_offset": found.c.byte_offset,
        "byte_length": found.c.byte_length,
        "key": sa.case((sa.and_(_first(key, found), sa.not_(taken)), key), else_=sa.null()),
        "raw": sa.func.decode(found.c.raw, "hex"),
        "status": sa.literal(tables.FAILED, sa.Text),
        "errors": found.c.errors,
    }
    if loader.part_id in loader.erased:
        gone = erased.is_erased(loader.part_id, key)
        columns["raw"] = sa.case((gone, sa.literal(b"")), else_=columns["raw"])
        columns["errors"] = sa.case((gone, sa.literal([erased.ERROR], JSONB)), else_=columns["errors"])
    return list(columns), sa.select(*columns.values()).where(sa.not_(placed))


def _field(record: Damaged, header: tuple[str, ...], column: str) -> str | None:
    index = header.index(column) if column in header else len(record.fields)
    text = record.fields[index] if index < len(record.fields) else ""
    # What is longer is no key; sending megabytes of it to find that out would take seconds.
    return _printable(text) if 0 < len(text) <= values.LONGEST_KEY else None


def _shown(record: Damaged) -> str:
    broken = next((value for value in record.fields if "\0" in value or "\ufffd" in value), None)
    return _printable(broken if broken is not None else record.raw.decode("utf-8", "replace"))[:200]


def _printable(text: str) -> str:
    return text.replace("\0", "\u2400")
