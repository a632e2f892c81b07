"""A client whose every word bears a mark: imported, written by mail, in chats, answers, letters, logs; and the mark looked for."""

import csv
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions import run_import, take_in_mail
from caseline.actions.run_import import Order
from caseline.actions.wiring import House
from caseline.mail import raw_store
from caseline.sample import write_export
from staging.register import Options
from tests.factories.marked_statements import OF_OTHER, STATEMENTS

MARK: Final = "zyzzyv"
"""As a search vector has it, too."""
NAME: Final = "Zyzzyva Quillon"
ADDRESS: Final = "zyzzyva.quillon@marker.example"
OTHER: Final = "other@client.example"
NOW: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_FREE: Final = {
    "Contact.csv": ("LastName", "FirstName", "Title", "Department", "Description", "MailingStreet"),
    "Case.csv": ("Subject", "Description", "SuppliedName", "Resolution__c"),
    "EmailMessage.csv": ("TextBody", "HtmlBody", "Subject", "Headers", "FromName"),
    "CaseComment.csv": ("CommentBody",),
}


def export(folder: Path, *, later: str = "") -> Path:
    """A sample export in which one contact and all that hangs on it bear the mark; `later`: said at another time."""
    write_export(folder, cases=40, seed=7)
    contact, cases, other = _chosen(folder)
    for name, columns in _FREE.items():
        header, rows = _read(folder / name)
        for row in rows:
            his = row["Id"] == contact if name == "Contact.csv" else row.get("ContactId", "") == contact
            if his or row.get("ParentId") in cases or (name == "Case.csv" and row["Id"] in cases):
                row.update({column: f"Zyzzyva {row[column]} {later}" for column in columns})
                row.update({one: ADDRESS for one in ("Email", "SuppliedEmail", "FromAddress") if one in row})
            if name == "Contact.csv" and his:
                row["FirstName"], row["LastName"] = NAME.split()
            if name == "EmailMessage.csv" and row["ParentId"] == other:
                row["CcAddress"], row["TextBody"] = ADDRESS, f"{row['TextBody']} {NAME} said so, ask {ADDRESS}."
        _write(folder / name, header, rows)
    header, rows = _read(folder / "CaseHistory.csv")
    for row in rows:
        if row["CaseId"] in cases and row["Field"] not in {"Status", "created"}:
            row["OldValue"] = f"zyzzyva {later}"
    _write(folder / "CaseHistory.csv", header, rows)
    return folder


def _chosen(folder: Path) -> tuple[str, set[str], str]:
    """(a contact with cases, those cases, a case of somebody else with mails)."""
    _, cases = _read(folder / "Case.csv")
    _, mails = _read(folder / "EmailMessage.csv")
    _, contacts = _read(folder / "Contact.csv")
    with_mails = {row["ParentId"] for row in mails}
    known = {row["Id"] for row in contacts}
    counts: dict[str, list[str]] = {}
    for row in cases:
        if row["ContactId"] in known and row["Id"] in with_mails:
            counts.setdefault(row["ContactId"], []).append(row["Id"])
    contact = max(counts, key=lambda one: (len(counts[one]), one))
    other = next(one for key, ids in sorted(counts.items()) if key != contact for one in ids)
    return contact, {row["Id"] for row in cases if row["ContactId"] == contact}, other


