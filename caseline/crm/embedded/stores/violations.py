"""SQL of obligatory fields that open requests leave empty."""

from collections.abc import Mapping, Sequence
from typing import Final

import sqlalchemy as sa

from caseline.crm import rule_tables, tables, vocabulary

_record, _violation = tables.record, rule_tables.violation
_OPEN: Final = sa.and_(_record.c.kind == vocabulary.REQUEST, _record.c.closed_at.is_(None))


def of(connection: sa.Connection, record_id: int) -> list[str]:
    """What a request leaves empty."""
    query = sa.select(_violation.c.field).where(_violation.c.record_id == record_id).order_by(_violation.c.field)
    return list(connection.execute(query).scalars())


def put(connection: sa.Connection, record_id: int, keys: Sequence[str]) -> None:
    """Note what a request leaves empty."""
    put_all(connection, [record_id], {record_id: keys} if keys else {})


def put_all(connection: sa.Connection, ids: Sequence[int], found: Mapping[int, Sequence[str]]) -> None:
    """Note what these requests leave empty; those that are not among them are complete."""
    if not ids:
        return
    among = _violation.c.record_id == sa.any_(sa.cast(list(ids), sa.ARRAY(sa.BigInteger)))
    connection.execute(sa.delete(_violation).where(among))
    rows = [{"record_id": number, "field": key} for number, keys in found.items() for key in keys]
    if rows:
        connection.execute(sa.insert(_violation), rows)


def forget_closed(connection: sa.Connection) -> None:
    """Closed requests violate nothing."""
    closed = sa.select(_record.c.id).where(_record.c.id == _violation.c.record_id, _record.c.closed_at.is_not(None))
    connection.execute(sa.delete(_violation).where(sa.exists(closed)))


def open_ids(connection: sa.Connection, after: int, most: int) -> list[int]:
    """The next open requests by id."""
    query = sa.select(_record.c.id).where(_OPEN, _record.c.id > after).order_by(_record.c.id).limit(most)
    return list(connection.execute(query).scalars())


def newest_open(connection: sa.Connection, most: int) -> list[int]:
    """The newest open requests."""
    query = sa.select(_record.c.id).where(_OPEN).order_by(_record.c.created_at.desc(), _record.c.id.desc())
    return list(connection.execute(query.limit(most)).scalars())
