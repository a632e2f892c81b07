"""Tables of the embedded register: companies, contacts, records, messages, stages, categories, events."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.db.metadata import metadata
from caseline.people.tables import bookkeeping, identity, origin
from caseline.timing import tables as timing

SCHEMA = "crm"


def _to(name: str, target: str, *, nullable: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, sa.ForeignKey(target), nullable=nullable)


MAIL_DOMAIN = "left(split_part(lower(email), '@', 2), 255)"
WEB_DOMAIN = r"left(regexp_replace(lower(website), '^(https?://)?(www\.)?([^/:?#]*).*$', '\3'), 255)"
"""Domains of a company: whoever asks for them must write the same, else no index helps. What is longer is no domain,
and an index could not hold it."""

company = sa.Table(
    "company",
    metadata,
    identity(),
    *origin(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("phone", sa.Text),
    sa.Column("email", sa.Text),
    sa.Column("website", sa.Text),
    sa.Column("tax_number", sa.Text),
    sa.Column("address", sa.Text),
    _to("parent_id", "crm.company.id"),
    _to("owner_id", "people.person.id"),
    *bookkeeping(),
    sa.UniqueConstraint("source", "origin"),
    sa.Index("ix_company_name", sa.text("translate(lower(name), 'ё', 'е')"), "id"),
    sa.Index("ix_company_mail_domain", sa.text(MAIL_DOMAIN), "id", postgresql_where=sa.text("email IS NOT NULL")),
    sa.Index("ix_company_web_domain", sa.text(WEB_DOMAIN), "id", postgresql_where=sa.text("website IS NOT NULL")),
    schema=SCHEMA,
)

contact = sa.Table(
    "contact",
    metadata,
    identity(),
    *origin(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("email", sa.Text),
    sa.Column("phone", sa.Text),
    sa.Column("mobile", sa.Text),
    sa.Column("title", sa.Text),
    _to("company_id", "crm.company.id"),
    _to("owner_id", "people.person.id"),
    *bookkeeping(),
    sa.UniqueConstraint("source", "origin"),
    sa.Index("ix_contact_name", sa.text("translate(lower(name), 'ё', 'е')"), "id"),
    sa.Index("ix_contact_email", sa.text("lower(email)")),
    sa.Index("ix_contact_company_id", "company_id"),
    schema=SCHEMA,
)

kind = sa.Table(
    "kind",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("label", sa.Text, nullable=False),
    schema=SCHEMA,
)

stage = sa.Table(
    "stage",
    metadata,
    sa.Column("kind", sa.Text, sa.ForeignKey("crm.kind.code"), primary_key=True),
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("closed", sa.Boolean, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("pauses", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("spellings", sa.ARRAY(sa.Text), nullable=False, server_default="{}"),
    schema=SCHEMA,
)
"""While a record is in a stage that `pauses`, the clock of its deadline stands still; so it does in a closed one.
`spellings`: what sources call it in their histories, whatever people call it here."""

category = sa.Table(
    "category",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("label", sa.Text, nullable=False),
    _to("group_id", "people.group.id"),
    sa.Column("hours", sa.Integer, nullable=False),
    sa.Column("hours_by_priority", JSONB, nullable=False, server_default="{}"),
    sa.Column("calendar_id", sa.Text, sa.ForeignKey(timing.calendar.c.id)),
    sa.Column("mode", sa.Text, nullable=False, server_default="working_days"),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.CheckConstraint("hours BETWEEN 1 AND 87600", name="hours"),
    sa.CheckConstraint("mode IN ('working_days', 'schedule', 'elapsed', 'roll', 'whole_days')", name="mode"),
    schema=SCHEMA,
)
"""What a request is about: its group and the hours of its deadline. No calendar: the default one."""

record = sa.Table(
    "record",
    metadata,
    identity(),
    sa.Column("kind", sa.Text, nullable=False),
    *origin(),
    sa.Column("number", sa.Text),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("description", sa.Text),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("priority", sa.Text),
    sa.Column("type", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("channel", sa.Text),
    sa.Column("escalated", sa.Boolean, nullable=False, server_default=sa.false()),
    _to("company_id", "crm.company.id"),
    _to("contact_id", "crm.contact.id"),
    _to("assignee_id", "people.person.id"),
    _to("group_id", "people.group.id"),
    _to("parent_id", "crm.record.id"),
    sa.Column("closed_at", sa.DateTime(timezone=True)),
    sa.Column("category", sa.Text, sa.ForeignKey("crm.category.code")),
    sa.Column("category_first_set_at", sa.DateTime(timezone=True)),
    sa.Column("category_set_at", sa.DateTime(timezone=True)),
    sa.Column("category_by", sa.Text),
    *bookkeeping(),
    sa.CheckConstraint("category_by IN ('person', 'keywords', 'import')", name="category_by"),
    sa.UniqueConstraint("source", "origin"),
    sa.ForeignKeyConstraint(["kind", "stage"], ["crm.stage.kind", "crm.stage.code"], name="fk_record_stage"),
    sa.Index("ix_record_number", "number", postgresql_ops={"number": "text_pattern_ops"}),
    sa.Index("ix_record_created_at", "created_at", "id"),
    sa.Index(
        "ix_record_company_id", "company_id", "created_at", "id", postgresql_where=sa.text("company_id IS NOT NULL")
    ),
    sa.Index(
        "ix_record_contact_id", "contact_id", "created_at", "id", postgresql_where=sa.text("contact_id IS NOT NULL")
    ),
    sa.Index(
        "ix_record_assignee_id", "assignee_id", "created_at", "id", postgresql_where=sa.text("assignee_id IS NOT NULL")
    ),
    sa.Index("ix_record_open_group_id", "group_id", "created_at", "id", postgresql_where=sa.text("closed_at IS NULL")),
    sa.Index("ix_record_open_created_at", "created_at", "id", postgresql_where=sa.text("closed_at IS NULL")),
    sa.Index(
        "ix_record_open_assignee_id", "assignee_id", "created_at", "id", postgresql_where=sa.text("closed_at IS NULL")
    ),
    sa.Index("ix_record_open_stage", "stage", "created_at", "id", postgresql_where=sa.text("closed_at IS NULL")),
    sa.Index("ix_record_closed_at", "closed_at", "id", postgresql_where=sa.text("closed_at IS NOT NULL")),
    sa.Index("ix_record_parent_id", "parent_id", postgresql_where=sa.text("parent_id IS NOT NULL")),
    sa.Index(
        "ix_record_uncategorised",
        "created_at",
        "id",
        postgresql_where=sa.text("closed_at IS NULL AND category IS NULL AND source IS NULL"),
    ),
    sa.Index("ix_record_other_kind", "id", postgresql_where=sa.text("kind <> 'request'")),
    sa.Index("ix_record_category", "category", "created_at", "id", postgresql_where=sa.text("category IS NOT NULL")),
    schema=SCHEMA,
)
"""Descriptions are moved out of line by `toast_tuple_target` (migration 0001), so lists read narrow rows."""

message = sa.Table(
    "message",
    metadata,
    identity(),
    *origin(),
    _to("record_id", "crm.record.id", nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("public", sa.Boolean, nullable=False, server_default=sa.true()),
    _to("author_id", "people.person.id"),
    sa.Column("subject", sa.Text),
    sa.Column("sender", sa.Text),
    sa.Column("recipients", sa.Text),
    sa.Column("copies", sa.Text),
    sa.Column("text", sa.Text),
    sa.Column("html", sa.Text),
    sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("mail_id", sa.Text),
    sa.Column("thread_id", sa.Text),
    sa.Column("sender_address", sa.Text),
    sa.Column("told_addresses", sa.ARRAY(sa.Text)),
    *bookkeeping(),
    sa.UniqueConstraint("source", "origin"),
    sa.CheckConstraint("kind IN ('comment', 'mail_in', 'mail_out')", name="kind"),
    sa.Index("ix_message_record_id", "record_id", "sent_at", "id"),
    sa.Index("ix_message_mail_id", "mail_id", postgresql_where=sa.text("mail_id IS NOT NULL")),
    sa.Index("ix_message_thread_id", "thread_id", postgresql_where=sa.text("thread_id IS NOT NULL")),
    schema=SCHEMA,
)
"""The timeline of records; mail and thread ids are the thread index of imported correspondence. `sender_address`
and `told_addresses`: who wrote it and to whom, in small letters, as the mail was read; none of imported messages and of
those that older versions kept, whose headers are read when somebody asks."""

field_definition = sa.Table(
    "field_definition",
    metadata,
    sa.Column("entity", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("source", sa.Text),
    sa.Column("choices", JSONB, nullable=False, server_default="[]"),
    sa.Column("section", sa.Text, sa.ForeignKey("crm.section.code", ondelete="SET NULL")),
    sa.Column("position", sa.Integer, nullable=False, server_default="0"),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("filterable", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("target", sa.Text),
    schema=SCHEMA,
)
"""What the keys of `extra` are. `choices`: values of a list, in order; empty where whatever was imported may stand.
`active`: shown on cards. `filterable`: has an index of its own. `target`: entity that a reference points at."""

section = sa.Table(
    "section",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False, server_default="0"),
    schema=SCHEMA,
)
"""Parts of the card of a request, in which its fields stand."""

preset = sa.Table(
    "preset",
    metadata,
    identity(),
    sa.Column("source", sa.Text),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("filter", JSONB, nullable=False),
    sa.Column("sort", sa.Text),
    sa.UniqueConstraint("source", "name"),
    schema=SCHEMA,
)
"""Preset filters of the request table; those with a source come from its list views."""

event = sa.Table(
    "event",
    metadata,
    identity(),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("record_id", sa.BigInteger, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("imported", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    sa.Column("data", JSONB),
    sa.Index("ix_event_record_id", "record_id", "id", postgresql_where=sa.text("entity = 'request' AND NOT imported")),
    schema=SCHEMA,
)
"""The event log; consumers read on by `id`. `imported` events never reach a person."""
