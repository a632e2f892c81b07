"""Judges an import of the generated sample by the export itself, the generator's truth file and plain SQL.

Shares no code with what it judges: Python's csv module reads the export, and what the register and the staging tables
hold is compared with it record by record. An empty list of complaints means: nothing lost, nothing doubled, every bad
row FAILED for its own reason.
"""

import csv
import json
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, LiteralString

import psycopg

from tests.factories import lives

TABLES: Final[dict[str, tuple[str, LiteralString]]] = {
    "User.csv": ("person", "people.person"),
    "Group.csv": ("group", 'people."group"'),
    "Account.csv": ("company", "crm.company"),
    "Contact.csv": ("contact", "crm.contact"),
    "Case.csv": ("request", "crm.record"),
    "CaseHistory.csv": ("history", "crm.history"),
    "CaseComment.csv": ("message", "crm.message"),
    "EmailMessage.csv": ("message", "crm.message"),
}
"""File of the export -> what its records become, and where those lie."""

Place = tuple[str, int]
"""File and first line of a record."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What has to become of the records of an export, by place; a place in neither `bad` nor `filtered` is good."""

    records: dict[Place, dict[str, str]]
    bad: dict[Place, tuple[str, str | None]]
    filtered: frozenset[Place]

    @property
    def good(self) -> dict[Place, dict[str, str]]:
        """Records that have to succeed."""
        return {
            place: record
            for place, record in self.records.items()
            if place not in self.bad and place not in self.filtered
        }

    def with_bad(self, keys: Collection[str], code: str) -> "Expected":
        """The same, but good records with these keys have to fail with `code`, and the histories of such cases too."""
        more: dict[Place, tuple[str, str | None]] = {}
        for place, record in self.good.items():
            if record["Id"] in keys:
                more[place] = (code, None)
            elif place[0] == "CaseHistory.csv" and record["CaseId"] in keys:
                more[place] = ("UNKNOWN_REFERENCE", "CaseId")
        return Expected(self.records, self.bad | more, self.filtered)


def expected(export: Path, truth: Path) -> Expected:
    """Read an export in a folder and the truth file that was written beside it."""
    entries = [json.loads(line) for line in truth.read_text(encoding="utf-8").splitlines()]
    records: dict[Place, dict[str, str]] = {}
    for name, totals in entries[0]["totals"].items():
        found = dict(_records(export / name))
        assert len(found) == totals["read"], f"{name}: the checker reads {len(found)} records, not {totals['read']}"
        records |= {(name, line): record for line, record in found.items()}
    bad = {_place(entry): (entry["code"], entry["field"]) for entry in entries[1:] if entry["outcome"] == "FAILED"}
    filtered = frozenset(_place(entry) for entry in entries[1:] if entry["outcome"] == "FILTERED")
    assert records.keys() >= bad.keys() | filtered, "the truth file names lines at which no record begins"
    return Expected(records, bad, filtered)


def complaints(url: str, wanted: Expected, *, runs: int = 1) -> list[str]:
    """Everything that is not as it has to be after the import of one export into an empty register in `runs` runs."""
    with psycopg.connect(url) as connection:
        return examine(connection, wanted, runs=runs)


def examine(connection: psycopg.Connection[Any], wanted: Expected, *, runs: int = 1) -> list[str]:
    """The same in a transaction of the caller's."""
    look = _Look(connection, wanted)
    checks = (
        look.rows,
        look.filtered,
        look.registers,
        look.cases,
        look.history,
        look.stage_rows,
        look.events,
        look.ledger,
    )
    found = [complaint for check in checks for complaint in check()]
    return found + list(look.ends(runs)) + broken_references(connection)


def broken_references(connection: psycopg.Connection[Any]) -> list[str]:
    """Audit every foreign key by hand, enforced or not: rows that point at nothing."""
    keys = connection.execute(_FOREIGN_KEYS).fetchall()
    assert len(keys) > 10, "the audit sees no foreign keys"
    found = []
    for name, child, parent, columns, targets in keys:
        given = " AND ".join(f"c.{column} IS NOT NULL" for column in columns)
        same = " AND ".join(f"p.{target} = c.{column}" for column, target in zip(columns, targets, strict=True))
        query = f"SELECT count(*) FROM {child} c WHERE {given} AND NOT EXISTS (SELECT FROM {parent} p WHERE {same})"
        (count,) = connection.execute(query.encode()).fetchone() or (0,)
        found += [f"{name}: {count} rows of {child} point at nothing in {parent}"] if count else []
    return found


_FOREIGN_KEYS: Final = """
SELECT conname, conrelid::regclass::text, confrelid::regclass::text,
       (SELECT array_agg(quote_ident(attname) ORDER BY place) FROM unnest(conkey) WITH ORDINALITY AS k (number, place)
        JOIN pg_attribute ON attrelid = conrelid AND attnum = number),
       (SELECT array_agg(quote_ident(attname) ORDER BY place) FROM unnest(confkey) WITH ORDINALITY AS k (number, place)
        JOIN pg_attribute ON attrelid = confrelid AND attnum = number)
FROM pg_constraint WHERE contype = 'f'
"""


