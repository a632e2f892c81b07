"""Tables of the keyword room: the dictionary with its settings, entries, every change of them, and who was scored."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from caseline.db.metadata import metadata

SCHEMA = "keywords"


def _at(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


dictionary = sa.Table(
    "dictionary",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("scoring", sa.Text, nullable=False),
    sa.Column("nested", sa.Text, nullable=False),
    sa.Column("min_score", sa.Float, nullable=False),
    sa.Column("min_margin", sa.Float, nullable=False),
    sa.Column("subject_factor", sa.Float, nullable=False),
    sa.Column("category_order", ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.CheckConstraint("id = 1", name="id"),
    sa.CheckConstraint("scoring IN ('max', 'sum')", name="scoring"),
    sa.CheckConstraint("nested IN ('longest', 'all')", name="nested"),
    sa.CheckConstraint("min_score >= 0 AND min_margin >= 0", name="least"),
    sa.CheckConstraint("subject_factor BETWEEN 0 AND 100", name="subject_factor"),
    schema=SCHEMA,
)
"""The one row of settings. Every save raises `version`; whoever classifies compares it and so follows at once."""

entry = sa.Table(
    "entry",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=False), primary_key=True),
    sa.Column("keyword", sa.Text, nullable=False),
    sa.Column("weight", sa.Integer, nullable=False),
    sa.Column("category", sa.Text, sa.ForeignKey("crm.category.code"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("blocking", sa.Boolean, nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("slots", JSONB, nullable=False),
    sa.Column("expansion", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    _at("changed_at"),
    sa.Column("changed_by", sa.Text, nullable=False),
    sa.CheckConstraint("weight BETWEEN 0 AND 100 AND blocking = (weight = 0)", name="weight"),
    sa.CheckConstraint("kind IN ('forms', 'exact', 'prefix')", name="kind"),
    sa.Index("ix_entry_category", "category"),
    schema=SCHEMA,
)
"""`slots` are the words with their forms, made when the entry is saved by `expansion` of the rules."""

revision = sa.Table(
    "revision",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True),
    _at("at"),
    sa.Column("login", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("effect", JSONB, nullable=False),
    sa.CheckConstraint("source IN ('edit', 'import', 'restore', 'learned')", name="source"),
    schema=SCHEMA,
)
"""A save: who, when, why, and what the dry run before it said of its `effect` (empty: nobody looked)."""

change = sa.Table(
    "change",
    metadata,
    sa.Column("version", sa.Integer, sa.ForeignKey("keywords.revision.version"), primary_key=True),
    sa.Column("entry_id", sa.BigInteger, primary_key=True),
    sa.Column("old", JSONB),
    sa.Column("new", JSONB),
    sa.Index("ix_change_entry_id", "entry_id", "version"),
    schema=SCHEMA,
)
"""An entry before and after a save, empty where there was none; entry 0 stands for the settings."""

scored = sa.Table(
    "scored",
    metadata,
    sa.Column("record_id", sa.BigInteger, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("category", sa.Text),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("margin", sa.Float, nullable=False),
    sa.Column("entries", ARRAY(sa.BigInteger), nullable=False),
    sa.Column("decisive", ARRAY(sa.BigInteger), nullable=False),
    _at("at"),
    sa.Column("silent", ARRAY(sa.BigInteger)),
    sa.Index("ix_scored_at", "at"),
    schema=SCHEMA,
)
"""What the dictionary said of a record when it was last asked: for restarts, and for counting which entries are of use.
`entries` were found and counted, `decisive` are those of the winner, `silent` were found and spoke for nothing: inside
longer ones, or blocking; NULL where it was asked before that was noted."""

draft = sa.Table(
    "draft",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=False), primary_key=True),
    sa.Column("login", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("edits", JSONB, nullable=False),
    sa.Column("settings", JSONB),
    sa.Column("details", JSONB),
    _at("made_at"),
    sa.Column("saved_version", sa.Integer),
    schema=SCHEMA,
)
"""Edits that are looked at and not saved yet: of a page, a file, or proposals of the learner, of which `details` say
what speaks for each."""

evaluation = sa.Table(
    "evaluation",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=False), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    _at("at"),
    sa.Column("data", JSONB, nullable=False),
    schema=SCHEMA,
)
"""How a version of the dictionary fared on requests whose category people have set."""
