"""Tables of the people room: persons (legacy ones included) and groups."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.db.metadata import metadata

SCHEMA = "people"


def identity() -> sa.Column[int]:
    """Key column that PostgreSQL counts."""
    return sa.Column("id", sa.BigInteger, sa.Identity(always=False), primary_key=True)


def origin() -> tuple[sa.Column[str | None], ...]:
    """Where an imported row comes from; both empty for a row made here."""
    return sa.Column("source", sa.Text), sa.Column("origin", sa.Text(collation="C"))


def bookkeeping() -> tuple[sa.Column[object], ...]:
    """Extra fields, times and the version that every change raises."""
    return (
        sa.Column("extra", JSONB, nullable=False, server_default="{}"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    )


person = sa.Table(
    "person",
    metadata,
    identity(),
    *origin(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("email", sa.Text),
    sa.Column("phone", sa.Text),
    sa.Column("title", sa.Text),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    *bookkeeping(),
    sa.UniqueConstraint("source", "origin"),
    schema=SCHEMA,
)

group = sa.Table(
    "group",
    metadata,
    identity(),
    *origin(),
    sa.Column("name", sa.Text, nullable=False),
    *bookkeeping(),
    sa.UniqueConstraint("source", "origin"),
    schema=SCHEMA,
)

login = sa.Table(
    "login",
    metadata,
    identity(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("people.person.id", ondelete="SET NULL")),
    sa.Column("password", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("language", sa.Text, nullable=False, server_default="ru"),
    sa.Column("zone", sa.Text, nullable=False, server_default="Europe/Moscow"),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("name = lower(name) AND name <> ''", name="name"),
    sa.CheckConstraint(
        "role IN ('viewer', 'agent', 'head', 'quality', 'marketer', 'director', 'administrator')", name="role"
    ),
    sa.UniqueConstraint("name"),
    schema=SCHEMA,
)
"""Who may sign in to the desk. `password` is an Argon2id hash."""

session = sa.Table(
    "session",
    metadata,
    sa.Column("token", sa.LargeBinary, primary_key=True),
    sa.Column("login_id", sa.BigInteger, sa.ForeignKey("people.login.id", ondelete="CASCADE"), nullable=False),
    sa.Column("form_token", sa.Text, nullable=False),
    sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("agent", sa.Text, nullable=False),
    sa.Index("ix_session_login_id", "login_id"),
    schema=SCHEMA,
)
"""Open sessions; `token` is the SHA-256 of what the browser holds, `form_token` stands in every form of the session."""

attempt = sa.Table(
    "attempt",
    metadata,
    identity(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("ix_attempt_name", "name", "at"),
    sa.Index("ix_attempt_address", "address", "at"),
    schema=SCHEMA,
)
"""Failed sign-ins of the last hours; too many, and the next has to wait."""

audit = sa.Table(
    "audit",
    metadata,
    identity(),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("login", sa.Text),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False, server_default=""),
    sa.Column("data", JSONB, nullable=False, server_default="{}"),
    sa.Index("ix_audit_at", "at", "id"),
    schema=SCHEMA,
)
"""What people changed at the desk, and who was turned away; rows are only ever added."""