@dataclass(frozen=True, slots=True)
class _Row:
    key: str | None
    status: str
    errors: list[dict[str, str | None]]
    crm_id: int | None


class _Look:
    """A look at a database with what was expected of it at hand."""

    def __init__(self, connection: psycopg.Connection[Any], wanted: Expected) -> None:
        self._connection = connection
        self._wanted = wanted
        self._found: dict[Place, _Row] = {}
        self._seen: Counter[Place] = Counter()
        query = """SELECT f.name, r.line, r.key, r.status, r.errors, r.crm_id, f.path
                   FROM staging.row r JOIN staging.file f ON f.id = r.file_id"""
        for name, line, key, status, errors, crm_id, _path in connection.execute(query):
            self._seen[name, line] += 1
            self._found[name, line] = _Row(key, status, errors or [], crm_id)

    def rows(self) -> Iterator[str]:
        """Every record that is not filtered has one staging row, with the right status, and reason."""
        for place in self._wanted.records.keys() - self._wanted.filtered - self._found.keys():
            yield f"{_at(place)}: lost, no staging row"
        for place in self._found.keys() - (self._wanted.records.keys() - self._wanted.filtered):
            yield f"{_at(place)}: a staging row that should not be there"
        for place, count in self._seen.items():
            if count > 1:
                yield f"{_at(place)}: {count} staging rows"
        for place, row in self._found.items():
            yield from (f"{_at(place)}: {text}" for text in self._judge(place, row))

    def _judge(self, place: Place, row: _Row) -> Iterator[str]:
        if place in self._wanted.bad:
            code, field = self._wanted.bad[place]
            reasons = [(error["code"], error["field"]) for error in row.errors]
            if row.status != "FAILED" or not any(code == c and field in {None, f} for c, f in reasons):
                yield f"is {row.status} {reasons}, not FAILED {code} {field}"
        elif row.status != "SUCCESS" or row.errors or row.crm_id is None:
            yield f"is {row.status} {row.errors}, CRM id {row.crm_id}, not SUCCESS"
        elif (record := self._wanted.records.get(place)) and row.key != record["Id"]:
            yield f"has the key {row.key}, not {record['Id']}"

    def filtered(self) -> Iterator[str]:
        """Filtered records are counted by their places, once each."""
        query = "SELECT f.name, l.line FROM staging.filtered l JOIN staging.file f ON f.id = l.file_id"
        found = Counter((name, line) for name, line in self._connection.execute(query))
        if found != Counter(self._wanted.filtered):
            yield f"filtered: {sum(found.values())} places, expected {len(self._wanted.filtered)}"

    def registers(self) -> Iterator[str]:
        """Each table of the register holds the good records, once each, under the ids that the rows remember."""
        good: dict[LiteralString, dict[str, int | None]] = {}
        for (name, line), record in self._wanted.good.items():
            row = self._found.get((name, line))
            good.setdefault(TABLES[name][1], {})[record["Id"]] = row.crm_id if row else None
        for table in dict.fromkeys(table for _, table in TABLES.values()):
            there = self._connection.execute(f"SELECT origin, id FROM {table} WHERE source = 'salesforce'").fetchall()
            have, want = dict(there), good.get(table, {})
            if len(have) != len(there):
                yield f"{table}: doubled {[origin for origin, n in Counter(o for o, _ in there).items() if n > 1][:5]}"
            if lost := want.keys() - have.keys():
                yield f"{table}: lost {len(lost)}, for example {sorted(lost)[:5]}"
            if more := have.keys() - want.keys():
                yield f"{table}: {len(more)} too many, for example {sorted(more)[:5]}"
            if other := [origin for origin in want.keys() & have.keys() if want[origin] != have[origin]]:
                yield f"{table}: {len(other)} rows remember another CRM id, for example {sorted(other)[:5]}"

    def cases(self) -> Iterator[str]:
        """Requests carry the values of their cases and hang on the right contact, company and parent."""
        query = """SELECT r.origin, r.number, r.subject, contact.origin, company.origin, parent.origin
                   FROM crm.record r LEFT JOIN crm.contact contact ON contact.id = r.contact_id
                   LEFT JOIN crm.company company ON company.id = r.company_id
                   LEFT JOIN crm.record parent ON parent.id = r.parent_id WHERE r.source = 'salesforce'"""
        have = {row[0]: row[1:] for row in self._connection.execute(query)}
        for (name, _), case in self._wanted.good.items():
            if name == "Case.csv" and case["Id"] in have:
                links = tuple(_id(case[column]) for column in ("ContactId", "AccountId", "ParentId"))
                want = (case["CaseNumber"], case["Subject"].strip(), *links)
                if have[case["Id"]] != want:
                    yield f"request {case['Id']}: {have[case['Id']]}, not {want}"

    def history(self) -> Iterator[str]:
        """Lines of history carry what their file says and hang on their case."""
        query = """SELECT h.origin, record.origin, field, old, new, at, person.origin
                   FROM crm.history h JOIN crm.record record ON record.id = h.record_id
                   LEFT JOIN people.person person ON person.id = h.author_id"""
        have = {row[0]: row[1:] for row in self._connection.execute(query)}
        for (name, _), line in self._wanted.good.items():
            if name == "CaseHistory.csv" and line["Id"] in have:
                field = {"Status": "stage"}.get(line["Field"], line["Field"])
                values = (line["OldValue"] or None, line["NewValue"] or None, lives.moment(line["CreatedDate"]))
                if have[line["Id"]] != (want := (line["CaseId"], field, *values, line["CreatedById"])):
                    yield f"history {line['Id']}: {have[line['Id']]}, not {want}"

    def stage_rows(self) -> Iterator[str]:
        """Each request has exactly the stage rows that its case and its good lines of history tell of."""
        query = """SELECT record.origin, w.stage, entered_at, left_at, elapsed_s, imported
                   FROM crm.stage_row w JOIN crm.record record ON record.id = w.record_id ORDER BY entered_at, w.id"""
        have: dict[str, list[lives.Visit]] = {}
        for origin, stage, entered, left, seconds, imported in self._connection.execute(query):
            have.setdefault(origin, []).append((stage, entered, left, seconds))
            if not imported:
                yield f"stage rows of {origin}: one was not made by an import"
        want = lives.lives((name, record) for (name, _), record in self._wanted.good.items())
        if have.keys() != want.keys():
            yield f"stage rows: of {len(have)} requests, not of {len(want)}"
        for origin in have.keys() & want.keys():
            if have[origin] != want[origin]:
                yield f"stage rows of {origin}: {have[origin]}, not {want[origin]}"

    def events(self) -> Iterator[str]:
        """One quiet event for each record that was made, and no other."""
        query = """SELECT entity, type, imported, count(*), count(DISTINCT record_id) FROM crm.event GROUP BY 1, 2, 3"""
        have = {tuple(row[:3]): row[3:] for row in self._connection.execute(query)}
        made = Counter(TABLES[name][0] for name, _ in self._wanted.good)
        want = {(entity, "created", True): (count, count) for entity, count in made.items()}
        if have != want:
            yield f"events (all, of different records): {have}, not {want}"

    def ledger(self) -> Iterator[str]:
        """One entry of the run's ledger for each record that was made."""
        query = """SELECT l.row_id, l.crm_id, r.crm_id, r.status, l.created FROM staging.ledger l
                   LEFT JOIN staging.row r ON r.id = l.row_id"""
        entries = self._connection.execute(query).fetchall()
        good = len(self._wanted.good)
        if len(entries) != good or len({entry[0] for entry in entries}) != good:
            yield f"ledger: {len(entries)} entries for {len({entry[0] for entry in entries})} rows, not {good}"
        yield from (f"ledger: {e}" for e in entries if e[1] != e[2] or e[3] != "SUCCESS" or not e[4])

    def ends(self, expected_runs: int) -> Iterator[str]:
        """So many runs, finished, with nothing left open; the files were read once."""
        runs = self._connection.execute("SELECT state, count(*) FROM staging.run GROUP BY state").fetchall()
        if runs != [("finished", expected_runs)]:
            yield f"runs: {runs}"
        (left,) = self._connection.execute(
            """SELECT (SELECT count(*) FROM staging.batch WHERE done_at IS NULL)
                    + (SELECT count(*) FROM staging.file WHERE loaded_at IS NULL)
                    + (SELECT count(*) FROM staging.progress WHERE closed_at IS NULL)"""
        ).fetchone() or (None,)
        if left:
            yield f"{left} batches, files or parts are still open"
        counted = dict(self._connection.execute("SELECT name, read FROM staging.file").fetchall())
        if counted != (read := Counter(name for name, _ in self._wanted.records)):
            yield f"records read by file: {counted}, not {dict(read)}"


def _records(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Records with the line on which each begins; bytes that are no UTF-8 come through as lone surrogates."""
    with path.open("rb") as file:
        reader = csv.reader(line.decode("utf-8", "surrogateescape") for line in file)
        header, line = next(reader), reader.line_num + 1
        for fields in reader:
            yield line, dict(zip(header, fields, strict=False))
            line = reader.line_num + 1


def _place(entry: dict[str, Any]) -> Place:
    return entry["file"], entry["line"]


def _at(place: Place) -> str:
    return f"{place[0]}:{place[1]}"


def _id(value: str) -> str | None:
    return None if value in {"", "000000000000000AAA"} else value
