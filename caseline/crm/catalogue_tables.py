"""Tables of the catalogue: products in a hierarchy of any depth, and which of them a request is about."""

import sqlalchemy as sa

from caseline.crm.tables import SCHEMA
from caseline.db.metadata import metadata
from caseline.people.tables import identity, origin

product = sa.Table(
    "product",
    metadata,
    identity(),
    *origin(),
    sa.Column("parent_id", sa.BigInteger, sa.ForeignKey("crm.product.id")),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False, server_default="0"),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.CheckConstraint("parent_id <> id", name="not_itself"),
    sa.CheckConstraint("name <> ''", name="name"),
    sa.UniqueConstraint("source", "origin"),
    sa.Index(
        "uq_product_sibling",
        *(sa.text(part) for part in ("coalesce(parent_id, 0)", "translate(lower(name), 'ё', 'е')")),
        unique=True,
    ),
    sa.Index("ix_product_parent_id", "parent_id", postgresql_where=sa.text("parent_id IS NOT NULL")),
    schema=SCHEMA,
)
"""A product, or a group of products: whatever has something below it. Names differ among those of one parent only.
`position`: order among them, then by name."""

record_product = sa.Table(
    "record_product",
    metadata,
    sa.Column("record_id", sa.BigInteger, sa.ForeignKey("crm.record.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("product_id", sa.BigInteger, sa.ForeignKey("crm.product.id"), primary_key=True),
    sa.Index("ix_record_product_product_id", "product_id", "record_id"),
    schema=SCHEMA,
)
"""What a request is about."""
