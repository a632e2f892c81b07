"""What a check of a value is: its code, the condition in SQL and the remedy."""

from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

Text = sa.ColumnElement[Any]
Truth = sa.ColumnElement[bool]
BLANKS: Final = " \t\r\n\v\f\u00a0\u200b\u2007\u202f\ufeff"


@dataclass(frozen=True, slots=True)
class Check:
    """A way in which a value can be bad."""

    code: str
    bad: Truth
    """True when bad; never NULL."""
    text: Text | str
    """The remedy."""
