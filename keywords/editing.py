"""Edits of the dictionary, and the dictionary that they would make."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from keywords import expansion
from keywords.entries import Entry, Expanded


@dataclass(frozen=True, slots=True)
class Edit:
    """An entry that is added (no id), changed, or taken out (no entry)."""

    entry: Entry | None
    id: int | None = None
    version: int | None = None
    """The version that the editor saw; None: whatever there is."""


def applied(entries: Sequence[Expanded], edits: Iterable[Edit]) -> list[Expanded]:
    """The entries with the edits made; only words that changed are expanded anew."""
    changed = {edit.id: edit.entry for edit in edits if edit.id is not None}
    added = [edit.entry for edit in edits if edit.id is None and edit.entry is not None]
    kept = [_changed(each, changed) for each in entries]
    return [each for each in kept if each is not None] + [expansion.expand(entry) for entry in added]


def changed(entries: Iterable[Expanded], edits: Iterable[Edit]) -> list[Expanded]:
    """All entries that the edits concern, as they are and as they will be."""
    edits = tuple(edits)
    ids = {edit.id for edit in edits if edit.id is not None}
    old = [each for each in entries if each.entry.id in ids]
    return [*old, *applied(old, edits)]


def _changed(expanded: Expanded, changed: dict[int, Entry | None]) -> Expanded | None:
    old = expanded.entry
    if old.id not in changed:
        return expanded
    new = changed[old.id]
    if new is None:
        return None
    same_words = (new.keyword, new.kind) == (old.keyword, old.kind)
    return Expanded(new, expanded.slots if same_words else expansion.slots(new.keyword, new.kind))
