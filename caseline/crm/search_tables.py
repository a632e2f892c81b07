"""Tables of the full-text search over requests; an import writes none of them, they are filled afterwards."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

from caseline.crm.tables import SCHEMA
from caseline.db.metadata import metadata

search = sa.Table(
    "search",
    metadata,
    sa.Column("record_id", sa.BigInteger, sa.ForeignKey("crm.record.id", ondelete="CASCADE"), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("tsv", TSVECTOR, nullable=False),
    sa.PrimaryKeyConstraint("record_id", postgresql_include=["version"]),
    sa.Index("ix_search_tsv", "tsv", postgresql_using="gin"),
    schema=SCHEMA,
)
"""What a request is found by. `version`: of the request from which it was made; another one there means that it has to
be made anew. The key holds it, too, so that the comparison reads no vectors. While an empty table is filled with very
many requests, its index is not there."""

search_state = sa.Table(
    "search_state",
    metadata,
    sa.Column("one", sa.Boolean, primary_key=True, server_default=sa.true()),
    sa.Column("ready", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("waiting", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("looked_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint("one", name="one"),
    schema=SCHEMA,
)
"""One row. `ready`: the index is there. `waiting`: requests that could not be found yet, when somebody last looked."""
