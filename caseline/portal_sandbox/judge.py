"""Reads the store of a sandbox portal past the portal, also while it runs: what is there, and what has happened."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from caseline.portal_sandbox.php import Params


class Entry(NamedTuple):
    """A record as it stands in the store."""

    id: int
    originator: str
    origin: str
    fields: Params


class Judge:
    """Questions about a store file."""

    def __init__(self, store: Path) -> None:
        self._store = store

    def records(self, kind: str = "lead", originator: str | None = None) -> list[Entry]:
        """All records of a kind: lead, contact, company, deal, activity, comment, task, stage_history and others."""
        found = self._rows("SELECT id, originator, origin, body FROM record WHERE kind = ? ORDER BY id", kind)
        entries = [Entry(number, source, origin, json.loads(body)) for number, source, origin, body in found]
        return [entry for entry in entries if originator is None or entry.originator == originator]

    def number(self, kind: str = "lead") -> int:
        """How many records of a kind there are."""
        return int(next(self._rows("SELECT count(*) FROM record WHERE kind = ?", kind))[0])

    def origins(self, kind: str = "lead") -> Counter[tuple[str, str]]:
        """How many records have each pair of ORIGINATOR_ID and ORIGIN_ID."""
        query = "SELECT originator, origin FROM record WHERE kind = ? AND (originator <> '' OR origin <> '')"
        return Counter((source, origin) for source, origin in self._rows(query, kind))

    def doubles(self, kind: str = "lead") -> dict[tuple[str, str], int]:
        """The pairs that more than one record has."""
        return {pair: number for pair, number in self.origins(kind).items() if number > 1}

    def letters(self) -> list[Params]:
        """The letters that the portal has sent to people outside."""
        return [entry.fields for entry in self.records("letter")]

    def events(self) -> list[Params]:
        """The events of records, in the order in which they happened."""
        return [entry.fields for entry in self.records("event")]

    def counters(self) -> dict[str, int]:
        """Every counter: `requests`, `method:NAME`, `rejected:CODE`, `fault:NAME`, `automation`."""
        return {str(name): int(number) for name, number in self._rows("SELECT name, number FROM counter")}

    def rejected(self) -> dict[str, int]:
        """Rejected requests and commands by the code of their refusal."""
        return self._counted("rejected:")

    def faults(self) -> dict[str, int]:
        """How often each fault was drawn."""
        return self._counted("fault:")

    def calls(self) -> dict[str, int]:
        """How often each method was called, in batches too."""
        return self._counted("method:")

    def _counted(self, prefix: str) -> dict[str, int]:
        return {name.removeprefix(prefix): n for name, n in self.counters().items() if name.startswith(prefix)}

    def _rows(self, query: str, *values: str) -> Iterator[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self._store}?mode=ro", uri=True)) as file:
            yield from file.execute(query, values)
