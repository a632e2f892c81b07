"""SQL of companies and contacts one at a time, and of their lists."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm import client_tables, phones, tables
from caseline.crm.clients import FIELDS, Asked, Client, Entity, Line, column
from caseline.crm.embedded.stores import field_definitions, forms
from caseline.crm.request_fields import RequestField
from caseline.crm.vocabulary import Type
from caseline.people import tables as people

TABLES: Final = {Entity.COMPANY: tables.company, Entity.CONTACT: tables.contact}
MERGES: Final = {Entity.COMPANY: client_tables.company_merge, Entity.CONTACT: client_tables.contact_merge}
_TARGETS: Final = {"company": tables.company, "person": people.person}
_KEPT: Final = ("id", "version", "source", "origin", "created_at", "modified_at", "extra")


def folded(name: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """A name as lists are ordered and searched: the same expression as in the index."""
    return sa.func.translate(sa.func.lower(name), "ё", "е")


def stands(table: sa.FromClause, entity: Entity) -> sa.ColumnElement[bool]:
    """Whether a row of a client's table is merged into no other."""
    merge = MERGES[entity]
    return sa.not_(sa.exists().where(merge.c.gone_id == table.c.id))


def get(connection: sa.Connection, entity: Entity, client_id: int) -> Client | None:
    """The client of that id, merged or not."""
    table, merge = TABLES[entity], MERGES[entity]
    joined: sa.FromClause = table.outerjoin(merge, merge.c.gone_id == table.c.id)
    names = []
    for one in FIELDS[entity]:
        if one.to is not None:
            target = _TARGETS[one.to].alias(f"to_{one.name}")
            joined = joined.outerjoin(target, target.c.id == table.c[column(one)])
            names.append(target.c.name.label(f"name_of_{column(one)}"))
    columns = [table.c[column(one)] for one in FIELDS[entity]]
    query = sa.select(*(table.c[name] for name in _KEPT), *columns, *names, merge.c.into_id)
    row = connection.execute(query.select_from(joined).where(table.c.id == client_id)).mappings().one_or_none()
    if row is None:
        return None
    shown = {column(one): row[f"name_of_{column(one)}"] for one in FIELDS[entity] if one.to is not None}
    return Client(
        entity=entity,
        values={column(one): row[column(one)] for one in FIELDS[entity]},
        names={name: text for name, text in shown.items() if text is not None},
        into_id=row["into_id"],
        **{name: row[name] for name in _KEPT},
    )


def lines(entity: Entity) -> sa.Select[Any]:
    """What lists show of clients that are merged into no other."""
    table = TABLES[entity]
    shown = [table.c.id, table.c.name, folded(table.c.name).label("key"), table.c.email]
    if entity is Entity.COMPANY:
        query = sa.select(*shown, table.c.phone, table.c.tax_number)
    else:
        company = tables.company
        called = sa.func.coalesce(sa.func.nullif(table.c.phone, ""), table.c.mobile).label("phone")
        query = sa.select(
            *shown, called, table.c.title, table.c.company_id, company.c.name.label("company")
        ).outerjoin_from(table, company, company.c.id == table.c.company_id)
    return query.where(stands(table, entity))


def listed(connection: sa.Connection, entity: Entity, asked: Asked, region: str) -> list[Line]:
    """Clients by name; one more than asked for where there are more."""
    table = TABLES[entity]
    query = lines(entity)
    key = sa.tuple_(folded(table.c.name), table.c.id)
    if asked.company_id is not None and entity is Entity.CONTACT:
        query = query.where(table.c.company_id == asked.company_id)
    if asked.text.strip():
        query = query.where(_found(entity, asked.text.strip(), region))
    if asked.after is not None:
        query = query.where(key > _place(asked.after))
    if asked.before is not None:
        query = query.where(key < _place(asked.before)).order_by(folded(table.c.name).desc(), table.c.id.desc())
    else:
        query = query.order_by(folded(table.c.name), table.c.id)
    return [Line(**row) for row in connection.execute(query.limit(asked.most + 1)).mappings()]


