"""Shows what another dictionary would say of the newest requests, by the very matcher that sorts them."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa

from caseline.actions import keywords_at_hand, wiring
from caseline.actions.wiring import House
from caseline.crm.cards import Text
from caseline.listing.stores import access
from caseline.people.access import Viewer
from keywords import editing, rehearsal
from keywords.editing import Edit
from keywords.entries import Expanded
from keywords.rehearsal import Comparison, Prepared
from keywords.rules import Rules
from keywords.source import Loaded

MOST: Final = 10_000
"""Requests that a rehearsal looks at."""
_CHUNK: Final = 2_000


@dataclass(slots=True)
class Recent:
    """The newest requests, cut into words once and kept as long as they stay as they are."""

    _prepared: dict[int, tuple[int, Prepared]] = field(default_factory=dict)
    _words: dict[str, str] = field(default_factory=dict)
    """Their words, which they share."""
    _decided: dict[int, str | None] = field(default_factory=dict)
    """Categories by request, as `_by` decided."""
    _by: Loaded | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def compare(self, house: House, edits: Sequence[Edit], settings: Rules | None, *, most: int = MOST) -> Comparison:
        """What edits would change, compared with the dictionary as it is now."""
        with house.engine.connect() as connection, self._lock:
            loaded = house.words.now(connection)
            requests = self._requests(house, connection, most)
            old = self._old(loaded, requests)
        new = keywords_at_hand.edited(loaded, edits, settings)
        changed = editing.changed([kept.expanded for kept in loaded.kept], edits)
        return rehearsal.compare(old, new, requests, rehearsal.touch(changed) if new.rules == loaded.rules else None)

    def _requests(self, house: House, connection: sa.Connection, most: int) -> list[Prepared]:
        cards = wiring.intake(house).cards
        wanted = dict(cards.recent(connection, most))
        kept = {key: self._prepared[key] for key, version in wanted.items() if self._fresh(key, version)}
        missing = [key for key in wanted if key not in kept]
        for start in range(0, len(missing), _CHUNK):
            for text in cards.texts(connection, missing[start : start + _CHUNK]):
                prepared = rehearsal.prepare(text.id, text.description, text.subject, words=self._words)
                kept[text.id] = (text.version, prepared)
                self._decided.pop(text.id, None)
        # Fewer may be asked for once and more the next time; what is older than both goes, and its words with it.
        if len(self._prepared) > 2 * MOST:
            self._prepared, self._words = kept, rehearsal.words_of(request for _, request in kept.values())
        else:
            self._prepared |= kept
        return [kept[key][1] for key in wanted if key in kept]

    def _fresh(self, key: int, version: int) -> bool:
        return key in self._prepared and self._prepared[key][0] == version

    def _old(self, loaded: Loaded, requests: Sequence[Prepared]) -> dict[int, str | None]:
        """What the dictionary of now says; after a save, only what it can have changed is asked anew."""
        if self._by is None or self._by.rules != loaded.rules:
            self._decided = {}
        elif self._by is not loaded:
            touch = rehearsal.touch(_between(self._by, loaded))
            self._decided = {
                request.id: self._decided[request.id]
                for request in requests
                if request.id in self._decided and not touch.meets(request)
            }
        self._by = loaded
        undecided = [request for request in requests if request.id not in self._decided]
        self._decided |= rehearsal.decisions(loaded.classifier, undecided)
        return {request.id: self._decided[request.id] for request in requests}


def _between(one: Loaded, other: Loaded) -> list[Expanded]:
    """The entries in which two versions of the dictionary differ, as they are in either."""
    before = {kept.id: kept.expanded for kept in one.kept}
    after = {kept.id: kept.expanded for kept in other.kept}
    differ = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    return [found[key] for key in differ for found in (before, after) if key in found]


def samples(house: House, viewer: Viewer, ids: Sequence[int], most: int) -> tuple[int, list[Text]]:
    """(how many of these requests somebody sees, the first of them to look at)."""
    with house.engine.connect() as connection:
        known = access.among(connection, viewer, ids)
        seen = [key for key in ids if key in known]
        found = {text.id: text for text in wiring.intake(house).cards.texts(connection, seen[:most])}
    return len(seen), [found[key] for key in seen if key in found]
