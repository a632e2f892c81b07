"""Looks at the files of an export before anything is loaded, so that every file-level fault stops in time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from staging import by_header, heads, sources
from staging.faults import FileFault
from staging.mapping import Mapping, Part
from staging.sources import SourceFile


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the export with its head and the parts that stand in it."""

    file: SourceFile
    head: heads.Head
    sha256: str
    parts: tuple[str, ...]
    lacking: tuple[str, ...]
    """Mapped columns that it does not have."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found at the given paths."""

    found: tuple[Found, ...] = ()
    not_imported: dict[str, int] = field(default_factory=dict)
    """Files by pattern that are counted and left alone (attachments)."""
    unknown: tuple[str, ...] = ()
    """Files that the mapping does not mention."""


def look(
    paths: Sequence[Path], mapping: Mapping, only: Sequence[str] = (), *, loaded: frozenset[str] = frozenset()
) -> Survey:
    """Look at every file; raises `FileFault` for the first that cannot be used.

    `only`: names of the wanted parts, empty for all. `loaded`: parts with rows from before, whose files may be absent.
    """
    files = sources.find(paths)
    wanted = {name: part for name, part in mapping.parts.items() if not only or name in only}
    explicit = all(path.is_file() and path.suffix.lower() != ".zip" for path in paths)
    own = {file: by_header.own_parts(file, mapping, list(wanted)) for file in files} if explicit else {}
    chosen = {file: parts for file, parts in own.items() if parts}
    others = [file for file in files if file not in chosen]
    for name, part in wanted.items():
        hits = sources.matching(others, part.files)
        if not hits and not part.optional and not explicit and name not in loaded:
            raise _missing(name, part, paths)
        for file in hits:
            chosen.setdefault(file, []).append(name)
    if explicit:
        nameless = {file: by_header.parts(file, mapping, list(wanted)) for file in others if file not in chosen}
        chosen |= {file: parts for file, parts in nameless.items() if parts}
    if not chosen:
        raise _nothing_fits(mapping, wanted.values(), paths)
    ordered = sorted(chosen.items(), key=lambda item: (min(map(mapping.part_rank, item[1])), item[0].path))
    skipped, unknown = _left_alone([file for file in files if file not in chosen], mapping)
    return Survey(tuple(_found(file, parts, mapping) for file, parts in ordered), skipped, unknown)


def _missing(name: str, part: Part, paths: Sequence[Path]) -> FileFault:
    return FileFault(
        "FILE_MISSING",
        part.files[0],
        f"part {name!r} needs it and it is not in {', '.join(map(str, paths))}: add it, or choose parts with --only",
    )


def _nothing_fits(mapping: Mapping, wanted: Iterable[Part], paths: Sequence[Path]) -> FileFault:
    patterns = sorted({pattern for part in wanted for pattern in part.files})
    return FileFault(
        "FILE_MISSING",
        ", ".join(map(str, paths)),
        f"no file there fits mapping {mapping.source!r}; it looks for {', '.join(patterns)}",
    )


def _left_alone(files: Sequence[SourceFile], mapping: Mapping) -> tuple[dict[str, int], tuple[str, ...]]:
    """(files by pattern that are counted only, paths of those that the mapping does not mention at all)."""
    patterns = [pattern for part in mapping.parts.values() for pattern in part.files]
    left = [file for file in files if not sources.matching([file], patterns)]
    counted = {pattern: hits for pattern in mapping.not_imported if (hits := _below(left, pattern))}
    known = {file for hits in counted.values() for file in hits}
    return (
        {pattern: len(hits) for pattern, hits in counted.items()},
        tuple(file.path for file in left if file not in known),
    )


def _below(files: Sequence[SourceFile], pattern: str) -> list[SourceFile]:
    """Files whose name fits, or that lie in a folder called so (pattern ends in /)."""
    if pattern.endswith("/"):
        return [file for file in files if f"/{pattern}" in file.path.replace("!", "/")]
    return sources.matching(files, [pattern])


def _found(file: SourceFile, parts: list[str], mapping: Mapping) -> Found:
    with sources.readable(file.path):
        head = heads.look(file, mapping)
    lacking = {column for part in parts for column in heads.check_columns(file, head, mapping, part)}
    return Found(file, head, file.sha256(), tuple(parts), tuple(sorted(lacking)))
