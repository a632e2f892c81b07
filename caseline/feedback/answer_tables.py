"""Tables of what comes back for an ask: secrets of its links, signals, answers, ratings, refusals, and what follows."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import CIDR, JSONB

from caseline.db.metadata import metadata
from caseline.feedback.tables import SCHEMA, at, flag, number, of_ask, text
from caseline.people.tables import identity

secret = sa.Table(
    "secret",
    metadata,
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    of_ask(),
    at("made_at", nullable=False),
    sa.Index("ix_secret_ask_id", "ask_id"),
    schema=SCHEMA,
)
"""Digests of the secrets that were sent for an ask: a letter that is sent again has a new one, and both work."""

signal = sa.Table(
    "signal",
    metadata,
    identity(),
    of_ask(),
    at("at", nullable=False),
    text("kind", nullable=False),
    text("question"),
    sa.Column("value", sa.Integer),
    flag("prefetch"),
    flag("decoy"),
    flag("crowd"),
    sa.Column("net", CIDR),
    text("agent"),
    sa.CheckConstraint("kind IN ('visit', 'sent', 'gesture')", name="kind"),
    sa.Index("ix_signal_ask_id", "ask_id", "id"),
    sa.Index("ix_signal_at", "at", "ask_id", postgresql_where=sa.text("value IS NOT NULL")),
    sa.Index("ix_signal_net", "net", "at", postgresql_where=sa.text("net IS NOT NULL")),
    schema=SCHEMA,
)
"""What came for an ask from outside, before anything is made of it; `net` is a prefix, never a whole address."""

answer = sa.Table(
    "answer",
    metadata,
    identity(),
    of_ask(),
    text("submission", nullable=False),
    at("at", nullable=False),
    sa.Column("document", JSONB, nullable=False),
    text("language", nullable=False),
    text("entered_by"),
    text("grade"),
    sa.Column("complete", sa.Boolean, nullable=False),
    sa.UniqueConstraint("ask_id", "submission"),
    sa.CheckConstraint("grade IN ('bad', 'neutral', 'good')", name="grade"),
    schema=SCHEMA,
)
"""What somebody has answered, as it came; a page that is sent twice has one `submission`. `entered_by`: the login that
entered what a client has said by phone."""

rating = sa.Table(
    "rating",
    metadata,
    identity(),
    of_ask(),
    text("question", nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("value", sa.Integer, nullable=False),
    sa.Column("lowest", sa.Integer, nullable=False),
    sa.Column("highest", sa.Integer, nullable=False),
    sa.Column("by_hand", sa.Boolean, nullable=False),
    at("at", nullable=False),
    at("superseded_at"),
    sa.CheckConstraint("value BETWEEN lowest AND highest", name="value"),
    sa.UniqueConstraint("ask_id", "question", "at"),
    sa.Index(
        "uq_rating_effective",
        "ask_id",
        "question",
        "day",
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    ),
    sa.Index("ix_rating_at", "at", "ask_id", postgresql_where=sa.text("superseded_at IS NULL")),
    schema=SCHEMA,
)
"""Ratings that count, or counted: of a day only the last one is effective. What is not confirmed stands in no row."""

opt_out = sa.Table(
    "opt_out",
    metadata,
    identity(),
    text("address"),
    number("contact_id", nullable=True),
    at("at", nullable=False),
    text("by", nullable=False),
    at("ended_at"),
    sa.Column("digest", sa.LargeBinary),
    sa.CheckConstraint("num_nonnulls(address, contact_id, digest) > 0", name="whom"),
    sa.Index("uq_opt_out_address", "address", unique=True, postgresql_where=sa.text("ended_at IS NULL")),
    sa.Index("ix_opt_out_contact_id", "contact_id", postgresql_where=sa.text("ended_at IS NULL")),
    sa.Index("ix_opt_out_digest", "digest", postgresql_where=sa.text("digest IS NOT NULL AND ended_at IS NULL")),
    schema=SCHEMA,
)
"""Who wants to be asked no more, by any channel. `digest`: what an erasure left of the address, its SHA-256."""

effect = sa.Table(
    "effect",
    metadata,
    identity(),
    of_ask(),
    text("kind", nullable=False),
    text("key", nullable=False),
    sa.Column("data", JSONB, nullable=False, server_default="{}"),
    at("due_at", nullable=False),
    at("done_at"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    text("result"),
    text("scope"),
    sa.UniqueConstraint("ask_id", "kind", "key"),
    sa.Index("uq_effect_scope", "scope", "kind", "key", unique=True, postgresql_where=sa.text("scope IS NOT NULL")),
    sa.Index("ix_effect_due_at", "due_at", "id", postgresql_where=sa.text("done_at IS NULL")),
    schema=SCHEMA,
)
"""What follows from an answer, each once: written with the answer, done afterwards, tried again until it is. `scope`:
asks about one request for all of which it is done once."""
