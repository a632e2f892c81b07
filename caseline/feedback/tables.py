"""Tables of forms, campaigns and asks, with the steps that an ask may take and has taken."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.db.metadata import metadata
from caseline.people.tables import identity

SCHEMA = "feedback"


def at(name: str, *, nullable: bool = True) -> sa.Column[object]:
    """An instant."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def text(name: str, *, nullable: bool = True) -> sa.Column[str]:
    """A text."""
    return sa.Column(name, sa.Text, nullable=nullable)


def number(name: str, target: str | None = None, *, nullable: bool = False) -> sa.Column[int]:
    """The id of something, in a table where we keep it."""
    key = () if target is None else (sa.ForeignKey(target),)
    return sa.Column(name, sa.BigInteger, *key, nullable=nullable)


def of_ask() -> sa.Column[int]:
    """The ask that a row belongs to, and goes with."""
    return sa.Column("ask_id", sa.BigInteger, sa.ForeignKey("feedback.ask.id", ondelete="CASCADE"), nullable=False)


def flag(name: str) -> sa.Column[bool]:
    """Yes or no, no unless it is said."""
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, JSONB, nullable=False, server_default="{}")


form = sa.Table(
    "form",
    metadata,
    identity(),
    text("code", nullable=False),
    text("name", nullable=False),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.UniqueConstraint("code"),
    schema=SCHEMA,
)
"""A form by its name; `code` stands in links."""

form_version = sa.Table(
    "form_version",
    metadata,
    identity(),
    number("form_id", "feedback.form.id"),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("document", JSONB, nullable=False),
    text("made_by", nullable=False),
    at("made_at", nullable=False),
    sa.UniqueConstraint("form_id", "number"),
    schema=SCHEMA,
)
"""What a form asks; never changed, since asks that were sent with it are answered with it."""

campaign = sa.Table(
    "campaign",
    metadata,
    identity(),
    text("code", nullable=False),
    text("name", nullable=False),
    text("kind", nullable=False),
    sa.Column("document", JSONB, nullable=False),
    at("switched_on_at"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    text("made_by", nullable=False),
    at("made_at", nullable=False),
    at("aged_until"),
    sa.UniqueConstraint("code"),
    schema=SCHEMA,
)
"""Whom to ask what, when and how, and what follows. Before `switched_on_at` nothing happened that it asks about; empty:
it is off. `aged_until`: what came into its stages until then was old enough, and was looked at."""

variant = sa.Table(
    "variant",
    metadata,
    identity(),
    number("campaign_id", "feedback.campaign.id"),
    text("code", nullable=False),
    sa.Column("share", sa.Integer, nullable=False),
    _json("changes"),
    sa.UniqueConstraint("campaign_id", "code"),
    sa.CheckConstraint("share >= 0", name="share"),
    schema=SCHEMA,
)
"""A wording or way of a campaign that is compared with others."""

step = sa.Table(
    "step",
    metadata,
    sa.Column("before", sa.Text, primary_key=True),
    sa.Column("after", sa.Text, primary_key=True),
    schema=SCHEMA,
)
"""From which state an ask may go to which."""

ask = sa.Table(
    "ask",
    metadata,
    identity(),
    text("public_id", nullable=False),
    number("campaign_id", "feedback.campaign.id"),
    number("form_version_id", "feedback.form_version.id"),
    number("variant_id", "feedback.variant.id", nullable=True),
    text("subject", nullable=False),
    number("subject_id"),
    text("period", nullable=False),
    text("service", nullable=False),
    number("contact_id", nullable=True),
    number("company_id", nullable=True),
    number("responsible_id", nullable=True),
    number("asked_by_id", nullable=True),
    number("division_id", nullable=True),
    text("channel", nullable=False),
    text("address"),
    text("language", nullable=False),
    text("state", nullable=False),
    text("reason"),
    at("happened_at", nullable=False),
    at("state_at", nullable=False),
    text("state_by", nullable=False),
    at("due_at"),
    at("sent_at"),
    at("remind_at"),
    at("reminded_at"),
    at("expires_at"),
    at("answered_at"),
    at("judge_at"),
    number("letter_id", nullable=True),
    text("grade"),
    sa.Column("mean", sa.Double),
    number("reminder_id", nullable=True),
    sa.UniqueConstraint("public_id"),
    sa.UniqueConstraint("campaign_id", "subject", "subject_id", "period"),
    sa.CheckConstraint("grade IN ('bad', 'neutral', 'good')", name="grade"),
    sa.CheckConstraint("channel IN ('mail_link', 'mail_smileys', 'chat', 'web')", name="channel"),
    sa.CheckConstraint("state NOT IN ('skipped', 'failed', 'cancelled') OR reason IS NOT NULL", name="reason"),
    sa.CheckConstraint("state NOT IN ('queued', 'sent', 'visited') OR address IS NOT NULL", name="address"),
    sa.CheckConstraint(
        "state NOT IN ('sent', 'visited') OR (sent_at IS NOT NULL AND expires_at IS NOT NULL)", name="sent"
    ),
    sa.Index("ix_ask_state", "state", "state_at", "id"),
    sa.Index("ix_ask_state_at", "state_at", "id"),
    sa.Index("ix_ask_subject", "subject", "subject_id", "id"),
    sa.Index("ix_ask_happened_at", "happened_at", "id"),
    sa.Index("ix_ask_contact_id", "contact_id", "happened_at", postgresql_where=sa.text("contact_id IS NOT NULL")),
    sa.Index("ix_ask_due_at", "due_at", "id", postgresql_where=sa.text("state = 'queued'")),
    sa.Index("ix_ask_needs_data", "id", postgresql_where=sa.text("state = 'needs_data'")),
    sa.Index("ix_ask_letter_id", "letter_id", postgresql_where=sa.text("letter_id IS NOT NULL")),
    sa.Index("ix_ask_remind_at", "remind_at", "id", postgresql_where=sa.text("remind_at IS NOT NULL")),
    sa.Index(
        "ix_ask_expires_at", "expires_at", "id", postgresql_where=sa.text("state IN ('sent', 'visited', 'answering')")
    ),
    sa.Index("ix_ask_judge_at", "judge_at", "id", postgresql_where=sa.text("judge_at IS NOT NULL")),
    schema=SCHEMA,
)
"""One question to one person about one subject. `period` makes what is asked again and again unique: one ask for each.
`state_by`: who took the last step: the name of a login, `client` or `job`. `judge_at`: a rating of it counts then, if
nothing comes meanwhile. `letter_id` and `reminder_id` are letters of the outbox; `grade` and `mean` are those of the
answer as it counts now. People and divisions are copied from the record, where their references are checked: to check
three of them again took half as long as to write the row with all its indexes."""

moved = sa.Table(
    "moved",
    metadata,
    identity(),
    of_ask(),
    text("before"),
    text("after", nullable=False),
    at("at", nullable=False),
    text("by", nullable=False),
    text("reason"),
    sa.ForeignKeyConstraint(["before", "after"], ["feedback.step.before", "feedback.step.after"]),
    sa.Index("ix_moved_ask_id", "ask_id", "id"),
    schema=SCHEMA,
)
"""Each step of an ask that has gone on from what it began as. A trigger writes them, so none is missing, and none that
is not in `step` is taken. Of an ask that has not gone on, `state`, `state_at`, `state_by` and `reason` are its first
steps. The view `feedback.taken` answers both alike; two rows less are written for each ask."""
