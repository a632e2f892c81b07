"""Registers a run with its parts and files before anything is loaded, so that every file-level fault stops in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.crm.port import Crm, Definitions
from staging import batches, by_header, heads, landing, sources, tables
from staging.faults import FileFault
from staging.mapping import Mapping
from staging.sources import SourceFile


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked to do."""

    overwrite: bool = False
    retry_failed: bool = True
    retry_code: str | None = None
    """Only FAILED rows with this error are tried again."""
    only: tuple[str, ...] = ()
    """Parts to import; empty = all."""


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

    found: tuple[Found, ...]
    not_imported: dict[str, int]
    """Files by pattern that are counted and left alone (attachments)."""
    unknown: tuple[str, ...]
    """Files that the mapping does not mention."""


def survey(
    paths: Sequence[Path], mapping: Mapping, only: Sequence[str] = (), *, loaded: frozenset[str] = frozenset()
) -> Survey:
    """Look at every file; raises `FileFault` for the first that cannot be used. `loaded`: parts with rows from before."""
    files = sources.find(paths)
    wanted = {name: part for name, part in mapping.parts.items() if not only or name in only}
    chosen: dict[SourceFile, list[str]] = {}
    explicit = all(path.is_file() and path.suffix.lower() != ".zip" for path in paths)
    for name, part in wanted.items():
        hits = sources.matching(files, part.files)
        if not hits and not part.optional and not explicit and name not in loaded:
            raise FileFault(
                "FILE_MISSING",
                part.files[0],
                f"part {name!r} needs it and it is not in {', '.join(map(str, paths))}: add it, or choose parts with --only",
            )
        for file in hits:
            chosen.setdefault(file, []).append(name)
    if explicit:
        for file in (file for file in files if file not in chosen):
            if found := by_header.parts(file, mapping, list(wanted)):
                chosen[file] = found
    left = [
        file
        for file in files
        if file not in chosen and not any(sources.matching([file], part.files) for part in mapping.parts.values())
    ]
    skipped = {pattern: len(hits) for pattern in mapping.not_imported if (hits := _below(left, pattern))}
    known = {file for pattern in mapping.not_imported for file in _below(left, pattern)}
    if not chosen:
        raise FileFault(
            "FILE_MISSING",
            ", ".join(map(str, paths)),
            f"no file there fits mapping {mapping.source!r}; it looks for {', '.join(sorted({f for p in wanted.values() for f in p.files}))}",
        )
    ordered = sorted(chosen.items(), key=lambda item: (min(map(mapping.part_rank, item[1])), item[0].path))
    return Survey(
        tuple(_found(file, parts, mapping) for file, parts in ordered),
        skipped,
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


def open_run(connection: sa.Connection, mapping: Mapping, options: Options, *, now: datetime) -> tuple[int, bool]:
    """(id of the run, whether it was open already): an unfinished run of the source is joined, never doubled."""
    run = tables.run
    values: dict[str, Any] = {
        "source": mapping.source,
        "mapping": mapping.model_dump(mode="json", by_alias=True),
        "options": {"overwrite": options.overwrite, "only": list(options.only)},
        "started_at": now,
    }
    made = (
        insert(run)
        .values(values)
        .on_conflict_do_nothing(index_elements=["source"], index_where=run.c.state == "open")
        .returning(run.c.id)
    )
    new = connection.execute(made).scalar_one_or_none()
    if new is not None:
        return int(new), False
    query = sa.select(run.c.id).where(run.c.source == mapping.source, run.c.state == "open")
    found = int(connection.execute(query).scalar_one())
    # A mapping mended after a crash counts from here on.
    connection.execute(sa.update(run).values(mapping=values["mapping"]).where(run.c.id == found))
    return found, True


def part_ids(connection: sa.Connection, mapping: Mapping) -> dict[str, int]:
    """Ids of the mapping's parts, made where new."""
    part = tables.part
    rows = [{"source": mapping.source, "name": name, "entity": rules.entity} for name, rules in mapping.parts.items()]
    connection.execute(insert(part).on_conflict_do_nothing(), rows)
    query = sa.select(part.c.name, part.c.id).where(
        part.c.source == mapping.source, part.c.name.in_(list(mapping.parts))
    )
    return {name: number for name, number in connection.execute(query)}


def loaded_parts(connection: sa.Connection, mapping: Mapping, ids: dict[str, int]) -> frozenset[str]:
    """Parts that have rows already; their files may be absent from a delta."""
    row = tables.row
    return frozenset(
        name
        for name in mapping.parts
        if connection.execute(sa.select(sa.exists().where(row.c.part_id == ids[name]))).scalar_one()
    )


def add_files(
    connection: sa.Connection, found: Sequence[Found], mapping: Mapping, run_id: int, ids: dict[str, int]
) -> None:
    """Register files by content; one that is known keeps how far it is loaded."""
    for item in found:
        layout = landing.ensure(connection, mapping.source, item.head.header)
        values = {
            "source": mapping.source,
            "run_id": run_id,
            "layout_id": layout.id,
            "name": item.file.name,
            "path": item.file.path,
            "sha256": item.sha256,
            "size": item.file.size,
            "encoding": item.head.encoding,
            "parts": [ids[name] for name in item.parts],
            "position": item.head.position,
            "line": item.head.line,
        }
        statement = insert(tables.file).values(values)
        # Who goes on with a file that a run left half read (and was rolled back) makes it one of its own.
        owner = sa.case((tables.file.c.loaded_at.is_(None), statement.excluded.run_id), else_=tables.file.c.run_id)
        changed = {"path": statement.excluded.path, "run_id": owner}
        connection.execute(statement.on_conflict_do_update(index_elements=["source", "name", "sha256"], set_=changed))


def plan_retries(
    connection: sa.Connection, mapping: Mapping, run_id: int, ids: dict[str, int], options: Options
) -> None:
    """Batches over what earlier runs left: NEW rows always, FAILED ones once more unless told not to (A20)."""
    row = tables.row
    failed = sa.and_(
        row.c.status == tables.FAILED, row.c.payload.is_not(None), row.c.duplicate_of.is_(None), row.c.key.is_not(None)
    )
    if options.retry_code is not None:
        failed = sa.and_(failed, row.c.errors.contains([{"code": options.retry_code}]))
    wanted = sa.or_(row.c.status == tables.NEW, failed) if options.retry_failed else row.c.status == tables.NEW
    for rank, name in enumerate(mapping.parts):
        if not options.only or name in options.only:
            batches.sweep(connection, run_id=run_id, part_id=ids[name], rank=rank, turn=1, wanted=wanted, retry=True)


def definitions(mapping: Mapping, headers: dict[str, Sequence[str]]) -> Definitions:
    """What the CRM must know before records come: stages, extra fields with labels, presets."""
    from staging import values  # noqa: PLC0415

    fields: dict[tuple[str, str], tuple[str, str, str, str]] = {}
    for name, part in mapping.parts.items():
        for extra, rule in part.extra.items():
            fields[part.entity, extra] = (part.entity, extra, str(rule.type or "text"), rule.label or extra)
        for column in values.kept(part, frozenset(headers.get(name, ()))):
            fields.setdefault((part.entity, column), (part.entity, column, "text", column))
    return Definitions(
        mapping.source,
        tuple((stage.code, stage.label, stage.closed) for stage in mapping.stages),
        tuple(fields.values()),
        tuple((view.name, view.where, view.sort) for view in mapping.views),
    )


def prepare(
    connection: sa.Connection, mapping: Mapping, found: Sequence[Found], options: Options, *, crm: Crm, now: datetime
) -> tuple[int, bool]:
    """Everything before the first row, in one transaction; answers (run id, resumed)."""
    # Two starts at once must agree on one run before either goes on.
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(mapping.source, 0))))
    ids = part_ids(connection, mapping)
    run_id, resumed = open_run(connection, mapping, options, now=now)
    add_files(connection, found, mapping, run_id, ids)
    if not resumed:
        plan_retries(connection, mapping, run_id, ids, options)
    progress = [
        {"run_id": run_id, "part_id": ids[name], "rank": rank, "pass": 0}
        for rank, name in enumerate(mapping.parts)
        if not options.only or name in options.only
    ]
    connection.execute(insert(tables.progress).on_conflict_do_nothing(), progress)
    headers = {name: item.head.header for item in found for name in item.parts}
    crm.prepare(connection, definitions(mapping, headers))
    return run_id, resumed
