"""Tables of what follows from answers: records that were made, review links, the ledger of bonuses, webhooks."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from caseline.db.metadata import metadata
from caseline.feedback.tables import SCHEMA, at, flag, number, of_ask, text
from caseline.people.tables import identity

made_record = sa.Table(
    "made_record",
    metadata,
    sa.Column("ask_id", sa.BigInteger, sa.ForeignKey("feedback.ask.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    number("record_id"),
    text("scope"),
    sa.UniqueConstraint("record_id"),
    sa.Index("uq_made_record_scope", "scope", "kind", unique=True, postgresql_where=sa.text("scope IS NOT NULL")),
    schema=SCHEMA,
)
"""Records that were made of an answer, one of each kind: an NPS record, or the review of an agreement. `scope`: asks
that share it, since they are about one request."""

review_host = sa.Table(
    "review_host",
    metadata,
    sa.Column("host", sa.Text, primary_key=True),
    text("reward", nullable=False),
    sa.CheckConstraint("reward IN ('click', 'answer')", name="reward"),
    sa.CheckConstraint("host = lower(host) AND host ~ '^[a-z0-9-]+([.][a-z0-9-]+)+$'", name="host"),
    schema=SCHEMA,
)
"""Sites to which links may lead, with all below them. `reward`: what may be rewarded at most; some forbid to reward
more than the answer that was given to us."""

review_target = sa.Table(
    "review_target",
    metadata,
    identity(),
    text("code", nullable=False),
    text("name", nullable=False),
    text("address", nullable=False),
    text("reward", nullable=False),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.UniqueConstraint("code"),
    sa.CheckConstraint("reward IN ('click', 'answer')", name="reward"),
    sa.CheckConstraint("address LIKE 'https://%'", name="address"),
    schema=SCHEMA,
)
"""Where a public review may be written."""

review_ask = sa.Table(
    "review_ask",
    metadata,
    identity(),
    of_ask(),
    number("target_id", "feedback.review_target.id"),
    text("public_id", nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    at("offered_at", nullable=False),
    at("clicked_at"),
    number("letter_id", nullable=True),
    sa.UniqueConstraint("ask_id", "target_id"),
    sa.UniqueConstraint("public_id"),
    schema=SCHEMA,
)
"""That somebody was asked for a public review, and went there; whether one was written nobody here knows. `letter_id`:
that of the outbox in which the link stands; none where it was said in a chat."""

bonus_line = sa.Table(
    "bonus_line",
    metadata,
    identity(),
    text("key", nullable=False),
    number("contact_id"),
    text("kind", nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    at("at", nullable=False),
    number("credit_id", "feedback.bonus_line.id", nullable=True),
    number("ask_id", "feedback.ask.id", nullable=True),
    number("record_id", nullable=True),
    at("expires_at"),
    sa.Column("remaining", sa.BigInteger),
    sa.Column("services", ARRAY(sa.Text)),
    sa.Column("applies", sa.Boolean),
    text("by", nullable=False),
    text("note"),
    sa.UniqueConstraint("key"),
    sa.CheckConstraint("kind IN ('credit', 'reserve', 'release', 'apply', 'reverse', 'expire')", name="kind"),
    sa.CheckConstraint("(kind IN ('credit', 'release', 'reverse')) = (amount > 0) AND amount <> 0", name="amount"),
    sa.CheckConstraint("(kind = 'credit') = (credit_id IS NULL)", name="credit_id"),
    sa.CheckConstraint(
        "(kind = 'credit') = (num_nonnulls(expires_at, remaining, services, applies) = 4)", name="credit"
    ),
    sa.CheckConstraint("remaining BETWEEN 0 AND amount", name="remaining"),
    sa.CheckConstraint(
        "kind NOT IN ('reserve', 'release', 'apply', 'reverse') OR record_id IS NOT NULL OR note <> ''",
        name="record_id",
    ),
    sa.Index("ix_bonus_line_contact_id", "contact_id", "id"),
    sa.Index("ix_bonus_line_credit_id", "credit_id", postgresql_where=sa.text("credit_id IS NOT NULL")),
    sa.Index("ix_bonus_line_record_id", "record_id", postgresql_where=sa.text("record_id IS NOT NULL")),
    sa.Index("ix_bonus_line_ask_id", "ask_id", postgresql_where=sa.text("ask_id IS NOT NULL")),
    sa.Index("ix_bonus_line_expires_at", "expires_at", "id", postgresql_where=sa.text("remaining > 0")),
    schema=SCHEMA,
)
"""The ledger of bonuses: what a contact has is the sum of the lines. Each line but a credit takes from one credit, or
gives back to it; `remaining` of a credit is what its lines leave, so nothing is spent twice. `services`: codes of what
a credit may be used for, empty: anything; `applies`: a price is corrected by itself."""

hook = sa.Table(
    "hook",
    metadata,
    identity(),
    text("code", nullable=False),
    text("url", nullable=False),
    sa.Column("secret", sa.LargeBinary, nullable=False),
    flag("bonuses"),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    text("made_by", nullable=False),
    at("made_at", nullable=False),
    sa.UniqueConstraint("code"),
    schema=SCHEMA,
)
"""Another system that is told. The secret signs what is sent and never leaves the database but into a signature.
`bonuses`: it is told of every line of the ledger."""

hook_call = sa.Table(
    "hook_call",
    metadata,
    identity(),
    number("hook_id", "feedback.hook.id"),
    text("key", nullable=False),
    sa.Column("body", JSONB, nullable=False),
    at("made_at", nullable=False),
    at("due_at"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    at("done_at"),
    text("result"),
    sa.UniqueConstraint("hook_id", "key"),
    sa.Index("ix_hook_call_due_at", "due_at", "id", postgresql_where=sa.text("due_at IS NOT NULL")),
    schema=SCHEMA,
)
"""What another system is told, once by its key: sent until it is taken. No `due_at`: it was, or nobody tries more."""
