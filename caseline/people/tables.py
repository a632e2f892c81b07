"""Tables of the people room: persons (legacy ones included), groups, divisions, absences, logins, the audit log."""

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
    sa.Column("division_id", sa.BigInteger, sa.ForeignKey("people.division.id", ondelete="SET NULL")),
    *bookkeeping(),
    sa.UniqueConstraint("source", "origin"),
    sa.Index("ix_person_division_id", "division_id", postgresql_where=sa.text("division_id IS NOT NULL")),
    schema=SCHEMA,
)

group = sa.Table(
    "group",
    metadata,
    identity(),
    *origin(),
    sa.Column("name", sa.Text, nullable=False),
    *bookkeeping(),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("turns", sa.Text, nullable=False, server_default="hand"),
    sa.Column("last_turn_id", sa.BigInteger, sa.ForeignKey("people.person.id", ondelete="SET NULL")),
    sa.CheckConstraint("turns IN ('hand', 'turn', 'load')", name="turns"),
    sa.UniqueConstraint("source", "origin"),
    schema=SCHEMA,
)
"""A team or queue. `turns`: how its requests are shared out; `last_turn_id`: whose turn the last one was."""

division = sa.Table(
    "division",
    metadata,
    identity(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("parent_id", sa.BigInteger, sa.ForeignKey("people.division.id")),
    sa.Column(
        "head_id",
        sa.BigInteger,
        # Persons point at divisions, too: tables are sorted without this one.
        sa.ForeignKey("people.person.id", ondelete="SET NULL", use_alter=True, name="fk_division_head_id"),
    ),
    sa.UniqueConstraint("name"),
    sa.CheckConstraint("parent_id <> id", name="not_itself"),
    schema=SCHEMA,
)
"""A part of the company; its head is the head of its persons, and of those of divisions below that have none."""

membership = sa.Table(
    "membership",
    metadata,
    sa.Column("group_id", sa.BigInteger, sa.ForeignKey("people.group.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("people.person.id", ondelete="CASCADE"), primary_key=True),
    sa.Index("ix_membership_person_id", "person_id"),
    schema=SCHEMA,
)
"""Who works in which group."""

absence = sa.Table(
    "absence",
    metadata,
    identity(),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("people.person.id", ondelete="CASCADE"), nullable=False),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date, nullable=False),
    sa.Column("deputy_id", sa.BigInteger, sa.ForeignKey("people.person.id", ondelete="SET NULL")),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.CheckConstraint("last_day >= first_day", name="days"),
    sa.CheckConstraint("deputy_id <> person_id", name="not_itself"),
    sa.Index("ix_absence_person_id", "person_id", "last_day"),
    schema=SCHEMA,
)
"""Days on which a person is not there, and who stands in."""

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
    sa.Column("scope", sa.Text, nullable=False, server_default="all"),
    sa.Column("second_key", sa.Text),
    sa.Column("second_used", sa.BigInteger),
    sa.CheckConstraint("scope IN ('all', 'groups')", name="scope"),
    sa.CheckConstraint("name = lower(name) AND name <> ''", name="name"),
    sa.CheckConstraint(
        "role IN ('viewer', 'agent', 'head', 'quality', 'marketer', 'director', 'administrator')", name="role"
    ),
    sa.UniqueConstraint("name"),
    schema=SCHEMA,
)
"""Who may sign in to the desk. `password` is an Argon2id hash; `scope` says which requests are shown; `second_key`
makes the codes of the second step where somebody wants one, `second_used` is the half minute of the last code."""

emergency_code = sa.Table(
    "emergency_code",
    metadata,
    sa.Column("login_id", sa.BigInteger, sa.ForeignKey("people.login.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    schema=SCHEMA,
)
"""Codes that stand in for the second step, once each: SHA-256 of what only the owner has."""

session = sa.Table(
    "session",
    metadata,
    sa.Column("token", sa.LargeBinary, primary_key=True),
    sa.Column("login_id", sa.BigInteger, sa.ForeignKey("people.login.id", ondelete="CASCADE"), nullable=False),
    sa.Column("form_token", sa.Text, nullable=False),
    sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("agent", sa.Text, nullable=False),
    sa.Column("waits", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("ix_session_login_id", "login_id"),
    schema=SCHEMA,
)
"""Open sessions; `token` is the SHA-256 of what the browser holds, `form_token` stands in every form of the session.
One that `waits` for the second step of signing in opens nothing yet."""

api_token = sa.Table(
    "api_token",
    metadata,
    identity(),
    sa.Column("login_id", sa.BigInteger, sa.ForeignKey("people.login.id", ondelete="CASCADE"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("seen_at", sa.DateTime(timezone=True)),
    sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
    sa.UniqueConstraint("digest"),
    sa.Index("ix_api_token_login_id", "login_id", "id"),
    schema=SCHEMA,
)
"""Tokens by which programs call the API as a login; `digest` is the SHA-256 of what the program holds."""

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

sent_form = sa.Table(
    "sent_form",
    metadata,
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("ix_sent_form_at", "at"),
    schema=SCHEMA,
)
"""Forms that were sent in the last days, by who sent what: the same one sent again is done already."""

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
