"""Judges the records that the newest export decides about: row, record in the CRM, and every field."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final

from caseline.crm import vocabulary
from staging.audit import comparison, sorted_here, store
from staging.audit.comparison import Comparison, Record
from staging.audit.digests import text_of
from staging.audit.expected import Expected, Said, faults
from staging.audit.faulty import Faulty
from staging.audit.findings import Finding, Kind
from staging.audit.ground import Ground
from staging.audit.keys import hashes
from staging.audit.samples import Drawer
from staging.audit.store import StagedRow
from staging.tables import FAILED, NEW, SUCCESS

SHOWN: Final = 300
"""Characters of a value that a finding keeps, from a little before the first difference."""
_BEFORE: Final = 40
_ELSEWHERE: Final = {"REFUSED", "EDITED_SINCE"}
"""Errors whose cause is not in the file."""


@dataclass(frozen=True)
class Case:
    """Records to be judged: what they say, their keys and places, all in the same order."""

    said: Said
    keys: list[str]
    places: list[str]
    header: frozenset[str] = frozenset()
    """Columns of the file."""
    vanished: frozenset[str] = frozenset()
    """Columns that earlier files had and this one lacks."""

    def only(self, numbers: Sequence[int]) -> "Case":
        """Some of them."""
        if len(numbers) == len(self.keys):
            return self
        keys, places = [self.keys[n] for n in numbers], [self.places[n] for n in numbers]
        return Case(self.said.only(numbers), keys, places, self.header, self.vanished)


@dataclass
class Judge:
    """Judges the records of one part; what it finds goes to the common ground."""

    ground: Ground
    reading: Expected
    part_id: int
    drawer: Drawer
    outcomes: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    """FAILED rows by error code."""
    earlier: int = 0
    """FAILED rows whose record is in the CRM in an earlier version."""
    rows: int = 0
    """Rows that were found for readable records."""

    @property
    def entity(self) -> str:
        """What the part's records are in the CRM."""
        return self.reading.part.entity

    def judge(self, case: Case, answer: Future[dict[str, Record]]) -> set[str]:
        """Judge records that stand for their keys; `answer` is what the CRM has of them. Answers the keys it has."""
        rows = store.rows(self.ground.connection, self.part_id, case.keys)
        records = answer.result()
        self.ground.account(self.entity, hashes(records))
        self.rows += sum(not row.unread for row in rows.values())
        groups: dict[str, list[int]] = {"present": [], "absent": [], "failed": []}
        for number, key in enumerate(case.keys):
            groups[self._group(case, number, rows.get(key), records.get(key))].append(number)
        self._present(case.only(groups["present"]), rows, records)
        self._absent(case.only(groups["absent"]))
        self._failed(case.only(groups["failed"]), rows)
        if self.ground.told and self.entity == vocabulary.HISTORY:
            good = [n for n, key in enumerate(case.keys) if key in rows and rows[key].status == SUCCESS]
            self.ground.told.take_changes(case.keys, case.said, good)
        return set(records)

    def _group(self, case: Case, number: int, row: StagedRow | None, record: Record | None) -> str:
        if row is not None and row.status == FAILED:
            self._note_failed(case, number, row, record)
            return "failed"
        if row is not None and row.status != NEW and record is not None:
            if record["id"] != row.crm_id:
                note = f"its row points at id {row.crm_id}, its key stands at id {record['id']}"
                self._say(case, number, Kind.OTHER_ID, note)
            return "present"
        if row is None:
            kind, note = Kind.NOT_STAGED, "the file holds it, the staging table does not"
        elif row.status == NEW:
            kind, note = Kind.NOT_IMPORTED, "its row is NEW: start the import again"
        else:
            kind, note = Kind.MISSING, f"its row says SUCCESS with id {row.crm_id}"
        self.outcomes[kind] += 1
        self._say(case, number, kind, note)
        if record is not None:
            self._say(case, number, Kind.UNEXPECTED, f"the CRM has it as id {record['id']}; its row is not SUCCESS")
        return "absent"

    def _note_failed(self, case: Case, number: int, row: StagedRow, record: Record | None) -> None:
        self.outcomes["failed"] += 1
        self.codes.update(set(row.codes))
        if row.crm_id is None and record is not None:
            note = f"the CRM has it as id {record['id']}; its row is FAILED ({', '.join(row.codes)}), never imported"
            self._say(case, number, Kind.UNEXPECTED, note)
        elif record is not None:
            self.earlier += 1

    def _present(self, case: Case, rows: dict[str, StagedRow], records: dict[str, Record]) -> None:
        if not case.keys:
            return
        answers = [records[key] for key in case.keys]
        said = self._allowed(case, answers)
        texts = comparison.Texts(said, case.header, case.vanished)
        result = comparison.compare(self.reading, texts, answers, self.ground.exists)
        different = result.places
        self.outcomes["different"] += len(different)
        self.outcomes["equal"] += len(case.keys) - len(different)
        if different:
            self._differences(case, result, rows)
        for number, key in enumerate(case.keys):
            if self.reading.malformed(key):
                self._say(case, number, Kind.TAKEN_WITH_FAULT, "its key is no id of the source", key)
        keys = hashes(case.keys)
        for name, expected in result.expected.items():
            self.ground.digests.add_both(self.entity, name, keys, (expected, result.found[name]))
        self.ground.census.expect(self.entity, result.expected)
        self.ground.census.find(self.entity, result.found)
        if self.ground.told and self.entity == vocabulary.REQUEST:
            self.ground.told.take_records(self.reading.name, case.keys, result.expected)
        self.drawer.offer(self.reading.name, case.keys, case.places, result)

    def _allowed(self, case: Case, answers: Sequence[Record]) -> Said:
        said = self.ground.merges.allow(case.said, self.entity, answers) if self.ground.merges else case.said
        if self.entity != vocabulary.REQUEST or not self.ground.crm.shares_transaction:
            return said
        brought = sorted_here.groups(self.ground.connection, self.reading.mapping.source, case.keys)
        self.ground.sorted_here += len(brought)
        return sorted_here.allow(said, case.keys, answers, brought)

    def _differences(self, case: Case, result: Comparison, rows: dict[str, StagedRow]) -> None:
        keys = [case.keys[number] for number in sorted(result.places)]
        now = {known.origin: known for known in self.ground.crm.look_up(self.entity, self.reading.mapping.source, keys)}
        for name, numbers in result.differing.items():
            for number in numbers:
                key = case.keys[number]
                version = now[key].version if key in now else None
                edited = version is not None and version != rows[key].crm_version
                expected, found = result.expected[name][number], result.found[name][number]
                said, seen = side_by_side(expected, found)
                self.ground.findings.add(
                    Finding(
                        self.reading.name,
                        Kind.TAKEN_WITH_FAULT if isinstance(expected, Faulty) else Kind.DIFFERENT,
                        key,
                        name,
                        said,
                        seen,
                        case.places[number],
                        "changed in the CRM since the import" if edited else "",
                        personal=result.personal[name],
                    )
                )

    def _absent(self, case: Case) -> None:
        if not case.keys:
            return
        values = comparison.foreseen(case.said)
        keys = hashes(case.keys)
        for name, column in values.items():
            self.ground.digests.add_expected(self.entity, name, keys, column)
        self.ground.census.expect(self.entity, values)

    def _failed(self, case: Case, rows: dict[str, StagedRow]) -> None:
        """Every FAILED row must have a cause that can be seen in the file, or in what the CRM lacks."""
        if not case.keys:
            return
        values = case.said.core
        self.ground.census.fail(self.entity, values)
        everything = [*values.values(), *case.said.extra.values()]
        explained = {number for column in everything for number in faults(column)}
        explained |= {number for number, key in enumerate(case.keys) if self.reading.malformed(key)}
        explained |= {number for number, key in enumerate(case.keys) if _ELSEWHERE & set(rows[key].codes)}
        explained |= self._lost(values)
        for number, key in enumerate(case.keys):
            row = rows[key]
            if row.unread:
                note = f"its row is about a record that cannot be read ({', '.join(row.codes)}); this one can be read"
                self._say(case, number, Kind.FAILED_WITHOUT_CAUSE, note)
            elif number not in explained:
                note = f"its row says {', '.join(row.codes)}; by the present mapping nothing is wrong: `caseline retry`"
                self._say(case, number, Kind.FAILED_WITHOUT_CAUSE, note)

    def _lost(self, values: dict[str, list[Any]]) -> set[int]:
        """Numbers of records that refer to something which the CRM does not have."""
        found: set[int] = set()
        for name, reader in self.reading.core.items():
            if reader.rule.to is None or reader.rule.missing == "empty":
                continue
            wanted = sorted({key for key in values[name] if isinstance(key, str)})
            known = self.ground.exists(self.reading.mapping.parts[reader.rule.to].entity, wanted)
            found |= {number for number, key in enumerate(values[name]) if isinstance(key, str) and key not in known}
        return found

    def _say(self, case: Case, number: int, kind: Kind, note: str, found: str | None = None) -> None:
        key, place = case.keys[number], case.places[number]
        self.ground.findings.add(Finding(self.reading.name, kind, key, found=found, place=place, note=note))


def side_by_side(expected: object, found: object) -> tuple[str | None, str | None]:
    """Both values as texts, long ones from shortly before the place where they part."""
    left, right = (None if value is None else text_of(value) for value in (expected, found))
    if left is None or right is None or max(len(left), len(right)) <= SHOWN:
        return left and left[:SHOWN], right and right[:SHOWN]
    apart = next((n for n, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    start = max(apart - _BEFORE, 0)
    sign = "…" if start else ""
    return sign + left[start : start + SHOWN], sign + right[start : start + SHOWN]
