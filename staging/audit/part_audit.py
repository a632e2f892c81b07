"""Goes through all files of a part, newest export first, and finds out which record decides about each key."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from staging.audit import store
from staging.audit.findings import Finding, Kind
from staging.audit.judging import Case, Judge
from staging.audit.keys import KeySet, hashes, places
from staging.audit.odd_rows import OddRows
from staging.audit.opening import Opened
from staging.audit.records import Chunk, Damaged
from staging.audit.store import OddRow

Watch = Callable[[int], None]
"""Told how many bytes of a file are read."""
_UNACCOUNTED: Final = "it has no row in the staging table, and no newer export holds it"


@dataclass
class PartAudit:
    """The check of one part."""

    judge: Judge
    headers: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """Columns of all files of the part, by run."""
    read: int = 0
    """Records in the files; of inline parts, keys."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Records that are filtered out, by reason."""
    _newer: KeySet = field(default_factory=KeySet)
    """Keys that newer exports decide about."""
    _here: KeySet = field(default_factory=KeySet)
    """Keys that the export at hand decides about."""
    _run: int | None = None
    _left: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Keys that are filtered out and yet in the CRM: the run, and the place."""
    _lost: list[str] = field(default_factory=list)
    """Places of records without any row."""
    _mended: int = 0
    """Lines of rejects that name a row: so many records may have lost theirs to them."""

    @property
    def inline(self) -> bool:
        """The records stand in the lines of another part."""
        return self.judge.reading.part.inline

    def order(self, files: Sequence[Opened]) -> list[Opened]:
        """The files as they count: newest run first, inside a run the first file; for inline parts rejects last."""
        return sorted(files, key=lambda f: (self.inline and f.staged.rejects, -f.staged.run_id, f.staged.id))

    def go_through(self, file: Opened, watch: Watch) -> None:
        """Check the records of a file; files come in the order of `order`."""
        if file.staged.run_id != self._run:
            self._newer.update(self._here)
            self._here, self._run = KeySet(), file.staged.run_id
        odd = OddRows(store.odd_rows(self.judge.ground.connection, self.judge.part_id, file.staged.id))
        with file.reading() as (chunks, position):
            for chunk in chunks:
                odd.reach(chunk.last_line)
                self._chunk(file, chunk, odd)
                watch(position())
        for row in odd.rest():
            self._say(Kind.NO_RECORD, None, f"{file.staged.name}:{row.line}", f"a {row.status} row {list(row.codes)}")

    def finish(self) -> None:
        """What can only be said when all files are read."""
        if len(self._lost) > self._mended:
            for place in self._lost:
                self.judge.outcomes[Kind.NOT_STAGED] += 1
                self._say(Kind.NOT_STAGED, None, place, _UNACCOUNTED)
        else:
            self.judge.outcomes["mended"] += len(self._lost)
        self._newer.update(self._here)
        entity, ground = self.judge.entity, self.judge.ground
        ground.account(entity, hashes(self._left))
        for key, (_, place) in self._left.items():
            self._say(Kind.UNEXPECTED, key, place, "the files hold it only as one that is filtered out")
        if store.count(ground.connection, self.judge.part_id).keyed > self.judge.rows:
            for key, status in self._unknown_keys():
                self._say(Kind.NO_RECORD, key, None, f"its row is {status}; no file that was imported holds this key")

    def _unknown_keys(self) -> Iterator[tuple[str, str]]:
        for piece in store.keys(self.judge.ground.connection, self.judge.part_id):
            known = self._newer.holds(hashes(key for key, _ in piece))
            yield from (piece[number] for number in places(~known))

    def _chunk(self, file: Opened, chunk: Chunk, odd: OddRows) -> None:
        table, reading = chunk.table, self.judge.reading
        reasons, keys = reading.filtered(table), reading.keys(table)
        where = [f"{file.staged.name}:{line}" for line in chunk.lines]
        if not self.inline:
            self.read += table.size + len(chunk.damaged)
            for damaged in chunk.damaged:
                self._damaged(file, damaged, odd)
        keyless = [n for n, key in enumerate(keys) if key is None and reasons[n] is None]
        wanted = [n for n, key in enumerate(keys) if key is not None and reasons[n] is None]
        if file.staged.rejects:
            wanted = self._own_lines(chunk, wanted, keyless, keys, odd)
        elif not self.inline:
            for n in keyless:
                self._one_row(where[n], odd.at(chunk.lines[n]))
        winners = self._winners(chunk, wanted, keys, where, odd)
        names = [key for n in winners if (key := keys[n]) is not None]
        header = frozenset(file.staged.header)
        # While the CRM looks its records up, the texts of the file are read.
        answer = self.judge.ground.ask(self.judge.entity, names)
        case = Case(reading.read(table.only(winners)), names, [where[n] for n in winners], header, self._vanished(file))
        for key in self.judge.judge(case, answer):
            if key in self._left and self._left.pop(key)[0] != self._run:
                note = "the newest export filters it out; an earlier one did not, and the CRM still has it"
                self._say(Kind.LEFT_OVER, key, None, note)
        self._filtered(keys, reasons, where)

    def _vanished(self, file: Opened) -> frozenset[str]:
        earlier = (columns for run, columns in self.headers.items() if run < file.staged.run_id)
        return frozenset().union(*earlier).difference(file.staged.header)

    def _winners(
        self, chunk: Chunk, wanted: list[int], keys: list[str | None], where: list[str], odd: OddRows
    ) -> list[int]:
        """Those of the wanted records that decide about their key; the others are older, or repeat it."""
        marks = hashes(keys[n] or "" for n in wanted)
        newer, here = self._newer.holds(marks), self._here.holds(marks)
        winners: list[int] = []
        now: set[str] = set()
        for n, old, known in zip(wanted, newer, here, strict=True):
            key = keys[n] or ""
            if self.inline and (old or known or key in now):
                continue
            if old:
                odd.at(chunk.lines[n])
                self.judge.outcomes["superseded"] += 1
            elif known or key in now:
                self._one_row(where[n], odd.at(chunk.lines[n]))
            else:
                now.add(key)
                winners.append(n)
        self._here.add(hashes(now))
        self.read += len(winners) if self.inline else 0
        return winners

    def _own_lines(
        self, chunk: Chunk, wanted: list[int], keyless: list[int], keys: list[str | None], odd: OddRows
    ) -> list[int]:
        """Lines of rejects that stand for the row they name, or for none; a key of another row makes them repeats."""
        named, part = chunk.table.column(store.ROW), chunk.table.column(store.PART)
        names = {self.judge.reading.name} if self.inline else {self.judge.reading.name, None}
        mine = {n for n in (*wanted, *keyless) if named[n] is not None and part[n] in names}
        self._mended += len(mine)
        rows = store.rows(self.judge.ground.connection, self.judge.part_id, [keys[n] or "" for n in wanted])
        left = []
        for n in wanted:
            row = rows.get(keys[n] or "")
            if n in mine and row is not None and str(row.id) != named[n]:
                self._again(odd.at(chunk.lines[n]))
            else:
                left.append(n)
        for n in mine.intersection(keyless):
            self._again(odd.at(chunk.lines[n]))
        return left

    def _again(self, row: OddRow | None) -> None:
        """A line of rejects that was not mended: its row is FAILED still, here or at its first place."""
        self.judge.outcomes["failed"] += 1
        self.judge.codes.update(set(row.codes) if row else {"(as before)"})

    def _damaged(self, file: Opened, damaged: Damaged, odd: OddRows) -> None:
        place = f"{file.staged.name}:{damaged.line}"
        row = odd.within(damaged.line, damaged.lines)
        key = self._guess(damaged)
        if row is None and key is not None and self._newer.holds(hashes([key])).all():
            self.judge.outcomes["superseded"] += 1
            return
        self._one_row(place, row)
        if row is not None and row.has_key and key is not None:
            self._decided(key)

    def _decided(self, key: str) -> None:
        """A record that cannot be read decides about its key all the same: the CRM may have it as it was before."""
        self._here.add(hashes([key]))
        known = self.judge.ground.records(self.judge.entity, [key])
        self.judge.ground.account(self.judge.entity, hashes(known))
        self.judge.earlier += len(known)

    def _guess(self, damaged: Damaged) -> str | None:
        reading = self.judge.reading
        texts = [damaged.fields.get(name) for name in reading.part.key.column]
        return reading.key_of(" ".join(text for text in texts if text)) if all(texts) else None

    def _one_row(self, place: str, row: OddRow | None) -> None:
        """A record that cannot have a key of its own must have a FAILED row at its place."""
        if row is None:
            self._lost.append(place)
            return
        self.judge.outcomes["failed"] += 1
        self.judge.codes.update(set(row.codes))

    def _filtered(self, keys: list[str | None], reasons: list[str | None], where: list[str]) -> None:
        if self.inline:
            return
        self.reasons.update(reason for reason in reasons if reason is not None)
        self.judge.outcomes["filtered"] += sum(reason is not None for reason in reasons)
        numbered = {key: n for n, key in enumerate(keys) if key is not None and reasons[n] is not None}
        if not numbered:
            return
        ground, part_id = self.judge.ground, self.judge.part_id
        known = self._newer.holds(hashes(numbered)) | self._here.holds(hashes(numbered))
        open_ = [key for key, decided in zip(numbered, known, strict=True) if not decided]
        uncounted = set(open_) - store.filtered(ground.connection, part_id, open_)
        for key in uncounted - set(store.rows(ground.connection, part_id, sorted(uncounted))):
            self._say(Kind.NOT_STAGED, key, where[numbered[key]], "it is filtered out, but not counted as that")
        for key in ground.exists(self.judge.entity, open_):
            self._left.setdefault(key, (self._run or 0, where[numbered[key]]))

    def _say(self, kind: Kind, key: str | None, place: str | None, note: str) -> None:
        self.judge.ground.findings.add(Finding(self.judge.reading.name, kind, key, place=place, note=note))
