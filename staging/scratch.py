"""Scratch copies of the staging tables for a rehearsal, filled with what earlier runs know and dropped after it."""

from collections.abc import Collection
from typing import Final

import sqlalchemy as sa
from sqlalchemy.schema import CreateSchema, DropSchema

from staging import resume, tables

PREFIX: Final = "rehearsal_"
_ALL: Final = (
    tables.part,
    tables.layout,
    tables.run,
    tables.file,
    tables.batch,
    tables.row,
    tables.filtered,
    tables.erased,
    tables.progress,
    tables.ledger,
)
_COUNTED: Final = (tables.part, tables.run, tables.file, tables.row)


def make(connection: sa.Connection, names: dict[str, str]) -> None:
    """Schemas by `names` ({schema: scratch schema}) with unlogged tables, holding what is known so far."""
    _sweep(connection)
    for schema in names.values():
        connection.execute(CreateSchema(schema))
    quote = connection.dialect.identifier_preparer.quote
    here = quote(names[tables.SCHEMA])
    for table in _ALL:
        name = quote(table.name)
        connection.execute(sa.text(f"CREATE UNLOGGED TABLE {here}.{name} (LIKE {tables.SCHEMA}.{name} INCLUDING ALL)"))
    _copy(connection, names)


def _copy(connection: sa.Connection, names: dict[str, str]) -> None:
    """Payloads become negative: the landing rows they mean are not copied, and no new one may be taken for them."""
    for table in (*_COUNTED, tables.filtered, tables.erased):
        columns = [table.c.payload * -1 if column.name == "payload" else column for column in table.columns]
        target = table.to_metadata(sa.MetaData(), schema=names[tables.SCHEMA])
        known = sa.select(*columns)
        if table is tables.row:
            known = known.where(table.c.status != tables.NEW)
        connection.execute(sa.insert(target).from_select([column.name for column in table.columns], known))
    for table in _COUNTED:
        target = table.to_metadata(sa.MetaData(), schema=names[tables.SCHEMA])
        newest = sa.select(sa.func.coalesce(sa.func.max(target.c.id), 0) + 1).scalar_subquery()
        counter = sa.func.pg_get_serial_sequence(f"{names[tables.SCHEMA]}.{table.name}", "id")
        connection.execute(sa.select(sa.func.setval(counter, newest, False)))  # noqa: FBT003 - PostgreSQL's own signature


def forget(connection: sa.Connection, source: str, part_ids: Collection[int]) -> None:
    """Files of the source count as unread, and its rows as changed, so that their conversion is rehearsed."""
    file, row = tables.file, tables.row
    known = file.c.sha256.concat(resume.REPLACED)
    connection.execute(sa.update(file).values(sha256=known).where(file.c.source == source))
    mine = sa.and_(row.c.part_id.in_(part_ids), row.c.status == tables.SUCCESS)
    connection.execute(sa.update(row).values(hash=None).where(mine))


def drop(connection: sa.Connection, names: dict[str, str]) -> None:
    """Nothing of it stays."""
    for schema in names.values():
        connection.execute(DropSchema(schema, cascade=True, if_exists=True))


def _sweep(connection: sa.Connection) -> None:
    """Scratch schemas of rehearsals whose process died; those of living ones hold the lock of their name."""
    left = sa.text("SELECT nspname FROM pg_namespace WHERE nspname LIKE :prefix")
    for schema in connection.execute(left, {"prefix": PREFIX.replace("_", r"\_") + "%"}).scalars().all():
        lock = sa.func.hashtextextended(schema.rsplit("_", 1)[0], 0)
        if connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(lock))).scalar_one():
            connection.execute(DropSchema(schema, cascade=True, if_exists=True))


def guard(connection: sa.Connection, names: dict[str, str]) -> None:
    """Hold the lock that keeps other rehearsals from sweeping ours, for as long as the connection lives."""
    lock = sa.func.hashtextextended(names[tables.SCHEMA].rsplit("_", 1)[0], 0)
    connection.execute(sa.select(sa.func.pg_advisory_lock(lock)))
