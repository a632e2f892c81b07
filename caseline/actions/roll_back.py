"""Takes an import back: deletes what one run created, unless people have edited it since; may be started again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions.wiring import House
from staging import history, presence, undo
from staging.faults import ImportFault, RunBusy
from staging.undo import Creation, PartOf

SAMPLES: Final = 20
EDITED: Final = "edited since the import"
POINTED_AT: Final = "other records point at it"


class NoSuchRun(ImportFault):
    """There is no run of this number."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A record that stays in the CRM."""

    part: str
    origin: str
    crm_id: int
    reason: str


@dataclass(slots=True)
class RolledBack:
    """What a rollback did, or would do."""

    run_id: int
    source: str
    deleted: dict[str, int] = field(default_factory=dict)
    """Records by part, last imported first; those that had vanished already count too."""
    kept: dict[str, int] = field(default_factory=dict)
    """Records that stay, by reason."""
    samples: list[Kept] = field(default_factory=list)


Watch = Callable[[RolledBack], None]


@dataclass(frozen=True)
class _Work:
    house: House
    reading: sa.Connection
    done: RolledBack
    watch: Watch


def foresee(house: House, run_id: int, *, watch: Watch = lambda _: None) -> RolledBack:
    """Count what `roll_back` would delete and keep.

    What other records point at, and what a crash has left without a word, shows only when it is done.
    """
    done = _begin(house, run_id)
    with house.engine.connect() as connection:
        for part in undo.parts(connection, run_id):
            for creations in undo.created(connection, run_id, part.id):
                numbers = _edited(house, part, creations)
                edited = [one for one in creations if one.crm_id in numbers]
                _keep(done, part, edited, numbers)
                done.deleted[part.name] = done.deleted.get(part.name, 0) + len(creations) - len(edited)
                watch(done)
    return done


def roll_back(house: House, run_id: int, *, now: datetime, watch: Watch = lambda _: None) -> RolledBack:
    """Delete what the run created, last first; its rows are NEW again and the run counts as rolled back.

    A record that was edited since, or that others point at, stays and is reported; what later imports wrote into it
    is no edit. What was sent before a crash and never confirmed goes too, as long as no later run of the source began.
    Every batch is committed: after a crash the same call goes on. Raises `NoSuchRun`, or `RunBusy` while
    somebody works on the run or on another one of its source.
    """
    done = _begin(house, run_id)
    with house.engine.connect() as guard, house.engine.connect() as reading:
        if not presence.alone(guard, sorted({run_id, *undo.open_runs(guard, done.source)})):
            raise RunBusy(f"an import from {done.source} is at work: stop it (Ctrl-C), then roll back again")
        guard.commit()
        with house.engine.begin() as connection:
            undo.mark(connection, run_id, now=now)
        work = _Work(house, reading, done, watch)
        for part in undo.parts(reading, run_id):
            _roll_back_part(work, part)
    return done


def _begin(house: House, run_id: int) -> RolledBack:
    with house.engine.connect() as connection:
        found = history.runs(connection, run_id=run_id)
    if not found:
        raise NoSuchRun(f"there is no run {run_id}: `caseline status` lists them")
    return RolledBack(run_id, found[0].source)


def _roll_back_part(work: _Work, part: PartOf) -> None:
    """Delete until nothing goes any more: of records that point at one another, one falls after the other."""
    if undo.is_latest(work.reading, work.done.run_id):
        _take_up(work, part)
    left: list[Creation] = []
    for creations in undo.created(work.reading, work.done.run_id, part.id):
        left += _delete(work, part, creations)
    before = -1
    while left and len(left) != before:
        before = len(left)
        left = [
            one
            for start in range(0, before, undo.BATCH)
            for one in _delete(work, part, left[start : start + undo.BATCH])
        ]
    for start in range(0, len(left), undo.BATCH):
        piece = left[start : start + undo.BATCH]
        _keep(work.done, part, piece, _edited(work.house, part, piece))


def _take_up(work: _Work, part: PartOf) -> None:
    """What a crash has left: records that the CRM shows are noted as made by the run, others are deleted at once."""
    house, done = work.house, work.done
    for rows in undo.attempted(work.reading, done.run_id, part.id):
        left = house.crm.withdraw(part.entity, done.source, list(rows))
        there = {rows[one["origin"]]: one["id"] for one in house.crm.read(part.entity, done.source, list(rows))}
        with house.engine.begin() as connection:
            undo.own(connection, done.run_id, part, there)
        done.deleted[part.name] = done.deleted.get(part.name, 0) + left.gone
        stay = [Creation(rows[one.origin], one.crm_id, one.version, one.origin) for one in left.stay]
        _keep(done, part, stay, {one.crm_id for one in stay})
        work.watch(done)


def _delete(work: _Work, part: PartOf, creations: list[Creation]) -> list[Creation]:
    """Delete one batch and make its rows NEW; answers what is still there."""
    house, done = work.house, work.done
    gone = set(house.crm.delete(part.entity, [(one.crm_id, one.version) for one in creations]))
    rest = [one for one in creations if one.crm_id not in gone]
    if rest:
        # Not deleted and not there: an interrupted rollback deleted it and could not note it any more.
        known = house.crm.look_up(part.entity, done.source, [one.origin for one in rest])
        there = {one.crm_id for one in known}
        rest = [one for one in rest if one.crm_id in there]
    staying = {one.row_id for one in rest}
    freed = [one.row_id for one in creations if one.row_id not in staying]
    with house.engine.begin() as connection:
        undo.forget(connection, freed)
    done.deleted[part.name] = done.deleted.get(part.name, 0) + len(freed)
    work.watch(done)
    return rest


def _edited(house: House, part: PartOf, creations: list[Creation]) -> set[int]:
    """CRM ids of those that people have edited."""
    return set(house.crm.edited(part.entity, [(one.crm_id, one.version) for one in creations]))


def _keep(done: RolledBack, part: PartOf, creations: list[Creation], edited: set[int]) -> None:
    for one in creations:
        reason = EDITED if one.crm_id in edited else POINTED_AT
        done.kept[reason] = done.kept.get(reason, 0) + 1
        if len(done.samples) < SAMPLES:
            done.samples.append(Kept(part.name, one.origin, one.crm_id, reason))
