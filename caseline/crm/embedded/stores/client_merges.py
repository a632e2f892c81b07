"""SQL of merges of companies and contacts, and of taking them back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm import agreement_tables, tables, timeline_tables
from caseline.crm.clients import Client, Entity, Merged
from caseline.crm.embedded.stores import clients

POINTING: Final[Mapping[Entity, Mapping[str, sa.Column[Any]]]] = {
    Entity.COMPANY: {
        "requests": tables.record.c.company_id,
        "contacts": tables.contact.c.company_id,
        "companies": tables.company.c.parent_id,
        "agreements": agreement_tables.agreement.c.company_id,
    },
    Entity.CONTACT: {
        "requests": tables.record.c.contact_id,
        "assignments": timeline_tables.assignment.c.contact_id,
        "agreements": agreement_tables.agreement.c.contact_id,
    },
}
"""All that points at a client; a test compares it with the foreign keys."""
_MERGED: Final = "merged"
_BELOW: Final = "below"
"""The remaining company where it stood below the one that went into it: nobody is part of himself."""
_EXTRA: Final = "extra."
_HOUSE: Final = sa.text("SELECT set_config('caseline.sorting', :on, true)")
"""While it is `on`, what is written raises no version: it is no edit of that record, and imports go on with it."""


def hold(connection: sa.Connection, entity: Entity, ids: Sequence[int]) -> None:
    """Nobody else changes, deletes or points at these clients until the transaction ends."""
    table = clients.TABLES[entity]
    connection.execute(sa.select(table.c.id).where(table.c.id.in_(ids)).order_by(table.c.id).with_for_update())


def moves(connection: sa.Connection, entity: Entity, client_id: int) -> dict[str, int]:
    """How many of what point at a client."""
    return {
        what: connection.execute(sa.select(sa.func.count()).where(pointing == client_id)).scalar_one()
        for what, pointing in POINTING[entity].items()
    }


def merge(
    connection: sa.Connection, gone: Client, into: Client, filled: Mapping[str, Any], *, by: str, at: datetime
) -> None:
    """Let a client go on in another one, and all that points at it point at that one."""
    merges = clients.MERGES[gone.entity]
    if filled:
        _write(connection, into, filled, at)
    connection.execute(_HOUSE, {"on": "on"})
    moved = {_BELOW: _freed(connection, gone, into)} if gone.entity is Entity.COMPANY else {}
    moved |= {what: _move(connection, one, gone.id, into.id) for what, one in POINTING[gone.entity].items()}
    moved[_MERGED] = _move(connection, merges.c.into_id, gone.id, into.id)
    connection.execute(_HOUSE, {"on": "off"})
    changes = {name: [_before(into, name), value] for name, value in filled.items()}
    row = {"gone_id": gone.id, "into_id": into.id, "at": at, "by": by, "moved": moved, "filled": changes}
    connection.execute(sa.insert(merges).values(row))


def _before(client: Client, name: str) -> Any:  # noqa: ANN401 - a value of any column
    if name.startswith(_EXTRA):
        return client.extra.get(name.removeprefix(_EXTRA))
    return client.values[name]


def _write(connection: sa.Connection, client: Client, values: Mapping[str, Any], at: datetime) -> None:
    own = {name: value for name, value in values.items() if not name.startswith(_EXTRA)}
    extra = {name.removeprefix(_EXTRA): value for name, value in values.items() if name.startswith(_EXTRA)}
    if extra:
        own["extra"] = {name: one for name, one in {**client.extra, **extra}.items() if one is not None}
    clients.write(connection, client, own, at=at)


def _freed(connection: sa.Connection, gone: Client, into: Client) -> list[int]:
    company = tables.company
    freed = sa.update(company).values(parent_id=None).where(company.c.id == into.id, company.c.parent_id == gone.id)
    return list(connection.execute(freed.returning(company.c.id)).scalars())


def _move(connection: sa.Connection, pointing: sa.Column[Any], old: int, new: int) -> list[int]:
    table = pointing.table
    moved = sa.update(table).values({pointing.name: new}).where(pointing == old)
    return sorted(connection.execute(moved.returning(_key(table))).scalars())


def _key(table: sa.FromClause) -> sa.ColumnElement[Any]:
    return table.c.gone_id if "gone_id" in table.c else table.c.id


def merged(connection: sa.Connection, entity: Entity, client_id: int) -> list[Merged]:
    """Those that go on in this one, the last first."""
    table, merges = clients.TABLES[entity], clients.MERGES[entity]
    shown = [table.c[name] for name in ("id", "name", "email", "phone", "source", "origin")]
    query = sa.select(*shown, merges.c.at, merges.c.by).join(merges, merges.c.gone_id == table.c.id)
    found = connection.execute(query.where(merges.c.into_id == client_id).order_by(merges.c.at.desc(), table.c.id))
    return [Merged(**row) for row in found.mappings()]


def unmerge(connection: sa.Connection, gone: Client, into: Client, *, at: datetime) -> None:
    """Let a merged client stand by itself again, with what moved with it and still stands where it was moved to."""
    merges = clients.MERGES[gone.entity]
    found = connection.execute(sa.delete(merges).where(merges.c.gone_id == gone.id).returning(merges)).one()
    connection.execute(_HOUSE, {"on": "on"})
    for what, pointing in {**POINTING[gone.entity], _MERGED: merges.c.into_id}.items():
        ids = sa.any_(sa.literal(found.moved.get(what, []), sa.ARRAY(sa.BigInteger)))
        back = sa.update(pointing.table).values({pointing.name: gone.id})
        connection.execute(back.where(_key(pointing.table) == ids, pointing == into.id))
    company = tables.company
    ids = sa.any_(sa.literal(found.moved.get(_BELOW, []), sa.ARRAY(sa.BigInteger)))
    below = sa.update(company).values(parent_id=gone.id).where(company.c.id == ids, company.c.parent_id.is_(None))
    connection.execute(below)
    connection.execute(_HOUSE, {"on": "off"})
    restored = {name: old for name, (old, new) in found.filled.items() if _before(into, name) == new and name != "name"}
    if restored:
        _write(connection, into, restored, at)
