"""What a list is asked for: conditions with their meaning, an order, a place to begin, and whose list it is."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from caseline.crm.request_fields import RequestField
from caseline.listing import kinds
from caseline.listing.hits import Hits
from caseline.listing.kinds import Kind
from caseline.listing.meaning import Meant, Moment
from caseline.people.access import Viewer

ON_PAGE: Final = 50
MOST_SORTS: Final = 2
LONGEST_PLACE: Final = 12_000
"""Characters of a place in an address: it may hold two names, each of as many signs as a name may have."""
_Part = str | int | float | None


class TooBroad(Exception):
    """The database did not come to an end in the time that it has: the filter leaves too much to look through."""


@dataclass(frozen=True, slots=True)
class Sort:
    """An order by a field; what is empty comes last in both directions."""

    key: str
    down: bool = False

    @property
    def text(self) -> str:
        """As addresses write it."""
        return f"-{self.key}" if self.down else self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A list, as the database is asked for it."""

    meant: tuple[Meant, ...]
    sorts: tuple[Sort, ...]
    hits: Hits | None = None
    """What a search text has found; None where nobody searches."""
    subject: str = ""
    """A text that subjects have, where no search by words is there yet."""
    viewer: Viewer
    moment: Moment
    closed: frozenset[str] = frozenset()
    """Codes of closed stages."""
    fields: Mapping[str, RequestField]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: beside a row, which stands in a segment of the order and has these keys there."""

    segment: int
    keys: tuple[_Part, ...]
    """Ends with the row's id."""
    back: bool = False
    """The page ends before the row, instead of beginning after it."""


def sorts(texts: list[str], fields: Mapping[str, RequestField], otherwise: tuple[Sort, ...]) -> tuple[Sort, ...]:
    """The order that an address asks for; what cannot be sorted by is left out."""
    found = [Sort(text.removeprefix("-"), text.startswith("-")) for text in texts]
    kept = {sort.key: sort for sort in reversed(found) if sort.key in fields and sortable(fields[sort.key])}
    return tuple(kept[key] for key in dict.fromkeys(s.key for s in found) if key in kept)[:MOST_SORTS] or otherwise


def sortable(field: RequestField) -> bool:
    """Whether a list can be sorted by a field."""
    if not field.extra and field.name in {"description", "parent"}:
        return False
    return kinds.kind(field) not in {Kind.MANY, Kind.FILES}


def mark(filter_texts: list[str]) -> str:
    """Short for a filter with its order, so that a place in one list is none in another."""
    return hashlib.sha256("\n".join(filter_texts).encode()).hexdigest()[:12]


def write_place(place: Place, filter_mark: str) -> str:
    """A place as an address holds it."""
    told = [filter_mark, place.segment, int(place.back), *place.keys]
    return (
        base64.urlsafe_b64encode(json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode())
        .decode()
        .rstrip("=")
    )


def read_place(text: str, filter_mark: str) -> Place | None:
    """The place that an address holds; None when it is none, or one of another list."""
    if not text or len(text) > LONGEST_PLACE:
        return None
    try:
        told = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    if not isinstance(told, list) or len(told) not in range(4, 5 + MOST_SORTS) or told[0] != filter_mark:
        return None
    segment, back, *keys = told[1:]
    plain = all(key is None or type(key) in {str, int} for key in keys)
    if type(segment) is not int or type(keys[-1]) is not int or not plain or any(map(bad, keys)):
        return None
    return Place(segment, tuple(keys), bool(back))


def bad(key: object) -> bool:
    """Whether the database could take no such value: a number beyond its own, half a sign, the character 0."""
    if isinstance(key, str):
        return "\0" in key or any("\ud800" <= sign <= "\udfff" for sign in key)
    return isinstance(key, int) and abs(key) >= 2**63
