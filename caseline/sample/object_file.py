"""Puts an object's rows into its sheet, spoils the ones planned to be bad, tells the truth about them."""

from pathlib import Path

from caseline.sample.layouts import Layout
from caseline.sample.plan import Faults
from caseline.sample.sheet import Sheet
from caseline.sample.truth import Truth


class ObjectFile:
    """Rows must come in the order of their indexes, from 0."""

    def __init__(self, layout: Layout, sheet: Sheet, *, faults: Faults, truth: Truth) -> None:
        self.rows = 0
        self._layout = layout
        self._sheet = sheet
        self._faults = faults
        self._truth = truth
        self._deleted = layout.columns.index("IsDeleted") if "IsDeleted" in layout.columns else None

    @classmethod
    def create(cls, folder: Path, layout: Layout, *, faults: Faults, truth: Truth, part_rows: int) -> "ObjectFile":
        """Open the sheet of this layout in a folder."""
        sheet = Sheet(folder, layout.file, layout.columns, part_rows=part_rows)
        return cls(layout, sheet, faults=faults, truth=truth)

    def add(self, values: list[str]) -> bool:
        """Write the next row; True when it is good."""
        fault = self._faults.get(self.rows)
        self.rows += 1
        if fault is not None:
            fault.spoil(values, self._layout.columns)
            self._truth.expect_failed(self._where(self._sheet.add(values)), values[0], fault)
            return False
        line = self._sheet.add(values)
        if self._deleted is None or values[self._deleted] == "0":
            return True
        self._truth.expect_filtered(self._where(line), values[0])
        return False

    def add_unclosed(self, values: list[str]) -> None:
        """Write a last row that breaks off inside a quoted value."""
        self.rows += 1
        where = self._where(self._sheet.add_unclosed(values))
        self._truth.expect_code(where, values[0], {"code": "UNCLOSED_QUOTE", "field": None, "kind": "unclosed quote"})

    def close(self) -> None:
        """Finish the file and enter its number of rows."""
        self._sheet.close()
        counts = self._truth.read if self._layout.entity else self._truth.not_imported
        counts[self._layout.file] = self.rows

    def _where(self, line: int) -> dict[str, object]:
        return {"file": self._layout.file, "part": self._sheet.part, "entity": self._layout.entity, "line": line}