def _read(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return list(reader.fieldnames or ()), list(reader)


def _write(path: Path, header: list[str], rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def bring(house: House, folder: Path, *, reconvert: bool = False) -> None:
    """Import an export to its end."""
    order = Order((folder,), "salesforce-sample", Options(reconvert=reconvert), confirmed=True)
    assert run_import.go_on(run_import.start(house, order, clock=lambda: NOW))


def mail(number: int, sender: str, *, to: str = "support@example.org", copy: str = "", received: str = "") -> bytes:
    """A mail with a file; `received`: by which way it came."""
    head = f"Received: {received}\r\n" if received else ""
    return (
        f"{head}From: Zyzzyva <{sender}>\r\nTo: {to}\r\nCc: {copy or 'nobody@example.org'}\r\n"
        f"Subject: Zyzzyva {number}\r\nMessage-ID: <{number}-{sender}>\r\n"
        "Date: Mon, 02 Mar 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n'
        f'Zyzzyva cannot work, {number}\r\n--b\r\nContent-Type: text/plain; name="zyzzyva.txt"\r\n'
        f'Content-Disposition: attachment; filename="zyzzyva.txt"\r\n\r\nzyzzyva file {number}\r\n--b--\r\n'
    ).encode()


def arrive(house: House, content: bytes) -> int:
    """Store a mail as a fetch does; answers the number of the raw mail."""
    with house.engine.begin() as connection:
        return raw_store.keep(connection, hashlib.sha256(content).digest(), len(content), [content], now=NOW)[0]


def taken_in(house: House) -> None:
    """Take in what waits."""
    done = take_in_mail.take_in_waiting(house, clock=lambda: NOW)
    assert not done.failed, done.reasons


@dataclass(frozen=True)
class Marked:
    """What was filled."""

    contact: int
    merged: int
    request: int
    """One of the client's."""
    other_request: int
    ask: int


def ask(house: House, sql: str, **values: Any) -> list[Any]:  # noqa: ANN401 - whatever a test names
    """Rows of a statement, committed."""
    with house.engine.begin() as connection:
        found = connection.execute(sa.text(sql), values)
        return list(found) if found.returns_rows else []


def fill(house: House, folder: Path) -> Marked:
    """Fill a house with one marked person everywhere."""
    bring(house, export(folder))
    ((contact,),) = ask(house, "SELECT id FROM crm.contact WHERE email = :a", a=ADDRESS)
    ((request,),) = ask(house, "SELECT min(id) FROM crm.record WHERE contact_id = :c", c=contact)
    ((other,),) = ask(
        house,
        "INSERT INTO crm.contact (name, email) VALUES ('Пример Другой', :a) RETURNING id",
        a=OTHER,
    )
    arrive(house, mail(1, ADDRESS))
    arrive(house, mail(2, OTHER, copy=ADDRESS))
    taken_in(house)
    ((other_request,),) = ask(house, "SELECT id FROM crm.record WHERE contact_id = :c", c=other)
    arrive(house, mail(3, ADDRESS))  # it waits
    for statement in OF_OTHER.split(";\n"):
        ask(house, statement, r=other_request, t=f"Call {NAME}, {ADDRESS}, +7 000 111-22-33")
    values = {"contact": contact, "request": request, "other": other_request, "address": ADDRESS, "name": NAME}
    for statement in STATEMENTS.split(";\n"):
        ask(house, statement, **values)
    ((merged,),) = ask(house, "SELECT gone_id FROM crm.contact_merge")
    ((made,),) = ask(house, "SELECT id FROM feedback.ask WHERE public_id = 'marked'")
    return Marked(contact, merged, request, other_request, made)


def where(house: House) -> dict[str, int]:
    """Rows that bear the mark, by table: every column of every table of ours is looked through, and landed texts."""
    found = {}
    with house.engine.connect() as connection:
        tables = connection.execute(
            sa.text(
                "SELECT table_schema, table_name, array_agg(column_name::text) FILTER (WHERE data_type = 'bytea')"
                " FROM information_schema.columns"
                " WHERE table_schema NOT IN ('pg_catalog', 'information_schema') GROUP BY 1, 2 ORDER BY 1, 2"
            )
        ).all()
        for schema, table, binary in tables:
            parts = ["t::text", *(f"encode(t.\"{one}\", 'escape')" for one in binary or ())]
            text = f"concat_ws(' ', {', '.join(parts)})"
            query = f'SELECT count(*) FROM "{schema}"."{table}" AS t WHERE {text} ILIKE :mark'
            count = connection.execute(sa.text(query), {"mark": f"%{MARK}%"}).scalar_one()
            if count:
                found[f"{schema}.{table}"] = count
    return found
