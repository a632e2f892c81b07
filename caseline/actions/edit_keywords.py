"""Keeps edits of the dictionary as drafts, reviews them, saves them, and restores what was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from caseline.actions import check_keywords, wiring
from caseline.actions.wiring import House
from caseline.people import logins
from keywords import drafts, history, store
from keywords.drafts import Draft, Waiting
from keywords.editing import Edit
from keywords.entries import Entry
from keywords.rules import Rules
from keywords.store import Kept, Overtaken, Save


class NotSaved(Exception):
    """A draft that cannot be saved; `code` names the reason for a page to say it in words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Line:
    """An edit beside the entry as it is now."""

    edit: Edit
    now: Kept | None
    """None: it is new, or gone meanwhile."""
    overtaken: bool
    """Somebody else has changed the entry since the editor saw it."""
    place: int
    """Among the edits of the draft."""

    @property
    def old(self) -> Entry | None:
        """The entry as it is."""
        return self.now.entry if self.now else None


@dataclass(frozen=True, slots=True)
class Review:
    """A draft, laid beside the dictionary as it is now."""

    draft: Draft
    lines: tuple[Line, ...]
    """Edits that change nothing are left out."""
    rules: Rules
    """As they are now."""

    @property
    def overtaken(self) -> bool:
        """Whether somebody else was first anywhere."""
        return self.settings_overtaken or any(line.overtaken for line in self.lines)

    @property
    def settings_overtaken(self) -> bool:
        """Whether somebody else has changed the settings since the editor saw them."""
        return self.draft.seen is not None and store.plain_rules(self.draft.seen) != store.plain_rules(self.rules)

    @property
    def switches(self) -> bool:
        """Whether the way of comparing weights changes: weights that were made for one way lead astray in the other."""
        return self.draft.settings is not None and self.draft.settings.scoring is not self.rules.scoring

    @property
    def empty(self) -> bool:
        """Whether there is nothing to save."""
        settings = self.draft.settings
        return not self.lines and (settings is None or store.plain_rules(settings) == store.plain_rules(self.rules))


def propose(house: House, draft: Draft) -> int:
    """Keep a draft; answers its number."""
    with house.engine.begin() as connection:
        return drafts.add(connection, draft)


def review(house: House, number: int) -> Review:
    """A draft beside the dictionary; raises `LookupError` when there is none."""
    with house.engine.connect() as connection:
        return _review(connection, number)


def waiting(house: House, most: int = 20) -> list[Waiting]:
    """Drafts that nobody has saved yet, newest first."""
    with house.engine.connect() as connection:
        return drafts.waiting(connection, most=most)


