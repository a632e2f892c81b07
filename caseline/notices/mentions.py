"""Finds in a comment whom its author calls by `@name`."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from caseline.people.access import Viewer

_CALL: Final = re.compile(r"(?<![\w.+-])@(?=\w)")
"""Not the @ of a mail address."""


def names(name: str, email: str | None, viewers: Iterable[Viewer]) -> list[str]:
    """What somebody can be called by: full name, names of logins, mail address, and what stands before their @."""
    whole = [name, email or "", *(viewer.name for viewer in viewers)]
    return [one for one in dict.fromkeys([*whole, *(one.partition("@")[0] for one in whole[1:])]) if one]


def found(text: str, people: Mapping[int, Iterable[str]]) -> set[int]:
    """Ids of those who are called, each by one of their names; where several share a name, all of them.

    The longest name that fits counts, in whatever letter case, and ё is е: `@anna` does not call Annabel.
    """
    known: dict[str, set[int]] = {}
    for person_id, own in people.items():
        for name in own:
            known.setdefault(_folded(name), set()).add(person_id)
    ordered = sorted(known, key=len, reverse=True)
    called: set[int] = set()
    folded = _folded(text)
    for call in _CALL.finditer(folded):
        rest = folded[call.end() :]
        hit = next((one for one in ordered if rest.startswith(one) and not _goes_on(rest[len(one) :])), None)
        called |= known[hit] if hit is not None else set()
    return called


def _folded(text: str) -> str:
    return " ".join(text.lower().replace("ё", "е").split(" "))


def _goes_on(rest: str) -> bool:
    """Whether the word goes on; a dot or a dash at its end does not belong to it."""
    return re.match(r"\w|[.@+-]\w", rest) is not None
