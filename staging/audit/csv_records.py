"""Reads CSV with Python's own reader; a record that is out of shape costs itself and nothing behind it."""

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

from staging.audit.records import AT_ONCE, Chunk, Chunks, Damaged, Table, Texts
from staging.audit.text_lines import UNREADABLE, Lines

LONGEST: Final = 1 << 24
"""Characters of a field; a letter is shorter."""
_FAR: Final = 50_000
"""Lines behind which a record that goes wrong is given up."""


class CsvRecords:
    """The records of one CSV text."""

    def __init__(self, stream: Iterator[str], *, delimiter: str, nothing: frozenset[str]) -> None:
        csv.field_size_limit(max(LONGEST, csv.field_size_limit()))
        self._lines = Lines(stream)
        self._delimiter = delimiter
        self._nothing = nothing
        field = rf'(?:"[^"]*+(?:""[^"]*+)*"|[^"\r\n{re.escape(delimiter)}]*+)'
        self._clean = re.compile(rf"{field}(?:{re.escape(delimiter)}{field})*")
        """A record whose quotes stand around whole values only: behind damage nothing less is believed."""
        first = next(csv.reader(self._lines, delimiter=delimiter), [])
        self._lines.done()
        self.header = tuple(name.strip() for name in first)
        self._places = {name: place for place, name in enumerate(self.header)}

    def chunks(self, size: int = AT_ONCE) -> Chunks:
        """All records, `size` at a time."""
        width, lines = len(self.header), self._lines
        reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
        records: list[list[str]] = []
        starts: list[int] = []
        damaged: list[Damaged] = []
        while True:
            start = lines.number + 1
            try:
                fields = next(reader, None)
            except csv.Error:
                fields = []
            if fields is None:
                break
            if len(fields) == width:
                lines.done()
                records.append(lines.restored(fields))
                starts.append(start)
            elif not "".join(lines.taken).strip("\r\n"):
                lines.done()
            else:
                damaged.append(self._damaged(start, whole=bool(fields)))
            if len(records) + len(damaged) >= size:
                yield self._chunk(records, starts, damaged)
                records, starts, damaged = [], [], []
        yield self._chunk(records, starts, damaged)

    def _chunk(self, records: list[list[str]], starts: list[int], damaged: list[Damaged]) -> Chunk:
        if _unreadable(records):
            bad = [place for place, record in enumerate(records) if _unreadable([record])]
            damaged = sorted([*damaged, *(self._unfit(starts[n], records[n]) for n in bad)], key=lambda item: item.line)
            left = sorted(set(range(len(records))).difference(bad))
            records, starts = [records[n] for n in left], [starts[n] for n in left]
        return Chunk(Table(records, self.header, self._pick, self._nothing), starts, damaged, self._lines.number)

    def _pick(self, records: Sequence[Any], name: str) -> Texts:
        place = self._places.get(name)
        return [None] * len(records) if place is None else [record[place] for record in records]

    def _unfit(self, line: int, fields: Sequence[str]) -> Damaged:
        lines = 1 + sum(field.count("\n") for field in fields)
        readable = {name: text for name, text in zip(self.header, fields, strict=False) if not UNREADABLE.search(text)}
        return Damaged(line, lines, readable)

    def _damaged(self, line: int, *, whole: bool) -> Damaged:
        """The record that begins with the first taken line: to its own end, or to the next line that is a record."""
        own = len(self._lines.taken) if whole else self._own_end()
        count = next((n for n in range(1, own) if self._is_record(n)), own)
        text = self._lines.done(count)
        return Damaged(line, count, self._unfit(line, self._guessed(text)).fields)

    def _guessed(self, text: str) -> list[str]:
        try:
            return next(csv.reader(text.splitlines(keepends=True), delimiter=self._delimiter), [])
        except csv.Error:
            return text.split(self._delimiter)

    def _own_end(self) -> int:
        """Lines of a record whose quotes are wrong, if one reads over what stands behind closing quotes."""
        next(csv.reader(islice(self._lines.after(0), _FAR), delimiter=self._delimiter), None)
        return len(self._lines.taken)

    def _is_record(self, count: int) -> bool:
        taken: list[str] = []
        lines = (taken.append(line) or line for line in islice(self._lines.after(count), _FAR))  # type: ignore[func-returns-value]
        try:
            fields = next(csv.reader(lines, delimiter=self._delimiter, strict=True), [])
        except csv.Error:
            return False
        return len(fields) == len(self.header) and self._clean.fullmatch("".join(taken).rstrip("\r\n")) is not None


def _unreadable(records: Sequence[Sequence[str]]) -> bool:
    joined = "".join(map("".join, records))
    try:
        joined.encode()
    except UnicodeEncodeError:
        return True
    return "\0" in joined
