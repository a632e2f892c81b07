"""The table of sites of others that show forms themselves and send the answers."""

import sqlalchemy as sa

from caseline.db.metadata import metadata
from caseline.feedback.tables import SCHEMA, at, text
from caseline.people.tables import identity

site = sa.Table(
    "site",
    metadata,
    identity(),
    text("code", nullable=False),
    sa.Column("key", sa.LargeBinary, nullable=False),
    text("made_by", nullable=False),
    at("made_at", nullable=False),
    at("ended_at"),
    sa.Index("uq_site_code", "code", unique=True, postgresql_where=sa.text("ended_at IS NULL")),
    schema=SCHEMA,
)
"""A site by its code. The key itself is kept, since a signature can be checked with nothing less."""
