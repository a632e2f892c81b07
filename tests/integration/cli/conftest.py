"""Runs the `caseline` command in this process on a database of the test's own, and writes small exports for it."""

import csv
import io
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from caseline.cli import main
from caseline.db.embedded import Server
from tests.factories.databases import copied, name_of

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
Query = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def caseline(
    home: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Command:
    """Run a command; `home` and the database are the test's own."""
    monkeypatch.setenv("CASELINE_HOME", str(home))
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
def query(database_url: str) -> Query:
    """Ask the test's database."""

    def ask(statement: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(database_url, autocommit=True) as connection:
            found = connection.execute(statement, values)
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


BAD = {
    "BAD_DATE": line(case(3, CreatedDate="2024-02-30 10:00:00")),
    "MISSING": line(case(4, Id="")),
    "DUPLICATE": line(case(1, Subject="Second with this key")),
    "WRONG_FIELD_COUNT": line(case(6)).replace(b'"Case number 6"', b"Case number 6, with a comma"),
    "WRONG_FIELD_COUNT too few": b",".join(line(case(7)).split(b",")[:-1]) + b"\n",
    "BAD_ENCODING": line(case(8)).replace(b"number 8", b"num\xffber 8"),
    "NUL_BYTE": line(case(9)).replace(b"number 9", b"num\0ber 9"),
    "UNKNOWN_VALUE": line(case(11, Status="Nobody knows")),
    "UNKNOWN_REFERENCE": line(case(12, ContactId="003000000000999AAA")),
    "MISSING subject": line(case(13, Subject=" \u00a0")),
    "UNCLOSED_QUOTE": b'"' + case_id(10).encode() + b'","0","00000010","',
}
"""A bad line of each kind, in the order of the file; the first word is its code."""


def write_export(folder: Path, *lines: bytes) -> Path:
    """One user, one company, one contact, two good cases, and these lines."""
    folder.mkdir()
    write(folder / "User.csv", {"Id": USER, "FirstName": "Ada", "LastName": "Vale", "Email": "ada@example.com"})
    write(folder / "Account.csv", {"Id": ACCOUNT, "IsDeleted": "0", "Name": "Ромашка", "OwnerId": USER})
    contact = {"Id": CONTACT, "IsDeleted": "0", "LastName": "Борин", "AccountId": ACCOUNT, "Email": "b@example.com"}
    write(folder / "Contact.csv", contact)
    write_cases(folder, [line(case(1)), line(case(2)), *lines])
    return folder


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """An export without a bad row."""
    return write_export(tmp_path / "export")


@dataclass(frozen=True)
class Imported:
    """An export with a bad row of each kind, and the address of a database into which it was imported as run 1."""

    folder: Path
    url: str


@pytest.fixture(scope="session")
def imported_once(server: Server, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imported]:
    """Import it once for the whole session."""
    folder = write_export(tmp_path_factory.mktemp("imported") / "export", *BAD.values())
    with copied(server.url, template) as url:
        before = dict(os.environ)
        os.environ["CASELINE_DATABASE_URL"] = url
        with pytest.raises(SystemExit) as ended:
            main(["import", str(folder), "--mapping", "salesforce"])
        os.environ.clear()
        os.environ.update(before)
        assert ended.value.code == 3
        yield Imported(folder, url)


@pytest.fixture
def imported(server: Server, imported_once: Imported, tmp_path: Path) -> Iterator[Imported]:
    """The test's own copy of both."""
    folder = shutil.copytree(imported_once.folder, tmp_path / "export")
    with copied(server.url, name_of(imported_once.url)) as url:
        yield Imported(folder, url)


def write(path: Path, *rows: dict[str, str]) -> None:
    """A CSV of rows with the same columns."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
