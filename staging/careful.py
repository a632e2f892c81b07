"""Takes a damaged block apart record by record, so that damage costs its own record and nothing else."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from staging.blocks import Block

Pattern = re.Pattern[bytes]


@dataclass(frozen=True, slots=True)
class Damaged:
    """A record that cannot be read; `start` and `line` are relative to its block."""

    start: int
    line: int
    raw: bytes
    code: str
    column: str | None
    text: str
    fields: tuple[str, ...]
    """What can be read of its fields, broken bytes shown as U+FFFD."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """A block taken apart: what can be loaded, what is damaged, and bytes that are no whole record yet."""

    good: Block
    damaged: tuple[Damaged, ...]
    used: int
    """Bytes dealt with; fewer than the block holds when its last record goes on behind it."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a record must look like."""

    columns: tuple[str, ...]
    delimiter: str | None
    encoding: str


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    content: bytes | None
    """The record to load (without line end); None when damaged."""
    code: str = ""


def sort_out(block: Block, shape: Shape) -> Sorted:
    """Split `block` into loadable records and damaged ones; blank lines are no records."""
    good: list[tuple[int, int, bytes]] = []
    damaged: list[Damaged] = []
    used = 0
    counted, line = 0, 0
    for found in _records(block, shape):
        line += block.data.count(b"\n", counted, found.start)
        counted = found.start
        used = found.end
        raw = block.data[found.start : found.end]
        if found.content is not None:
            fault = _content_fault(found.content, shape.encoding)
            if fault is None:
                good.append((found.start, line, found.content))
                continue
            damaged.append(_damaged(found.start, line, raw, fault, shape))
        elif raw.strip(b"\r\n"):
            damaged.append(_damaged(found.start, line, raw, (found.code, _remedy(found.code, raw, shape)), shape))
    return Sorted(_block(block, good, used), tuple(damaged), used)


def _block(block: Block, good: list[tuple[int, int, bytes]], used: int) -> Block:
    data = b"".join(content + b"\n" for _, _, content in good)
    return Block(
        data,
        block.offset,
        block.line,
        np.array([start for start, _, _ in good], np.int32),
        np.array([len(content) for _, _, content in good], np.int32),
        np.array([line for _, line, _ in good], np.int32),
        tidy=True,
        newlines=block.data.count(b"\n", 0, used),
        last=block.last,
    )


def _records(block: Block, shape: Shape) -> Iterator[_Found]:
    data, position = block.data, 0
    if shape.delimiter is None:
        for line in data.splitlines(keepends=True) if b"\r" not in data else data.split(b"\n"):
            end = min(position + len(line) + (not line.endswith(b"\n")), len(data))
            content = line.rstrip(b"\r\n")
            yield _Found(position, end, content or None)
            position = end
        return
    strict, lenient, any_count = _patterns(shape.delimiter, len(shape.columns))
    while position < len(data):
        match = strict.match(data, position)
        if match:
            yield _Found(position, match.end(), match.group(1))
        elif match := lenient.match(data, position):
            yield _Found(position, match.end(), _requoted(match.group(1), shape))
        else:
            found = _damage(block, position, strict, any_count)
            if found is None:
                return
            yield found
            position = found.end
            continue
        position = match.end()


def _damage(block: Block, position: int, strict: Pattern, any_count: Pattern) -> _Found | None:
    """The damaged record at `position`: up to its own end, or to the next line that is a whole record by itself."""
    data = block.data
    own = any_count.match(data, position)
    limit = own.end() if own else len(data)
    resumed = _resume(data, position, limit, strict)
    if resumed is not None:
        # A quote left open swallowed whole records: they are taken back.
        return _Found(position, resumed, None, "UNCLOSED_QUOTE")
    if own:
        return _Found(position, own.end(), None, "WRONG_FIELD_COUNT")
    if not block.last and len(block.starts):
        return None
    return _Found(position, len(data), None, "UNCLOSED_QUOTE")


def _resume(data: bytes, position: int, limit: int, strict: Pattern) -> int | None:
    start = data.find(b"\n", position, limit) + 1
    while 0 < start < limit:
        if data[start : start + 1] not in b"\r\n" and strict.match(data, start):
            return start
        start = data.find(b"\n", start, limit) + 1
    return None


