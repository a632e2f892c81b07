"""The table of dialogues: which ask is asked in which chat, and how far it is."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

import caseline.chat.tables  # noqa: F401 - dialogues stand in chats
from caseline.db.metadata import metadata
from caseline.feedback.tables import SCHEMA, at, number, text
from caseline.people.tables import identity

dialogue = sa.Table(
    "dialogue",
    metadata,
    identity(),
    sa.Column("ask_id", sa.BigInteger, sa.ForeignKey("feedback.ask.id", ondelete="CASCADE"), nullable=False),
    number("chat_id", "chat.chat.id"),
    text("language", nullable=False),
    sa.Column("script", JSONB, nullable=False),
    sa.Column("tags", JSONB, nullable=False),
    text("stage", nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("turn", sa.Integer, nullable=False),
    sa.Column("since", sa.Integer, nullable=False),
    sa.Column("retried", sa.Boolean, nullable=False),
    sa.Column("opened", sa.Boolean, nullable=False),
    sa.Column("answers", JSONB, nullable=False),
    at("begun_at", nullable=False),
    at("changed_at", nullable=False),
    sa.UniqueConstraint("ask_id"),
    sa.CheckConstraint("stage IN ('asking', 'done', 'human', 'stopped', 'failed', 'ended')", name="stage"),
    sa.Index("uq_dialogue_running", "chat_id", unique=True, postgresql_where=sa.text("stage = 'asking'")),
    sa.Index("ix_dialogue_chat_id", "chat_id", "id"),
    schema=SCHEMA,
)
"""One ask in one chat; of those in a chat one runs at a time. `script`: the words of its campaign as they were when it
began; `turn`, `since`, `retried`, `opened`: as `dialogue.Dialogue` has them."""
