"""The table of erasures: whose data were taken away, when, and how much it was."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.db.metadata import metadata
from caseline.people.tables import identity

SCHEMA = "privacy"

erasure = sa.Table(
    "erasure",
    metadata,
    identity(),
    sa.Column("contact_id", sa.BigInteger),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("counts", JSONB, nullable=False, server_default="{}"),
    sa.Index("ix_erasure_contact_id", "contact_id", postgresql_where=sa.text("contact_id IS NOT NULL")),
    schema=SCHEMA,
)
"""No contact: of an address that none has. `counts`: rows by table. Nothing here says who it was."""
