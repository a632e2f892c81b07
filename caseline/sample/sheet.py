"""Writes one CSV object file: every value quoted, quotes doubled, LF after each row, UTF-8 without a mark."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Final

_BETWEEN: Final = "\x1f"  # stands between values while quotes are doubled; the sample's texts never hold it
_AT_ONCE: Final = 500  # rows


class Sheet:
    """One object's rows, spread over parts of at most `part_rows` rows (0: a single part).

    Part n is `<folder>/<n>/<name>`; each begins with the header.
    """

    def __init__(self, folder: Path, name: str, columns: Sequence[str], *, part_rows: int = 0) -> None:
        self.name = name
        self.part = 0
        self._folder = folder
        self._header = list(columns)
        self._part_rows = part_rows
        self._rows = 0
        self._line = 1
        self._waiting: list[str] = []
        self._file: BinaryIO = self._next_part()

    def add(self, values: Sequence[str]) -> int:
        """Write a row; returns the physical line of its part on which it begins, the header being line 1."""
        if self._part_rows and self._rows == self._part_rows:
            self.close()
            self._file = self._next_part()
        self._rows += 1
        return self._put(_row(values))

    def add_unclosed(self, values: Sequence[str]) -> int:
        """Write a last row that breaks off inside its last value; returns its line."""
        return self._put(_row(values)[:-2])

    def close(self) -> None:
        """Write what waits and close the part."""
        self._flush()
        self._file.close()

    def _put(self, text: str) -> int:
        line = self._line
        self._line += text.count("\n")
        self._waiting.append(text)
        if len(self._waiting) >= _AT_ONCE:
            self._flush()
        return line

    def _flush(self) -> None:
        self._file.write("".join(self._waiting).encode("utf-8", "surrogateescape"))
        self._waiting.clear()

    def _next_part(self) -> BinaryIO:
        self.part += 1
        self._rows, self._line = 0, 1
        path = self._folder / str(self.part) / self.name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("wb")
        self._put(_row(self._header))
        return self._file


def _row(values: Sequence[str]) -> str:
    text = _BETWEEN.join(values)
    if '"' in text:
        text = text.replace('"', '""')
    return '"' + text.replace(_BETWEEN, '","') + '"\n'
