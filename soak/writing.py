"""Clients that write mails and answer letters that they got; a mail is sent until the server has taken it."""

import random
import smtplib
import threading
import time
from contextlib import closing, suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Final

from soak.caller import Stopped
from soak.ledger import Ledger
from soak.letters import Letter, Postbox
from soak.site import Site

OWN: Final = "support@example.org"
_PATIENCE_S: Final = 10
_PAUSE_S: Final = 0.7
_ANSWERS: Final = 0.4
"""Share of steps that answer a letter, where there is one."""


class Clients:
    """All of them; each new mail is of somebody new, in a house of his own, since automatic letters have limits."""

    def __init__(self, site: Site, ledger: Ledger, seed: int, stop: threading.Event) -> None:
        self._site, self._ledger, self._stop = site, ledger, stop
        self._seed, self._count = seed, 0
        self._dice = random.Random(f"mails {seed}")
        self._postbox = Postbox(site.post)
        self._unanswered: list[Letter] = []

    def step(self) -> None:
        """One mail."""
        self._unanswered += [one for one in self._postbox.new() if not one.link and one.reader.startswith("writer")]
        self._count += 1
        token = f"soak-{self._seed}-mail-{self._count}"
        if self._unanswered and self._dice.random() < _ANSWERS:
            self._answer(token, self._unanswered.pop(self._dice.randrange(len(self._unanswered))))
        else:
            sender = f"writer{self._count}@house{self._count}.example"
            self._send(token, sender, OWN, f"Вопрос {token}", None)

    def _answer(self, token: str, letter: Letter) -> None:
        self._send(token, letter.reader, parseaddr(letter.reply_to)[1], f"Re: {letter.subject}", letter)

    def _send(self, token: str, sender: str, to: str, subject: str, answered: Letter | None) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to, subject
        mail["Date"], mail["Message-ID"] = format_datetime(datetime.now(UTC)), f"<{token}@{sender.partition('@')[2]}>"
        if answered is not None:
            mail["In-Reply-To"] = answered.message_id
            mail["References"] = f"{answered.references} {answered.message_id}".strip()
        mail.set_content(f"Здравствуйте! Знак этого письма: {token}.\n", cte="quoted-printable")
        raw = mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        facts = {"id": str(mail["Message-ID"]), "token": token, "sender": sender, "subject": subject}
        self._ledger.note("mail?", **facts)
        while not self._taken(sender, to, raw):
            if self._stop.is_set():
                raise Stopped
            time.sleep(_PAUSE_S)
        self._ledger.note("mail", **facts, answers=answered.message_id if answered else None)

    def _taken(self, sender: str, to: str, raw: bytes) -> bool:
        port = self._site.remembered().get("smtp_port") or 0
        with suppress(OSError, smtplib.SMTPException):
            with closing(_connection(port)) as server:
                server.sendmail(sender, [to], raw)
            return True
        return False


def _connection(port: int) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", port, local_hostname="localhost", timeout=_PATIENCE_S)
