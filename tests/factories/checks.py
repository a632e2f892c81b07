"""Small Salesforce exports and other sources to be imported and then checked, and the check itself."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from caseline.actions import verify_import
from staging.audit.findings import Finding, Kind
from staging.audit.verdict import Verdict
from tests.factories.imports import NOW, Desk

USER, GROUP, ACCOUNT, CONTACT = (f"{prefix}000000000001AAA" for prefix in ("005", "00G", "001", "003"))
COMMENT = "00a000000000001AAA"
CREATED = "2024-05-06 07:08:09"


def case_id(number: int) -> str:
    return f"500{number:012}AAA"


def case(number: int, **changes: str) -> dict[str, str]:
    """A good case; `changes` make it another."""
    return {
        "Id": case_id(number),
        "IsDeleted": "0",
        "CaseNumber": f"{number:08}",
        "AccountId": ACCOUNT,
        "ContactId": CONTACT,
        "ParentId": "",
        "Status": "New",
        "Subject": f"Заявка {number}",
        "Priority": "Low",
        "Description": 'Договор, "срочно"\nвторая строка',
        "IsEscalated": "0",
        "CreatedDate": CREATED,
        "LastModifiedDate": "2024-05-07 07:08:09",
        "OwnerId": USER,
        "CreatedById": USER,
        "Warranty__c": "00012",
    } | changes


def comment(number: int, parent: int, **changes: str) -> dict[str, str]:
    """A good comment on case `parent`."""
    row = {"Id": f"00a{number:012}AAA", "IsDeleted": "0", "ParentId": case_id(parent), "IsPublished": "1"}
    return row | {"CommentBody": f"Ответ {number}", "CreatedById": USER, "CreatedDate": CREATED} | changes


def change(number: int, old: str, new: str, at: str, **changes: str) -> dict[str, str]:
    """A line of CaseHistory for case 1: its status at `MM-DD hh:mm` of 2024."""
    line = {"Id": f"017{number:012}AAA", "IsDeleted": "0", "CaseId": case_id(1), "CreatedById": USER}
    return line | {"CreatedDate": f"2024-{at}:00", "Field": "Status", "OldValue": old, "NewValue": new} | changes


def write(path: Path, rows: Iterable[dict[str, str]], *, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """A CSV of rows with the same columns, every value quoted."""
    rows = list(rows)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def export(
    folder: Path,
    cases: Iterable[dict[str, str]],
    comments: Iterable[dict[str, str]] = (),
    history: Iterable[dict[str, str]] = (),
) -> Path:
    """A folder with a user, a group, a company and a contact, and these cases, comments and lines of history."""
    folder.mkdir(parents=True)
    write(folder / "User.csv", [{"Id": USER, "FirstName": "Ada", "LastName": "Vale", "Email": "ada@example.com"}])
    write(folder / "Group.csv", [{"Id": GROUP, "Name": "Line 1"}])
    write(folder / "Account.csv", [{"Id": ACCOUNT, "IsDeleted": "0", "Name": "Ромашка", "OwnerId": USER}])
    contact = {"Id": CONTACT, "IsDeleted": "0", "FirstName": "Пётр", "LastName": "Борин", "AccountId": ACCOUNT}
    write(folder / "Contact.csv", [contact | {"Email": "b@example.com"}])
    write(folder / "Case.csv", cases)
    if comments := list(comments):
        write(folder / "CaseComment.csv", comments)
    if history := list(history):
        write(folder / "CaseHistory.csv", history)
    return folder


def check(desk: Desk, **order: Any) -> Verdict:  # noqa: ANN401 - fields of an order
    """Check the files against the CRM."""
    return verify_import.verify(
        desk.house, verify_import.Order(**order), clock=lambda: NOW, watch=lambda _read, _total, _part: None
    )


def found(verdict: Verdict) -> list[tuple[str, Kind, str | None, str | None]]:
    """(part, kind, key, field) of every finding that was kept."""
    return [(finding.part, finding.kind, finding.key, finding.field) for finding in verdict.findings.kept]


def only(verdict: Verdict) -> Finding:
    """The one finding that there should be."""
    (finding,) = verdict.findings.kept
    return finding
