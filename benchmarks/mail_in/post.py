"""Makes ordinary mails: Russian and English, seven of ten answer an earlier one, most with HTML and a quote."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from itertools import islice
from typing import Final

from benchmarks.keywords import mails

OWN: Final = "support@desk.example"
BEGIN: Final = datetime(2026, 6, 5, 8, tzinfo=UTC)
CLIENTS: Final = 20_000
"""Who may write; `client` says who they are."""
_ANSWERS: Final = 0.7
_ALIVE: Final = 500
"""Conversations that go on."""
_MOST_REFERENCES: Final = 8
_WITH_HTML: Final = 0.6
_QUOTING: Final = 0.8
_QUOTED: Final = 1_200
_SUBJECT: Final = 5
_PREFIXES: Final = ("Re: ", "RE: ", "На: ", "Fwd: ", "")


@dataclass(slots=True)
class _Conversation:
    client: int
    subject: str
    ids: list[str] = field(default_factory=list)
    last: str = ""


def client(number: int) -> tuple[str, str]:
    """(name, address) of a client; ten of them share a domain."""
    return f"Client {number}", f"client{number}@company{number // 10}.example"


def post(count: int, seed: int = 3) -> list[bytes]:
    """So many mails in the order in which they come."""
    return list(islice(_mails(seed), count))


def _mails(seed: int) -> Iterator[bytes]:
    chance = random.Random(seed)
    alive: list[_Conversation] = []
    for number, (text, sentences) in enumerate(mails.letters()):
        if alive and chance.random() < _ANSWERS:
            one = chance.choice(alive)
            subject = chance.choice(_PREFIXES) + one.subject
        else:
            subject = " ".join(form for _, form in sentences[0][:_SUBJECT])
            one = _Conversation(chance.randrange(CLIENTS), subject)
            alive = [*alive[-_ALIVE:], one]
        yield _mail(chance, number, one, subject, text)
        one.last = text


def _mail(chance: random.Random, number: int, one: _Conversation, subject: str, text: str) -> bytes:
    mail = EmailMessage(policy=SMTP)
    own = f"{number}.{chance.getrandbits(64):x}@company{one.client // 10}.example"
    name, address = client(one.client)
    mail["Received"] = "from mx.company.example by mx.desk.example with ESMTPS; Fri, 05 Jun 2026 08:00:00 +0000"
    mail["From"] = f"{name} <{address}>"
    mail["To"] = f"Support <{OWN}>"
    mail["Subject"] = subject
    mail["Date"] = BEGIN + timedelta(seconds=number // 100)
    mail["Message-ID"] = f"<{own}>"
    if one.ids:
        mail["In-Reply-To"] = f"<{one.ids[-1]}>"
        mail["References"] = " ".join(f"<{each}>" for each in one.ids[-_MOST_REFERENCES:])
    one.ids.append(own)
    quoted = one.last[:_QUOTED] if one.last and chance.random() < _QUOTING else ""
    lines = "".join(f"> {line}\n" for line in quoted.splitlines())
    mail.set_content(text + (f"\n\n05.06.2026 8:00, Support:\n{lines}" if quoted else "\n"))
    if chance.random() < _WITH_HTML:
        paragraphs = "".join(f"<p>{escape(line)}</p>\n" for line in text.splitlines())
        quote = f"<blockquote>{escape(quoted)}</blockquote>" if quoted else ""
        mail.add_alternative(f"<html><body>{paragraphs}{quote}</body></html>", subtype="html")
    return mail.as_bytes()
