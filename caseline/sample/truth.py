"""Remembers what an importer must find in the sample, row by row."""

import json
from collections import Counter
from pathlib import Path

from caseline.sample.faults import Fault


class Truth:
    """Expected outcomes; good rows are only counted.

    The file: a first line `{"totals": {file: {"read", "failed", "filtered", "good"}}, "codes": {code: rows},
    "not_imported": {file: rows}}`, then one object per row that must not succeed: `file`, `part` (number of the zip
    that holds it, 1 in a folder), `entity`, `line` (first physical line in that part, header = 1), `key` (null where
    the id itself is lost), `code`, `field` (source column, null where the whole row is out of shape), `outcome`
    (FAILED or FILTERED), `kind` (the fault in words).
    """

    def __init__(self) -> None:
        self.read: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self.filtered: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()
        self.not_imported: Counter[str] = Counter()
        self._lines: list[str] = []

    def expect_failed(self, where: dict[str, object], key: str, fault: Fault) -> None:
        """A bad row; `where` says file, part, entity and line."""
        recipe = fault.recipe
        found = None if recipe.source == "malformed" else key
        self.expect_code(where, found, {"code": recipe.code, "field": fault.field, "kind": recipe.kind})

    def expect_code(self, where: dict[str, object], key: str | None, error: dict[str, str | None]) -> None:
        """A row that fails with this `code`, `field` and `kind`."""
        self.failed[str(where["file"])] += 1
        self.codes[str(error["code"])] += 1
        self._note({**where, "key": key, **error, "outcome": "FAILED"})

    def expect_filtered(self, where: dict[str, object], key: str) -> None:
        """A row that the source itself calls deleted."""
        self.filtered[str(where["file"])] += 1
        error = {"code": None, "field": "IsDeleted", "kind": "deleted in the source"}
        self._note({**where, "key": key, **error, "outcome": "FILTERED"})

    def write(self, path: Path) -> None:
        """Save as JSON lines, totals first."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(self._totals()) + "\n")
            file.writelines(self._lines)

    def _totals(self) -> dict[str, object]:
        totals = {
            name: {
                "read": rows,
                "failed": self.failed[name],
                "filtered": self.filtered[name],
                "good": rows - self.failed[name] - self.filtered[name],
            }
            for name, rows in self.read.items()
        }
        return {"totals": totals, "codes": dict(sorted(self.codes.items())), "not_imported": dict(self.not_imported)}

    def _note(self, entry: dict[str, object]) -> None:
        self._lines.append(json.dumps(entry) + "\n")
