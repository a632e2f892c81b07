"""SQL of what two companies or contacts have in common: mail address, phone, tax number."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.crm import client_tables, phones, tax_numbers
from caseline.crm.clients import PHONES, Alike, Client, Entity, Group, Line, Twin
from caseline.crm.embedded.stores import clients, forms

_phone, _distinct = client_tables.phone, client_tables.distinct
_MOST: Final = 20
"""Twins of one client, and members of one group, that are shown."""
_PLAIN: Final = r"[\s\u00a0-]+"


def know_phones(connection: sa.Connection, region: str, most: int) -> int:
    """Read phones that nobody has read since they were written; answers how many."""
    found: list[dict[str, Any]] = []
    for entity, fields in PHONES.items():
        for field in fields:
            if len(found) < most:
                found += _unread(connection, entity, field, most - len(found))
    for row in found:
        row["number"] = phones.number(row["raw"], region)
    if found:
        made = insert(_phone)
        again = {"raw": made.excluded.raw, "number": made.excluded.number}
        connection.execute(
            made.on_conflict_do_update(index_elements=["entity", "owner_id", "field"], set_=again), found
        )
    return len(found)


def _unread(connection: sa.Connection, entity: Entity, field: str, most: int) -> Iterator[dict[str, Any]]:
    table = clients.TABLES[entity]
    same = (_phone.c.entity == entity.value, _phone.c.owner_id == table.c.id, _phone.c.field == field)
    query = (
        sa.select(table.c.id, table.c[field])
        .outerjoin_from(table, _phone, sa.and_(*same))
        # One that was taken off the card is read anew as well.
        .where(sa.func.coalesce(table.c[field], "") != sa.func.coalesce(_phone.c.raw, ""))
        .order_by(table.c.id)
        .limit(most)
    )
    for number, raw in connection.execute(query):
        yield {"entity": entity.value, "owner_id": number, "field": field, "raw": raw or ""}


def twins(connection: sa.Connection, client: Client) -> list[Twin]:
    """Others that share something with a client, unless somebody has said that they are others."""
    table = clients.TABLES[client.entity]
    found: dict[int, tuple[str, list[Alike]]] = {}
    for by, condition in _shared(client):
        query = sa.select(table.c.id, table.c.name).where(
            condition, table.c.id != client.id, clients.stands(table, client.entity), _unparted(client, table)
        )
        for number, name in connection.execute(query.order_by(table.c.id).limit(_MOST)):
            found.setdefault(number, (name, []))[1].append(by)
    return [Twin(number, name, tuple(by)) for number, (name, by) in sorted(found.items())][:_MOST]


def _shared(client: Client) -> Iterator[tuple[Alike, sa.ColumnElement[bool]]]:
    table, values = clients.TABLES[client.entity], client.values
    if values["email"]:
        yield Alike.MAIL, sa.func.lower(table.c.email).in_(forms.of_address(values["email"].strip()))
    own = sa.select(_phone.c.number).where(
        _phone.c.entity == client.entity.value, _phone.c.owner_id == client.id, _phone.c.number.is_not(None)
    )
    same = sa.select(_phone.c.owner_id).where(_phone.c.entity == client.entity.value, _phone.c.number.in_(own))
    yield Alike.PHONE, table.c.id.in_(same)
    if client.entity is Entity.COMPANY and tax_numbers.plain(values["tax_number"] or ""):
        yield Alike.TAX_NUMBER, _plain_tax(table) == tax_numbers.plain(values["tax_number"])


def _plain_tax(table: sa.FromClause) -> sa.ColumnElement[str]:
    return sa.func.regexp_replace(table.c.tax_number, _PLAIN, "", "g")


def _unparted(client: Client, table: sa.FromClause) -> sa.ColumnElement[bool]:
    pair = sa.and_(
        _distinct.c.entity == client.entity.value,
        _distinct.c.one_id == sa.func.least(table.c.id, client.id),
        _distinct.c.other_id == sa.func.greatest(table.c.id, client.id),
    )
    return sa.not_(sa.exists().where(pair))


def groups(connection: sa.Connection, entity: Entity, by: Alike, after: str, most: int) -> list[Group]:
    """Groups of those that share a value, by value, after one; one more than `most` where there are more."""
    table = clients.TABLES[entity]
    value, source = _value(entity, by)
    number = sa.func.count(table.c.id.distinct())
    parted = sa.exists().where(
        _distinct.c.entity == entity.value,
        _distinct.c.one_id == sa.func.min(table.c.id),
        _distinct.c.other_id == sa.func.max(table.c.id),
    )
    members = sa.func.array_agg(table.c.id.distinct())
    query = (
        sa.select(value.label("value"), number.label("number"), members.label("members"))
        .select_from(source)
        .where(value > after, clients.stands(table, entity))
        .group_by(value)
        .having(number > 1, sa.not_(sa.and_(number == 2, parted)))  # noqa: PLR2004 - a pair
        .order_by(value)
        .limit(most + 1)
    )
    rows = connection.execute(query).all()
    shown = {row.value: sorted(row.members)[:_MOST] for row in rows}
    known = _lines(connection, entity, [one for ids in shown.values() for one in ids])
    return [
        Group(by, row.value, tuple(known[one] for one in shown[row.value] if one in known), row.number) for row in rows
    ]


def _value(entity: Entity, by: Alike) -> tuple[sa.ColumnElement[Any], sa.FromClause]:
    """(the value that is shared, where it stands)."""
    table = clients.TABLES[entity]
    if by is Alike.MAIL:
        return sa.func.lower(sa.func.btrim(table.c.email)), table
    if by is Alike.TAX_NUMBER:
        return _plain_tax(table), table
    owned = sa.and_(_phone.c.owner_id == table.c.id, _phone.c.entity == entity.value)
    return _phone.c.number, sa.join(table, _phone, owned)


def _lines(connection: sa.Connection, entity: Entity, ids: list[int]) -> dict[int, Line]:
    wanted = clients.TABLES[entity].c.id == sa.any_(sa.literal(ids, sa.ARRAY(sa.BigInteger)))
    return {row["id"]: Line(**row) for row in connection.execute(clients.lines(entity).where(wanted)).mappings()}


def part(connection: sa.Connection, entity: Entity, pair: tuple[int, int], by: str, *, at: datetime) -> None:
    """Two are not the same."""
    row = {"entity": entity.value, "one_id": min(pair), "other_id": max(pair), "by": by, "at": at}
    connection.execute(insert(_distinct).values(row).on_conflict_do_nothing())
