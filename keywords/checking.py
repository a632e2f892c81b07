"""Checks entries as they are typed or imported: every fault of every row, or entries ready to be saved."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from keywords import expansion, markup
from keywords.entries import GREATEST_WEIGHT, LEAST_WEIGHT, Entry, Expanded, Slot
from keywords.faults import Code, Fault, fault
from keywords.vocabulary import Kind
from keywords.words import SYMBOLS, places

BLOCK: Final = "block"
"""Stands for the weight of a blocking entry."""
LONGEST_KEYWORD: Final = 200
LONGEST_NOTE: Final = 2_000
SHORTEST_PREFIX: Final = 3

_BLOCKS: Final = frozenset({BLOCK, "блок", "запрет"})
_WEIGHT: Final = re.compile(r"([+-]?[0-9]{1,9})(?:[.,]0*)?")
_KINDS: Final = {
    "": Kind.FORMS,
    "forms": Kind.FORMS,
    "формы": Kind.FORMS,
    "exact": Kind.EXACT,
    "точно": Kind.EXACT,
    "prefix": Kind.PREFIX,
    "начало": Kind.PREFIX,
}
_YES: Final = frozenset({"", "yes", "true", "1", "on", "да", "истина", "вкл"})
_NO: Final = frozenset({"no", "false", "0", "off", "нет", "ложь", "выкл"})


@dataclass(frozen=True, slots=True)
class Typed:
    """An entry as text, from a form or a line of a file."""

    row: int
    keyword: str
    weight: str
    category: str
    kind: str = ""
    enabled: str = ""
    note: str = ""
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of what was typed; save only when there are no faults."""

    entries: tuple[Expanded, ...]
    faults: tuple[Fault, ...]


def check(rows: Iterable[Typed], categories: Collection[str] | None = None) -> Checked:
    """The entries of rows without faults, and all faults of the others.

    Categories are known by name whatever its case; None: any name will do, as in a file that brings its own.
    """
    known = None if categories is None else {category.casefold(): category for category in categories}
    entries: list[Expanded] = []
    faults: list[Fault] = []
    seen: dict[tuple[tuple[Slot, ...], str], int] = {}
    for typed in rows:
        found = _faults(typed, known)
        if not found:
            expanded = expansion.expand(_entry(typed, known))
            other = seen.setdefault((expanded.slots, expanded.entry.category), typed.row)
            if other == typed.row:
                entries.append(expanded)
            else:
                found = [fault(typed.row, "keyword", Code.DUPLICATE, value=expanded.entry.keyword, other=other)]
        faults += found
    return Checked(tuple(entries), tuple(faults))


def _entry(typed: Typed, known: dict[str, str] | None) -> Entry:
    category = _spaced(typed.category)
    weight = _WEIGHT.fullmatch(typed.weight.strip())
    return Entry(
        keyword=_spaced(typed.keyword),
        weight=int(weight[1]) if weight else 0,
        category=category if known is None else known[category.casefold()],
        kind=_KINDS[typed.kind.strip().casefold()],
        blocking=weight is None,
        enabled=typed.enabled.strip().casefold() in _YES,
        note=note(typed.note),
        id=typed.id,
    )


def note(text: str) -> str:
    """A note as it is kept: forms and spreadsheets end its lines in ways of their own."""
    return "\n".join(text.splitlines()).strip()


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _faults(typed: Typed, known: dict[str, str] | None) -> list[Fault]:
    found = [
        _unprintable(typed.row, field, text)
        for field, text in (("keyword", typed.keyword), ("category", typed.category), ("note", typed.note))
    ]
    found += [_keyword_fault(typed), _weight_fault(typed), _category_fault(typed, known)]
    if typed.kind.strip().casefold() not in _KINDS:
        found.append(fault(typed.row, "kind", Code.UNKNOWN_KIND, value=typed.kind.strip()))
    if typed.enabled.strip().casefold() not in _YES | _NO:
        found.append(fault(typed.row, "enabled", Code.UNKNOWN_ENABLED, value=typed.enabled.strip()))
    if len(typed.note) > LONGEST_NOTE:
        found.append(fault(typed.row, "note", Code.TOO_LONG, count=len(typed.note), most=LONGEST_NOTE))
    return [each for each in found if each]


def _unprintable(row: int, field: str, text: str) -> Fault | None:
    """Control characters and lone surrogates, which no database and no page takes; white space is none of them."""
    odd = next((each for each in text if unicodedata.category(each) in {"Cc", "Cs"} and not each.isspace()), None)
    return fault(row, field, Code.UNPRINTABLE, number=ord(odd)) if odd else None


def _keyword_fault(typed: Typed) -> Fault | None:
    keyword = _spaced(typed.keyword)
    if not keyword:
        return fault(typed.row, "keyword", Code.EMPTY)
    if len(keyword) > LONGEST_KEYWORD:
        return fault(typed.row, "keyword", Code.TOO_LONG, count=len(keyword), most=LONGEST_KEYWORD)
    if markup.plain(keyword) != keyword:
        return fault(typed.row, "keyword", Code.HTML, value=keyword)
    found = [place for chunk in keyword.split() for place in places(chunk)]
    if any(not place.keys for place in found):
        return fault(typed.row, "keyword", Code.ADDRESS, value=keyword)
    words = [place.keys[0][0] for place in found if place.keys[0][0] not in SYMBOLS]
    if not words:
        return fault(typed.row, "keyword", Code.NO_WORDS, value=keyword)
    return _length_fault(typed, keyword)


def _length_fault(typed: Typed, keyword: str) -> Fault | None:
    slots = expansion.slots(keyword, Kind.EXACT)
    shortest = min(len(slot.keys[0]) for slot in slots)
    if len(slots) == 1 and shortest == 1:
        return fault(typed.row, "keyword", Code.TOO_SHORT, value=keyword)
    if _KINDS.get(typed.kind.strip().casefold()) is Kind.PREFIX and shortest < SHORTEST_PREFIX:
        return fault(typed.row, "keyword", Code.SHORT_PREFIX, value=keyword, least=SHORTEST_PREFIX)
    return None


def _weight_fault(typed: Typed) -> Fault | None:
    text = typed.weight.strip()
    if text.casefold() in _BLOCKS:
        return None
    number = _WEIGHT.fullmatch(text)
    if not number:
        return fault(typed.row, "weight", Code.NO_NUMBER, value=text)
    if not LEAST_WEIGHT <= int(number[1]) <= GREATEST_WEIGHT:
        return fault(typed.row, "weight", Code.OUT_OF_RANGE, value=number[1])
    return None


def _category_fault(typed: Typed, known: dict[str, str] | None) -> Fault | None:
    category = _spaced(typed.category)
    if not category:
        return fault(typed.row, "category", Code.NO_CATEGORY)
    if known is not None and category.casefold() not in known:
        return fault(typed.row, "category", Code.UNKNOWN_CATEGORY, value=category)
    return None
