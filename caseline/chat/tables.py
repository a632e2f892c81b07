"""Tables of chats: who talks where, what we say, what people say, and how far a gateway was asked."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.db.metadata import metadata
from caseline.people.tables import identity

SCHEMA = "chat"


def _at(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


def _of_chat() -> sa.Column[int]:
    return sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.chat.id", ondelete="CASCADE"), nullable=False)


chat = sa.Table(
    "chat",
    metadata,
    identity(),
    _text("gateway", nullable=False),
    _text("key", nullable=False),
    _text("phone"),
    _text("name", nullable=False),
    sa.Column("contact_id", sa.BigInteger),
    _at("made_at", nullable=False),
    _at("last_in_at"),
    sa.UniqueConstraint("gateway", "key"),
    sa.Index("ix_chat_phone", "phone", postgresql_where=sa.text("phone IS NOT NULL")),
    sa.Index("ix_chat_contact_id", "contact_id", postgresql_where=sa.text("contact_id IS NOT NULL")),
    schema=SCHEMA,
)
"""A chat with one person; `key`: by what the gateway knows it. `phone` is one that the gateway vouches for, or to which
we have written. `contact_id`: the contact to whom we have written there first."""

secret = sa.Table(
    "secret",
    metadata,
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    _of_chat(),
    _at("made_at", nullable=False),
    sa.Index("ix_secret_chat_id", "chat_id"),
    schema=SCHEMA,
)
"""Digests of the secrets that open the page of a web chat."""

outgoing = sa.Table(
    "outgoing",
    metadata,
    identity(),
    _of_chat(),
    _text("key", nullable=False),
    sa.Column("dialogue_id", sa.BigInteger),
    sa.Column("opening", sa.Boolean, nullable=False, server_default=sa.false()),
    _text("text", nullable=False),
    sa.Column("buttons", JSONB, nullable=False, server_default="[]"),
    sa.Column("wants_phone", sa.Boolean, nullable=False, server_default=sa.false()),
    _text("state", nullable=False),
    _text("reason"),
    _at("made_at", nullable=False),
    _at("due_at", nullable=False),
    _at("sent_at"),
    _text("sent_id"),
    _text("owner"),
    _at("until"),
    _count("fence"),
    _count("attempts"),
    sa.UniqueConstraint("key"),
    sa.CheckConstraint("state IN ('queued', 'sending', 'sent', 'failed')", name="state"),
    sa.CheckConstraint("state <> 'sent' OR (sent_at IS NOT NULL AND sent_id IS NOT NULL)", name="sent"),
    sa.CheckConstraint("state <> 'failed' OR reason IS NOT NULL", name="reason"),
    sa.Index("ix_outgoing_chat_id", "chat_id", "id"),
    sa.Index("ix_outgoing_due_at", "due_at", "id", postgresql_where=sa.text("state IN ('queued', 'sending')")),
    schema=SCHEMA,
)
"""What we say. `dialogue_id`: the dialogue that says it; `opening`: it is its first message. `until`: till when `owner`
alone may send it."""

incoming = sa.Table(
    "incoming",
    metadata,
    identity(),
    _of_chat(),
    _text("gateway", nullable=False),
    _text("message_id", nullable=False),
    _text("text", nullable=False),
    _text("button"),
    _text("phone"),
    sa.Column("turn", sa.Integer),
    _at("at", nullable=False),
    _at("came_at", nullable=False),
    _at("due_at", nullable=False),
    _at("handled_at"),
    _count("attempts"),
    _text("result"),
    sa.UniqueConstraint("gateway", "message_id"),
    sa.Index("ix_incoming_chat_id", "chat_id", "id"),
    sa.Index("ix_incoming_due_at", "due_at", "id", postgresql_where=sa.text("handled_at IS NULL")),
    schema=SCHEMA,
)
"""What people say, kept as it came. `turn`: how often the running dialogue had asked something by then. `result`: what
was made of it, or what went wrong when it was tried last."""

cursor = sa.Table(
    "cursor",
    metadata,
    sa.Column("gateway", sa.Text, primary_key=True),
    _text("next"),
    _at("paused_until"),
    _count("failures"),
    _text("reason"),
    schema=SCHEMA,
)
"""From where a gateway is asked next, and until when it is left alone because it did not work."""
