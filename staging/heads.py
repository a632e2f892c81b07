"""Looks at the beginning of a file: its encoding, its header, where its records begin."""

import codecs
import csv
import io
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO, Final, cast

from caseline.crm import vocabulary
from staging import sources, values
from staging.faults import FileFault
from staging.mapping import Mapping
from staging.sources import SourceFile

SAMPLE: Final = 4 * 1024 * 1024
NULS: Final = 0.2
"""Share of NUL bytes from which a file is UTF-16 rather than damaged."""
WIDEST: Final = 1500
"""Columns of a landing table, a little less than PostgreSQL allows."""
REST: Final = "rest"
"""Column of what JSON lines hold beyond the known paths."""


@dataclass(frozen=True, slots=True)
class Head:
    """What must be known before records are read."""

    encoding: str
    header: tuple[str, ...]
    position: int
    """Byte of the first record, in the stream that `open_stream` gives."""
    line: int


def look(file: SourceFile, mapping: Mapping) -> Head:
    """Head of a file; `FileFault` when it cannot be used at all."""
    with file.open() as raw:
        start = raw.read(4)
    utf16 = start[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
    with open_stream(file, "utf-16" if utf16 else "utf-8") as stream:
        sample = stream.read(SAMPLE)
    bom = len(codecs.BOM_UTF8) if sample.startswith(codecs.BOM_UTF8) else 0
    sample = sample[bom:]
    if not sample.strip(b"\0 \t\r\n"):
        raise FileFault("FILE_EMPTY", file.path, "nothing stands in it: export it again, or remove it from the folder")
    if not utf16 and sample.count(0) > len(sample) * NULS:
        raise FileFault(
            "FILE_ENCODING",
            file.path,
            "it looks like UTF-16 without a byte-order mark: save it as UTF-8, or as UTF-16 with the mark",
        )
    encoding = "utf-16" if utf16 else "utf-8" if bom else _encoding(file, mapping, sample)
    if mapping.format == "jsonl":
        return Head(encoding, tuple(_json_header(mapping, sample.decode(_text(encoding), "replace"))), bom, 1)
    header, length, lines = _csv_header(file, mapping, sample, _text(encoding))
    return Head(encoding, header, bom + length, 1 + lines)


def open_stream(file: SourceFile, encoding: str) -> BinaryIO:
    """The bytes of a file; UTF-16 comes as UTF-8, and places count in that form."""
    stream = file.open()
    return cast("BinaryIO", sources.Recoded(stream)) if encoding == "utf-16" else stream


def _text(encoding: str) -> str:
    return "utf-8" if encoding == "utf-16" else encoding


def _encoding(file: SourceFile, mapping: Mapping, sample: bytes) -> str:
    lines = [line for line in sample.split(b"\n")[:-1] or [sample] if not line.isascii()]
    for encoding in mapping.encodings:
        if encoding == "utf-16":
            continue
        broken = sum(not _decodes(line, encoding) for line in lines)
        # Text of another encoding is hardly ever valid UTF-8, so half a file of valid lines settles it.
        if 2 * broken <= len(lines):
            return encoding
    raise FileFault(
        "FILE_ENCODING",
        file.path,
        f"it is not written in {' or '.join(mapping.encodings)}: name its encoding in the mapping (`encodings`)",
    )


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _csv_header(file: SourceFile, mapping: Mapping, sample: bytes, encoding: str) -> tuple[tuple[str, ...], int, int]:
    """(names, bytes up to the first record, line ends among them)."""
    if b"\n" not in sample:
        if b"\r" in sample:
            raise FileFault(
                "FILE_ENCODING", file.path, "its lines end with CR alone: save it with LF or CRLF line ends"
            )
        sample += b"\n"
    end, quotes = 0, 0
    while end == 0 or quotes % 2:
        start, end = end, sample.find(b"\n", end) + 1
        if end == 0:
            raise FileFault(
                "FILE_NO_KEY", file.path, "its header has a quote that is never closed: mend the first line"
            )
        quotes += sample.count(b'"', start, end)
    text = sample[:end].decode(encoding, "replace").rstrip("\r\n")
    names = tuple(
        name.strip() for name in next(csv.reader(io.StringIO(text, newline=""), delimiter=mapping.delimiter), [])
    )
    if len(names) > WIDEST:
        text = f"its header has {len(names):,} columns and no table holds more than {WIDEST:,}: leave some out"
        raise FileFault("FILE_UNREADABLE", file.path, text)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise FileFault("FILE_NO_KEY", file.path, f"column {twice!r} stands twice in its header: rename one of them")
    return names, end, sample.count(b"\n", 0, end)


def _json_header(mapping: Mapping, sample: str) -> list[str]:
    used = dict.fromkeys(used_columns(mapping))
    found: dict[str, None] = {}
    everything = any(part.keep == "*" for part in mapping.parts.values())
    for line in sample.split("\n")[:1000]:
        kept = (leaf for leaf in _leaves(_parsed(line)) if everything or leaf.startswith(values.OWN))
        found |= dict.fromkeys(islice(kept, WIDEST))
        if len(found) >= WIDEST:
            break
    # What the mapping names stays a column, even where a record has an object in its place.
    others = [path for path in found if not any(path == name or path.startswith(name + ".") for name in used)]
    leaves = [path for path in others if not any(other.startswith(path + ".") for other in (*others, *used))]
    # There may be no end of them, where a record has ids for names; what finds no column stays in `rest`.
    return [*[path for path in (*used, *leaves) if path != REST][:WIDEST], REST]


def used_columns(mapping: Mapping) -> Iterator[str]:
    """Source columns that a mapping names, some of them more than once."""
    for part in mapping.parts.values():
        kept = [] if part.keep == "*" else part.keep
        yield from (*part.key.column, *part.key.otherwise, *(skip.column for skip in part.skip), *kept)
        for rule in (*part.fields.values(), *part.extra.values()):
            yield from rule.column


def torn(name: str, header: Collection[str]) -> bool:
    """Whether what JSON lines say under a name landed in columns of its parts, and so nowhere whole."""
    return name not in header and any(other.startswith(f"{name}.") for other in header)


def _parsed(line: str) -> object:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _leaves(value: object, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        pairs: dict[str, Any] = value
        for name, inner in pairs.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif path:
        yield path


_OTHER_KEY: Final = "Export it again, or correct `key` in the mapping"
_OBJECTS: Final = "It looks like one JSON object a line: say `format: jsonl` in the mapping"


def check_columns(file: SourceFile, head: Head, mapping: Mapping, part: str) -> list[str]:
    """Mapped columns that the header lacks; a fault when the key or a required field cannot be filled."""
    if mapping.format == "jsonl":
        return []
    rules = mapping.parts[part]
    lacking = [name for name in rules.key.column if name not in head.header]
    if lacking and not (set(rules.key.otherwise) & set(head.header)):
        raise FileFault(
            "FILE_NO_KEY",
            file.path,
            f"no column {lacking[0]!r}, which is the key of {part}; it has: {_some(head.header)}."
            f" {_OBJECTS if ''.join(head.header[:1]).startswith('{') else _OTHER_KEY}",
        )
    missing: list[str] = []
    needed = {field.name for field in vocabulary.ENTITIES[rules.entity] if field.required}
    for name, rule in {**rules.fields, **rules.extra}.items():
        absent = [column for column in rule.column if column not in head.header]
        if absent and (rule.required or name in needed) and len(absent) == len(rule.column) and rule.default is None:
            raise FileFault(
                "FILE_NO_KEY",
                file.path,
                f"no column {absent[0]!r}, which the required field {name} of {part} needs."
                " Export it again, or correct the mapping",
            )
        missing += absent
    return missing


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:12]) + (", …" if len(names) > 12 else "")  # noqa: PLR2004 - as many as fit a line
