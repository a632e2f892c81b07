"""The dictionary as it is now, ready for texts: read again whenever somebody has saved, in whichever process."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from keywords import store
from keywords.classifier import Classifier
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
        in_body, in_subject = self.classifier.in_body(body), self.classifier.in_subject(subject)
        evidence = self.classifier.evidence(in_body, in_subject)
        decision = self.classifier.scales.weigh(evidence)
        counted = evidence.body | evidence.subject
        silent = {index for each in (*in_body, *in_subject) for index in self.classifier.trie.ends[each[2]]} - counted
        decisive = [index for index in counted if self.classifier.entries[index].entry.category == decision.category]
        return Said(self.version, decision, self._ids(counted), self._ids(decisive), self._ids(silent))

    def _ids(self, indices: Iterable[int]) -> list[int]:
        entries = (self.classifier.entries[index].entry for index in indices)
        return sorted(entry.id for entry in entries if entry.id is not None)


@dataclass(frozen=True, slots=True)
class Said:
    """What a version of the dictionary said of a request."""

    version: int
    decision: Decision
    entries: list[int]
    """Ids of the entries that counted."""
    decisive: list[int]
    """Those of the winner."""
    silent: list[int]
    """Ids of those that were found and spoke for nothing: inside longer ones, or blocking."""

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
            "silent": self.silent,
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
