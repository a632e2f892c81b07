"""SQL of what requests hold in their fields, and of what their references point at."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.crm import catalogue_tables, field_values, request_fields, tables, vocabulary
from caseline.crm.embedded import shapes
from caseline.crm.field_port import Target
from caseline.crm.field_values import Value

_record: Final = tables.record
_EXTRA: Final = "extra."
_TABLES: Final = {**shapes.TABLES, "product": catalogue_tables.product}
"""What references can point at."""
_LONGEST_ID: Final = 18
_MOST_NAMESAKES: Final = 6


def of(connection: sa.Connection, record_id: int) -> dict[str, Value]:
    """What a request holds, by key."""
    row = connection.execute(_one(), {"one": record_id}).mappings().one_or_none()
    if row is None:
        return {}
    own = {key: _plain(row[column]) for key, column in request_fields.COLUMNS.items()}
    return own | {_EXTRA + name: value for name, value in row["extra"].items()}


def held(connection: sa.Connection, ids: Sequence[int], keys: Sequence[str]) -> dict[int, dict[str, Value]]:
    """What requests hold in these fields."""
    own = {key: request_fields.COLUMNS[key] for key in keys if key in request_fields.COLUMNS}
    extra = {key: key.removeprefix(_EXTRA) for key in keys if key.startswith(_EXTRA)}
    columns: list[sa.ColumnElement[Any]] = [
        _record.c.id,
        *(_record.c[column].label(key) for key, column in own.items()),
    ]
    columns += [_record.c.extra[name].label(key) for key, name in extra.items()]
    query = sa.select(*columns).where(_record.c.id == sa.any_(sa.cast(list(ids), sa.ARRAY(sa.BigInteger))))
    found = connection.execute(query)
    return {row[0]: {key: _plain(value) for key, value in zip((*own, *extra), row[1:], strict=True)} for row in found}


def new_columns(values: Mapping[str, Value]) -> dict[str, Any]:
    """Values of a new request by key as columns of its record."""
    extra = {key.removeprefix(_EXTRA): one for key, one in values.items() if key.startswith(_EXTRA) and one is not None}
    return _own(values) | {"extra": extra}


def changed_columns(values: Mapping[str, Value]) -> dict[str, Any]:
    """New values by key as columns of a record; an extra field that is emptied is gone."""
    extra = {key.removeprefix(_EXTRA): value for key, value in values.items() if key.startswith(_EXTRA)}
    if not extra:
        return _own(values)
    filled = {name: value for name, value in extra.items() if value is not None}
    gone = sa.cast([name for name, value in extra.items() if value is None], sa.ARRAY(sa.Text))
    return _own(values) | {"extra": _record.c.extra.op("-")(gone).op("||")(sa.cast(filled, JSONB))}


def _own(values: Mapping[str, Value]) -> dict[str, Any]:
    return {
        request_fields.COLUMNS[key]: bool(value) if key == "escalated" else value
        for key, value in values.items()
        if not key.startswith(_EXTRA)
    }


def names(connection: sa.Connection, wanted: Mapping[str, Sequence[int]]) -> dict[tuple[str, int], str]:
    """Names of what references point at, by (entity, id)."""
    asked = [
        sa.select(sa.literal(entity), _TABLES[entity].c.id, _name(entity)).where(_TABLES[entity].c.id.in_(list(ids)))
        for entity, ids in wanted.items()
        if ids and entity in _TABLES
    ]
    if not asked:
        return {}
    return {(entity, number): name for entity, number, name in connection.execute(sa.union_all(*asked))}


def targets(connection: sa.Connection, entity: str, text: str) -> list[Target]:
    """What an id or an exact name means; several namesakes are all told, up to a few."""
    table, ways = _TABLES[entity], _ways(entity, text)
    access = (table.c.group_id, table.c.assignee_id) if entity == vocabulary.REQUEST else ()
    for way in ways:
        query = sa.select(table.c.id, _name(entity), *access).where(way).order_by(table.c.id).limit(_MOST_NAMESAKES)
        if entity in {"person", "product"}:
            query = query.where(table.c.active)
        if found := [Target(*row) for row in connection.execute(query)]:
            return found
    return []


def _ways(entity: str, text: str) -> list[sa.ColumnElement[bool]]:
    table = _TABLES[entity]
    ways: list[sa.ColumnElement[bool]] = []
    if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ID:
        ways.append(table.c.id == int(text))
    if entity == vocabulary.REQUEST:
        return [*ways, sa.and_(table.c.kind == entity, table.c.number == text)]
    if entity == "person":
        ways.append(sa.func.lower(table.c.email) == text.lower())
    if entity in {"company", "contact"}:
        # As their index has it.
        folded = sa.func.translate(sa.func.lower(table.c.name), "ё", "е")
        return [*ways, folded == text.lower().replace("ё", "е")]
    return [*ways, table.c.name == text]


def _name(entity: str) -> sa.ColumnElement[str]:
    table = _TABLES[entity]
    if entity == vocabulary.REQUEST:
        return sa.func.coalesce(table.c.number, sa.cast(table.c.id, sa.Text))
    return table.c.name


@cache
def _one() -> sa.Select[Any]:
    columns = [_record.c[column] for column in request_fields.COLUMNS.values()]
    return sa.select(*columns, _record.c.extra).where(_record.c.id == sa.bindparam("one"))


def _plain(value: Any) -> Value:  # noqa: ANN401 - whatever a column holds
    if isinstance(value, datetime):
        return field_values.kept(value)
    if value == "":
        return None
    plain: Value = value
    return plain