@lru_cache(maxsize=64)
def _patterns(delimiter: str, columns: int) -> tuple[Pattern, Pattern, Pattern]:
    """(strict record, record with quotes inside unquoted fields, record of any field count)."""
    sign = re.escape(delimiter.encode())
    quoted = rb'"[^"]*+(?:""[^"]*+)*+"'
    strict = rb"(?:" + quoted + rb'|[^"\r\n' + sign + rb"]*+)"
    lenient = rb"(?:" + quoted + rb'|[^"\r\n' + sign + rb"][^\r\n" + sign + rb"]*+|)"
    end = rb"(?:\r?\n|\Z)"

    def whole(field: bytes, times: bytes) -> Pattern:
        return re.compile(rb"(" + field + rb"(?:" + sign + field + rb")" + times + rb")" + end)

    exactly = b"{%d}" % (columns - 1)
    # Behind a closing quote any text up to the delimiter is taken along: such a record is damaged, but it ends here.
    loose = rb"(?:" + quoted + rb"[^\r\n" + sign + rb'"]*+|[^"\r\n' + sign + rb"][^\r\n" + sign + rb"]*+|)"
    return whole(strict, exactly), whole(lenient, exactly), whole(loose, rb"*+")


def _requoted(content: bytes, shape: Shape) -> bytes:
    """The same record with every field quoted by the rules: `5" pipe` stands for itself."""
    values = next(csv.reader([content.decode("latin-1")], delimiter=shape.delimiter or ","))
    out = io.StringIO()
    csv.writer(out, delimiter=shape.delimiter or ",", lineterminator="").writerow(values)
    return out.getvalue().encode("latin-1")


def _content_fault(content: bytes, encoding: str) -> tuple[str, str] | None:
    if b"\0" in content:
        return "NUL_BYTE", "the record holds a NUL byte, which no text field can keep: remove it"
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        return "BAD_ENCODING", f"byte {error.start + 1} of the record is not {encoding}: save the value again in {encoding}"
    return None


def _damaged(start: int, line: int, raw: bytes, fault: tuple[str, str], shape: Shape) -> Damaged:
    code, text = fault
    fields = _fields(raw, shape)
    column = next((name for name, value in zip(shape.columns, fields, strict=False) if "\0" in value or "\ufffd" in value), None)
    return Damaged(start, line, raw, code, column, text, fields)


def _fields(raw: bytes, shape: Shape) -> tuple[str, ...]:
    text = raw.decode(shape.encoding, errors="replace").rstrip("\r\n")
    if shape.delimiter is None:
        return (text,)
    try:
        return tuple(next(csv.reader(io.StringIO(text, newline=""), delimiter=shape.delimiter), []))
    except csv.Error:
        return tuple(text.split(shape.delimiter))


def _remedy(code: str, raw: bytes, shape: Shape) -> str:
    if code == "UNCLOSED_QUOTE":
        return "a quote is opened and never closed (or stands undoubled inside a quoted value): close or double it"
    found = len(_fields(raw, shape))
    return f"{found} fields where the header has {len(shape.columns)}: quote the values that hold the delimiter, or add the missing ones"


def without(block: Block, line: int, text: str) -> tuple[Block, Damaged]:
    """A block of `sort_out` less the record at `line` of its data (counted from 1), and that record as damaged."""
    ends = np.cumsum(block.lengths + 1)
    first_lines = np.concatenate(([0], np.cumsum([block.data.count(b"\n", s, e) for s, e in zip(ends - block.lengths - 1, ends, strict=True)])))
    index = int(np.searchsorted(first_lines, line - 1, side="right")) - 1
    start, end = int(ends[index] - block.lengths[index] - 1), int(ends[index])
    bad = Damaged(int(block.starts[index]), int(block.lines[index]), block.data[start:end], "REFUSED", None, text, ())
    kept = np.arange(len(block.starts)) != index
    good = replace(block, data=block.data[:start] + block.data[end:], starts=block.starts[kept], lengths=block.lengths[kept], lines=block.lines[kept])
    return good, bad
