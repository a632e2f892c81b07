"""Reads JSON lines with Python's own reader; values are taken as texts, by path."""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from staging.audit.records import AT_ONCE, Chunk, Chunks, Damaged, Table, Texts
from staging.audit.text_lines import UNREADABLE, Lines

_Record = tuple[dict[str, Any], dict[str, str | None]]
"""A document, and its leaves by path."""


class JsonRecords:
    """The records of one text of JSON lines."""

    def __init__(self, stream: Iterator[str], *, nothing: frozenset[str]) -> None:
        self._lines = Lines(stream)
        self._nothing = nothing

    def chunks(self, size: int = AT_ONCE) -> Chunks:
        """All records, `size` at a time."""
        lines = self._lines
        records: list[_Record] = []
        starts: list[int] = []
        damaged: list[Damaged] = []
        for line in lines:
            start = lines.number + 1
            lines.done()
            document = _document(line)
            if document is not None:
                records.append((document, dict(leaves(document))))
                starts.append(start)
            elif line.strip("\r\n"):
                damaged.append(Damaged(start, 1, {}))
            if len(records) + len(damaged) >= size:
                yield self._chunk(records, starts, damaged)
                records, starts, damaged = [], [], []
        yield self._chunk(records, starts, damaged)

    def _chunk(self, records: list[_Record], starts: list[int], damaged: list[Damaged]) -> Chunk:
        header = tuple(dict.fromkeys(path for _, flat in records for path in flat))
        return Chunk(Table(records, header, _pick, self._nothing, _pick_leaf), starts, damaged, self._lines.number)


def leaves(value: object, path: str = "") -> Iterator[tuple[str, str | None]]:
    """(path, text) of everything in a document that is no object itself."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    elif path:
        yield path, as_text(value)


def as_text(value: object) -> str | None:
    """A value as text: numbers in digits, lists and objects in one fixed way of writing."""
    return value if value is None or isinstance(value, str) else _written(value)


def canonical(text: str) -> str:
    """A text that holds a list or an object, in the fixed way of writing; any other text as it is."""
    if not text.startswith(("[", "{")):
        return text
    try:
        return _written(parse(text))
    except ValueError:
        return text


def parse(text: str) -> Any:  # noqa: ANN401 - whatever the JSON says
    """A JSON value with its numbers as exact as they are written; ValueError for what is none."""
    return json.loads(text, parse_float=Decimal, parse_constant=_refuse)


def _written(value: object) -> str:
    if isinstance(value, dict):
        inner = (f"{_written(name)}: {_written(value[name])}" for name in sorted(value))
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, Decimal):
        return format(value.copy_abs() if value.is_zero() else value, "f")
    return json.dumps(value, ensure_ascii=False)


def _document(line: str) -> dict[str, Any] | None:
    try:
        found = parse(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    # Only an escape can hide a sign that no text field can keep; others are seen in the line itself.
    hidden = "\\u" in line and any(UNREADABLE.search(text) for text in _strings(found))
    return None if hidden or UNREADABLE.search(line) else found


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from (name, *_strings(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _refuse(text: str) -> float:
    raise ValueError(text)


def _pick(records: Sequence[Any], name: str) -> Texts:
    path = name.split(".")
    return [as_text(_at(document, path)) for document, _ in records]


def _pick_leaf(records: Sequence[Any], name: str) -> Texts:
    return [flat.get(name) for _, flat in records]


def _at(value: Any, path: Sequence[str]) -> object:  # noqa: ANN401 - a JSON document
    for name in path:
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value