def named(connection: sa.Connection, entity: Entity, key: str) -> list[Line]:
    """Clients of this name."""
    query = lines(entity).where(folded(TABLES[entity].c.name) == key.strip().lower().replace("ё", "е"))
    return [Line(**row) for row in connection.execute(query.order_by(TABLES[entity].c.id).limit(20)).mappings()]


def _place(key: tuple[str, int]) -> sa.ColumnElement[Any]:
    return sa.tuple_(sa.literal(key[0], sa.Text), sa.literal(key[1], sa.BigInteger))


def _found(entity: Entity, text: str, region: str) -> sa.ColumnElement[bool]:
    """Whether a client fits a search: every word in its name, or the text in its address, tax number or phone."""
    table = TABLES[entity]
    words = text.lower().replace("ё", "е").split()
    ways = [sa.and_(*(sa.func.strpos(folded(table.c.name), word) > 0 for word in words))]
    ways += [sa.func.strpos(sa.func.lower(table.c.email), one) > 0 for one in forms.of_address(text)]
    digits = phones.digits(text)
    if entity is Entity.COMPANY and digits:
        ways.append(sa.func.strpos(table.c.tax_number, digits) > 0)
    if len(digits) >= phones.LEAST_DIGITS:
        phone, whole = client_tables.phone, phones.number(text, region)
        fits = phone.c.number == whole if whole else sa.func.strpos(phone.c.number, digits) > 0
        owners = sa.select(phone.c.owner_id).where(phone.c.entity == entity.value, fits)
        ways.append(table.c.id.in_(owners))
    return sa.or_(*ways)


def persons(connection: sa.Connection) -> list[tuple[int, str]]:
    """(id, name) of active persons."""
    person = people.person
    query = sa.select(person.c.id, person.c.name).where(person.c.active).order_by(folded(person.c.name), person.c.id)
    return [(row.id, row.name) for row in connection.execute(query)]


def extra_fields(connection: sa.Connection, entity: Entity) -> list[RequestField]:
    """What the keys of `extra` are, in order."""
    known = tables.field_definition
    names = ("name", "type", "label", "choices", "position")
    columns = [*(known.c[name] for name in names), field_definitions.KEPT.label("kept")]
    query = sa.select(*columns).where(known.c.entity == entity.value, known.c.active)
    found = connection.execute(query.order_by(known.c.position, known.c.label, known.c.name)).mappings()
    typed = [dict(row) | {"type": Type(row["type"]), "choices": tuple(row["choices"])} for row in found]
    return [RequestField(extra=True, **row) for row in typed]


def make(connection: sa.Connection, entity: Entity, values: Mapping[str, Any], *, at: datetime) -> int:
    """Make a client by columns; answers its id."""
    table = TABLES[entity]
    made = sa.insert(table).values(**values, created_at=at, modified_at=at).returning(table.c.id)
    return int(connection.execute(made).scalar_one())


def write(connection: sa.Connection, client: Client, values: Mapping[str, Any], *, at: datetime) -> bool:
    """Change columns of a client; False when it has another version by now."""
    table = TABLES[client.entity]
    changed = (
        sa.update(table)
        .values({**values, "modified_at": sa.func.greatest(table.c.modified_at, at)})
        .where(table.c.id == client.id, table.c.version == client.version)
        .returning(table.c.id)
    )
    return connection.execute(changed).scalar_one_or_none() is not None


def tell(
    connection: sa.Connection, client: tuple[Entity, int], event: str, data: Mapping[str, Any], *, at: datetime
) -> None:
    """Write a line of the event log."""
    row = {"entity": client[0].value, "record_id": client[1], "type": event, "at": at, "data": dict(data)}
    connection.execute(sa.insert(tables.event), row)
