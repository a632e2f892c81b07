"""Finds out from the columns of a file what it holds, where its name does not say it."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Final

from caseline.crm import vocabulary
from staging import heads
from staging.faults import FileFault
from staging.mapping import Mapping, Part
from staging.mended import OWN_PART
from staging.sources import SourceFile

_ENOUGH: Final = 4 * 1024 * 1024
"""Bytes in which the first record ends."""
_LINES: Final = 100


def parts(file: SourceFile, mapping: Mapping, wanted: Sequence[str]) -> list[str]:
    """The part whose columns fit those of the file best, and those that stand in its lines; empty when none fits."""
    header = heads.look(file, mapping).header
    fitting = [name for name in wanted if not mapping.parts[name].inline and _fits(mapping.parts[name], header)]
    if not fitting:
        return []
    best = max(fitting, key=lambda name: len(_mapped(mapping.parts[name]) & set(header)))
    return _in_the_same_lines(mapping, best, wanted)


def own_parts(file: SourceFile, mapping: Mapping, wanted: Sequence[str]) -> list[str]:
    """The part that `caseline rejects` wrote into the file, and those that stand in its lines; empty for other files.

    Raises `FileFault` when the mapping does not have it.
    """
    head = heads.look(file, mapping)
    named = _named(file, head, mapping) if OWN_PART in head.header else None
    if named is None:
        return []
    if named not in mapping.parts:
        said = f"its column {OWN_PART} says {named!r}, which mapping {mapping.source!r} does not have"
        raise FileFault("FILE_UNREADABLE", file.path, f"{said}: import it by the mapping of the rejects")
    return _in_the_same_lines(mapping, named, wanted)


def _in_the_same_lines(mapping: Mapping, name: str, wanted: Sequence[str]) -> list[str]:
    files = set(mapping.parts[name].files)
    return [other for other in wanted if other == name or files & set(mapping.parts[other].files)]


def _named(file: SourceFile, head: heads.Head, mapping: Mapping) -> str | None:
    """The part's name in the first record."""
    with heads.open_stream(file, head.encoding) as stream:
        stream.read(head.position)
        encoding = "utf-8" if head.encoding == "utf-16" else head.encoding
        text = stream.read(_ENOUGH).decode(encoding, "replace")
    if mapping.format == "jsonl":
        objects = (_object(line) for line in text.split("\n")[:_LINES])
        return next((str(found[OWN_PART]) for found in objects if found.get(OWN_PART)), None)
    record = next(csv.reader(io.StringIO(text, newline=""), delimiter=mapping.delimiter), [])
    return dict(zip(head.header, record, strict=False)).get(OWN_PART) or None


def _object(line: str) -> dict[str, object]:
    try:
        found: object = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _fits(part: Part, header: Sequence[str]) -> bool:
    """The header has the key and what fills the fields that no record may lack."""
    needed = [part.key.column]
    for core in vocabulary.ENTITIES[part.entity]:
        rule = part.fields.get(core.name)
        if rule is not None and rule.column and (core.required or rule.required) and rule.default is None:
            needed.append(rule.column)
    return all(any(column in header for column in columns) for columns in needed)


def _mapped(part: Part) -> set[str]:
    rules = [*part.fields.values(), *part.extra.values()]
    return {*part.key.column, *(column for rule in rules for column in rule.column)}
