"""What we know of a portal: which one this database belongs to, what was sent and not confirmed, its words for ours."""

import sqlalchemy as sa

from caseline.db.metadata import metadata

SCHEMA = "portal"

bond = sa.Table(
    "bond",
    metadata,
    sa.Column("portal", sa.Text, primary_key=True),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    schema=SCHEMA,
)
"""The portal whose records the register mirrors; one row, since the ids of both are the same."""

intent = sa.Table(
    "intent",
    metadata,
    sa.Column("entity", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("origin", sa.Text(collation="C"), primary_key=True),
    sa.Column("owner_id", sa.BigInteger),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("token", sa.Uuid, nullable=False),
    sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("ix_intent_token", "token"),
    schema=SCHEMA,
)
"""A record that may be on its way: committed before it is sent, gone when it is known what became of it. `token` names
the attempt; `owner_id` is the record whose timeline a message goes to; `content` is a digest of what was sent."""

choice = sa.Table(
    "choice",
    metadata,
    sa.Column("entity", sa.Text, primary_key=True),
    sa.Column("field", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, primary_key=True),
    sa.Column("word", sa.Text, nullable=False),
    schema=SCHEMA,
)
"""Our value of a list, stage or source, and the portal's id for it."""
