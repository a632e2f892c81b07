"""Judges an export by itself: reads the files and finds every row that an import must refuse, and why.

Written from the rules of the import, not from the generator; it shares no code with either.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

Error = tuple[str, str | None]
"""Code and column."""
FILES: Final = (
    "User.csv",
    "Group.csv",
    "Account.csv",
    "Contact.csv",
    "Case.csv",
    "CaseHistory.csv",
    "CaseComment.csv",
    "EmailMessage.csv",
)
_TRACE: Final = ("CreatedDate", "LastModifiedDate", "SystemModstamp")
_PEOPLE: Final = {"CreatedById": "User.csv", "LastModifiedById": "User.csv"}
_OWNER: Final = {"OwnerId": "User.csv Group.csv"}
_STATUSES: Final = ("New", "Working", "Escalated", "Waiting on Customer", "Closed", "Closed - No Response")
_ID: Final = re.compile(r"[0-9A-Za-z]{15}[A-Z0-5]{3}")
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_SUSPECT: Final = re.compile("[\0\ud800-\udfff]")
_BLANK: Final = " \t\r\n\u00a0\u200b"


@dataclass(frozen=True, slots=True)
class Rules:
    required: tuple[str, ...] = ()
    times: tuple[str, ...] = _TRACE
    days: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    booleans: tuple[str, ...] = ()
    longest: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)


RULES: Final = {
    "User.csv": Rules(
        required=("Username", "LastName"), booleans=("IsActive",), references={**_PEOPLE, "ManagerId": "User.csv"}
    ),
    "Group.csv": Rules(required=("Name", "Type"), references={**_PEOPLE, **_OWNER}),
    "Account.csv": Rules(
        required=("Name",),
        days=("Client_Since__c",),
        numbers=("AnnualRevenue", "NumberOfEmployees"),
        booleans=("IsDeleted", "Key_Client__c"),
        longest={"Name": 255},
        references={**_PEOPLE, **_OWNER, "ParentId": "Account.csv"},
    ),
    "Contact.csv": Rules(
        required=("LastName",),
        days=("Birthdate",),
        booleans=("IsDeleted", "HasOptedOutOfEmail"),
        longest={"LastName": 80, "Email": 80},
        references={**_PEOPLE, **_OWNER, "AccountId": "Account.csv"},
    ),
    "Case.csv": Rules(
        required=("Subject", "Status", "CaseNumber"),
        times=(*_TRACE, "ClosedDate", "LastViewedDate"),
        days=("Warranty_Until__c",),
        numbers=("Downtime_Hours__c", "Claim_Amount__c"),
        booleans=("IsDeleted", "IsClosed", "IsEscalated", "On_Site_Visit__c"),
        longest={"Subject": 255, "Description": 32_000, "SuppliedEmail": 80},
        values={"Status": _STATUSES, "Priority": ("High", "Medium", "Low"), "Origin": ("Phone", "Email", "Web")},
        references={
            **_PEOPLE, **_OWNER, "ContactId": "Contact.csv", "AccountId": "Account.csv", "ParentId": "Case.csv",
        },
    ),
    "CaseHistory.csv": Rules(
        required=("CaseId", "Field", "CreatedDate"),
        times=("CreatedDate",),
        booleans=("IsDeleted",),
        longest={"OldValue": 255, "NewValue": 255},
        values={"DataType": ("Text", "Picklist", "Boolean", "EntityId")},
        references={"CreatedById": "User.csv", "CaseId": "Case.csv"},
    ),
    "CaseComment.csv": Rules(
        required=("ParentId", "CommentBody"),
        booleans=("IsDeleted", "IsPublished"),
        longest={"CommentBody": 4_000},
        references={**_PEOPLE, "ParentId": "Case.csv"},
    ),
    "EmailMessage.csv": Rules(
        required=("ParentId", "MessageIdentifier"),
        times=(*_TRACE, "MessageDate"),
        booleans=("IsDeleted", "HasAttachment", "IsExternallyVisible"),
        values={"Status": ("0", "1", "2", "3", "4", "5"), "Incoming": ("0", "1")},
        references={**_PEOPLE, "ParentId": "Case.csv", "ReplyToEmailMessageId": "EmailMessage.csv"},
    ),
}  # fmt: skip


@dataclass(slots=True)
class Row:
    line: int
    key: str | None
    values: dict[str, str]
    errors: set[Error]
    deleted: bool = False


def judge(folder: Path) -> dict[str, list[Row]]:
    """All rows of all files, each with every error it has."""
    rows = {name: _read(folder / name, RULES[name]) for name in FILES if (folder / name).exists()}
    good = {name: {row.key for row in found if _stands(row)} for name, found in rows.items()}
    references = [(name, *reference) for name, found in rows.items() for reference in _references(name, found)]
    while lost := [r for r in references if not any(r[3] in good[target] for target in r[4])]:
        for name, row, column, _value, _targets in lost:
            row.errors.add(("UNKNOWN_REFERENCE", column))
            good[name].discard(row.key)
        references = [r for r in references if ("UNKNOWN_REFERENCE", r[2]) not in r[1].errors]
    return rows


def raw_records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Physical line and bytes of each record; a record ends with the first line that leaves no quote open."""
    start, held = 1, b""
    for number, line in enumerate(data.split(b"\n"), start=1):
        held += line + b"\n"
        if held.count(b'"') % 2 == 0:
            yield start, held[:-1]
            start, held = number + 1, b""
    if held:
        yield start, held


