"""The list of keywords: which part of it is shown, and what its form says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from caseline.actions import read_keywords
from caseline.web.desk.visit import Visit, whole
from keywords import checking
from keywords.editing import Edit
from keywords.entries import Entry
from keywords.scored import Use
from keywords.store import Kept
from keywords.vocabulary import Kind

ON_PAGE: Final = 100
SORTS: Final = ("keyword", "weight", "category", "kind", "changed", "hits")
STATES: Final = ("", "enabled", "disabled", "blocking")
_NOTHING: Final = Use(0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of the list is asked for."""

    search: str = ""
    category: str = ""
    state: str = ""
    sort: str = "keyword"
    down: bool = False
    page: int = 1

    def address(self, **other: object) -> str:
        """The address of the list, some of it otherwise."""
        values: dict[str, object] = {
            "q": self.search,
            "category": self.category,
            "state": self.state,
            "sort": self.sort,
        }
        values |= {"down": "1" if self.down else "", "page": self.page} | other
        default = {"sort": "keyword", "page": 1, "down": ""}
        told = {key: value for key, value in values.items() if value and value != default.get(key)}
        return f"/keywords?{urlencode(told)}" if told else "/keywords"

    def sorted_by(self, column: str) -> str:
        """The address of the list sorted by a column, the other way round if it is already."""
        return self.address(sort=column, down="1" if self.sort == column and not self.down else "", page=1)


@dataclass(frozen=True, slots=True)
class Row:
    """An entry in the list, with what is typed over it."""

    kept: Kept
    shown: Entry
    seen: int
    """The version that whoever typed over it saw; that of now where nobody did."""
    use: Use

    @property
    def touched(self) -> bool:
        """Whether something else is typed than stands in the dictionary."""
        return self.shown != self.kept.entry


@dataclass(frozen=True, slots=True)
class Part:
    """A page of the list."""

    rows: tuple[Row, ...]
    total: int
    wanted: Wanted

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // ON_PAGE))


def wanted(visit: Visit) -> Wanted:
    """What the address, or the form, asks for."""
    sort, state = visit.text("sort"), visit.text("state")
    return Wanted(
        search=visit.text("q").strip()[:200],
        category=visit.text("category"),
        state=state if state in STATES else "",
        sort=sort if sort in SORTS else "keyword",
        down=visit.text("down") == "1",
        page=max(1, min(visit.number("page") or 1, 10_000)),
    )


def part(kept: Sequence[Kept], uses: Mapping[int, Use], asked: Wanted, typed: Mapping[int, tuple[Entry, int]]) -> Part:
    """The asked page of the list, with what is typed."""
    found = [each for each in kept if _fits(each.entry, asked)]
    found.sort(key=lambda each: _key(each, asked.sort, uses), reverse=asked.down)
    first = (min(asked.page, max(1, -(-len(found) // ON_PAGE))) - 1) * ON_PAGE
    rows = [
        Row(each, *typed.get(each.id, (each.entry, each.version)), uses.get(each.id, _NOTHING))
        for each in found[first : first + ON_PAGE]
    ]
    return Part(tuple(rows), len(found), asked)


def _folded(text: str) -> str:
    return text.casefold().replace("ё", "е")


def _fits(entry: Entry, asked: Wanted) -> bool:
    if asked.category and entry.category != asked.category:
        return False
    if asked.state == "blocking":
        fits = entry.blocking
    elif asked.state:
        fits = entry.enabled == (asked.state == "enabled")
    else:
        fits = True
    word = _folded(asked.search)
    return fits and (word in _folded(entry.keyword) or word in _folded(entry.note))


def _key(kept: Kept, sort: str, uses: Mapping[int, Use]) -> tuple[object, ...]:
    word = _folded(kept.entry.keyword)
    if sort == "changed":
        return kept.changed_at, word, kept.id
    if sort == "hits":
        return uses.get(kept.id, _NOTHING).hits, word, kept.id
    value = word if sort == "keyword" else getattr(kept.entry, sort)
    return value, word, kept.id


@dataclass(frozen=True, slots=True)
class Form:
    """What the form of the list says."""

    typed: Mapping[int, tuple[Entry, int]]
    """Rows that were typed over, by id: the entry as it is typed, and the version that was seen."""
    edits: Sequence[Edit]
    """What it changes, by these rows and by the bulk action on those that are ticked."""


EMPTY: Final = Form({}, ())
"""Of a page that was only asked for."""


def form(visit: Visit, kept: Mapping[int, Kept]) -> Form:
    """Read the form. What somebody else has changed since is no edit of whoever sends it."""
    ticked, action = set(visit.numbers("tick")), visit.text("bulk")
    rows = _rows(visit, kept)
    stale = {number: seen for number, (_entry, seen) in rows.items() if kept[number].version != seen}
    before = read_keywords.entries_at(visit.house, stale)
    over, edits = {}, []
    for number, (entry, seen) in rows.items():
        old = before.get(number) if number in stale else kept[number].entry
        new = _bulk(entry, action, visit) if number in ticked else entry
        if _touched(entry, old):
            over[number] = entry, seen
        if _touched(new, old):
            edits.append(Edit(new, number, seen))
    return Form(over, edits)


def _rows(visit: Visit, kept: Mapping[int, Kept]) -> dict[int, tuple[Entry, int]]:
    """All rows of the form; unknown ids are left out."""
    found = {}
    for name in visit.form:
        if name.startswith("seen-"):
            number, seen = whole(name.removeprefix("seen-")), visit.number(name)
            if number in kept and number is not None and seen is not None:
                found[number] = (_typed(visit, number, kept[number].entry), seen)
    return found


def _typed(visit: Visit, number: int, old: Entry) -> Entry:
    weight = visit.number(f"weight-{number}")
    return Entry(
        keyword=old.keyword,
        weight=old.weight if old.blocking else -1 if weight is None else weight,
        category=visit.text(f"category-{number}", old.category),
        kind=old.kind,
        blocking=old.blocking,
        enabled=f"enabled-{number}" in visit.form,
        note=old.note,
        id=number,
    )


def _touched(new: Entry | None, seen: Entry | None) -> bool:
    if new is None or seen is None:
        return True
    return (new.weight, new.category, new.enabled) != (seen.weight, seen.category, seen.enabled)


def _bulk(entry: Entry, action: str, visit: Visit) -> Entry | None:
    if action == "delete":
        return None
    if action in {"enable", "disable"}:
        return replace(entry, enabled=action == "enable")
    if action == "category":
        return replace(entry, category=visit.text("bulk-category"))
    if action == "weight" and not entry.blocking:
        weight = visit.number("bulk-weight")
        return replace(entry, weight=-1 if weight is None else weight)
    return entry


def entry_of(visit: Visit, entry_id: int | None) -> Entry:
    """The entry that the form of one entry describes."""
    blocking = "blocking" in visit.form
    weight, kind = visit.number("weight"), visit.text("kind", "forms")
    return Entry(
        keyword=visit.text("keyword").strip(),
        weight=0 if blocking else -1 if weight is None else weight,
        category=visit.text("category"),
        kind=Kind(kind) if kind in set(Kind) else Kind.FORMS,
        blocking=blocking,
        enabled="enabled" in visit.form,
        note=checking.note(visit.text("note")),
        id=entry_id,
    )
