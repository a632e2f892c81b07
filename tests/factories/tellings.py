"""Conversations that are told as data: each step is done through the real doors, and where each mail lands is compared."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.header import Header
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
import yaml

from caseline.actions import assign, move_request, reply_to_client, sort_mail
from caseline.actions.assign import Order
from caseline.actions.move_request import Move
from caseline.crm import connect, tables
from caseline.outbox import compose
from caseline.outbox import store as outbox
from caseline.outbox import tables as outbox_tables
from caseline.outbox.letters import Letter
from caseline.people import tables as people
from tests.factories import conversations
from tests.factories.conversations import OWN, Centre

FOLDER: Final = Path(__file__).parents[1] / "data" / "conversations"
ANNA: Final = "Anna Client <anna@client.example>"
_NAMES: Final = ("act", "rule", "reason", "relation", "unverified")
_LANDS: Final[dict[str, Any]] = {
    "state": "done",
    "act": "join",
    "rule": None,
    "reason": "",
    "relation": None,
    "unverified": False,
}
_TRAY: Final[dict[str, dict[str, Any]]] = {
    "tray": {"act": "tray", "reason": "automatic"},
    "same": {"act": None, "reason": None, "unverified": None},
}


@dataclass(frozen=True)
class Telling:
    """A conversation as its file has it."""

    file: str
    title: str
    source: str
    """Where it is known from that mailers and people do so."""
    steps: list[dict[str, Any]]
    settings: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.file}: {self.title}"


@dataclass(frozen=True)
class Named:
    """A letter of ours with what mails, honest ones and others, make of its id and its address."""

    letter: Letter
    assignment_id: int | None = None

    @property
    def id(self) -> str:
        return self.letter.message_id

    @property
    def id_capitals(self) -> str:
        return self.id.upper()

    @property
    def id_forged(self) -> str:
        return _changed(self.id)

    @property
    def reply_to(self) -> str:
        return self.letter.reply_to

    @property
    def reply_to_capitals(self) -> str:
        return self.reply_to.upper()

    @property
    def reply_to_elsewhere(self) -> str:
        return f"{self.reply_to.partition('@')[0]}@inside.desk.example"

    @property
    def reply_to_forged(self) -> str:
        return _changed(self.reply_to)

    @property
    def reply_to_cut(self) -> str:
        return self.reply_to.replace("@", "", 1)[: self.reply_to.index("@") - 3] + "@desk.example"

    @property
    def index_answered(self) -> str:
        """The Thread-Index of Outlook's answer to it."""
        return b64encode(self.letter.thread_index + b"\0\0\0\0\1").decode()


def _changed(text: str) -> str:
    """With another last letter of its token."""
    at = text.index("@") - 1
    return text[:at] + ("a" if text[at] != "a" else "b") + text[at + 1 :]


def told() -> Iterator[Telling]:
    """All conversations."""
    for path in sorted(FOLDER.glob("*.yaml")):
        for one in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield Telling(path.stem, one["conversation"], one["source"], one["steps"], one.get("settings", {}))


