"""Tables of what administrators decide about the fields of requests: places, rules, ways between stages, violations."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.crm.tables import SCHEMA
from caseline.db.metadata import metadata
from caseline.people.tables import identity

own_field = sa.Table(
    "own_field",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("label", sa.Text, nullable=False, server_default=""),
    sa.Column("section", sa.Text, sa.ForeignKey("crm.section.code", ondelete="SET NULL")),
    sa.Column("position", sa.Integer, nullable=False, server_default="0"),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("choices", JSONB, nullable=False, server_default="[]"),
    schema=SCHEMA,
)
"""What administrators have changed about the register's own fields of requests; a field without row is as it was made.
An empty label: the one that pages give it."""

field_rule = sa.Table(
    "field_rule",
    metadata,
    identity(),
    sa.Column("match", sa.Text, nullable=False, server_default="all"),
    sa.Column("conditions", JSONB, nullable=False, server_default="[]"),
    sa.Column("effect", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False, server_default="0"),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.CheckConstraint("match IN ('all', 'any')", name="match"),
    sa.CheckConstraint("effect IN ('show', 'hide', 'require')", name="effect"),
    schema=SCHEMA,
)
"""When the conditions hold, the field is shown, hidden or required. `conditions`: {field, op, values}; fields are named
by their keys, as filters name them."""

transition = sa.Table(
    "transition",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("from_stage", sa.Text, primary_key=True),
    sa.Column("to_stage", sa.Text, primary_key=True),
    sa.ForeignKeyConstraint(
        ["kind", "from_stage"],
        ["crm.stage.kind", "crm.stage.code"],
        name="fk_transition_from_stage",
        ondelete="CASCADE",
    ),
    sa.ForeignKeyConstraint(
        ["kind", "to_stage"], ["crm.stage.kind", "crm.stage.code"], name="fk_transition_to_stage", ondelete="CASCADE"
    ),
    sa.CheckConstraint("from_stage <> to_stage", name="not_itself"),
    schema=SCHEMA,
)
"""Where people may move a record from a stage; a kind without any rows leaves all ways open."""

violation = sa.Table(
    "violation",
    metadata,
    sa.Column("record_id", sa.BigInteger, sa.ForeignKey("crm.record.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("field", sa.Text, primary_key=True),
    schema=SCHEMA,
)
"""Obligatory fields that open records leave empty: written with every save, and in sets after imports and new rules."""
