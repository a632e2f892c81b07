"""What a check of a value is: its code, the condition in SQL and the remedy."""

from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

Text = sa.ColumnElement[Any]
Truth = sa.ColumnElement[bool]
BLANKS: Final = " \t\r\n\v\f\u00a0\u200b\u2007\u202f\ufeff"


def missing(raw: Text) -> Truth:
    """Empty, or nothing but blanks (U+00A0 and U+200B are blanks too)."""
    return sa.func.coalesce(sa.func.ltrim(raw, BLANKS), "") == ""


def unfit(raw: Text, good: Truth) -> Truth:
    """Something stands there and it is not `good`."""
    return sa.and_(raw.is_not(None), sa.not_(good), sa.not_(missing(raw)))


@dataclass(frozen=True, slots=True)
class Check:
    """A way in which a value can be bad."""

    code: str
    bad: Truth
    """True when bad; never NULL."""
    text: Text | str
    """The remedy."""
