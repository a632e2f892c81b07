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
class _Forms:
    """What records look like, as patterns."""

    strict: Pattern
    lenient: Pattern
    """Quotes and carriage returns inside unquoted fields."""
    any_count: Pattern
    """Any number of fields."""
    unfinished: Pattern
    """The front of a strict record whose last quote is still open."""
    field: Pattern
    """A field of a lenient record with the sign behind it."""


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
            damaged.append(_damaged(found.start, line, raw, (found.code, _remedy(found.code, raw, shape)), shape))
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
            content = line.rstrip(b"\r\n")
            yield _Found(position, end, content or None)
            position = end
        return
    forms = _forms(shape.delimiter, len(shape.columns))
    while position < len(data):
        match = forms.strict.match(data, position)
        content = match.group(1) if match else None
        if match is None and (match := forms.lenient.match(data, position)):
            content = _requoted(match.group(1), forms)
        if match is None or (match.end() == len(data) and _torn(block)):
            found = _damage(block, position, forms)
        else:
            found = _Found(position, match.end(), content or None)
        if found is None:
            return
        yield found
        position = found.end


def _torn(block: Block) -> bool:
    """The block ends somewhere inside a record."""
    return not block.last and not block.data.endswith(b"\n")


def _damage(block: Block, position: int, forms: _Forms) -> _Found | None:
    """The damaged record at `position`: up to its own end, or to the next line that is a whole record by itself.

    None when the bytes behind the block must decide; a block that cannot grow any more (no `starts`) decides alone.
    """
    data = block.data
    own = forms.any_count.match(data, position)
    if own and own.end() == len(data) and _torn(block):
        own = None
    limit = own.end() if own else len(data)
    resumed, settled = _resume(block, position, limit, forms)
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


def _resume(block: Block, position: int, limit: int, forms: _Forms) -> tuple[int, bool]:
    """(where the first line behind `position` starts that is a record, or 0; whether more bytes could not change that)."""
    data = block.data
    start = data.find(b"\n", position, limit) + 1
    while 0 < start < limit:
        if data[start : start + 1] not in b"\r\n" and forms.strict.match(data, start):
            return start, True
        if not block.last and forms.unfinished.match(data, start):
            return 0, False
        start = data.find(b"\n", start, limit) + 1
    return 0, True


@lru_cache(maxsize=64)
def _forms(delimiter: str, columns: int) -> _Forms:
    sign = re.escape(delimiter.encode())
    open_ = rb'"[^"]*+(?:""[^"]*+)*+'
    # A carriage return alone ends nothing: sloppy writers leave it unquoted inside a value.
    plain = rb'(?:[^"\r\n' + sign + rb"]|\r(?!\n|\Z))(?:[^\r\n" + sign + rb"]++|\r(?!\n|\Z))*+"
    strict = rb"(?:" + open_ + rb'"|[^"\r\n' + sign + rb"]*+)"
    lenient = rb"(?:" + open_ + rb'"|' + plain + rb"|)"
    # Behind a closing quote any text up to the delimiter is taken along: such a record is damaged, but it ends here.
    loose = rb"(?:" + open_ + rb'"[^\r\n' + sign + rb'"]*+|' + plain + rb"|)"

    def whole(field: bytes, times: bytes) -> Pattern:
        return re.compile(rb"(" + field + rb"(?:" + sign + field + rb")" + times + rb")\r?(?:\n|\Z)")

    exactly = b"{%d}" % (columns - 1)
    return _Forms(
        whole(strict, exactly),
        whole(lenient, exactly),
        whole(loose, rb"*+"),
        re.compile(rb"(?:" + strict + sign + rb"){0,%d}" % (columns - 1) + open_ + rb"\Z"),
        re.compile(rb"(" + open_ + rb'"|' + plain + rb"|)(" + sign + rb"|\Z)"),
    )


def _requoted(content: bytes, forms: _Forms) -> bytes:
    """The same record with every field quoted by the rules: `5" pipe` stands for itself."""
    pieces, position, sign = [], 0, b"."
    while sign and (found := forms.field.match(content, position)):
        value, sign = found.groups()
        plain = value.startswith(b'"') or not (b'"' in value or b"\r" in value)
        pieces.append((value if plain else b'"' + value.replace(b'"', b'""') + b'"') + sign)
        position = found.end()
    return b"".join(pieces)


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
    found = fields(raw, shape)
    column = next((name for name, value in zip(shape.columns, found, strict=False) if "\0" in value or "\ufffd" in value), None)
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


def _remedy(code: str, raw: bytes, shape: Shape) -> str:
    if code == "UNCLOSED_QUOTE":
        return "a quote is opened and never closed (or stands undoubled inside a quoted value): close or double it"
    found = len(fields(raw, shape))
    return f"{found} fields where the header has {len(shape.columns)}: quote the values that hold the delimiter, or add the missing ones"


def without(good: Block, source: Block, lines: dict[int, str], *, code: str, shape: Shape) -> tuple[Block, list[Damaged]]:
    """`good` (of `sort_out`) less the records in `lines` of its data (counted from 1, with reasons), and those as damaged."""
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
    return replace(good, data=left, starts=good.starts[kept], lengths=good.lengths[kept], lines=good.lines[kept], sizes=(sizes - 1)[kept]), damaged
