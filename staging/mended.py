"""Mended rejects: lines of `caseline rejects` that come back take the place of the staging rows that they name."""

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from staging import erased, row_errors, tables

if TYPE_CHECKING:
    from staging.loader import Landed, Loader

OWN_ROW: Final = "caseline_row"
OWN_PART: Final = "caseline_part"


def names_rows(loader: "Loader") -> bool:
    """The file has the columns that `caseline rejects` adds."""
    texts = loader.columns.texts
    return OWN_ROW in texts and (OWN_PART in texts or not loader.part.inline)


def take(connection: sa.Connection, loader: "Loader", landed: "Landed") -> None:
    """Lines that name a FAILED row of this part and differ from it take its place, and it is NEW again.

    Without a key, or with the key of another row, it stays FAILED and says so. A line that nobody has changed changes
    nothing; for records that could not be read, `rejects` has noted the hash of what it wrote.
    """
    connection.execute(_replacement(loader), landed.parameters)


def dealt_with(loader: "Loader") -> sa.ColumnElement[bool]:
    """After `take`: the line has its row, or says what that row says already; it is not looked up by its key."""
    table, row = loader.layout.table, tables.row.alias("named")
    taken = sa.and_(row.c.layout_id == loader.layout.id, row.c.payload == table.c.id)
    gone = [erased.row_is(row, loader.part_id)] if loader.part_id in loader.erased else []
    return sa.exists().where(_names(loader, row), sa.or_(taken, row.c.hash == loader.hash, *gone))


def may_double(loader: "Loader") -> sa.ColumnElement[bool]:
    """A line with a known key is a duplicate, unless it came back for the sake of another part that stands in it."""
    texts = loader.columns.texts
    return sa.func.coalesce(texts[OWN_PART] == loader.name, sa.true()) if OWN_PART in texts else sa.true()


def _names(loader: "Loader", row: sa.FromClause) -> sa.ColumnElement[bool]:
    texts = loader.columns.texts
    written = texts[OWN_ROW]
    number = sa.case((written.regexp_match(r"^\d{1,18}$"), sa.cast(written, sa.BigInteger)), else_=sa.null())
    mine = texts[OWN_PART] == loader.name if OWN_PART in texts else sa.true()
    return sa.and_(row.c.id == number, row.c.part_id == loader.part_id, mine)


def _lines(loader: "Loader") -> sa.Subquery:
    """Lines to be taken, one for each row; `claim` is the row whose line names the same key first."""
    table, row = loader.layout.table, tables.row.alias("named")
    changed = sa.and_(row.c.status == tables.FAILED, row.c.hash.is_distinct_from(loader.hash))
    if loader.part_id in loader.erased:
        changed = sa.and_(changed, sa.not_(erased.row_is(row, loader.part_id)))
    columns: dict[str, Any] = {
        "id": table.c.id,
        "row_id": row.c.id,
        "key": loader.key,
        "long_key": loader.long_key,
        "hash": loader.hash,
        **loader.position(table.c.id),
        "turn": sa.func.row_number().over(partition_by=row.c.id, order_by=table.c.id),
    }
    named = sa.select(*(text.label(name) for name, text in columns.items())).select_from(
        table.join(row, _names(loader, row))
    )
    lines = named.where(loader.within, loader.unskipped, changed).subquery("lines")
    claim = sa.func.first_value(lines.c.row_id).over(partition_by=lines.c.key, order_by=lines.c.id)
    return sa.select(lines, claim.label("claim")).where(lines.c.turn == 1).subquery("claims")


def _replacement(loader: "Loader") -> sa.Update:
    found = _owned(loader)
    stays = sa.or_(found.c.key.is_(None), found.c.owner.is_not(None))
    errors = sa.case(
        (found.c.key.is_(None), row_errors.unfit_key(loader.part, found.c.long_key)),
        (found.c.owner.is_not(None), _duplicate(loader, found)),
        else_=sa.cast(sa.null(), JSONB),
    )
    values: dict[str, Any] = {
        **{name: found.c[name] for name in ("key", "line", "byte_offset", "byte_length", "hash")},
        "payload": found.c.id,
        "layout_id": loader.layout.id,
        "file_id": loader.file_id,
        "raw": None,
        "duplicate_of": found.c.owner,
        "status": sa.case((stays, tables.FAILED), else_=tables.NEW),
        "errors": errors,
    }
    return sa.update(tables.row).values(values).where(tables.row.c.id == found.c.row_id)


def _owned(loader: "Loader") -> sa.Subquery:
    """The lines with the other row that owns their key: one from before, or the one that claims it first."""
    lines, owner = _lines(loader), tables.row.alias("owner")
    before = (
        sa.select(owner.c.id)
        .where(owner.c.part_id == loader.part_id, owner.c.key == lines.c.key, owner.c.duplicate_of.is_(None))
        .where(owner.c.id != lines.c.row_id)
        .scalar_subquery()
    )
    beside = sa.case((lines.c.key.is_(None), None), else_=sa.func.nullif(lines.c.claim, lines.c.row_id))
    return sa.select(lines, sa.func.coalesce(before, beside).label("owner")).subquery("found")


def _duplicate(loader: "Loader", found: sa.Subquery) -> sa.ScalarSelect[Any]:
    other, file = tables.row.alias("other"), tables.file
    said = sa.select(row_errors.duplicate(loader.part, found.c.key, other.c.line, file.c.name))
    return (
        said.select_from(other.join(file, file.c.id == other.c.file_id))
        .where(other.c.id == found.c.owner)
        .scalar_subquery()
    )
