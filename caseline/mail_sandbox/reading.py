"""Reads a mailbox of the sandbox as the people to whom it belongs, and answers as one of them."""

import email
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from imapclient import IMAPClient

if TYPE_CHECKING:
    from datetime import datetime

_PATIENCE_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Read:
    """A mail of the mailbox, as its reader sees it."""

    number: int
    sender: str
    recipient: str
    subject: str
    text: str
    message_id: str
    references: str
    reply_to: str


def mails(url: str) -> Iterator[Read]:
    """The mails of a mailbox, the oldest first; raises `OSError` where nobody listens."""
    parts = urlsplit(url)
    with IMAPClient(parts.hostname, parts.port, ssl=False, timeout=_PATIENCE_S) as client:
        client.login(unquote(parts.username or ""), unquote(parts.password or ""))
        client.select_folder(parts.path.lstrip("/") or "INBOX", readonly=True)
        found = client.fetch(client.search(), ["BODY.PEEK[]"])
        for number in sorted(found):
            yield _read(number, found[number][b"BODY[]"])


def answer(mail: Read, sender: str, text: str, subject: str, *, at: "datetime") -> tuple[str, bytes]:
    """(recipient, bytes) of an answer to a mail, as a mailer writes it."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, mail.reply_to, subject or f"Re: {mail.subject}"
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    made["Date"], made["Message-ID"] = format_datetime(at), make_msgid(domain=domain)
    made["In-Reply-To"], made["References"] = mail.message_id, f"{mail.references} {mail.message_id}".strip()
    quoted = "\n".join(f"> {line}" for line in mail.text.strip().splitlines())
    name, address = parseaddr(mail.sender)
    who = f"{name} <{address}>".strip()
    # Lines may be longer than SMTP lets through as they are.
    made.set_content(f"{text}\n\n{at:%d.%m.%Y, %H:%M}, {who}:\n{quoted}\n", cte="quoted-printable")
    return parseaddr(mail.reply_to)[1], made.as_bytes()


def _read(number: int, raw: bytes) -> Read:
    # What lies here was written by our own outbox or by the sandbox: the strict reader of the standard library will do.
    mail = email.message_from_bytes(raw, policy=policy.default)
    body = mail.get_body(("plain", "html"))
    sender = str(mail["From"] or "")
    return Read(
        number,
        sender,
        str(mail["To"] or ""),
        str(mail["Subject"] or ""),
        body.get_content() if body else "",
        str(mail["Message-ID"] or ""),
        " ".join(str(mail["References"] or "").split()),
        str(mail["Reply-To"] or sender),
    )
