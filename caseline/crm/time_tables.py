"""Tables of the register about time: deadlines with their log, stage rows, alarms, sources gone live.

They hold what the house counts about a record, so filling them raises no version: an import that brings the record
again meets an edit only where people have edited.
"""

import sqlalchemy as sa

from caseline.crm.tables import SCHEMA
from caseline.db.metadata import metadata
from caseline.people.tables import bookkeeping, identity, origin


def _at(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _seconds(name: str, *, nullable: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _record(*, key: bool = False) -> sa.Column[int]:
    gone = sa.ForeignKey("crm.record.id", ondelete="CASCADE")
    return sa.Column("record_id", sa.BigInteger, gone, primary_key=key, nullable=False)


deadline = sa.Table(
    "deadline",
    metadata,
    _record(key=True),
    _at("due_at", nullable=False),
    _at("warn_at", nullable=False),
    _seconds("target_s", nullable=False),
    _at("clock_started_at", nullable=False),
    sa.Column("calendar_id", sa.Text, nullable=False),
    sa.Column("calendar_version", sa.Integer, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    _at("stopped_at"),
    _at("quiet_until"),
    sa.CheckConstraint("target_s >= 0", name="target_s"),
    sa.CheckConstraint("due_at >= clock_started_at", name="due_at"),
    sa.Index("ix_deadline_running_due_at", "due_at", "record_id", postgresql_where=sa.text("stopped_at IS NULL")),
    sa.Index("ix_deadline_running", "warn_at", postgresql_where=sa.text("stopped_at IS NULL")),
    schema=SCHEMA,
)
"""The "resolve by" of a record, with all that it was counted from; versions of calendars are never deleted, so none is
checked row by row. `warn_at`: three quarters of the business time are used. `stopped_at`: the clock stands still since
then, in a stage that pauses or is closed. `quiet_until`: what was past then never alarms."""

deadline_change = sa.Table(
    "deadline_change",
    metadata,
    identity(),
    sa.Column("record_id", sa.BigInteger, nullable=False),
    _at("at", nullable=False),
    _at("old_due_at"),
    _at("new_due_at", nullable=False),
    sa.Column("calendar_id", sa.Text, nullable=False),
    sa.Column("old_version", sa.Integer),
    sa.Column("new_version", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("ix_deadline_change_record_id", "record_id", "id"),
    schema=SCHEMA,
)
"""Every deadline that was set or moved, and why. Like the event log it outlives its records."""

stage_row = sa.Table(
    "stage_row",
    metadata,
    _record(key=True),
    sa.Column("id", sa.BigInteger, sa.Identity(always=False), primary_key=True),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("pausing", sa.Boolean, nullable=False, server_default=sa.false()),
    _at("entered_at", nullable=False),
    _at("left_at"),
    _seconds("elapsed_s"),
    _seconds("business_s"),
    _seconds("paused_s"),
    sa.Column("by_id", sa.BigInteger, sa.ForeignKey("people.person.id")),
    sa.Column("imported", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("calendar_id", sa.Text),
    sa.Column("calendar_version", sa.Integer),
    sa.Column("mode", sa.Text),
    sa.CheckConstraint("left_at >= entered_at", name="order"),
    sa.CheckConstraint("(left_at IS NULL) = (elapsed_s IS NULL)", name="elapsed"),
    sa.CheckConstraint("left_at IS NOT NULL OR business_s IS NULL", name="business"),
    sa.Index(
        "ix_stage_row_left_at",
        "left_at",
        postgresql_using="brin",
        postgresql_ops={"left_at": "timestamptz_minmax_multi_ops"},
        postgresql_with={"pages_per_range": 32, "autosummarize": "on"},
    ),
    sa.Index("uq_stage_row_open", "record_id", unique=True, postgresql_where=sa.text("left_at IS NULL")),
    sa.Index(
        "ix_stage_row_here_since",
        "stage",
        "entered_at",
        "record_id",
        postgresql_where=sa.text("left_at IS NULL AND NOT imported"),
    ),
    schema=SCHEMA,
)
"""A visit of a record to a stage; an empty stage stands for a time of which the source kept no history. The one
row that has not been left is the stage of now; what an import brings closed has none until it is reopened. `by_id`
moved the record there. `paused_s` is the business time of a row whose stage stopped the clock; its `business_s` is 0
then. Business time stays empty until imported rows are counted. `imported` rows are made by imports, and made anew when
a history comes, as long as nobody has moved the record here."""

history = sa.Table(
    "history",
    metadata,
    identity(),
    *origin(),
    sa.Column("record_id", sa.BigInteger, sa.ForeignKey("crm.record.id"), nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("old", sa.Text),
    sa.Column("new", sa.Text),
    _at("at", nullable=False),
    sa.Column("author_id", sa.BigInteger, sa.ForeignKey("people.person.id")),
    *bookkeeping(),
    sa.UniqueConstraint("source", "origin"),
    sa.Index("ix_history_record_id", "record_id", "at", "id"),
    schema=SCHEMA,
)
"""What a source tells of changes of its records: field, old and new value. Those of field `stage` become stage rows."""

alarm = sa.Table(
    "alarm",
    metadata,
    _record(key=True),
    sa.Column("percent", sa.Integer, primary_key=True),
    _at("at", nullable=False),
    sa.CheckConstraint("percent IN (75, 100)", name="percent"),
    schema=SCHEMA,
)
"""Which share of its time a record has used was said, once; a deadline that moves ahead again takes its alarms back."""

triage = sa.Table(
    "triage",
    metadata,
    _record(key=True),
    _at("at", nullable=False),
    schema=SCHEMA,
)
"""Of which requests it was said that they have waited too long for a category; each once."""

live_source = sa.Table(
    "live_source",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    _at("live_at", nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    schema=SCHEMA,
)
"""Sources whose imported records may alarm, since `caseline golive`."""
