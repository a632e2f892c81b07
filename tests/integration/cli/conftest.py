"""Runs the `caseline` command in this process on a database of the test's own, and writes small exports for it."""

import csv
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from caseline.cli import main

CASE_COLUMNS = (
    "Id",
    "IsDeleted",
    "CaseNumber",
    "AccountId",
    "ContactId",
    "Status",
    "Subject",
    "Priority",
    "Description",
    "CreatedDate",
    "OwnerId",
    "Warranty__c",
)
USER, ACCOUNT, CONTACT = (f"{prefix}000000000001AAA" for prefix in ("005", "001", "003"))


@dataclass(frozen=True)
class Answer:
    """What the command answered."""

    code: int
    out: str
    err: str

    @property
    def object(self) -> Any:  # noqa: ANN401 - JSON
        """The object that stands last on stdout."""
        return json.loads(self.out.strip().splitlines()[-1])


Command = Callable[..., Answer]


@pytest.fixture
def caseline(
    home: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Command:
    """Run a command; `home` and the database are the test's own."""
    monkeypatch.setenv("CASELINE_DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: object) -> Answer:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        said = capfd.readouterr()
        return Answer(int(ended.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def query(database_url: str) -> Callable[..., list[tuple[Any, ...]]]:
    """Ask the test's database."""

    def ask(statement: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(database_url, autocommit=True) as connection:
            found = connection.execute(statement, values)  # type: ignore[arg-type] # the tests' own words
            return found.fetchall() if found.description else []

    return ask


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
        "Status": "New",
        "Subject": f"Case number {number}",
        "Priority": "Low",
        "Description": 'Договор, "срочно"\nвторая строка',
        "CreatedDate": "2024-05-06 07:08:09",
        "OwnerId": USER,
        "Warranty__c": "00012",
    } | changes


def line(row: dict[str, str], columns: Iterable[str] = CASE_COLUMNS) -> bytes:
    """A row as the export service writes it."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow([row[name] for name in columns])
    return text.getvalue().encode()


def write_cases(folder: Path, lines: Iterable[bytes], *, columns: Iterable[str] = CASE_COLUMNS) -> Path:
    """Case.csv with these lines."""
    columns = list(columns)
    path = folder / "Case.csv"
    path.write_bytes(line(dict(zip(columns, columns, strict=True)), columns) + b"".join(lines))
    return path


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A folder with one user, one company, one contact and two cases."""
    folder = tmp_path / "export"
    folder.mkdir()
    write(folder / "User.csv", {"Id": USER, "FirstName": "Ada", "LastName": "Vale", "Email": "ada@example.com"})
    write(folder / "Account.csv", {"Id": ACCOUNT, "IsDeleted": "0", "Name": "Ромашка", "OwnerId": USER})
    contact = {"Id": CONTACT, "IsDeleted": "0", "LastName": "Борин", "AccountId": ACCOUNT, "Email": "b@example.com"}
    write(folder / "Contact.csv", contact)
    write_cases(folder, [line(case(1)), line(case(2))])
    return folder


def write(path: Path, *rows: dict[str, str]) -> None:
    """A CSV of rows with the same columns."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
