"""Registers a run with its parts and files before anything is loaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.crm.port import Crm, Definitions
from caseline.db import named_locks
from staging import batches, landing, reconvert, tables, values
from staging.mapping import Mapping
from staging.survey import Found


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked to do."""

    overwrite: bool = False
    retry_failed: bool = True
    retry_code: str | None = None
    """Only FAILED rows with this error are tried again."""
    only: tuple[str, ...] = ()
    """Parts to import; empty = all."""
    reconvert: bool = False
    """Rows that are SUCCESS are converted once more, by the mapping as it is now."""

    def chosen(self, mapping: Mapping) -> tuple[str, ...]:
        """Names of the parts to import."""
        return tuple(name for name in mapping.parts if not self.only or name in self.only)


def open_run(connection: sa.Connection, mapping: Mapping, options: Options, *, now: datetime) -> tuple[int, bool]:
    """(id of the run, whether it was open already): an unfinished run of the source is joined, never doubled."""
    run, chosen = tables.run, options.chosen(mapping)
    values: dict[str, Any] = {
        "source": mapping.source,
        "mapping": mapping.model_dump(mode="json", by_alias=True),
        "options": {
            "overwrite": options.overwrite,
            "only": list(options.only),
            reconvert.OPTION: list(chosen) if options.reconvert else [],
        },
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
    query = sa.select(run.c.id, run.c.options).where(run.c.source == mapping.source, run.c.state == "open")
    found, began = connection.execute(query).one()
    reconvert.refuse_other(int(found), began, chosen if options.reconvert else ())
    # A mapping mended after a crash counts from here on.
    connection.execute(sa.update(run).values(mapping=values["mapping"]).where(run.c.id == found))
    return int(found), True


def importing(connection: sa.Connection) -> frozenset[str]:
    """Sources of which an import has begun and not ended."""
    run = tables.run
    return frozenset(connection.execute(sa.select(run.c.source).where(run.c.state == "open")).scalars())


def part_ids(connection: sa.Connection, mapping: Mapping) -> dict[str, int]:
    """Ids of the mapping's parts, made where new."""
    part = tables.part
    rows = [{"source": mapping.source, "name": name, "entity": rules.entity} for name, rules in mapping.parts.items()]
    connection.execute(insert(part).on_conflict_do_nothing(), rows)
    query = sa.select(part.c.name, part.c.id).where(
        part.c.source == mapping.source, part.c.name.in_(list(mapping.parts))
    )
    return {row.name: row.id for row in connection.execute(query)}


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
    connection: sa.Connection,
    mapping: Mapping,
    run_id: int,
    ids: dict[str, int],
    options: Options,
    *,
    most: int | None = None,
) -> None:
    """Batches over what earlier runs left: NEW rows always, FAILED ones once more unless told not to."""
    row = tables.row
    failed = sa.and_(
        row.c.status == tables.FAILED, row.c.payload.is_not(None), row.c.duplicate_of.is_(None), row.c.key.is_not(None)
    )
    if options.retry_code is not None:
        failed = sa.and_(failed, row.c.errors.contains([{"code": options.retry_code}]))
    wanted = sa.or_(row.c.status == tables.NEW, failed) if options.retry_failed else row.c.status == tables.NEW
    # Rows of a run before wait for the files of their part even where none is tried again: a file may change them.
    retry = batches.Retry(options.retry_code if options.retry_failed else batches.NO_CODE)
    chosen = options.chosen(mapping)
    if options.reconvert:
        reconvert.plan(connection, mapping, [ids[name] for name in chosen])
    for rank, name in enumerate(mapping.parts):
        if name in chosen:
            turn = batches.Turn(run_id, ids[name], rank, 1)
            batches.sweep(connection, turn, wanted=wanted, retry=retry, most=most)


def definitions(mapping: Mapping, headers: dict[str, tuple[str, ...]]) -> Definitions:
    """What the CRM must know before records come: stages, extra fields with labels, presets."""
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
        tuple(stage.code for stage in mapping.stages if stage.pauses),
    )


def prepare(
    connection: sa.Connection, mapping: Mapping, found: Sequence[Found], options: Options, *, crm: Crm, now: datetime
) -> tuple[int, bool]:
    """Everything before the first row, in one transaction; answers (run id, resumed)."""
    # Two starts at once must agree on one run before either goes on.
    named_locks.hold(connection, [f"import of {mapping.source}"])
    ids = part_ids(connection, mapping)
    run_id, resumed = open_run(connection, mapping, options, now=now)
    add_files(connection, found, mapping, run_id, ids)
    if not resumed:
        plan_retries(connection, mapping, run_id, ids, options, most=batches.most(crm))
    progress = [
        {"run_id": run_id, "part_id": ids[name], "rank": rank, "pass": 0}  # nosec B105 - how often the part was gone through
        for rank, name in enumerate(mapping.parts)
        if name in options.chosen(mapping)
    ]
    connection.execute(insert(tables.progress).on_conflict_do_nothing(), progress)
    headers = {name: item.head.header for item in found for name in item.parts}
    crm.prepare(connection, definitions(mapping, headers))
    return run_id, resumed
