"""The dictionary as it is now, ready for texts: read again whenever somebody has saved, in whichever process."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from keywords import store
from keywords.classifier import Classifier
from keywords.entries import Entry
from keywords.rules import Rules
from keywords.scoring import Decision
from keywords.store import Kept


@dataclass(frozen=True, slots=True)
class Loaded:
    """A version of the dictionary."""

    version: int
    rules: Rules
    kept: tuple[Kept, ...]
    classifier: Classifier

    def say(self, body: str, subject: str) -> "Said":
        """What it says of a request, to be kept beside it."""
        evidence = self.classifier.find(body, subject)
        decision = self.classifier.scales.weigh(evidence)
        found = [self.classifier.entries[index].entry for index in evidence.body | evidence.subject]
        decisive = [entry for entry in found if entry.category == decision.category]
        return Said(self.version, decision, _ids(found), _ids(decisive))


@dataclass(frozen=True, slots=True)
class Said:
    """What a version of the dictionary said of a request."""

    version: int
    decision: Decision
    entries: list[int]
    """Ids of the entries that counted."""
    decisive: list[int]
    """Those of the winner."""

    def row(self, record_id: int) -> dict[str, Any]:
        """The row of `keywords.scored`."""
        return {
            "record_id": record_id,
            "version": self.version,
            "outcome": self.decision.outcome.value,
            "category": self.decision.category,
            "score": self.decision.score,
            "margin": self.decision.margin,
            "entries": self.entries,
            "decisive": self.decisive,
        }


@dataclass(slots=True)
class Words:
    """Asks for the version each time, one small query, so that a save counts for the next text everywhere."""

    _loaded: Loaded | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def now(self, connection: sa.Connection) -> Loaded:
        """The dictionary as the connection's transaction sees it."""
        present = self._loaded
        if present is not None and present.version == store.version(connection):
            return present
        with self._lock:
            number = store.version(connection)
            if self._loaded is None or self._loaded.version != number:
                self._loaded = load(connection, number)
            return self._loaded


def load(connection: sa.Connection, number: int) -> Loaded:
    """Read the dictionary and compile it. Saved meanwhile? Then the next call finds another version and reads again."""
    rules, kept = store.rules(connection), tuple(store.entries(connection))
    return Loaded(number, rules, kept, Classifier([each.expanded for each in kept], rules))


def _ids(entries: Iterable[Entry]) -> list[int]:
    return sorted(entry.id for entry in entries if entry.id is not None)
