"""Tables of lists: saved views, columns that people have chosen, the view that each begins with."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.db.metadata import metadata
from caseline.people.tables import identity

SCHEMA = "listing"


def _login(*, key: bool = False, nullable: bool = False) -> sa.Column[int]:
    gone = sa.ForeignKey("people.login.id", ondelete="CASCADE")
    return sa.Column("login_id", sa.BigInteger, gone, primary_key=key, nullable=nullable)


view = sa.Table(
    "view",
    metadata,
    identity(),
    _login(nullable=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("conditions", JSONB, nullable=False),
    sa.Column("sorts", JSONB, nullable=False),
    sa.Column("search", sa.Text, nullable=False, server_default=""),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("place", sa.Integer, nullable=False, server_default="0"),
    sa.CheckConstraint("name <> ''", name="name"),
    sa.UniqueConstraint("login_id", "name", postgresql_nulls_not_distinct=True),
    schema=SCHEMA,
)
"""Filters that people have saved; without a login they are everybody's. Conditions stand as addresses write them, so
relative dates stay relative, and those over fields that are gone are told when somebody opens the view."""

layout = sa.Table(
    "layout",
    metadata,
    _login(key=True),
    sa.Column("view", sa.Text, primary_key=True),
    sa.Column("columns", JSONB, nullable=False),
    schema=SCHEMA,
)
"""Which columns somebody sees in a view, in order, as pairs of key and width in pixels (none: as wide as it needs)."""

beginning = sa.Table(
    "beginning",
    metadata,
    _login(key=True),
    sa.Column("view", sa.Text, nullable=False),
    schema=SCHEMA,
)
"""The view that somebody begins with."""
