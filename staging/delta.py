"""What becomes of records whose key is known already: duplicates, unchanged ones, changed ones, mended ones."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from staging import tables
from staging.load import OWN_ROW, Landed, Loader


def settle_known(connection: sa.Connection, loader: Loader, landed: Landed) -> None:
    """Records of a landed block that met a row of their key.

    Met in this run: a duplicate, a FAILED row of its own that names the first. Met in an earlier run: with the same
    content nothing happens, with other content the row is NEW again and keeps its CRM id.
    """
    parameters = landed.parameters
    connection.execute(_changes(loader), parameters)
    # Only now: of two changed rows with one key the first has become the known one.
    connection.execute(_duplicates(loader), parameters)


def _known(loader: Loader) -> tuple[Any, Any, sa.Select[Any]]:
    """Landing rows of the block that are not the payload of the row with their key."""
    table, row = loader.layout.table, tables.row.alias("known")
    match = sa.and_(row.c.part_id == loader.part_id, row.c.key == loader.key, row.c.duplicate_of.is_(None))
    query = sa.select().select_from(table.join(row, match)).where(loader.within, loader.wanted, sa.func.coalesce(row.c.payload, -1) != table.c.id)
    return table, row, query


def _duplicates(loader: Loader) -> sa.Insert:
    table, row, query = _known(loader)
    file = tables.file
    text = sa.literal("the id stands already in line ").concat(sa.cast(row.c.line, sa.Text)).concat(" of ").concat(file.c.name).concat(": the first one is imported; give this one an id of its own or remove it")
    error = sa.func.jsonb_build_object(
        *(sa.literal(word, sa.Text) if isinstance(word, str) else word for word in ("code", "DUPLICATE", "field", ", ".join(loader.part.key.column), "value", loader.key, "text", text)),
        type_=JSONB,
    )
    earlier = file.c.run_id == loader.run_id
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
        "errors": sa.func.jsonb_build_array(error, type_=JSONB),
    }
    added = query.add_columns(*(text.label(name) for name, text in columns.items()))
    return sa.insert(tables.row).from_select(list(columns), added.where(file.c.id == row.c.file_id, earlier))


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
    found = query.add_columns(*(text.label(name) for name, text in columns.items())).where(file.c.id == row.c.file_id, file.c.run_id != loader.run_id).subquery("found")
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
        .where(target.c.id == found.c.id, found.c.turn == 1, differs)
    )


def replace_named_rows(connection: sa.Connection, loader: Loader, landed: Landed) -> None:
    """Mended rejects: a line that names its staging row takes that row's place, if the row is FAILED and its key free."""
    table, row = loader.layout.table, tables.row
    named = loader.columns.texts[OWN_ROW]
    other = tables.row.alias("other")
    number = sa.case((named.regexp_match(r"^\d{1,18}$"), sa.cast(named, sa.BigInteger)), else_=sa.null())
    lines = sa.select(table.c.id, number.label("row_id"), loader.key.label("key"), loader.hash.label("hash"), *(text.label(name) for name, text in loader.position(table.c.id).items())).where(loader.within).subquery("lines")
    taken = sa.exists().where(other.c.part_id == loader.part_id, other.c.key == lines.c.key, other.c.duplicate_of.is_(None), other.c.id != row.c.id)
    change = (
        sa.update(row)
        .values(
            key=lines.c.key,
            payload=lines.c.id,
            layout_id=loader.layout.id,
            file_id=loader.file_id,
            line=lines.c.line,
            byte_offset=lines.c.byte_offset,
            byte_length=lines.c.byte_length,
            hash=lines.c.hash,
            raw=None,
            duplicate_of=None,
            status=tables.NEW,
            errors=None,
        )
        .where(row.c.id == lines.c.row_id, row.c.part_id == loader.part_id, row.c.status == tables.FAILED, row.c.hash.is_distinct_from(lines.c.hash), lines.c.key.is_not(None), sa.not_(taken))
    )
    connection.execute(change, landed.parameters)