def drop(house: House, number: int, *, by: str, now: datetime) -> None:
    """Throw a draft away."""
    with house.engine.begin() as connection:
        drafts.drop(connection, number)
        logins.note(connection, by, "keywords_draft_dropped", str(number), now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What somebody says who saves."""

    by: str
    reason: str
    effect: Mapping[str, Any]
    """What the dry run showed them."""
    switch_agreed: bool = False
    """They have seen what another way of comparing weights does."""


def save(house: House, number: int, consent: Consent, *, now: datetime) -> int:
    """Save a draft as one revision; answers the version of the dictionary. All of it or nothing.

    Raises `NotSaved`: saved before, a reason missing, the switch of scoring not agreed to; `store.Overtaken` when
    somebody else was first.
    """
    with house.engine.begin() as connection:
        store.lock(connection)
        found = _review(connection, number)
        if found.draft.saved_version is not None:
            raise NotSaved("saved", f"draft {number} was saved before, as version {found.draft.saved_version}")
        if not consent.reason.strip():
            raise NotSaved("reason", "say in a few words why: it stands in the history")
        if found.switches and not consent.switch_agreed:
            raise NotSaved("switch", "the weights were made for the other scoring: look at the dry run and agree to it")
        if found.settings_overtaken:
            raise Overtaken([store.SETTINGS])
        edits = [line.edit for line in found.lines]
        # Asked again here, where nobody else can save: two may have added the same words at once.
        if not found.overtaken and check_keywords.faults(house, edits):
            raise NotSaved("faults", f"draft {number} has entries that cannot be saved so: look at it in the desk")
        about = Save(
            login=consent.by, reason=consent.reason.strip(), source=found.draft.source, effect=dict(consent.effect)
        )
        version = store.save(connection, edits, about, now=now, settings=found.draft.settings)
        drafts.settle(connection, number, version)
        told = {"entries": len(found.lines), "reason": about.reason}
        logins.note(connection, consent.by, "keywords_saved", f"version {version}", told, now=now)
    return version


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody says who restores."""

    by: str
    reason: str
    seen: int | None = None
    """The version of what they bring back, as it was on their page; None: whatever there is."""


def restore(house: House, version: int, wish: Wish, *, now: datetime) -> int:
    """Bring the dictionary back to what it was right after save `version`, as a save of its own.

    Raises `LookupError` when there was no such save, `NotSaved` when somebody has saved since the page was seen.
    """
    with house.engine.begin() as connection:
        present = _past(connection, version)
        if wish.seen is not None and wish.seen != present:
            raise NotSaved("later", f"version {present} was saved meanwhile: look at it first")
        wanted, rules = history.as_of(connection, version)
        edits = _towards(wanted, store.entries(connection))
        about = Save(login=wish.by, reason=wish.reason, source="restore", effect={})
        saved = store.save(connection, edits, about, now=now, settings=rules)
        logins.note(connection, wish.by, "keywords_restored", f"version {version}", {"saved_as": saved}, now=now)
    return saved


def restore_entry(house: House, entry_id: int, version: int, wish: Wish, *, now: datetime) -> int:
    """Bring one entry back to what it was right after save `version`.

    Raises like `restore`, and `NotSaved` too when another entry has its words by now.
    """
    with house.engine.begin() as connection:
        _past(connection, version)
        wanted, _ = history.as_of(connection, version)
        kept = store.some(connection, [entry_id]).get(entry_id)
        if wish.seen is not None and (kept is None or wish.seen != kept.version):
            raise NotSaved("later", f"entry {entry_id} was changed meanwhile: look at it first")
        edits = _towards({key: entry for key, entry in wanted.items() if key == entry_id}, [kept] if kept else [])
        if check_keywords.faults(house, edits):
            raise NotSaved(
                "known", f"entry {entry_id} would double another one, or is none any more: look at both first"
            )
        about = Save(login=wish.by, reason=wish.reason, source="restore", effect={})
        saved = store.save(connection, edits, about, now=now)
        logins.note(connection, wish.by, "keywords_restored", f"entry {entry_id}", {"saved_as": saved}, now=now)
    return saved


def _past(connection: sa.Connection, version: int) -> int:
    """Let nobody else save, and answer the version of now; a save that is still to come cannot be gone back to."""
    present = store.lock(connection)
    if not 0 <= version <= present:
        raise LookupError(f"version {version}: there was none")
    return present


def _towards(wanted: Mapping[int, Entry], present: Sequence[Kept]) -> list[Edit]:
    """The edits that make the present entries the wanted ones; one that was deleted comes back under its old id."""
    here = {kept.id for kept in present}
    gone = [Edit(None, kept.id) for kept in present if kept.id not in wanted]
    changed = [Edit(entry, key) for key, entry in wanted.items() if key in here]
    back = [Edit(entry) for key, entry in wanted.items() if key not in here]
    return [*gone, *changed, *back]


def _review(connection: sa.Connection, number: int) -> Review:
    draft = drafts.get(connection, number)
    if draft is None:
        raise LookupError(f"draft {number}: there is none (any more)")
    known = store.some(connection, [edit.id for edit in draft.edits if edit.id is not None])
    lines = [_line(place, edit, known.get(edit.id or 0)) for place, edit in enumerate(draft.edits)]
    return Review(draft, tuple(line for line in lines if line is not None), store.rules(connection))


def _line(place: int, edit: Edit, now: Kept | None) -> Line | None:
    if edit.id is None:
        return Line(edit, None, overtaken=False, place=place)
    if now is None:
        return None if edit.entry is None else Line(edit, None, overtaken=True, place=place)
    same = edit.entry is not None and store.plain(edit.entry) == store.plain(now.entry)
    overtaken = edit.version is not None and edit.version != now.version
    return None if same and not overtaken else Line(edit, now, overtaken, place)


def categories(house: House) -> dict[str, str]:
    """Labels of the categories that entries may speak for, by code."""
    with house.engine.connect() as connection:
        return {one.code: one.label for one in wiring.intake(house).cards.categories(connection) if one.active}


def labels(house: House) -> dict[str, str]:
    """Labels of all categories by code, of those out of use, too: entries and history may name them."""
    with house.engine.connect() as connection:
        return {one.code: one.label for one in wiring.intake(house).cards.categories(connection)}
