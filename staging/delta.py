"""What becomes of records whose key is known already: duplicates, unchanged ones, changed ones."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from staging import erased, mended, resume, row_errors, tables
from staging.loader import Landed, Loader


def settle_known(connection: sa.Connection, loader: Loader, landed: Landed, met: Sequence[int]) -> None:
    """Records of a landed block (`met`: their landing ids) that met a row of their key.

    Met in this run: a duplicate, a FAILED row of its own that names the first. Met in an earlier run: with the same
    content nothing happens, with other content the row is NEW again and keeps its CRM id, unless an earlier run has
    that content as a duplicate already.
    """
    parameters = landed.parameters | {"met": list(met)}
    connection.execute(_changes(loader), parameters)
    # Only now: of two changed rows with one key the first has become the known one.
    connection.execute(_duplicates(loader), parameters)


def _known(loader: Loader) -> tuple[Any, Any, sa.Select[Any]]:
    """Landing rows of the block that are not the payload of the row with their key."""
    table, row = loader.layout.table, tables.row.alias("known")
    match = sa.and_(row.c.part_id == loader.part_id, row.c.key == loader.key, row.c.duplicate_of.is_(None))
    query = (
        sa.select()
        .select_from(table.join(row, match))
        .where(table.c.id == sa.any_(sa.bindparam("met", type_=sa.ARRAY(sa.BigInteger))), _other(loader, row))
    )
    return table, row, query


def _other(loader: Loader, row: sa.FromClause) -> sa.ColumnElement[bool]:
    """The landing row is not the payload of `row`; ids of two landing tables may be the same by chance."""
    return sa.or_(row.c.layout_id != loader.layout.id, row.c.payload.is_distinct_from(loader.layout.table.c.id))


def before(loader: Loader, file: sa.FromClause) -> sa.ColumnElement[bool]:
    """The file was read by an earlier run, or stands no more as this one began to read it."""
    return sa.or_(file.c.run_id != loader.run_id, file.c.sha256.like(f"%{resume.REPLACED}"))


def _told(loader: Loader, row: sa.FromClause) -> sa.ColumnElement[bool]:
    """An earlier run has this content as a duplicate of `row`: the first record still wins."""
    double, file = tables.row.alias("double"), tables.file.alias("file_of_double")
    same = sa.and_(double.c.duplicate_of == row.c.id, double.c.hash == loader.hash, double.c.file_id == file.c.id)
    return sa.exists().where(same, before(loader, file))


def _duplicates(loader: Loader) -> sa.Insert:
    table, row, query = _known(loader)
    file = tables.file
    error = row_errors.duplicate(loader.part, loader.key, row.c.line, file.c.name)
    columns: dict[str, Any] = {
        "part_id": sa.literal(loader.part_id, sa.Integer),
        "file_id": sa.literal(loader.file_id, sa.Integer),
        **loader.position(table.c.id),
        "key": loader.key,
        "payload": table.c.id,
        "layout_id": sa.literal(loader.layout.id, sa.Integer),
        "hash": loader.hash,
        "duplicate_of": row.c.id,
        "status": sa.literal(tables.FAILED, sa.Text),
        "errors": error,
    }
    added = query.add_columns(*(text.label(name) for name, text in columns.items()))
    again = sa.or_(before(loader, file), _told(loader, row))
    doubled = added.where(file.c.id == row.c.file_id, sa.not_(again), mended.may_double(loader))
    return sa.insert(tables.row).from_select(list(columns), doubled)


def _changes(loader: Loader) -> sa.Update:
    table, row, query = _known(loader)
    file = tables.file
    columns: dict[str, Any] = {
        "id": row.c.id,
        "new_payload": table.c.id,
        **loader.position(table.c.id),
        "new_hash": loader.hash,
        "turn": sa.func.row_number().over(partition_by=loader.key, order_by=table.c.id),
        "copies": sa.func.count().over(partition_by=loader.key),
    }
    found = (
        query.add_columns(*(text.label(name) for name, text in columns.items()))
        .where(file.c.id == row.c.file_id, before(loader, file), sa.not_(_told(loader, row)))
        .subquery("found")
    )
    target = tables.row
    differs = sa.or_(target.c.hash.is_distinct_from(found.c.new_hash), target.c.payload.is_(None), found.c.copies > 1)
    return (
        sa.update(target)
        .values(
            payload=found.c.new_payload,
            layout_id=loader.layout.id,
            file_id=loader.file_id,
            line=found.c.line,
            byte_offset=found.c.byte_offset,
            byte_length=found.c.byte_length,
            hash=found.c.new_hash,
            raw=None,
            status=tables.NEW,
            errors=None,
        )
        .where(target.c.id == found.c.id, found.c.turn == 1, differs, *still(loader, target))
    )


def still(loader: Loader, row: sa.FromClause) -> list[sa.ColumnElement[bool]]:
    """That a row may be written again: it was not erased."""
    return [sa.not_(erased.row_is(row, loader.part_id))] if loader.part_id in loader.erased else []
