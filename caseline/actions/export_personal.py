"""Hands out the data of one person: a zip with a JSON file for each table, the mails as they came, and the files."""

import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, Final

import sqlalchemy as sa

from caseline.actions import erase_personal, personal_ground, wiring
from caseline.actions.wiring import House
from caseline.db.arrays import bigints
from caseline.files.faults import Gone
from caseline.files.store import Files
from caseline.mail import raw_store
from caseline.people import logins
from caseline.people.access import Viewer
from caseline.privacy import applying
from caseline.privacy.fates import RULES, Of
from caseline.privacy.whom import Found, Whom
from staging import erased_lines

_ODD: Final = re.compile(r"[^\w.-]+")
_LONGEST: Final = 80
_ATTACHED: Final = """
SELECT DISTINCT ON (sha256) sha256, name FROM crm.attachment
WHERE message_id = ANY (CAST(:ids AS bigint[])) AND sha256 IS NOT NULL ORDER BY sha256, id
"""
_SENT: Final = """
SELECT a.letter_id, a.position, a.name, a.content FROM outbox.attachment AS a
WHERE a.letter_id = ANY (CAST(:ids AS bigint[])) AND a.content IS NOT NULL ORDER BY 1, 2
"""
_RAW: Final = """
SELECT m.id, m.raw_id FROM mail.mail AS m JOIN mail.raw AS r ON r.id = m.raw_id AND r.erased_at IS NULL
WHERE m.id = ANY (CAST(:ids AS bigint[])) ORDER BY m.id
"""


@dataclass(slots=True)
class Export:
    """What was handed out."""

    whom: Whom
    counts: dict[str, int] = field(default_factory=dict)
    """Lines, mails and files by the name in the zip."""
    lost: list[str] = field(default_factory=list)
    """Files whose contents cannot be had."""


def export(house: House, whom: str, into: IO[bytes], *, by: str | None, now: datetime) -> Export:
    """Write all that is there of whoever is meant, as it is at one moment, and a line into the audit log.

    Raises `Told`. Requests of others in which the person takes part stay with these: of them the person's own messages
    are handed out.
    """
    with house.engine.connect() as connection:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        person = personal_ground.person(house, connection, whom)
        done = Export(person)
        with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
            _Packing(connection, packed, done, wiring.files(house.settings)).all(
                personal_ground.found(house, connection, person)
            )
            _json(packed, "about.json", [_about(done, now)])
    with house.engine.begin() as connection:
        subject = "" if person.contact_id is None else f"({person.contact_id})"
        logins.note(connection, by, "personal_exported", subject, {"rows": sum(done.counts.values())}, now=now)
    return done


def export_at_desk(house: House, viewer: Viewer, contact_id: int, into: IO[bytes], *, now: datetime) -> Export:
    """The same for an administrator; raises `Absent`."""
    erase_personal.known_at_desk(house, viewer, contact_id)
    return export(house, str(contact_id), into, by=viewer.name, now=now)


@dataclass(frozen=True, slots=True)
class _Packing:
    connection: sa.Connection
    packed: zipfile.ZipFile
    done: Export
    files: Files

    def all(self, there: Found) -> None:
        rows: dict[str, list[Iterator[dict[str, Any]]]] = {}
        for rule in RULES:
            if rule.given and there.of(rule.of):
                rows.setdefault(rule.table, []).append(applying.rows(self.connection, rule, there.of(rule.of)))
        for table, parts in rows.items():
            self._lines(f"data/{table}.json", (row for part in parts for row in part))
        trail = personal_ground.trail(self.connection, there)
        self._lines("data/source lines.json", erased_lines.lines(self.connection, trail.lines))
        self._mails(there)
        self._attachments(there)
        self._sent(there)

    def _lines(self, name: str, rows: Iterable[dict[str, Any]]) -> None:
        count = _json(self.packed, name, rows)
        if count:
            self.done.counts[name.removeprefix("data/").removesuffix(".json")] = count

    def _mails(self, there: Found) -> None:
        for number, raw_id in self.connection.execute(sa.text(_RAW), {"ids": bigints(there.of(Of.MAIL))}).all():
            with self.packed.open(f"mails/{number}.eml", "w") as entry:
                for piece in raw_store.pieces(self.connection, raw_id):
                    entry.write(piece)
            self._count("mails")

    def _attachments(self, there: Found) -> None:
        found = self.connection.execute(sa.text(_ATTACHED), {"ids": bigints(there.of(Of.MESSAGE))}).all()
        names = {bytes(digest): name for digest, name in found}
        for digest in there.digests:
            self._content(digest, names.get(digest, ""))

    def _content(self, digest: bytes, name: str) -> None:
        try:
            with (
                self.files.open(self.connection, digest) as content,
                self.packed.open(f"files/{digest.hex()[:12]}-{_plain(name)}", "w") as entry,
            ):
                for piece in content.pieces():
                    entry.write(piece)
        except Gone:
            self.done.lost.append(digest.hex())
        else:
            self._count("files")

    def _sent(self, there: Found) -> None:
        for letter, position, name, content in self.connection.execute(
            sa.text(_SENT), {"ids": bigints(there.of(Of.LETTER))}
        ).all():
            self.packed.writestr(f"letters/{letter}-{position}-{_plain(name)}", bytes(content))
            self._count("letters")

    def _count(self, what: str) -> None:
        self.done.counts[what] = self.done.counts.get(what, 0) + 1


def _json(packed: zipfile.ZipFile, name: str, rows: Iterable[dict[str, Any]]) -> int:
    """A file with a list, a line for each row; answers how many. None without any."""
    count, lines = 0, iter(rows)
    first = next(lines, None)
    if first is None:
        return 0
    with packed.open(name, "w", force_zip64=True) as entry:
        entry.write(b"[\n")
        while first is not None:
            entry.write(b",\n" if count else b"")
            entry.write(json.dumps(first, ensure_ascii=False, default=str).encode("utf-8", "replace"))
            count, first = count + 1, next(lines, None)
        entry.write(b"\n]\n")
    return count


def _about(done: Export, now: datetime) -> dict[str, Any]:
    whom = done.whom
    return {
        "at": now.isoformat(),
        "contact": whom.contact_id,
        "contacts": list(whom.contacts),
        "addresses": sorted(whom.addresses),
        "phones": sorted(whom.phones),
        "shared with others and not looked for": sorted(whom.shared),
        "counts": done.counts,
        "files that cannot be had": done.lost,
    }


def _plain(name: str) -> str:
    return _ODD.sub("_", name).strip("._")[-_LONGEST:] or "file"
