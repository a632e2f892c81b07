"""Which requests lack what a rule of their fields asks for."""

import sqlalchemy as sa

from caseline.crm.rule_tables import violation
from caseline.crm.tables import record


def incomplete() -> sa.ColumnElement[bool]:
    """Whether a request leaves an obligatory field empty, as was noted with its last save or a rule."""
    return record.c.id.in_(sa.select(violation.c.record_id))
