"""Leads references to companies and contacts that were merged to those in which they go on."""

from typing import Any, Final

import sqlalchemy as sa

from caseline.crm import client_tables, tables
from caseline.crm.embedded.shapes import Shape
from caseline.crm.port import Incoming

_MERGES: Final = {tables.company: client_tables.company_merge, tables.contact: client_tables.contact_merge}


def columns(
    connection: sa.Connection, form: Shape, incoming: Incoming, rows: sa.FromClause
) -> dict[str, sa.ColumnElement[Any]]:
    """What is written of incoming rows, by column.

    A source goes on naming what it knows: where that was merged here, the one that remains is meant.
    """
    found: dict[str, sa.ColumnElement[Any]] = {name: form.fill(name, rows) for name in (*incoming.fields, "extra")}
    for name, merge in _led(connection, form, incoming).items():
        other = sa.select(merge.c.into_id).where(merge.c.gone_id == found[name]).scalar_subquery()
        # Nobody is part of himself.
        found[name] = sa.func.nullif(sa.func.coalesce(other, found[name]), _own_id(form, name, rows))
    fixed = {"source": incoming.source, **form.constants}
    return found | {name: sa.literal(text, sa.Text) for name, text in fixed.items()}


def _led(connection: sa.Connection, form: Shape, incoming: Incoming) -> dict[str, sa.Table]:
    """Columns that may name something merged; none as long as nothing is, so that imports pay nothing for it."""
    named = {
        key.parent.name: _MERGES[key.column.table]
        for key in form.table.foreign_keys
        if key.column.table in _MERGES and key.parent.name in incoming.fields
    }
    return {
        name: merge
        for name, merge in named.items()
        if connection.execute(sa.select(sa.exists(merge.select()))).scalar_one()
    }


def _own_id(form: Shape, name: str, rows: sa.FromClause) -> sa.ColumnElement[Any]:
    own = name == "parent_id" and form.table is tables.company
    return rows.c.crm_id if own else sa.null()
