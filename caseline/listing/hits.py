"""What a search came to; pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from caseline.listing.snippets import Passage

CAP: Final = 10_000
"""Hits up to which their ids are fetched, as lists count up to there. With more of them a walk fills a page soon: of a
million requests it reads 5,000 vectors; with fewer it would be long."""


class Outcome(StrEnum):
    """What a search came to."""

    FOUND = "found"
    """`ids` are all that there are."""
    MANY = "many"
    """More than `CAP`, or so common that nobody counted them: to be walked through by date."""
    NOTHING = "nothing to search for"
    """Nothing was typed but words that stand everywhere, or only what must not be found."""
    NOT_READY = "not ready"
    """Very many requests are being indexed for the first time; numbers are found meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrow:
    """What else is asked for of whole requests, as far as vectors know it: it makes hit lists short.

    Whoever lists must ask for it exactly all the same: months are those of UTC, and whole ones. Only with both ends a
    period counts.
    """

    companies: tuple[int, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What was found."""

    outcome: Outcome
    ids: tuple[int, ...] = ()
    """In no order; in front of the others those that have the number that was typed, if `by_number`."""
    by_number: int = 0
    """How many of `ids` were found by their number or old key."""
    query: str = ""
    """As the server understands it, for a walk."""
    codes: tuple[str, ...] = ()
    cut: bool = False
    """The end of what was typed was not read."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a request that was found."""

    subject: Passage
    passages: tuple[Passage, ...]
    """Of the description: those with hits, or its beginning."""
