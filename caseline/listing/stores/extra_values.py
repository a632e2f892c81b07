"""The one way in which lists and indexes read an extra field: an index helps only where both say the same."""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.crm.request_fields import RequestField
from caseline.crm.tables import record
from caseline.listing import kinds
from caseline.listing.kinds import Kind

LONGEST: Final = 200
"""Characters of a text that are compared and sorted by: an index refuses rows with much longer ones."""


def value(field: RequestField) -> sa.ColumnElement[Any]:
    """What an extra field holds, typed; NULL where it is empty, and where something else stands in it.

    Dates and times stand as ISO texts, those of times in UTC, so their order as texts is that of time.
    """
    found = record.c.extra.op("->", return_type=JSONB())(_name(field))
    text = record.c.extra.op("->>", return_type=sa.Text())(_name(field))
    kind = kinds.kind(field)
    if kind in {Kind.MANY, Kind.FILES}:
        return found
    if kind is Kind.NUMBER:
        return sa.case((sa.func.jsonb_typeof(found) == _word("number"), sa.cast(text, sa.Numeric)))
    if kind is Kind.FLAG:
        return sa.case((sa.func.jsonb_typeof(found) == _word("boolean"), sa.cast(text, sa.Boolean)))
    return sa.func.nullif(sa.func.left(text, sa.literal(LONGEST, sa.Integer), type_=sa.Text), _word(""), type_=sa.Text)


def whole_text(field: RequestField) -> sa.ColumnElement[str]:
    """All of a text, for what an index cannot hold."""
    return record.c.extra.op("->>", return_type=sa.Text())(_name(field))


def _name(field: RequestField) -> sa.ColumnElement[str]:
    return sa.literal(field.name, sa.Text)


def _word(text: str) -> sa.ColumnElement[str]:
    return sa.literal(text, sa.Text)
