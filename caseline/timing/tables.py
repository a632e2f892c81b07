"""Tables of the timing room: calendars, and every version that each of them has had."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.db.metadata import metadata

SCHEMA = "timing"

calendar = sa.Table(
    "calendar",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("is_default", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("uq_calendar_is_default", "is_default", unique=True, postgresql_where=sa.text("is_default")),
    schema=SCHEMA,
)
"""One of them at most is the default: what counts where nothing else is said."""

calendar_version = sa.Table(
    "calendar_version",
    metadata,
    sa.Column("calendar_id", sa.Text, sa.ForeignKey("timing.calendar.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("document", JSONB, nullable=False),
    sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.CheckConstraint("version > 0", name="version"),
    sa.CheckConstraint("reason <> ''", name="reason"),
    schema=SCHEMA,
)
"""Versions never change; `document` is what `caseline.timing.document.plain` writes."""
