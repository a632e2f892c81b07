"""Writes made-up mails, Russian and English, with what the world's mailers do; nobody in them exists."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

RECIPIENT: Final = "support@example.org"
MARK: Final = "X-Made-Up"
_START: Final = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
_PEOPLE: Final = (
    ("Вера Пробная", "vera@client.example"),
    ("Пётр Образцов", "petr@buyer.example"),
    ("Sam Sample", "sam@client.example"),
    ("Ada Test", "ada@shop.example"),
)
_MATTERS: Final = (
    ("Не работает принтер", "Добрый день! Принтер на складе не печатает с утра. Что делать?"),
    ("Счёт за март", "Здравствуйте, пришлите, пожалуйста, счёт за март ещё раз."),
    ("Возврат товара", "Хочу вернуть товар: пришёл не тот размер. Номер заказа 1042."),
    ("Order has not come", "Hello, my order 1042 was to come on Monday. Where is it?"),
    ("Password does not work", "Hi, I cannot sign in since yesterday. Please help."),
    ("Wrong invoice", "The invoice of this month has last month's address on it."),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A mail with its envelope."""

    raw: bytes
    sender: str
    recipient: str = RECIPIENT


def samples(number: int, *, seed: int = 0) -> Iterator[Sample]:
    """So many mails; every fourth answers an earlier one, and the same seed gives the same mails."""
    chance = random.Random(seed)
    sent: list[tuple[str, str, str, tuple[str, str]]] = []
    for count in range(number):
        answers = bool(sent) and count % 4 == 3  # noqa: PLR2004 - every fourth
        name, address = chance.choice(_PEOPLE)
        subject, text = chance.choice(_MATTERS)
        mail = EmailMessage()
        if answers:
            parent, subject, quoted, (name, address) = chance.choice(sent)
            subject = f"Re: {subject.removeprefix('Re: ')}"
            mail["In-Reply-To"] = mail["References"] = parent
            text = "Есть новости?\n\n" + "\n".join(f"> {line}" for line in quoted.splitlines())
        message_id = f"<made-up-{seed}-{count}@{address.partition('@')[2]}>"
        mail["From"] = f"{name} <{address}>"
        mail["To"] = f"Support <{RECIPIENT}>"
        mail["Subject"] = subject
        mail["Date"] = format_datetime(_START + timedelta(minutes=7 * count))
        mail["Message-ID"] = message_id
        mail[MARK] = "yes"
        mail.set_content(f"{text}\n")
        if count % 3 == 1:
            lines = "".join(f"<p>{line}</p>" for line in text.splitlines())
            mail.add_alternative(f"<html><body>{lines}</body></html>", subtype="html")
        sent.append((message_id, subject, text, (name, address)))
        yield Sample(mail.as_bytes().replace(b"\n", b"\r\n"), address)
