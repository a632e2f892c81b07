"""The import: every record of the files is in the register once, as it stands there; bad ones are FAILED."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from soak.checker.finding import Finding, Kind
from soak.checker.inputs import Inputs
from soak.checker.look import Tables

_TABLES: Final = {
    "User.csv": "people.person",
    "Group.csv": 'people."group"',
    "Account.csv": "crm.company",
    "Contact.csv": "crm.contact",
    "Case.csv": "crm.record",
    "CaseHistory.csv": "crm.history",
}
"""Where the records of a file lie."""
_NOBODY: Final = {"", "000000000000000AAA"}
_CASE: Final = ("CaseNumber", "Subject", "ContactId", "AccountId", "ParentId")


@dataclass(slots=True)
class _File:
    """What a file says, and what has to become of it."""

    good: dict[int, str] = field(default_factory=dict)
    """Ids by line."""
    bad: dict[int, tuple[str, str | None]] = field(default_factory=dict)
    filtered: set[int] = field(default_factory=set)
    cases: dict[str, tuple[str | None, ...]] = field(default_factory=dict)


def check(inputs: Inputs, tables: Tables) -> Iterator[Finding]:
    """All files."""
    totals, entries = inputs.truths()
    for name in totals:
        if name not in _TABLES:
            continue
        file = _read(inputs, name, [one for one in entries if one["file"] == name])
        yield from _staged(name, file, tables)
        yield from _registered(name, file, tables)
        if name == "Case.csv":
            yield from _as_they_stand(file, tables)
    if totals:
        yield from _ended(tables)


def _read(inputs: Inputs, name: str, entries: list[dict[str, Any]]) -> _File:
    file = _File()
    for one in entries:
        if one["outcome"] == "FAILED":
            file.bad[one["line"]] = (one["code"], one["field"])
        else:
            file.filtered.add(one["line"])
    for line, record in inputs.records(name):
        if line in file.bad or line in file.filtered:
            continue
        file.good[line] = record["Id"]
        if name == "Case.csv":
            values = [record[column].strip() for column in _CASE]
            file.cases[record["Id"]] = (*values[:2], *(None if one in _NOBODY else one for one in values[2:]))
    return file


def _staged(name: str, file: _File, tables: Tables) -> Iterator[Finding]:
    """One staging row for each record, settled as it has to be."""
    query = f"""SELECT r.line, r.key, r.status, r.errors FROM staging.row r
                JOIN staging.file f ON f.id = r.file_id WHERE f.name = '{name}'"""  # noqa: S608 - a name of ours
    seen: Counter[int] = Counter()
    for line, key, status, errors in tables.stream(query):
        seen[line] += 1
        if (wrong := _settled(file, line, key, status, errors or [])) is not None:
            yield Finding(wrong[0], f"{name}:{line}", wrong[1])
    for line in (file.good.keys() | file.bad.keys()) - seen.keys():
        yield Finding(Kind.LOST, f"{name}:{line}", "it has no staging row")
    for line, count in seen.items():
        if count > 1:
            yield Finding(Kind.DOUBLED, f"{name}:{line}", f"it has {count} staging rows")


def _settled(file: _File, line: int, key: str, status: str, errors: list[dict[str, Any]]) -> tuple[Kind, str] | None:
    """What is wrong with the staging row of a record."""
    told = [(one["code"], one["field"]) for one in errors]
    if status == "NEW":
        return Kind.OPEN, "its staging row is still NEW"
    if line in file.bad:
        code, of = file.bad[line]
        fits = status == "FAILED" and any(code == one[0] and of in {None, one[1]} for one in told)
        return None if fits else (Kind.SWAPPED, f"is {status} {told}, not FAILED {code} {of}")
    if line not in file.good:
        return Kind.DOUBLED, "a staging row of a record that the file does not have"
    if status != "SUCCESS":
        return Kind.LOST, f"is {status} {told}, not SUCCESS"
    return (
        None if key == file.good[line] else (Kind.SWAPPED, f"its staging row has the key {key}, not {file.good[line]}")
    )


def _registered(name: str, file: _File, tables: Tables) -> Iterator[Finding]:
    """The register has each good record once, and no other of that source."""
    query = f"SELECT origin FROM {_TABLES[name]} WHERE source IS NOT NULL"  # noqa: S608 - a name of ours
    have = Counter(origin for (origin,) in tables.stream(query))
    want = set(file.good.values())
    for key in want - have.keys():
        yield Finding(Kind.LOST, f"{name} {key}", f"it is not in {_TABLES[name]}")
    for key, count in have.items():
        if count > 1:
            yield Finding(Kind.DOUBLED, f"{name} {key}", f"it is {count} times in {_TABLES[name]}")
        elif key not in want:
            yield Finding(
                Kind.DOUBLED, f"{name} {key}", f"{_TABLES[name]} has it, and the file does not, or as a bad one"
            )


def _as_they_stand(file: _File, tables: Tables) -> Iterator[Finding]:
    """Requests say what their cases say, and hang where these hang."""
    query = """SELECT r.origin, r.number, r.subject, contact.origin, company.origin, parent.origin FROM crm.record r
               LEFT JOIN crm.contact contact ON contact.id = r.contact_id
               LEFT JOIN crm.company company ON company.id = r.company_id
               LEFT JOIN crm.record parent ON parent.id = r.parent_id WHERE r.source IS NOT NULL"""
    numbers: Counter[str] = Counter()
    for origin, *values in tables.stream(query):
        numbers[values[0]] += 1
        want = file.cases.get(origin)
        if want is not None and tuple(values) != want:
            yield Finding(Kind.SWAPPED, f"request {origin}", f"holds {tuple(values)}, not {want}")
    for number, count in numbers.items():
        if count > 1:
            yield Finding(Kind.DOUBLED, f"request number {number}", f"{count} imported requests have it")


def _ended(tables: Tables) -> Iterator[Finding]:
    """The run came to its end, with nothing left in hand."""
    for number, state in tables.rows("SELECT id, state FROM staging.run"):
        if state != "finished":
            yield Finding(Kind.OPEN, f"run {number}", f"is {state}")
    for query, what in (
        ("SELECT id FROM staging.batch WHERE done_at IS NULL", "batch"),
        ("SELECT id FROM staging.file WHERE loaded_at IS NULL", "file"),
    ):
        for (number,) in tables.rows(query):
            yield Finding(Kind.OPEN, f"{what} {number}", "is not done")
