"""The temporary table in which a batch is worked on: a line for each row, with what is dear to compute."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.crm.vocabulary import Type
from staging.links import Link
from staging.values import Value

_TYPES: dict[Type, sa.types.TypeEngine[Any]] = {
    Type.BOOLEAN: sa.Boolean(),
    Type.DATETIME: sa.DateTime(timezone=True),
    Type.DATE: sa.Date(),
    Type.INTEGER: sa.BigInteger(),
    Type.NUMBER: sa.Numeric(),
    Type.MONEY: sa.Numeric(),
    Type.MULTI_LIST: JSONB(),
}


def column_of(name: str) -> str:
    """Column of a typed extra field, whose name may be that of a core field, or longer than PostgreSQL allows."""
    return f"x_{hashlib.blake2b(name.encode(), digest_size=8).hexdigest()}"


def table(
    name: str, core: Sequence[Value], typed: Sequence[Value], links: Mapping[str, Link], *, shared: bool
) -> sa.Table:
    """Table `name` for the fields of a part; it empties itself at the end of a `shared` transaction."""
    columns: list[sa.Column[Any]] = [
        sa.Column("ref", sa.BigInteger),
        sa.Column("payload", sa.BigInteger),
        sa.Column("ok", sa.Boolean),
        sa.Column("waits", sa.Boolean),
        sa.Column("crm_id", sa.BigInteger),
        sa.Column("is_new", sa.Boolean),
        sa.Column("version", sa.BigInteger),
        sa.Column("origin", sa.Text(collation="C")),
    ]
    for value in core:
        link = links.get(value.name)
        if link is not None:
            columns.append(sa.Column(link.column, sa.BigInteger))
            if link.reference.itself:
                columns.append(sa.Column(link.key_column, sa.Text(collation="C")))
        elif not value.wide:
            columns.append(sa.Column(value.name, _TYPES.get(value.type, sa.Text())))
    columns += [
        sa.Column(column_of(value.name), _TYPES.get(value.type, sa.Text())) for value in typed if not value.wide
    ]
    return sa.Table(
        name,
        sa.MetaData(),
        *columns,
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DELETE ROWS" if shared else "PRESERVE ROWS",
    )
