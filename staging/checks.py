"""What a check of a value is: its code, the condition in SQL and the remedy."""

from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

Text = sa.ColumnElement[Any]
Truth = sa.ColumnElement[bool]
BLANKS: Final = " \t\r\n\v\f\u00a0\u200b\u2007\u202f\ufeff"


_BLANK_CODES: Final = [ord(sign) for sign in BLANKS if ord(sign) > ord(" ")]


def missing(raw: Text) -> Truth:
    """Empty, or nothing but blanks (U+00A0 and U+200B are blanks too).

    Trimming decodes the whole text, so that is done only where the first sign is a blank: `ascii` answers its code.
    """
    first = sa.func.ascii(raw)
    begins = sa.and_(first > ord(" "), first.not_in(_BLANK_CODES))
    return sa.case((begins, sa.false()), else_=sa.func.coalesce(sa.func.ltrim(raw, BLANKS), "") == "")


def unread(raw: Text, value: Text) -> Truth:
    """Something stands there and `value`, which is read from it, is NULL."""
    return sa.and_(raw.is_not(None), value.is_(None), sa.not_(missing(raw)))


@dataclass(frozen=True, slots=True)
class Check:
    """A way in which a value can be bad."""

    code: str
    bad: Truth
    """True when bad; never NULL."""
    text: Text | str
    """The remedy."""
