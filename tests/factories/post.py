"""A house that writes letters to a mail server on loopback."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic import SecretStr

from caseline.actions import keep_letters, send_letters, wiring
from caseline.actions.wiring import House
from caseline.crm.connect import connect
from caseline.outbox import care, store
from caseline.outbox.care import Line
from caseline.outbox.letters import NewLetter
from caseline.outbox.sending import Done
from caseline.settings import Settings
from tests.factories.letters import NOW, OWN
from tests.factories.mail_server import Mailbox, MailServer


@dataclass
class Post:
    """A house that writes letters; its clock stands still unless a test moves it."""

    url: str
    engine: sa.Engine
    server: MailServer
    settings: dict[str, Any] = field(default_factory=dict)
    now: datetime = NOW

    @property
    def mailbox(self) -> Mailbox:
        return self.server.mailbox

    @property
    def house(self) -> House:
        values: dict[str, Any] = {"mail_address": OWN, "smtp_url": SecretStr(self.server.url())} | self.settings
        return House(Settings(**values), self.url, self.engine, connect("embedded", self.engine))

    def queue(self, *letters: NewLetter) -> list[int]:
        with self.engine.begin() as connection:
            mint = wiring.mint(self.house, connection, now=self.now)
            return [store.queue(connection, one, mint, now=self.now) for one in letters]

    def send(self, **options: Any) -> Done:  # noqa: ANN401 - those of the action
        return send_letters.send(self.house, clock=lambda: self.now, **options)

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)

    def line(self, letter_id: int) -> Line:
        return keep_letters.show(self.house, letter_id).line

    def lines(self) -> list[Line]:
        """All letters, the oldest first."""
        with self.engine.connect() as connection:
            return care.lines(connection, most=100_000)[::-1]
