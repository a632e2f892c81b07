"""Checks a whole source: every file against every record of the CRM, both ways."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from caseline.crm import vocabulary
from caseline.crm.port import Crm
from staging.audit import opening, samples, source_files, stage_rows, store
from staging.audit.expected import Expected
from staging.audit.faulty import AuditFault
from staging.audit.findings import Finding, Kind
from staging.audit.ground import Ground
from staging.audit.judging import Judge
from staging.audit.keys import hashes, places
from staging.audit.merged_here import Merges
from staging.audit.opening import Opened
from staging.audit.part_audit import PartAudit
from staging.audit.samples import Drawer
from staging.audit.stage_rows import Told
from staging.audit.verdict import PartVerdict, Verdict
from staging.mapping import Mapping

AT_ONCE: Final = 1_000
Watch = Callable[[int, int, str], None]
"""Told (bytes read, bytes to read in all, part)."""
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Request:
    """What to look at."""

    mapping: Mapping
    paths: tuple[Path, ...] = ()
    """Where files lie that were moved since the import."""
    parts: tuple[str, ...] = ()
    """Parts to check; empty = all."""
    sample: int = 10
    seed: int = 0


def run(connection: sa.Connection, crm: Crm, request: Request, *, clock: Clock, watch: Watch) -> Verdict:
    """Check a source; raises `AuditFault` when that is not possible."""
    started = clock()
    mapping = request.mapping
    wanted = _wanted(request)
    runs = store.runs(connection, mapping.source)
    if any(run.state == "open" for run in runs):
        raise AuditFault(f"the import of {mapping.source} is not finished: start it again, and check when it has ended")
    files = _files(connection, request, wanted)
    with ThreadPoolExecutor(1, "crm") as pool:
        merges = Merges(connection, mapping.source) if crm.shares_transaction else None
        ground = Ground(mapping, connection, crm, pool, merges=merges, told=_told(mapping, crm, wanted))
        drawers = {name: Drawer(request.sample, random.Random(f"{request.seed} {name}")) for name in wanted}  # noqa: S311 - no secret
        progress = _Progress(files, wanted, watch)
        verdicts = tuple(_part(ground, drawer, files, progress) for drawer in drawers.items())
        in_crm = _strangers(ground, wanted)
        notes = [*_notes(files, mapping), *_sorted_here(ground), *_merged_here(ground), *_stage_rows(ground)]
    return Verdict(
        source=mapping.source,
        title=mapping.title,
        runs=tuple(runs),
        files=tuple(file.staged for file in files),
        parts=verdicts,
        left_out=tuple(name for name in mapping.parts if name not in wanted),
        in_crm=in_crm,
        findings=ground.findings,
        digests=ground.digests,
        census=ground.census,
        samples=tuple(samples.choose(list(drawers.values()), request.sample)),
        names=_names(ground),
        notes=tuple(notes),
        seed=request.seed,
        started_at=started,
        finished_at=clock(),
    )


def _part(ground: Ground, part: tuple[str, Drawer], files: Sequence[Opened], progress: "_Progress") -> PartVerdict:
    name, drawer = part
    mine = [file for file in files if name in file.staged.parts]
    number = store.part_ids(ground.connection, ground.mapping.source).get(name, 0)
    audit = PartAudit(Judge(ground, Expected(ground.mapping, name), number, drawer), _headers(mine))
    for file in audit.order(mine):
        audit.go_through(file, progress.within(file, name))
    audit.finish()
    return _verdict(audit, store.count(ground.connection, number))


def _told(mapping: Mapping, crm: Crm, wanted: Sequence[str]) -> Told | None:
    """Stage rows are kept by our own register, and can be judged when all is read that tells of them."""
    telling = [name for name, part in mapping.parts.items() if part.entity in {vocabulary.REQUEST, vocabulary.HISTORY}]
    return Told.by(mapping) if crm.shares_transaction and set(telling) <= set(wanted) else None


def _sorted_here(ground: Ground) -> list[str]:
    if not ground.sorted_here:
        return []
    said = f"{ground.sorted_here:,} requests have the category that the keyword dictionary has given them here"
    return [f"{said}, and its group: where the files name none, that is no difference."]


def _merged_here(ground: Ground) -> list[str]:
    if ground.merges is None or not ground.merges.followed:
        return []
    said = f"{ground.merges.followed:,} references lead to the company or contact into which theirs was merged here"
    return [f"{said}: that is no difference."]


def _stage_rows(ground: Ground) -> list[str]:
    if ground.told is None:
        return []
    done = stage_rows.check(ground.connection, ground.mapping.source, ground.told, ground.findings)
    if not done.records + done.moved:
        return []
    notes = [f"Stage rows of {done.records:,} records were compared with creation, history and closing."]
    if done.moved:
        notes.append(
            f"{done.moved:,} records were moved here since; of their rows only gaps and counts were looked at."
        )
    notes += [
        f"{number:,} visits to stage {stage} are from before its clock was said to stand still, or to run; theirs were"
        " not compared with that."
        for stage, number in done.ledger.before.items()
    ]
    return notes


def _wanted(request: Request) -> list[str]:
    parts = request.mapping.parts
    for name in request.parts:
        if name not in parts:
            raise AuditFault(f"--part {name}: {request.mapping.source} has no such part; use one of {', '.join(parts)}")
    return [name for name in parts if not request.parts or name in request.parts]


def _files(connection: sa.Connection, request: Request, wanted: Sequence[str]) -> list[Opened]:
    staged = [file for file in store.files(connection, request.mapping.source) if set(file.parts) & set(wanted)]
    if not staged:
        raise AuditFault(f"no file of {request.mapping.source} was imported: there is nothing to check")
    for file in staged:
        if file.loaded_at is None:
            raise AuditFault(f"{file.path}: it was not imported to its end: import it again, and check then")
    return [opening.look(source, request.mapping) for source in source_files.locate(staged, request.paths)]


def _headers(files: Sequence[Opened]) -> dict[int, frozenset[str]]:
    found: dict[int, frozenset[str]] = {}
    for file in files:
        found[file.staged.run_id] = found.get(file.staged.run_id, frozenset()) | frozenset(file.staged.header)
    return found


class _Progress:
    """Bytes read, over all parts and files."""

    def __init__(self, files: Sequence[Opened], wanted: Sequence[str], watch: Watch) -> None:
        self._sizes = {file.staged.id: file.size for file in files}
        self._total = sum(self._sizes[f.staged.id] * len(set(wanted) & set(f.staged.parts)) for f in files)
        self._before = 0
        self._watch = watch

    def within(self, file: Opened, part: str) -> Callable[[int], None]:
        """What to tell while this file is read for this part."""
        before = self._before
        self._before += self._sizes[file.staged.id]
        return lambda position: self._watch(before + position, self._total, part)


def _verdict(audit: PartAudit, staged: store.Counted) -> PartVerdict:
    judge = audit.judge
    return PartVerdict(
        name=judge.reading.name,
        entity=judge.entity,
        read=audit.read,
        outcomes={str(name): count for name, count in judge.outcomes.items() if count},
        codes=judge.codes,
        reasons=audit.reasons,
        earlier=judge.earlier,
        staged=staged,
    )


def _strangers(ground: Ground, wanted: Sequence[str]) -> dict[str, int]:
    """Find the records of the CRM that no file holds; answers how many the CRM has, by entity."""
    mapping = ground.mapping
    counted = {entity: by_source.get(mapping.source, 0) for entity, by_source in ground.crm.count().items()}
    by_entity: dict[str, list[str]] = {}
    for name, part in mapping.parts.items():
        by_entity.setdefault(part.entity, []).append(name)
    for entity, names in by_entity.items():
        # Whose other parts were not looked at may hold the rest.
        if set(names) <= set(wanted) and counted.get(entity, 0) > ground.accounted[entity]:
            _find_strangers(ground, entity, names[0])
    return {entity: counted.get(entity, 0) for entity in by_entity}


def _find_strangers(ground: Ground, entity: str, part: str) -> None:
    fields = [field.name for field in vocabulary.ENTITIES[entity]]
    piece: list[dict[str, object]] = []

    def look() -> None:
        known = ground.origins[entity].holds(hashes(str(record["origin"]) for record in piece))
        strange = [piece[number] for number in places(~known)]
        columns = {name: [record[name] for record in strange] for name in fields}
        keys = [str(record["origin"]) for record in strange]
        for record, key in zip(strange, keys, strict=True):
            note = f"id {record['id']}: no file that was imported holds this key"
            ground.findings.add(Finding(part, Kind.UNEXPECTED, key, note=note))
        for name, column in columns.items():
            ground.digests.add_found(entity, name, hashes(keys), column)
        ground.census.find(entity, columns)
        piece.clear()

    for record in ground.crm.read(entity, ground.mapping.source):
        piece.append(record)
        if len(piece) == AT_ONCE:
            look()
    look()


def _names(ground: Ground) -> dict[str, str]:
    """Names of the persons and groups that own records."""
    owners = Counter(key for (_, kind), lines in ground.census.lines.items() if kind == "owner" for key in lines if key)
    found: dict[str, str] = {}
    for entity in ("group", "person"):
        found |= {key: str(record["name"]) for key, record in ground.records(entity, sorted(owners)).items()}
    return found


def _notes(files: Sequence[Opened], mapping: Mapping) -> list[str]:
    """What the reader of the report should know besides."""
    notes = []
    for file in files:
        staged = file.staged
        if file.encoding != staged.encoding:
            notes.append(f"{staged.name}: the import took it for {staged.encoding}, this check reads {file.encoding}.")
        if str(file.source.path) != staged.path.partition(source_files.INSIDE)[0]:
            notes.append(f"{staged.name}: imported from {staged.path}, read here from {file.source.path}.")
    if mapping.not_imported:
        notes.append(f"Not imported, and so not checked: {', '.join(mapping.not_imported)}.")
    return notes
