"""Tables of the register about work by mail: assignments, traits of messages, attachments, merged requests, links."""

import sqlalchemy as sa

from caseline.crm.tables import SCHEMA
from caseline.db.metadata import metadata
from caseline.people.tables import identity


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _to(name: str, target: str, *, nullable: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, sa.ForeignKey(target), nullable=nullable)


def _of_record(name: str = "record_id", *, key: bool = False) -> sa.Column[int]:
    gone = sa.ForeignKey("crm.record.id", ondelete="CASCADE")
    return sa.Column(name, sa.BigInteger, gone, primary_key=key, nullable=False)


def _of_message(*, key: bool = False) -> sa.Column[int]:
    gone = sa.ForeignKey("crm.message.id", ondelete="CASCADE")
    return sa.Column("message_id", sa.BigInteger, gone, primary_key=key, nullable=False)


assignment = sa.Table(
    "assignment",
    metadata,
    identity(),
    _of_record(),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    _to("assignee_id", "people.person.id"),
    _to("contact_id", "crm.contact.id"),
    sa.Column("state", sa.Text, nullable=False, server_default="open"),
    _at("due_at", nullable=True),
    _at("remind_at", nullable=True),
    _to("by_id", "people.person.id"),
    _at("created_at"),
    _at("ended_at", nullable=True),
    sa.Column("ended_by", sa.Text),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    _at("overdue_at", nullable=True),
    _at("starts_at", nullable=True),
    sa.CheckConstraint("state IN ('open', 'done', 'cancelled')", name="state"),
    sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_at"),
    sa.CheckConstraint("(assignee_id IS NULL) <> (contact_id IS NULL)", name="one_assignee"),
    sa.Index("ix_assignment_record_id", "record_id", "id"),
    sa.Index(
        "ix_assignment_remind_at", "remind_at", postgresql_where=sa.text("state = 'open' AND remind_at IS NOT NULL")
    ),
    sa.Index("ix_assignment_contact_id", "contact_id", postgresql_where=sa.text("contact_id IS NOT NULL")),
    sa.Index("ix_assignment_open", "due_at", "id", postgresql_where=sa.text("state = 'open'")),
    sa.Index("ix_assignment_assignee_id", "assignee_id", "id", postgresql_where=sa.text("assignee_id IS NOT NULL")),
    sa.Index("ix_assignment_by_id", "by_id", "id", postgresql_where=sa.text("by_id IS NOT NULL")),
    schema=SCHEMA,
)
"""A work item of a request for a person of the house or, external, for a contact. `remind_at`: the next reminder,
none when it was sent. `overdue_at`: when it was said that its deadline has passed. `starts_at`: before it nobody needs
to begin; none: at once."""

assignment_item = sa.Table(
    "assignment_item",
    metadata,
    identity(),
    sa.Column("assignment_id", sa.BigInteger, sa.ForeignKey("crm.assignment.id", ondelete="CASCADE"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    _at("ticked_at", nullable=True),
    sa.Column("ticked_by", sa.Text),
    sa.CheckConstraint("(ticked_at IS NULL) = (ticked_by IS NULL)", name="ticked"),
    sa.Index("ix_assignment_item_assignment_id", "assignment_id", "position", "id"),
    schema=SCHEMA,
)
"""A step of the checklist of an assignment, and who said when that it is done."""

trait = sa.Table(
    "message_trait",
    metadata,
    _of_message(key=True),
    _to("assignment_id", "crm.assignment.id"),
    sa.Column("automatic", sa.Text),
    sa.Column("unverified", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("new_text", sa.Text),
    sa.Column("mail_ref", sa.BigInteger),
    sa.Column("unproven", sa.Text),
    sa.Column("outsider", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("placed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("ix_message_trait_assignment_id", "assignment_id", postgresql_where=sa.text("assignment_id IS NOT NULL")),
    sa.Index("ix_message_trait_mail_ref", "mail_ref", postgresql_where=sa.text("mail_ref IS NOT NULL")),
    schema=SCHEMA,
)
"""What is said of some messages. `assignment_id`: it belongs to that assignment, apart from the client's
correspondence. `automatic`: no person wrote it, and why that is thought. `unverified`: somebody new wrote it with a
valid token, or somebody `unproven`: this server found that DMARC failed. `new_text`: what is not quoted. `mail_ref`:
the mail that it came as. `outsider`: whoever wrote it worked on its assignment then. `placed`: somebody has put it
where it stands."""

attachment = sa.Table(
    "attachment",
    metadata,
    identity(),
    _of_message(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("content_type", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("content_id", sa.Text),
    sa.Column("inline", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("sha256", sa.LargeBinary),
    sa.CheckConstraint("length(sha256) = 32", name="sha256"),
    sa.Index("ix_attachment_message_id", "message_id", "id"),
    schema=SCHEMA,
)
"""A file of a message; `sha256` names it among the files, none as long as it was not taken out of a very large mail."""

merge = sa.Table(
    "merge",
    metadata,
    _of_record(key=True),
    _of_record("into_id"),
    _at("at"),
    _to("by_id", "people.person.id"),
    sa.Column("messages", sa.ARRAY(sa.BigInteger), nullable=False),
    sa.Column("assignments", sa.ARRAY(sa.BigInteger), nullable=False),
    sa.CheckConstraint("record_id <> into_id", name="not_itself"),
    sa.Index("ix_merge_into_id", "into_id"),
    schema=SCHEMA,
)
"""A request that goes on in another one; mails that name it join that. `messages` and `assignments` moved with it."""

link = sa.Table(
    "link",
    metadata,
    _of_record(key=True),
    _of_record("other_id", key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    _at("at"),
    sa.CheckConstraint("kind IN ('maybe', 'follows', 'split', 'also')", name="kind"),
    sa.CheckConstraint("record_id <> other_id", name="not_itself"),
    sa.Index("ix_link_other_id", "other_id"),
    schema=SCHEMA,
)
"""What a request has to do with another: it may belong to it, goes on where that one was closed, was split off it, or
a mail of it names that one too."""
