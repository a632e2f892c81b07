"""Tells what is wrong with edits of the dictionary, and turns files into edits."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from caseline.actions import wiring
from caseline.actions.wiring import House
from keywords import checking, dictionary_file, expansion
from keywords.checking import BLOCK, Typed
from keywords.editing import Edit
from keywords.entries import Entry, Expanded, Slot
from keywords.faults import Code, Fault, fault
from keywords.source import Loaded
from keywords.store import Kept
from keywords.vocabulary import Kind


@dataclass(frozen=True, slots=True)
class FromFile:
    """What a file would change."""

    edits: tuple[Edit, ...]
    new: int
    updated: int
    unchanged: int
    faults: tuple[Fault, ...]
    """Of rows that are left out."""


def faults(house: House, edits: Sequence[Edit]) -> dict[int, list[Fault]]:
    """What is wrong, by the place of the edit; nothing may be saved until it is mended."""
    with house.engine.connect() as connection:
        loaded = house.words.now(connection)
        categories = [one.code for one in wiring.intake(house).cards.categories(connection)]
    typed = [_typed(place, edit.entry) for place, edit in enumerate(edits) if edit.entry is not None]
    checked = checking.check(typed, categories)
    found: dict[int, list[Fault]] = {}
    for one in (*(_named(each, edits) for each in checked.faults), *_doubles(loaded, edits, checked.entries)):
        found.setdefault(one.row, []).append(one)
    return found


def from_file(house: House, content: bytes, name: str) -> FromFile:
    """The edits that bring the dictionary to what a file says of its rows; other entries stay.

    A row meets the entry of the same words, whatever form they are in: of the same category first, or else the only one
    there is; no two rows meet the same one. Empty cells leave what is, so a row without a kind meets an entry of any.
    Raises `FileFault` when it is no such file at all.
    """
    with house.engine.connect() as connection:
        loaded = house.words.now(connection)
        categories = wiring.intake(house).cards.categories(connection)
    by_name = codes({one.code: one.label for one in categories})
    rows = dictionary_file.typed(content, name)
    named = [
        replace(row, category=by_name.get(row.category.strip().casefold(), row.category), id=row.row) for row in rows
    ]
    checked = checking.check(named, [one.code for one in categories])
    written = {row.row: row for row in rows}
    edits, unchanged = [], 0
    met = _met(checked.entries, written, loaded.kept)
    for expanded in checked.entries:
        number = expanded.entry.id or 0
        edit = _edit(expanded, met.get(number), written[number])
        edits += [edit] if edit else []
        unchanged += edit is None
    updated = sum(edit.id is not None for edit in edits)
    return FromFile(tuple(edits), len(edits) - updated, updated, unchanged, checked.faults)


def codes(labels: Mapping[str, str]) -> dict[str, str]:
    """Codes of categories by what people may write for them: the label or the code, in small letters."""
    return {label.casefold(): code for code, label in labels.items()} | {code.casefold(): code for code in labels}


def known(house: House) -> "Known":
    """Entries of the dictionary by their words."""
    with house.engine.connect() as connection:
        return _known(house.words.now(connection).kept)


def over(entry: Entry, known: "Known") -> Edit | None:
    """The edit that makes the dictionary say this entry; None when it does already. Kind, state and note stay."""
    slots = expansion.slots(entry.keyword, entry.kind)
    same = [kept for kept in known.get(slots, []) if kept.entry.category == entry.category]
    if not same:
        return Edit(entry)
    old = same[0].entry
    new = replace(old, weight=entry.weight)
    return None if new == old or old.blocking else Edit(new, same[0].id, same[0].version)


def _typed(row: int, entry: Entry) -> Typed:
    weight = BLOCK if entry.blocking else "" if entry.weight < 0 else str(entry.weight)
    return Typed(
        row, entry.keyword, weight, entry.category, entry.kind.value, "yes" if entry.enabled else "no", entry.note, row
    )


def _named(one: Fault, edits: Sequence[Edit]) -> Fault:
    """A fault that says which other entry it is about; places of edits mean nothing to people."""
    if one.code is not Code.DUPLICATE:
        return one
    values = dict(one.values)
    entry = edits[int(str(values["other"]))].entry
    return fault(one.row, one.field, Code.KNOWN, value=values["value"], other=entry.keyword if entry else "")


def _doubles(loaded: Loaded, edits: Sequence[Edit], checked: Iterable[Expanded]) -> list[Fault]:
    """Edited entries with the words and the category of one that stays."""
    edited = {edit.id for edit in edits if edit.id is not None}
    staying = {(kept.expanded.slots, kept.entry.category): kept for kept in loaded.kept if kept.id not in edited}
    found = []
    for each in checked:
        other = staying.get((each.slots, each.entry.category))
        if other is not None:
            row = each.entry.id or 0
            found.append(fault(row, "keyword", Code.KNOWN, value=each.entry.keyword, other=other.entry.keyword))
    return found


Known = Mapping[tuple[Slot, ...], list[Kept]]
"""Entries by their words."""


def _known(kept: Iterable[Kept]) -> Known:
    known: dict[tuple[Slot, ...], list[Kept]] = {}
    for each in kept:
        known.setdefault(each.expanded.slots, []).append(each)
    return known


def _met(rows: Sequence[Expanded], written: Mapping[int, Typed], kept: Sequence[Kept]) -> dict[int, Kept]:
    """The entry that each row means, by the number of the row; no two rows mean the same one."""
    own, others = _known(kept), _others(kept)
    as_written = [_as_written(row.entry) for row in rows] if others else []
    many = Counter(row.slots for row in rows), Counter(as_written)
    same_words = [(row, own.get(row.slots, []), many[0][row.slots]) for row in rows]
    for row, words in zip(rows, as_written, strict=False):
        if not written[row.entry.id or 0].kind.strip():
            same_words.append((row, others.get(words, []), many[1][words]))
    met: dict[int, Kept] = {}
    taken: set[int] = set()
    # No row moves an entry to its category before every row, wherever it stands in the file, has met those of its own.
    for moving in (False, True):
        for row, same, rows_of_them in same_words:
            alone = moving and rows_of_them == len(same) == 1
            free = [each for each in same if each.id not in taken]
            found = free if alone else [each for each in free if each.entry.category == row.entry.category]
            if found and row.entry.id not in met:
                met[row.entry.id or 0] = found[0]
                taken.add(found[0].id)
    return met


def _others(kept: Iterable[Kept]) -> Known:
    """Entries of other kinds than `forms` by their words as written."""
    others: dict[tuple[Slot, ...], list[Kept]] = {}
    for each in kept:
        if each.entry.kind is not Kind.FORMS:
            others.setdefault(_as_written(each.entry), []).append(each)
    return others


def _as_written(entry: Entry) -> tuple[Slot, ...]:
    return expansion.slots(entry.keyword, Kind.EXACT)


def _edit(expanded: Expanded, kept: Kept | None, row: Typed) -> Edit | None:
    if kept is None:
        return Edit(replace(expanded.entry, id=None))
    old = kept.entry
    new = replace(
        expanded.entry,
        id=old.id,
        kind=expanded.entry.kind if row.kind.strip() else old.kind,
        enabled=expanded.entry.enabled if row.enabled.strip() else old.enabled,
        note=expanded.entry.note or old.note,
    )
    return None if new == old else Edit(new, kept.id, kept.version)
