"""Finds out what a file holds from its header, when somebody names a file whose name fits no part of the mapping."""

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


def parts(file: SourceFile, mapping: Mapping, wanted: Sequence[str]) -> list[str]:
    """The part of a file and those that stand in the same lines; empty when its columns fit none.

    `caseline rejects` writes the part's name into the file; otherwise the part counts whose columns fit best.
    """
    head = heads.look(file, mapping)
    named = _named(file, head, mapping)
    if named is not None:
        if named not in mapping.parts:
            text = (
                f"{OWN_PART} says {named!r}, which mapping {mapping.source!r} does not have: import it with the other"
            )
            raise FileFault("FILE_UNREADABLE", file.path, f"{text} mapping, with which the rejects were written")
        return _in_the_same_lines(mapping, named, wanted)
    fitting = [name for name in wanted if not mapping.parts[name].inline and _fits(mapping.parts[name], head.header)]
    if not fitting:
        return []
    best = max(fitting, key=lambda name: len(_mapped(mapping.parts[name]) & set(head.header)))
    return _in_the_same_lines(mapping, best, wanted)


def _in_the_same_lines(mapping: Mapping, name: str, wanted: Sequence[str]) -> list[str]:
    files = set(mapping.parts[name].files)
    return [other for other in wanted if other == name or files & set(mapping.parts[other].files)]


def _named(file: SourceFile, head: heads.Head, mapping: Mapping) -> str | None:
    """What `caseline rejects` wrote into the first record, if it was it that wrote the file."""
    if OWN_PART not in head.header:
        return None
    with heads.open_stream(file, head.encoding) as stream:
        stream.read(head.position)
        encoding = "utf-8" if head.encoding == "utf-16" else head.encoding
        text = stream.read(_ENOUGH).decode(encoding, "replace")
    if mapping.format == "jsonl":
        found: object = json.loads(text.partition("\n")[0]).get(OWN_PART)
        return str(found) if found is not None else None
    record = next(csv.reader(io.StringIO(text, newline=""), delimiter=mapping.delimiter), [])
    return dict(zip(head.header, record, strict=False)).get(OWN_PART) or None


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
