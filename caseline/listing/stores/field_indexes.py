"""SQL of the indexes of extra fields: made beside the work of others, looked at, dropped."""

import hashlib
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from caseline.crm.request_fields import RequestField
from caseline.crm.tables import SCHEMA, field_definition, record
from caseline.listing import kinds
from caseline.listing.kinds import Kind
from caseline.listing.stores import extra_values

_PREFIX: Final = "ix_record_extra_"
_STATES: Final = sa.text("""
SELECT c.relname AS name, i.indisvalid AS valid, pg_relation_size(c.oid) AS size,
  EXISTS (SELECT FROM pg_stat_progress_create_index AS p WHERE p.index_relid = c.oid) AS building
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE i.indrelid = 'crm.record'::regclass AND starts_with(c.relname, 'ix_record_extra_')
""")


@dataclass(frozen=True, slots=True)
class Index:
    """An index as it stands in the database."""

    valid: bool
    building: bool
    size: int
    """In bytes."""


def name(field: RequestField) -> str:
    """What the index of a field is called, whatever signs the field's own name has."""
    return _PREFIX + hashlib.sha256(field.name.encode()).hexdigest()[:16]


def there(connection: sa.Connection) -> dict[str, Index]:
    """All indexes of extra fields, by name."""
    return {row.name: Index(row.valid, row.building, row.size) for row in connection.execute(_STATES)}


def build(connection: sa.Connection, field: RequestField) -> None:
    """Make the index without keeping anybody from writing; `connection` commits by itself.

    It reads the field by the very expression that lists ask by. Texts and lists are followed by the time of creation,
    for lists that are sorted by it; numbers, dates and times by the id, for ranges and orders.
    """
    value = extra_values.value(field)
    kind = kinds.kind(field)
    if kind is Kind.MANY:
        keys, method = [value], "gin"
    elif kind in {Kind.NUMBER, Kind.DAY, Kind.TIME}:
        keys, method = [value, record.c.id], "btree"
    else:
        keys, method = [value, record.c.created_at, record.c.id], "btree"
    parts = ", ".join(f"({_literal(key)})" for key in keys)
    connection.exec_driver_sql(f'CREATE INDEX CONCURRENTLY "{name(field)}" ON {SCHEMA}.record USING {method} ({parts})')
    connection.exec_driver_sql(f"ANALYZE {SCHEMA}.record")


def drop(connection: sa.Connection, field: RequestField) -> None:
    """Remove the index, half-made ones too; `connection` commits by itself."""
    connection.exec_driver_sql(f'DROP INDEX CONCURRENTLY IF EXISTS {SCHEMA}."{name(field)}"')


def mark(connection: sa.Connection, field: RequestField, *, filterable: bool) -> None:
    """Say that a field has an index, or none."""
    one = field_definition
    connection.execute(
        sa.update(one).where(one.c.entity == "request", one.c.name == field.name).values(filterable=filterable)
    )


def _literal(key: sa.ColumnElement[object]) -> str:
    """A statement that makes something takes no parameters: names of fields stand in it quoted by the dialect."""
    made = key.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]
    return str(made).replace("crm.record.", "")
