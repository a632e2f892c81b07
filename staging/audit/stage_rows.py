"""Checks the stage rows of imported records against what the files tell, and their business time by the calendar."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from staging.audit import store
from staging.audit.business import Ledger
from staging.audit.expected import Said
from staging.audit.findings import Finding, Findings, Kind
from staging.audit.keys import Hashes, hashes
from staging.audit.store import StagedLife
from staging.audit.visits import UNKNOWN, Life, Stages, Step, Visit, expected, gap, grown
from staging.mapping import Mapping

FIELD: Final = "stage rows"
_STAGE: Final = "stage"
_RECORDS: Final = [("key", "u8"), ("created", "i8"), ("ended", "i8"), ("sure", "?"), ("stage", "u4"), ("part", "u4")]


@dataclass
class Words:
    """Words as numbers, for there are few of them."""

    numbers: dict[str, int] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)

    def number(self, word: str) -> int:
        """The number of a word."""
        if word not in self.numbers:
            self.numbers[word] = len(self.words)
            self.words.append(word)
        return self.numbers[word]


@dataclass
class Told:
    """What the files tell, in some forty bytes for a record or a change."""

    stages: Stages
    words: Words = field(default_factory=Words)
    _records: list[NDArray[Any]] = field(default_factory=list)
    _steps: list[NDArray[Any]] = field(default_factory=list)

    @classmethod
    def by(cls, mapping: Mapping) -> "Told":
        """Nothing yet, about a source of this mapping."""
        names = {stage.label: stage.code for stage in reversed(mapping.stages)}
        codes = names | {stage.code: stage.code for stage in mapping.stages}
        closed, pausing = (
            frozenset(stage.code for stage in mapping.stages if getattr(stage, name)) for name in ("closed", "pauses")
        )
        return cls(Stages(codes, closed, pausing))

    def take_records(self, part: str, keys: Sequence[str], columns: dict[str, list[Any]]) -> None:
        """Records that the CRM has, as their files say they are."""
        nothing = [None] * len(keys)
        names = ("stage", "created_at", "closed_at", "modified_at")
        told = zip(keys, *(columns.get(name, nothing) for name in names), strict=True)
        good = [
            (key, created, closed or changed or created, closed is not None, stage)
            for key, stage, created, closed, changed in told
            if isinstance(stage, str) and all(at is None or isinstance(at, datetime) for at in (closed, changed))
            if isinstance(created, datetime)
        ]
        piece = np.empty(len(good), _RECORDS)
        piece["key"] = hashes(key for key, *_ in good)
        piece["created"] = moments(created for _, created, *_ in good)
        piece["ended"] = moments(ended for _, _, ended, _, _ in good)
        piece["sure"] = [sure for *_, sure, _ in good]
        piece["stage"] = [self.words.number(stage) for *_, stage in good]
        piece["part"] = self.words.number(part)
        self._records.append(piece)

    def take_changes(self, keys: Sequence[str], said: Said, good: Iterable[int]) -> None:
        """Changes that were imported, at these places; those of other fields are left."""
        core, number = said.core, self.words.number
        record, name, at, old, new = (
            core.get(one, [None] * said.size) for one in ("record", "field", "at", "old", "new")
        )
        places = [
            n
            for n in good
            if name[n] == _STAGE and isinstance(new[n], str) and isinstance(at[n], datetime) and record[n]
        ]
        origins = np.array([keys[n].encode() for n in places] or [b""], "S")
        shape = [("key", "u8"), ("at", "i8"), ("old", "u4"), ("new", "u4"), ("length", "u4"), ("origin", origins.dtype)]
        piece = np.empty(len(places), shape)
        piece["key"] = hashes(record[n] for n in places)
        piece["at"] = moments(at[n] for n in places)
        piece["old"] = [number(old[n] or UNKNOWN) for n in places]
        piece["new"] = [number(new[n]) for n in places]
        piece["length"] = [len(keys[n]) for n in places]
        piece["origin"] = origins[: len(places)]
        self._steps.append(piece)

    def records(self) -> NDArray[Any]:
        """Everything about records, by key."""
        found = np.concatenate(self._records or [np.empty(0, _RECORDS)])
        return found[np.argsort(found["key"], kind="stable")]

    def steps(self) -> NDArray[Any]:
        """All changes by record and moment; those of one moment in the order of their own keys."""
        if not self._steps:
            return np.empty(0, [("key", "u8"), ("at", "i8"), ("old", "u4"), ("new", "u4")])
        found = np.concatenate(self._steps)
        return found[np.lexsort([found[name] for name in ("origin", "length", "at", "key")])]


@dataclass
class StageCheck:
    """Goes through the stage rows of all records of a source, once its files are read."""

    told: Told
    findings: Findings
    ledger: Ledger
    changed: set[str]
    """Keys of records that an import has changed after it made them: their rows may have grown since."""
    records: int = 0
    """Records whose rows were compared with what the files tell."""
    moved: int = 0
    """Records that somebody has moved here: only that their rows leave no gap and are counted right was looked at."""

    def go_through(self, lives: Iterable[Sequence[StagedLife]]) -> None:
        """Check records piece by piece."""
        records, steps = self.told.records(), self.told.steps()
        for piece in lives:
            marks = hashes(life.origin for life in piece)
            places = _places(records["key"], marks)
            first, last = (np.searchsorted(steps["key"], marks, side) for side in ("left", "right"))
            for number, one in enumerate(piece):
                if places[number] >= 0:
                    self._check(one, records[places[number]], steps[first[number] : last[number]])

    def _check(self, one: StagedLife, record: Any, steps: NDArray[Any]) -> None:  # noqa: ANN401 - a row of an array
        words, stages = self.told.words.words, self.told.stages
        life = Life(int(record["created"]), int(record["ended"]), bool(record["sure"]), words[record["stage"]])
        ways = [Step(int(step["at"]), words[step["old"]], words[step["new"]]) for step in steps]
        wanted = expected(life, ways, stages)
        if one.foreign and one.touched:
            self.moved += 1
            wrong = gap(one.rows)
        elif one.foreign:
            wrong = "a row was not made by an import, and no event tells that somebody moved the record"
        else:
            self.records += 1
            wrong = None if one.rows == wanted else "they are not what the files tell"
            if wrong and one.origin in self.changed:
                wrong = grown(one.rows, wanted, life, stages)
        counted = None if wrong else self.ledger.wrong(one.rows, one.counts)
        if wrong or counted:
            said, found = (counted.expected, counted.found) if counted else _apart(wanted, one.rows)
            note = counted.note if counted else wrong
            part = words[record["part"]]
            self.findings.add(Finding(part, Kind.STAGE_ROWS, one.origin, FIELD, said, found, note=note or ""))


def _places(known: Hashes, wanted: Hashes) -> NDArray[np.int64]:
    """Where each of the wanted keys stands among the known ones, which are sorted; -1 for those that do not."""
    places = np.searchsorted(known, wanted)
    places[places == len(known)] = 0
    return np.where(known[places] == wanted, places, -1) if len(known) else np.full(len(wanted), -1)


def _apart(wanted: Sequence[Visit], found: Sequence[Visit]) -> tuple[str, str]:
    """Both sides as texts, from the first row that differs."""
    same = next(
        (n for n, (a, b) in enumerate(zip(wanted, found, strict=False)) if a != b), min(len(wanted), len(found))
    )
    return _text(wanted, same), _text(found, same)


def _text(rows: Sequence[Visit], since: int) -> str:
    shown = [f"{len(rows)} rows"]
    shown += [
        f"{n + 1}: {row.stage or '(no history)'} {_span(row)}" for n, row in enumerate(rows[: since + 2]) if n >= since
    ]
    return "; ".join(shown)


def _span(row: Visit) -> str:
    left = "now" if row.left is None else _moment(row.left)
    return f"{_moment(row.entered)} to {left}" + ("" if row.seconds is None else f", {row.seconds} s")


def _moment(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1e6, UTC):%Y-%m-%d %H:%M:%S}"


def moments(values: Iterable[datetime]) -> NDArray[np.int64]:
    """Microseconds since 1970."""
    return np.rint(np.array([value.timestamp() for value in values]) * 1e6).astype(np.int64)


def check(connection: sa.Connection, source: str, told: Told, findings: Findings) -> StageCheck:
    """Compare all stage rows of a source with what was told."""
    made = StageCheck(told, findings, Ledger.of(connection, told.stages, source), store.changed(connection, source))
    made.go_through(store.lives(connection, source))
    return made
