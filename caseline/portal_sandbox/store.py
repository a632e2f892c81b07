"""What a portal keeps: rows in memory, and in an SQLite file where one is named."""

import errno
import json
import sqlite3
from bisect import bisect_left
from collections import Counter
from pathlib import Path
from typing import Final

from caseline.portal_sandbox.php import Params, Value

_LAYOUT: Final = """
CREATE TABLE IF NOT EXISTS record (
  kind TEXT NOT NULL, id INTEGER NOT NULL, originator TEXT NOT NULL, origin TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_INDEXED: Final = {
    "activity": ("ORIGIN_ID", "OWNER_ID"),
    "comment": ("ENTITY_ID",),
    "product_row": ("OWNER_ID",),
    "stage_history": ("OWNER_ID",),
}
_dump: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Table:
    """Rows of one kind: by rising id, and by origin or owner."""

    def __init__(self, store: "Store", kind: str, *, kept: bool = True) -> None:
        self.kind = kind
        self.rows: dict[int, Params] = {}
        self.ids: list[int] = []
        """All ids in order."""
        self.last = 0
        self._store = store
        self._kept = kept
        self._indexes: dict[str, dict[str, list[int]]] = {name: {} for name in _INDEXED.get(kind, ("ORIGIN_ID",))}

    def __len__(self) -> int:
        return len(self.ids)

    def add(self, row: Params) -> int:
        """Keep a new row under the next id."""
        self.last = number = self.last + 1
        row["ID"] = str(number)
        if self._kept:
            self._place(number, row)
        self._store.write(self.kind, number, row)
        return number

    def load(self, number: int, row: Params) -> None:
        """Take up a row from the file; rows come in the order of their ids."""
        self.last = number
        if self._kept:
            self._place(number, row)

    def change(self, number: int, values: Params) -> None:
        """Replace values of a row."""
        row = self.rows[number]
        self._leave(number, row)
        row.update(values)
        self._enter(number, row)
        self._store.write(self.kind, number, row)

    def remove(self, number: int) -> None:
        """Forget a row."""
        row = self.rows.pop(number)
        self._store.note(f"last:{self.kind}", self.last)  # ids are not given twice
        del self.ids[bisect_left(self.ids, number)]
        self._leave(number, row)
        self._store.write(self.kind, number, None)

    def having(self, name: str, value: str) -> list[int] | None:
        """Ids of the rows with this value, letter case ignored; None where the field has no index."""
        index = self._indexes.get(name)
        return None if index is None else index.get(value.casefold(), [])

    def _place(self, number: int, row: Params) -> None:
        self.rows[number] = row
        self.ids.append(number)
        self._enter(number, row)

    def _enter(self, number: int, row: Params) -> None:
        for name, index in self._indexes.items():
            if value := row.get(name):
                index.setdefault(value.casefold(), []).append(number)

    def _leave(self, number: int, row: Params) -> None:
        for name, index in self._indexes.items():
            if value := row.get(name):
                index[value.casefold()].remove(number)


class Store:
    """All tables, counters and facts of a portal; what has changed is written by `save`."""

    def __init__(self, path: Path | None = None) -> None:
        self.counters: Counter[str] = Counter()
        self.facts: dict[str, str] = {}
        self._tables: dict[str, Table] = {}
        self._changed: dict[tuple[str, int], Params | None] = {}
        self._counted: set[str] = set()
        self._file = None if path is None else _opened(path)
        if self._file is not None:
            self._load(self._file)

    def table(self, kind: str) -> Table:
        """The rows of a kind."""
        if (found := self._tables.get(kind)) is None:
            found = self._tables[kind] = Table(self, kind, kept=kind not in {"event", "letter"})
        return found

    def write(self, kind: str, number: int, row: Params | None) -> None:
        """Remember that a row has changed, or is gone."""
        if self._file is not None:
            self._changed[kind, number] = row

    def count(self, name: str, number: int = 1) -> None:
        """Raise a counter."""
        self.counters[name] += number
        self._counted.add(name)

    def note(self, name: str, value: Value) -> None:
        """Keep a fact for the next start."""
        self.facts[name] = _dump(value)
        if self._file is not None:
            self._file.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, self.facts[name]))
            self._file.commit()

    def noted(self, name: str) -> Value:
        """A fact, None where there is none."""
        return json.loads(self.facts[name]) if name in self.facts else None

    def save(self) -> None:
        """Write what has changed, in one transaction."""
        if self._file is not None and (self._changed or self._counted):
            written = [
                (kind, number, row.get("ORIGINATOR_ID", ""), row.get("ORIGIN_ID", ""), _dump(row))
                for (kind, number), row in self._changed.items()
                if row is not None
            ]
            gone = [key for key, row in self._changed.items() if row is None]
            counted = [(name, self.counters[name]) for name in self._counted]
            self._file.executemany("INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?)", written)
            self._file.executemany("DELETE FROM record WHERE kind = ? AND id = ?", gone)
            self._file.executemany("INSERT OR REPLACE INTO counter VALUES (?, ?)", counted)
            self._file.commit()
        self._changed.clear()
        self._counted.clear()

    def close(self) -> None:
        """Write the rest and let go of the file."""
        self.save()
        if self._file is not None:
            self._file.close()

    def _load(self, file: sqlite3.Connection) -> None:
        for kind, number, body in file.execute("SELECT kind, id, body FROM record ORDER BY kind, id"):
            self.table(kind).load(number, json.loads(body))
        self.counters.update(dict(file.execute("SELECT name, number FROM counter")))
        self.facts.update(dict(file.execute("SELECT name, value FROM fact")))
        for name in self.facts:
            if name.startswith("last:"):
                table = self.table(name.removeprefix("last:"))
                table.last = max(table.last, self.noted(name))


def _opened(path: Path) -> sqlite3.Connection:
    try:
        file = sqlite3.connect(path, check_same_thread=False)
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = OFF")
        file.executescript(_LAYOUT)
    except sqlite3.DatabaseError as error:
        raise OSError(errno.EINVAL, f"a portal cannot be kept in it ({error}): name another file", str(path)) from error
    return file
