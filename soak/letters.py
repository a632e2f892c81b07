"""Reads what the post office has delivered to people outside, each mail once."""

import email
import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Final

_LINK: Final = re.compile(r"https?://127\.0\.0\.1:[0-9]+(/f/[a-z0-9-]+/[^/\s\"'<>]+/[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as its reader has it."""

    message_id: str
    reader: str
    reply_to: str
    references: str
    subject: str
    link: str
    """Path of the page at which it asks for an answer; empty where it asks for none."""


class Postbox:
    """The mailbox of everybody outside."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: set[str] = set()

    def new(self) -> list[Letter]:
        """Letters that came since the last call."""
        files = sorted(file for file in self._folder.glob("*.others.eml") if file.name not in self._seen)
        self._seen.update(file.name for file in files)
        return [_letter(file.read_bytes()) for file in files]


def _letter(raw: bytes) -> Letter:
    mail = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)  # noqa: S101 - by that policy it is
    body = mail.get_body(("plain", "html"))
    found = _LINK.search(body.get_content() if body else "")
    return Letter(
        str(mail["Message-ID"]),
        str(mail["Delivered-To"]),
        str(mail["Reply-To"] or mail["From"]),
        " ".join(str(mail["References"] or "").split()),
        str(mail["Subject"] or ""),
        found[1] if found else "",
    )
