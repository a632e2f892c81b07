"""Tables of the people room: persons (legacy ones included) and groups."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.db.metadata import metadata

SCHEMA = "people"


def identity() -> sa.Column[int]:
    """Key column that PostgreSQL counts."""
    return sa.Column("id", sa.BigInteger, sa.Identity(always=False), primary_key=True)


def origin() -> tuple[sa.Column[str | None], ...]:
    """Where an imported row comes from; both empty for a row made here."""
    return sa.Column("source", sa.Text), sa.Column("origin", sa.Text(collation="C"))


def bookkeeping() -> tuple[sa.Column[object], ...]:
    """Extra fields, times and the version that every change raises."""
    return (
        sa.Column("extra", JSONB, nullable=False, server_default="{}"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    )


person = sa.Table(
    "person",
    metadata,
    identity(),
    *origin(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("email", sa.Text),
    sa.Column("phone", sa.Text),
    sa.Column("title", sa.Text),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    *bookkeeping(),
    sa.UniqueConstraint("source", "origin"),
    schema=SCHEMA,
)

group = sa.Table(
    "group",
    metadata,
    identity(),
    *origin(),
    sa.Column("name", sa.Text, nullable=False),
    *bookkeeping(),
    sa.UniqueConstraint("source", "origin"),
    schema=SCHEMA,
)
