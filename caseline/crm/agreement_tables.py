"""Tables of agreements with clients and of the services that they are about."""

import sqlalchemy as sa

from caseline.crm.tables import SCHEMA
from caseline.db.metadata import metadata
from caseline.people.tables import bookkeeping, identity, origin

_SLUG = "code ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(code) <= 40"


def _to(name: str, target: str, *, nullable: bool = True, ondelete: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, sa.ForeignKey(target, ondelete=ondelete), nullable=nullable)


def _at(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True))


service = sa.Table(
    "service",
    metadata,
    identity(),
    *origin(),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("every_days", sa.Integer),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    *bookkeeping(),
    sa.UniqueConstraint("source", "origin"),
    sa.UniqueConstraint("code"),
    sa.CheckConstraint(_SLUG, name="code"),
    sa.CheckConstraint("kind IN ('subscription', 'once')", name="kind"),
    sa.CheckConstraint("every_days BETWEEN 1 AND 3650", name="every_days"),
    schema=SCHEMA,
)
"""What clients are served with; `code` stands in links. `every_days`: how often somebody is asked about it while it
goes on; empty: as the campaign says."""

agreement = sa.Table(
    "agreement",
    metadata,
    identity(),
    *origin(),
    sa.Column("number", sa.Text, nullable=False),
    _to("company_id", "crm.company.id"),
    _to("contact_id", "crm.contact.id"),
    _to("service_id", "crm.service.id", nullable=False),
    _to("division_id", "people.division.id", ondelete="SET NULL"),
    _to("manager_id", "people.person.id"),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("started_on", sa.Date),
    sa.Column("finished_on", sa.Date),
    _at("done_at"),
    _at("asked_at"),
    _at("received_at"),
    *bookkeeping(),
    sa.UniqueConstraint("source", "origin"),
    sa.CheckConstraint("status IN ('new', 'work', 'done')", name="status"),
    sa.CheckConstraint("num_nonnulls(company_id, contact_id) > 0", name="client"),
    sa.CheckConstraint("finished_on >= started_on", name="days"),
    sa.Index("ix_agreement_number", "number", postgresql_ops={"number": "text_pattern_ops"}),
    sa.Index("ix_agreement_company_id", "company_id", postgresql_where=sa.text("company_id IS NOT NULL")),
    sa.Index("ix_agreement_contact_id", "contact_id", postgresql_where=sa.text("contact_id IS NOT NULL")),
    sa.Index("ix_agreement_manager_id", "manager_id", "id"),
    sa.Index("ix_agreement_service_id", "service_id", "id"),
    sa.Index("ix_agreement_division_id", "division_id", "id", postgresql_where=sa.text("division_id IS NOT NULL")),
    schema=SCHEMA,
)
"""An agreement with a client. No division: that of its manager. `done_at`: when its status became done, as far as that
happened here. `asked_at`, `received_at`: when a letter that asks for a review was last sent, and an answer last came;
they are no edit, so an import goes on with the rest."""