@dataclass
class Stage:
    """Plays a conversation in a support centre."""

    centre: Centre
    letters: dict[str, Named] = field(default_factory=dict)
    requests: dict[str, int] = field(default_factory=dict)
    raws: dict[str, bytes] = field(default_factory=dict)

    def play(self, telling: Telling) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
        """(mail, what became of it, what should have), each mail in turn."""
        for step in telling.steps:
            if "mail" in step:
                self.raws[step["mail"]] = raw = self._raw(step)
                self.centre.get(raw)
                yield step["mail"], *self._compared(step["lands"])
            else:
                self._do(step)

    def _do(self, step: Mapping[str, Any]) -> None:
        self.centre.now += timedelta(minutes=1, days=step.get("days", 0), hours=step.get("hours", 0))
        name = next(iter(step))
        if name != "days":
            getattr(self, f"_{name}")(*step.values())

    def _reply(self, name: str, request: str) -> None:
        house, key = self.centre.house, self._key(request)
        self._wrote(name, reply_to_client.reply(house, key, "We look", by=None, now=self.centre.now).letter_id)

    def _assign(self, name: str, address: str, request: str) -> None:
        order = Order(request=self._key(request), title=name, text=f"Please: {name}", contact=address, hours=24)
        given = assign.give(self.centre.house, order, now=self.centre.now)
        self._wrote(name, given.letter_id, given.assignment.id)

    def _answer(self, name: str, work: str) -> None:
        number = self.letters[work].assignment_id or 0
        given = assign.answer(self.centre.house, number, "And?", by=None, now=self.centre.now)
        self._wrote(name, given.letter_id, number)

    def _remind(self, name: str, work: str, _hours: int) -> None:
        assert assign.remind(self.centre.house, now=self.centre.now) == 1
        self._wrote(name, self._last_letter(), self.letters[work].assignment_id)

    def _close(self, request: str) -> None:
        move_request.close(self.centre.house, Move(key=self._key(request)), now=self.centre.now)

    def _merge(self, request: str, other: str) -> None:
        sort_mail.merge(self.centre.house, self._key(request), self._key(other), by=None, now=self.centre.now)

    def _unmerge(self, request: str) -> None:
        sort_mail.unmerge(self.centre.house, self._key(request), by=None, now=self.centre.now)

    def _person(self, name: str, address: str) -> None:
        self._insert(people.person, name=name, email=address)

    def _key(self, request: str) -> str:
        return f"id:{self.requests[request]}"

    def _wrote(self, name: str, letter_id: int | None, assignment_id: int | None = None) -> None:
        with self.centre.house.engine.connect() as connection:
            letter = outbox.get(connection, letter_id or 0)
        assert letter is not None
        self.letters[name] = Named(letter, assignment_id)

    def _last_letter(self) -> int:
        with self.centre.house.engine.connect() as connection:
            return int(connection.execute(sa.select(sa.func.max(outbox_tables.letter.c.id))).scalar_one())

    def _company(self, name: str, domain: str, contacts: list[str]) -> None:
        number = self._insert(tables.company, name=name, website=f"https://www.{domain}/")
        for one in contacts:
            called, _, address = one.partition(" <")
            self._insert(tables.contact, name=called, email=address.rstrip(">"), company_id=number)

    def _insert(self, table: sa.Table, **values: object) -> int:
        times = {"created_at": self.centre.now, "modified_at": self.centre.now}
        with self.centre.house.engine.begin() as connection:
            made = sa.insert(table).values(**values, **times).returning(table.c.id)
            return int(connection.execute(made).scalar_one())

    def _raw(self, step: Mapping[str, Any]) -> bytes:
        if "again" in step:
            return b"Received: from other.example by mx.desk.example\r\n" + self.raws[step["again"]]
        if "copy_of" in step:
            raw = compose.compose(self.letters[step["copy_of"]].letter)
            for name, value in step.get("replace", {}).items():
                lines = raw.split(b"\r\n")
                raw = b"\r\n".join(
                    f"{name}: {value}".encode() if one.startswith(name.encode()) else one for one in lines
                )
            return raw
        charset = step.get("charset", "utf-8")
        told = {"From": step.get("from", ANNA), "To": OWN, "Subject": step.get("subject", "Вопрос")}
        headers = {**told, **step.get("headers", {})}
        text = step.get("text", f"Текст: {step['mail']}")
        if "bounce_of" in step:
            headers["Content-Type"] = 'multipart/report; report-type=delivery-status; boundary="b"'
            text = _REPORT.format(id=step["bounce_of"])
        headers.setdefault("Content-Type", f"text/plain; charset={charset}")
        names: dict[str, Any] = {**self.letters, **self.requests}
        filled = {name: value.format(**names) for name, value in headers.items()}
        head = [f"{name}: {_encoded(value, charset)}" for name, value in filled.items()]
        return "\r\n".join([*head, "MIME-Version: 1.0", "", text.format(**names), ""]).encode(charset)

    def _compared(self, lands: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        unsaid: dict[str, Any] = {
            "automatic": None,
            "in": None,
            "assignment": None,
            "links": {},
            "follows": None,
            "unproven": None,
        }
        wanted = {**_LANDS, **unsaid, **_TRAY.get(lands.get("state", "done"), {}), **lands}
        row = self.centre.mails()[-1]
        verdict = row["verdict"] or {}
        found: dict[str, Any] = {name: verdict.get(name) for name in _NAMES}
        found |= {"state": row["state"], "automatic": row["automatic"], "in": self._name(row["record_id"], wanted)}
        found["assignment"] = next(
            (
                name
                for name, one in self.letters.items()
                if row["assignment_id"] and one.assignment_id == row["assignment_id"]
            ),
            None,
        )
        found["links"] = {self._name(one): self._kind(row["record_id"], one) for one in verdict.get("linked", ())}
        joined = verdict.get("act") in {"join", "reopen"}
        found["unproven"] = verdict.get("unproven")
        found["follows"] = self._name((verdict.get("follows") or [None])[0]) if joined else None
        for name in ("value", "place"):
            if name in lands:
                found[name] = verdict.get(name)
                wanted[name] = str(lands[name]).format(**self.letters).strip("<>")
        if row["record_id"] is not None:
            self._entered(row, found)
        if "closed" in lands:
            found["closed"] = self._closed(row["record_id"])
        return found, wanted

    def _name(self, record_id: int | None, wanted: Mapping[str, Any] | None = None) -> str | None:
        """A request that a mail has opened gets the name under which the telling expects it."""
        known = {number: name for name, number in self.requests.items()}
        if record_id is not None and record_id not in known and wanted and wanted["in"] not in self.requests:
            self.requests[wanted["in"]] = record_id
            return str(wanted["in"])
        return known.get(record_id or 0, None if record_id is None else f"request {record_id}")

    def _kind(self, record_id: int, other: int) -> str | None:
        """How the register links the two."""
        with self.centre.house.engine.connect() as connection:
            links = connect.timelines("embedded").kin(connection, record_id).links
        return next((kind for one, two, kind in links if {one, two} == {record_id, other}), None)

    def _entered(self, row: sa.RowMapping, found: Mapping[str, Any]) -> None:
        """The timeline says the same as the verdict."""
        (message,) = [one for one in self.centre.timeline(row["record_id"]) if one.mail_ref == row["id"]]
        assert (message.assignment_id, message.automatic, message.unverified, message.unproven) == (
            row["assignment_id"],
            found["automatic"],
            found["unverified"],
            found["unproven"],
        )

    def _closed(self, record_id: int) -> bool:
        with self.centre.house.engine.connect() as connection:
            query = sa.select(tables.record.c.closed_at).where(tables.record.c.id == record_id)
            return connection.execute(query).scalar_one() is not None


def stage(database_url: str, home: Path, telling: Telling) -> Stage:
    """A support centre with the settings of a conversation."""
    return Stage(conversations.centre(database_url, home, **telling.settings))


def _encoded(value: str, charset: str) -> str:
    """A header value as mailers write it; ids and addresses are ASCII anyway."""
    return value if value.isascii() else Header(value, charset).encode(linesep="\r\n")


_REPORT: Final = (
    "--b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n"
    "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.elsewhere.example\r\n\r\n"
    "Final-Recipient: rfc822; smith@repair.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
    "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {id}\r\n--b--"
)
