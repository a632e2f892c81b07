"""What a filter says, as it stands in addresses and saved views: `key:operator:values`."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import unquote

MOST: Final = 30
"""Conditions that a filter may have."""
MOST_VALUES: Final = 500
LONGEST: Final = 1_000
"""Characters of a value."""
_DIGITS: Final = 19
"""Of the greatest key."""
SPECIAL: Final = (*("open", "closed", "overdue", "mine", "my_groups", "unassigned", "incomplete", "uncategorised"),)
"""Keys that need no operator."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; what it says may be nonsense, which `meaning` finds out."""

    key: str
    op: str = ""
    values: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """As addresses and saved views write it; reading it gives the same condition again."""
        return f"{_guarded(self.key, ':,')}:{_guarded(self.op, ':,')}:{','.join(_guarded(v, ',') for v in self.values)}"


def read(text: str) -> Condition:
    """The condition that a text says; never fails, and reads what people shortened: `open` is `open::`."""
    key, _, rest = text.partition(":")
    op, _, values = rest.partition(":")
    split = tuple(map(_plain, values.split(","))) if values else ()
    return Condition(_plain(key), _plain(op), split)


def read_all(texts: Iterable[str]) -> tuple[Condition, ...]:
    """Conditions of an address: empty ones say that there are none, repeated ones count once.

    Of those that are too many only some are read, so that a page can say so; none of them applies.
    """
    return tuple(islice(dict.fromkeys(read(text) for text in texts if text.strip()), 2 * MOST))


def ids(values: Iterable[str]) -> set[int]:
    """The keys among values, as far as there can be such rows."""
    short = (value for value in values if value.isascii() and value.isdecimal() and len(value) <= _DIGITS)
    return {number for number in map(int, short) if number < 2**63}


def _plain(text: str) -> str:
    # No database takes the character 0, however it was written down.
    return unquote(text).replace("\0", "\ufffd")


def _guarded(text: str, signs: str) -> str:
    for sign in f"%{signs}":
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text
