"""Tables by which all processes agree on how fast a portal may be asked."""

import sqlalchemy as sa

from caseline.db.metadata import metadata

SCHEMA = "portal"

pace = sa.Table(
    "pace",
    metadata,
    sa.Column("portal", sa.Text, primary_key=True),
    sa.Column("full_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("share", sa.Double, nullable=False, server_default=sa.text("1")),
    sa.Column("struck_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("to_timestamp(0)")),
    sa.CheckConstraint("share > 0 AND share <= 1", name="share"),
    schema=SCHEMA,
)
"""A bucket of requests for each portal, named by the hash of its host; at `full_at` the portal has forgotten them all.
`share` of the rate was left to us when the portal refused a request at `struck_at`; it grows back with time."""

operating = sa.Table(
    "operating",
    metadata,
    sa.Column("webhook", sa.Text, primary_key=True),
    sa.Column("method", sa.Text, primary_key=True),
    sa.Column("seconds", sa.Double, nullable=False, server_default=sa.text("0")),
    sa.Column("told_at", sa.Double, nullable=False, server_default=sa.text("0")),
    sa.Column("reset_at", sa.DateTime(timezone=True)),
    sa.Column("closed_until", sa.DateTime(timezone=True)),
    schema=SCHEMA,
)
"""Seconds that a method has used on the portal, as it told last (`told_at`, by its own clock, since 1970); `reset_at`
and `closed_until` are by the clock of this database."""
