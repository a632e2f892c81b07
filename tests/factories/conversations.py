"""A support centre that gets mails: each is stored, taken in and found again in the register."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import sqlalchemy as sa
from pydantic import SecretStr

from caseline.actions import take_in_mail, take_in_mails, wiring
from caseline.actions.take_in_mails import TakenIn
from caseline.actions.wiring import Blueprint, House
from caseline.crm import connect
from caseline.crm.timeline import Message
from caseline.mail import arrival_store, raw_store, tables
from caseline.mail.arrival_store import Place
from caseline.outbox.minting import Mint, Thread
from caseline.settings import Settings

OWN = "support@desk.example"
INBOX = Place("support", "INBOX", 1)
BEGIN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@dataclass
class Centre:
    """A support centre with a clock of its own."""

    house: House
    now: datetime = BEGIN
    _uid: int = field(default=0)

    def get(self, *mails: bytes) -> TakenIn:
        """Let mails arrive, one after the other, a minute apart, and take each in."""
        told = TakenIn(self.now)
        for raw in mails:
            self.arrive(raw)
            told = self.take_in()
        return told

    def arrive(self, *mails: bytes) -> None:
        """Let mails arrive, a minute apart."""
        for raw in mails:
            self.now += timedelta(minutes=1)
            self._uid += 1
            with self.house.engine.begin() as connection:
                digest = hashlib.sha256(raw).digest()
                raw_id, _new = raw_store.keep(connection, digest, len(raw), [raw], now=self.now)
                arrival_store.keep(connection, INBOX, self._uid, raw_id, date=self.now, now=self.now)

    def take_in(self) -> TakenIn:
        """Take in what waits."""
        taker = take_in_mail.taker(self.house, clock=self.clock)
        return take_in_mails.take_in_mails(self.house, taker, clock=self.clock)

    def clock(self) -> datetime:
        return self.now

    def landed(self) -> list[int | None]:
        """The request of each mail, in the order in which they came."""
        with self.house.engine.connect() as connection:
            query = sa.select(tables.mail.c.record_id).order_by(tables.mail.c.id)
            return list(connection.execute(query).scalars())

    def mails(self) -> list[sa.RowMapping]:
        """What became of each mail."""
        with self.house.engine.connect() as connection:
            return list(connection.execute(sa.select(tables.mail).order_by(tables.mail.c.id)).mappings())

    def timeline(self, record_id: int) -> list[Message]:
        """The messages of a request."""
        with self.house.engine.connect() as connection:
            return connect.timelines("embedded").messages(connection, record_id)

    def mint(self) -> Mint:
        """What makes and knows our tokens."""
        with self.house.engine.begin() as connection:
            return wiring.mint(self.house, connection, now=self.now)

    def reply_address(self, record_id: int, assignment_id: int | None = None) -> str:
        """The address to which answers of a thread go."""
        return self.mint().reply_address(Thread(record_id, assignment_id))


def centre(database_url: str, home: Path, **settings: object) -> Centre:
    """A support centre on a database."""
    chosen = {"home": home, "database_url": SecretStr(database_url), "mail_address": OWN, **settings}
    return Centre(Blueprint(Settings.model_validate(chosen), database_url).join())


def mail(
    text: str = "Не работает принтер",
    *,
    sender: str = "Anna Client <anna@client.example>",
    to: str = OWN,
    subject: str = "Вопрос",
    at: datetime | None = None,
    **headers: str,
) -> bytes:
    """A mail as a mailer writes it, dated by its arrival unless `at` says so; other headers by name, with _ for -."""
    lines = {"From": sender, "To": to, "Subject": subject}
    if at is not None:
        lines["Date"] = format_datetime(at)
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines |= {"MIME-Version": "1.0", "Content-Type": "text/plain; charset=utf-8", "Content-Transfer-Encoding": "8bit"}
    head = "\r\n".join(f"{name}: {value}" for name, value in lines.items())
    return f"{head}\r\n\r\n{text}\r\n".encode()