def _read(path: Path, rules: Rules) -> list[Row]:
    records = list(raw_records(path.read_bytes()))
    assert records[-1][1] == b"", "the last row ends with LF"
    header = _fields(records[0][1])
    seen: set[str] = set()
    found = []
    for line, raw in records[1:-1]:
        fields = _fields(raw)
        shape = _shape(header, fields)
        row = Row(line, fields[0], dict(zip(header, fields, strict=False)), shape)
        found.append(row)
        if shape:
            continue
        row.deleted = row.values.get("IsDeleted") == "1"
        if not _ID.fullmatch(fields[0]):
            row.key, row.errors = None, {("BAD_ID", "Id")}
        elif fields[0] in seen:
            row.errors = {("DUPLICATE", "Id")}
        elif not row.deleted:
            row.errors = set(_value_errors(row.values, rules))
        seen.add(fields[0])
    return found


def _fields(raw: bytes) -> list[str]:
    text = raw.decode("utf-8", "surrogateescape")
    return next(csv.reader(io.StringIO(text, newline=""), strict=True))


def _shape(header: list[str], fields: list[str]) -> set[Error]:
    if len(fields) != len(header):
        return {("WRONG_FIELD_COUNT", None)}
    if _SUSPECT.search("".join(fields)) is None:
        return set()
    torn = {("BAD_ENCODING", c) for c, v in zip(header, fields, strict=True) if re.search("[\ud800-\udfff]", v)}
    return torn | {("NUL_BYTE", c) for c, v in zip(header, fields, strict=True) if "\0" in v}


def _value_errors(values: dict[str, str], rules: Rules) -> Iterator[Error]:
    yield from (("MISSING", c) for c in rules.required if not values[c].strip(_BLANK))
    yield from (("BAD_DATE", c) for c in rules.times if values[c] and not _is_moment(values[c], _TIME))
    yield from (("BAD_DATE", c) for c in rules.days if values[c] and not _is_moment(values[c], _DAY))
    yield from (("BAD_NUMBER", c) for c in rules.numbers if values[c] and not _NUMBER.fullmatch(values[c]))
    yield from (("BAD_BOOLEAN", c) for c in rules.booleans if values[c] not in {"0", "1"})
    yield from (("TOO_LONG", c) for c, longest in rules.longest.items() if len(values[c]) > longest)
    yield from (("UNKNOWN_VALUE", c) for c, known in rules.values.items() if values[c] not in known)


def _is_moment(text: str, form: re.Pattern[str]) -> bool:
    try:
        return bool(form.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def _stands(row: Row) -> bool:
    return not row.errors and not row.deleted


def _references(name: str, rows: list[Row]) -> Iterator[tuple[Row, str, str, list[str]]]:
    """Row, column, value and files that may hold it, of all references in rows without other errors."""
    for column, targets in RULES[name].references.items():
        for row in rows:
            if _stands(row) and row.values[column] not in {"", "000000000000000AAA"}:
                yield row, column, row.values[column], targets.split()
