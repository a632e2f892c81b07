"""Reads the dictionary and its history for pages and commands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from caseline.actions.wiring import House
from keywords import dictionary_file, history, review, scored, store
from keywords.entries import Entry
from keywords.history import Change, Revision
from keywords.review import Review
from keywords.rules import Rules
from keywords.scored import Use, Uses
from keywords.store import Kept

_TOO_GENERAL: Final = 0.2
"""Share of requests above which an entry tells nothing."""


def entry(house: House, number: int) -> Kept | None:
    """An entry by its id."""
    with house.engine.connect() as connection:
        return store.some(connection, [number]).get(number)


def uses(house: House) -> Uses:
    """How often each entry was found and decided in the requests that were last scored."""
    with house.engine.connect() as connection:
        return scored.uses(connection)


def history_of(house: House, number: int) -> list[tuple[Revision, Change]]:
    """The life of an entry, newest first."""
    with house.engine.connect() as connection:
        return history.of_entry(connection, number)


def entries_at(house: House, seen: Mapping[int, int]) -> dict[int, Entry]:
    """Entries by id, each as the save of its version left it; missing where that save did not touch it, or took it."""
    if not seen:
        return {}
    with house.engine.connect() as connection:
        return history.left(connection, seen)


def revisions(house: House, *, before: int | None, most: int) -> list[Revision]:
    """Saves, newest first."""
    with house.engine.connect() as connection:
        return history.revisions(connection, before=before, most=most)


def revision(house: House, number: int) -> tuple[Revision, list[Change]] | None:
    """A save with what it changed."""
    with house.engine.connect() as connection:
        found = history.revision(connection, number)
        return None if found is None else (found, history.changes(connection, number))


def rules_at(house: House, version: int) -> Rules:
    """The settings right after a save."""
    with house.engine.connect() as connection:
        return history.as_of(connection, version)[1]


def exported(house: House) -> str:
    """The dictionary as CSV, safe to open in a spreadsheet, and read back without change."""
    with house.engine.connect() as connection:
        return dictionary_file.write(kept.entry for kept in store.entries(connection))


@dataclass(frozen=True, slots=True)
class Report:
    """What is odd in the dictionary."""

    review: Review
    scored: int
    """Requests that were counted for the rest."""
    too_general: tuple[tuple[Entry, Use], ...]
    """Found in more than a fifth of them, most frequent first."""
    dead: tuple[Entry, ...]
    """Found in none; those that block or are part of longer ones only once that was noted of all these requests."""
    idle: tuple[tuple[Entry, Use], ...]
    """Found, and never part of a decision."""


def report(house: House) -> Report:
    """Conflicts, doubles, nested entries, and those that are of no use by the requests that were sorted."""
    with house.engine.connect() as connection:
        loaded = house.words.now(connection)
        found = scored.uses(connection)
    enabled = [kept.entry for kept in loaded.kept if kept.entry.enabled]
    odd = review.review([kept.expanded for kept in loaded.kept])
    unsure = set() if found.silence_known else _maybe_silent(enabled, odd)
    return Report(odd, found.records, *(_by_use(enabled, found, unsure) if found.records else ((), (), ())))


def _maybe_silent(enabled: list[Entry], odd: Review) -> set[int | None]:
    """Entries that may have been found without counting: nobody knows it of requests that were looked at long ago."""
    return {each.id for each in enabled if each.blocking} | {pair.one.id for pair in odd.nested}


_Used = tuple[tuple[Entry, Use], ...]


def _by_use(enabled: list[Entry], uses: Uses, unsure: set[int | None]) -> tuple[_Used, tuple[Entry, ...], _Used]:
    found = uses.by_entry
    used = [(each, found[each.id]) for each in enabled if each.id is not None and each.id in found]
    used.sort(key=lambda pair: -pair[1].hits)
    general = tuple(pair for pair in used if pair[1].hits > _TOO_GENERAL * uses.records)
    dead = tuple(each for each in enabled if each.id not in found and each.id not in unsure)
    return general, dead, tuple(pair for pair in used if not pair[1].decided and not pair[0].blocking)
