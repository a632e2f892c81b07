"""Takes a damaged block apart record by record, so that damage costs its own record and nothing else."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from staging import forms
from staging.blocks import Block
from staging.forms import Forms

csv.field_size_limit(2**31 - 1)  # the module's own limit is 128 KiB; the body of a letter may be longer


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


@dataclass(frozen=True, slots=True)
class _Good:
    start: int
    length: int
    """Bytes in the file, line end included."""
    line: int
    content: bytes
    """What is loaded, without line end."""


def sort_out(block: Block, shape: Shape) -> Sorted:
    """Split `block` into loadable records and damaged ones; blank lines are no records."""
    good: list[_Good] = []
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
                good.append(_Good(found.start, found.end - found.start, line, found.content))
                continue
            damaged.append(_damaged(found.start, line, raw, fault, shape))
        elif raw.strip(b"\r\n"):
            damaged.append(_damaged(found.start, line, raw, _fault(found.code, raw, shape), shape))
    return Sorted(_block(block, good, used), tuple(damaged), used)


def _block(block: Block, good: list[_Good], used: int) -> Block:
    return Block(
        b"".join(record.content + b"\n" for record in good),
        block.offset,
        block.line,
        np.array([record.start for record in good], np.int32),
        np.array([record.length for record in good], np.int32),
        np.array([record.line for record in good], np.int32),
        tidy=True,
        newlines=block.data.count(b"\n", 0, used),
        last=block.last,
        sizes=np.array([len(record.content) for record in good], np.int32),
    )


def _records(block: Block, shape: Shape) -> Iterator[_Found]:
    data, position = block.data, 0
    if shape.delimiter is None:
        for line in data.splitlines(keepends=True) if b"\r" not in data else data.split(b"\n"):
            end = min(position + len(line) + (not line.endswith(b"\n")), len(data))
            yield _Found(position, end, line.rstrip(b"\r\n") or None)
            position = end
        return
    known = forms.of(shape.delimiter, len(shape.columns))
    while position < len(data):
        match = known.strict.match(data, position)
        content = match.group(1) if match else None
        if match is None and (match := known.lenient.match(data, position)):
            content = forms.requoted(match.group(1), known)
        if match is None or (match.end() == len(data) and _torn(block)):
            found = _damage(block, position, known)
        else:
            found = _Found(position, match.end(), content or None)
        if found is None:
            return
        yield found
        position = found.end


def _torn(block: Block) -> bool:
    """The block ends somewhere inside a record."""
    return not block.last and not block.data.endswith(b"\n")


def _damage(block: Block, position: int, known: Forms) -> _Found | None:
    """The damaged record at `position`: up to its own end, or to the next line that is a whole record by itself.

    None when the bytes behind the block must decide; a block that cannot grow any more (no `starts`) decides alone.
    """
    data = block.data
    own = known.any_count.match(data, position)
    if own and own.end() == len(data) and _torn(block):
        own = None
    limit = own.end() if own else len(data)
    resumed, settled = _resume(block, position, limit, known)
    if not settled and (position or len(block.starts)):
        return None
    if resumed:
        # A quote left open swallowed whole records: they are taken back.
        return _Found(position, resumed, None, "UNCLOSED_QUOTE")
    if own:
        return _Found(position, own.end(), None, "WRONG_FIELD_COUNT")
    if not block.last and (position or len(block.starts)):
        return None
    return _Found(position, len(data), None, "UNCLOSED_QUOTE" if block.last else "TOO_LONG")


def _resume(block: Block, position: int, limit: int, known: Forms) -> tuple[int, bool]:
    """(start of the first line behind `position` that is a record, or 0; whether more bytes could not change that)."""
    data = block.data
    start = data.find(b"\n", position, limit) + 1
    while 0 < start < limit:
        if data[start : start + 1] not in b"\r\n" and known.strict.match(data, start):
            return start, True
        if not block.last and known.unfinished.match(data, start):
            return 0, False
        start = data.find(b"\n", start, limit) + 1
    return 0, True


def _content_fault(content: bytes, encoding: str) -> tuple[str, str] | None:
    if b"\0" in content:
        return "NUL_BYTE", "the record holds a NUL byte, which no text field can keep: remove it"
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        return (
            "BAD_ENCODING",
            f"byte {error.start + 1} of the record is not {encoding}: save the value again in {encoding}",
        )
    return None


def _damaged(start: int, line: int, raw: bytes, fault: tuple[str, str], shape: Shape) -> Damaged:
    code, text = fault
    found = fields(raw, shape)
    columns = shape.columns if shape.delimiter is not None else ()
    column = next(
        (name for name, value in zip(columns, found, strict=False) if "\0" in value or "\ufffd" in value), None
    )
    return Damaged(start, line, raw, code, column, text, found)


def fields(raw: bytes, shape: Shape) -> tuple[str, ...]:
    """What can be read of a record, broken bytes shown as U+FFFD; JSON lines are one field."""
    text = raw.decode(shape.encoding, errors="replace").rstrip("\r\n")
    if shape.delimiter is None:
        return (text,)
    try:
        return tuple(next(csv.reader(io.StringIO(text, newline=""), delimiter=shape.delimiter), []))
    except csv.Error:
        return tuple(text.split(shape.delimiter))


def _fault(code: str, raw: bytes, shape: Shape) -> tuple[str, str]:
    """(code, remedy); broken bytes and misplaced quotes can lie behind a wrong number of fields."""
    content = _content_fault(raw, shape.encoding)
    if content is not None:
        return content
    if code == "TOO_LONG":
        return code, f"the record does not end within {len(raw):,} bytes: a line end or a quote is missing"
    found = len(fields(raw, shape))
    if code == "UNCLOSED_QUOTE" or found == len(shape.columns):
        return (
            "UNCLOSED_QUOTE",
            "a quote is opened and never closed, or stands undoubled inside a quoted value: close or double it",
        )
    return (
        code,
        (
            f"{found} fields where the header has {len(shape.columns)}:"
            " quote the values that hold the delimiter, or add the missing ones"
        ),
    )


def without(
    good: Block, source: Block, lines: dict[int, str], *, code: str, shape: Shape
) -> tuple[Block, list[Damaged]]:
    """`good` (of `sort_out`) less the records in `lines` of its data (from 1, with reasons), and those as damaged."""
    sizes = good.lengths if good.sizes is None else good.sizes + 1
    ends = np.cumsum(sizes)
    pieces = [good.data[end - size : end] for end, size in zip(ends.tolist(), sizes.tolist(), strict=True)]
    first_lines = np.cumsum([0, *(piece.count(b"\n") for piece in pieces)])
    bad = {int(np.searchsorted(first_lines, line - 1, side="right")) - 1: reason for line, reason in lines.items()}
    damaged = []
    for index, reason in bad.items():
        start = int(good.starts[index])
        raw = source.data[start : start + int(good.lengths[index])]
        damaged.append(Damaged(start, int(good.lines[index]), raw, code, None, reason, fields(raw, shape)))
    kept = np.array([index not in bad for index in range(len(pieces))], bool)
    left = b"".join(piece for piece, keep in zip(pieces, kept, strict=True) if keep)
    return replace(
        good,
        data=left,
        starts=good.starts[kept],
        lengths=good.lengths[kept],
        lines=good.lines[kept],
        sizes=(sizes - 1)[kept],
    ), damaged
