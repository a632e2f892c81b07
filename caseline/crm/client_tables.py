"""Tables about companies and contacts: those merged into others, their phones as numbers that can be compared."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.crm.tables import SCHEMA
from caseline.db.metadata import metadata


def _merge(entity: str) -> sa.Table:
    def to(name: str, *, key: bool = False) -> sa.Column[int]:
        return sa.Column(name, sa.BigInteger, sa.ForeignKey(f"crm.{entity}.id"), primary_key=key, nullable=False)

    name = f"{entity}_merge"
    return sa.Table(
        name,
        metadata,
        to("gone_id", key=True),
        to("into_id"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text),
        sa.Column("moved", JSONB, nullable=False),
        sa.Column("filled", JSONB, nullable=False, server_default="{}"),
        sa.CheckConstraint("gone_id <> into_id", name="not_itself"),
        sa.Index(f"ix_{name}_into_id", "into_id"),
        schema=SCHEMA,
    )


company_merge = _merge("company")
contact_merge = _merge("contact")
"""A company or contact that goes on in another one, which itself is merged into none. Its row stays as it was, so that
imports, and mails from its address, are led to the one that remains. `moved`: ids of what was moved, by the column that
pointed at it, and under `below` the remaining company where it stood below the one that is gone. `filled`: columns of
the remaining one that the merge changed, with old and new value."""

phone = sa.Table(
    "phone",
    metadata,
    sa.Column("entity", sa.Text, primary_key=True),
    sa.Column("owner_id", sa.BigInteger, primary_key=True),
    sa.Column("field", sa.Text, primary_key=True),
    sa.Column("raw", sa.Text, nullable=False),
    sa.Column("number", sa.Text),
    sa.CheckConstraint("entity IN ('company', 'contact')", name="entity"),
    sa.Index("ix_phone_number", "number", postgresql_where=sa.text("number IS NOT NULL")),
    schema=SCHEMA,
)
"""Phones of companies and contacts in the form +74951234567; none of what is no number. Filled after imports, so it may
lag behind: a row whose `raw` is no longer what stands on the card is read anew."""

distinct = sa.Table(
    "distinct_client",
    metadata,
    sa.Column("entity", sa.Text, primary_key=True),
    sa.Column("one_id", sa.BigInteger, primary_key=True),
    sa.Column("other_id", sa.BigInteger, primary_key=True),
    sa.Column("by", sa.Text),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("one_id < other_id", name="ordered"),
    schema=SCHEMA,
)
"""Two of whom somebody said that they are not the same, though they share a phone, an address or a tax number."""
