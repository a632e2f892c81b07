"""Expands the words of an entry into the forms that will match, when the entry is saved."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from keywords import english, russian
from keywords.entries import Entry, Expanded, Slot
from keywords.folding import has_digit
from keywords.units import SIGN
from keywords.vocabulary import Kind
from keywords.words import Place, places

VERSION: Final = 1
"""Raised when the same entry would be expanded otherwise, so that stored expansions are made anew."""

_SHORTEST: Final = 2
_JOINTS: Final = "/.+_"


def expand(entry: Entry) -> Expanded:
    """The entry with its slots."""
    return Expanded(entry, slots(entry.keyword, entry.kind))


def slots(keyword: str, kind: Kind = Kind.FORMS) -> tuple[Slot, ...]:
    """The words of a keyword, each with all the keys that meet it; empty for a keyword without words.

    A word with hyphens and a code with its parts are one word; `или/или` are two. A unit after a number is that unit
    however it is spelt.
    """
    return tuple(_slots(keyword, kind))


def forms(keyword: str, kind: Kind = Kind.FORMS) -> list[list[str]]:
    """For administrators: the forms of each word that will match, a prefix with `*` behind it."""
    return [[key.removeprefix(SIGN) + "*" * slot.prefix for key in slot.keys] for slot in slots(keyword, kind)]


def stored(found: Iterable[Slot]) -> list[list[Any]]:
    """Slots as JSON: the keys of each word, and whether they are prefixes."""
    return [[list(slot.keys), slot.prefix] for slot in found]


def restored(plain: Iterable[Iterable[Any]]) -> tuple[Slot, ...]:
    """The slots that `stored` wrote."""
    return tuple(Slot(tuple(keys), prefix) for keys, prefix in plain)


def _slots(keyword: str, kind: Kind) -> Iterator[Slot]:
    after_number = False
    for chunk in keyword.split():
        for place in _pieces(places(chunk)):
            if not place.keys:
                continue
            key = place.keys[0][0]
            unit = next((each for each, _ in place.keys if each.startswith(SIGN)), None)
            if after_number and unit:
                yield Slot((unit,))
            else:
                yield _slot(place, kind)
            after_number = key.replace(".", "").isdecimal()


def _pieces(found: tuple[Place, ...]) -> Iterator[Place]:
    """The places of a chunk, with compounds put together where an entry means them as one word."""
    at = 0
    while at < len(found):
        place = found[at]
        key, count = place.keys[-1] if place.keys else ("", 1)
        if count > 1 and _is_one_word(key, found[at : at + count]):
            yield Place(place.start, found[at + count - 1].end, ((key, 1),))
            at += count
        else:
            yield place
            at += 1


def _is_one_word(key: str, parts: tuple[Place, ...]) -> bool:
    letters_alone = all(len(part.keys[0][0]) >= _SHORTEST for part in parts)
    return "-" in key or has_digit(key) or not letters_alone or not any(joint in key for joint in _JOINTS)


def _slot(place: Place, kind: Kind) -> Slot:
    names = [key for key, length in place.keys if length == 1 and not key.startswith(SIGN)]
    if kind is Kind.FORMS:
        return Slot(tuple(sorted(_inflected(names[-1]) | {names[0]})))
    return Slot((names[0],), prefix=kind is Kind.PREFIX)


def _inflected(key: str) -> frozenset[str]:
    if len(key) < _SHORTEST:
        return frozenset({key})
    if russian.speaks(key):
        return russian.forms(key)
    if english.speaks(key):
        return english.forms(key)
    head, hyphen, last = key.rpartition("-")
    if hyphen and english.speaks(last) and english.speaks(head.replace("-", "")):
        return frozenset({key + "s", *(head + hyphen + form for form in english.forms(last))})
    return frozenset({key})
