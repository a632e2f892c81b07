"""Marks that pages of asks carry: when a page was drawn for whom, and which value had been clicked.

The page's script sends its mark back with the value. Nobody makes one up, and one that is old, or was sent back sooner
than anybody could have looked at the page, is no proof that a person saw it.
"""

import hmac
import re
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

LONGEST: Final = timedelta(minutes=30)
"""So long a script may send the value by itself."""
SOONEST: Final = timedelta(seconds=1)
"""Nobody reads a page and presses a button in less."""
_BYTES: Final = 15
_MARK: Final = re.compile(r"([0-9]{1,15})\.(-|[0-9]{1,3})\.([a-z2-7]{24})")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a mark says."""

    at: datetime
    """When the page was drawn."""
    value: int | None
    """Which value had been clicked."""

    def fresh(self, now: datetime) -> bool:
        """Whether a script may still speak for a person who looks at the page."""
        return SOONEST <= now - self.at <= LONGEST

    def looked(self, now: datetime) -> bool:
        """Whether somebody had the time to look at the page, however long he has taken since."""
        return now - self.at >= SOONEST


@dataclass(frozen=True, slots=True)
class Marks:
    """Makes marks with the first of the secrets, and knows again those of any."""

    secrets: Sequence[bytes] = field(repr=False)
    """Newest first."""

    def draw(self, ask: str, value: int | None, at: datetime) -> str:
        """The mark of a page that is drawn now, for the public id of an ask."""
        said = f"{int(at.timestamp() * 1000)}.{'-' if value is None else value}"
        return f"{said}.{_token(self.secrets[0], ask, said)}"

    def read(self, ask: str, text: str) -> Mark | None:
        """What a mark says; None for one that is not of this ask."""
        found = _MARK.fullmatch(text)
        if found is None:
            return None
        moment, value, token = found.groups()
        tried = [hmac.compare_digest(_token(one, ask, f"{moment}.{value}"), token) for one in self.secrets]
        if not any(tried):
            return None
        return Mark(datetime.fromtimestamp(int(moment) / 1000, UTC), None if value == "-" else int(value))


def _token(secret: bytes, ask: str, said: str) -> str:
    digest = hmac.new(secret, f"page of an ask:{ask}:{said}".encode(), sha256).digest()
    return b32encode(digest[:_BYTES]).decode().lower()
