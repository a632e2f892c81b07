"""Table of the questions to managers: to which address a letter shall go."""

import sqlalchemy as sa

from caseline.db.metadata import metadata
from caseline.feedback.tables import SCHEMA, at, number

question = sa.Table(
    "address_question",
    metadata,
    sa.Column("ask_id", sa.BigInteger, sa.ForeignKey("feedback.ask.id", ondelete="CASCADE"), primary_key=True),
    at("asked_at", nullable=False),
    number("person_id", "people.person.id", nullable=True),
    at("reminded_at"),
    at("escalated_at"),
    number("head_id", "people.person.id", nullable=True),
    sa.Index("ix_address_question_head_id", "head_id", postgresql_where=sa.text("head_id IS NOT NULL")),
    schema=SCHEMA,
)
"""Of an ask that waits for an address: when who was asked for it, and when the head. No person, no head: there was
nobody to be asked."""
