"""A message as a comment of the portal's timeline, and back: what people read, with the message's key at its end."""

import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, unquote

from caseline.crm.vocabulary import MessageKind
from keywords import markup

LONGEST: Final = 60_000
"""Bytes of a comment; what is longer goes along as a file."""
FILE: Final = "message.txt"
_TITLES: Final = {
    MessageKind.COMMENT: "Комментарий",
    MessageKind.MAIL_IN: "Письмо от клиента",
    MessageKind.MAIL_OUT: "Письмо клиенту",
}
_HEADS: Final = {"author": "Автор", "sender": "От", "recipients": "Кому", "copies": "Копия", "subject": "Тема"}
_HIDDEN: Final = "только для сотрудников"
_KEY: Final = re.compile(r"\n\[caseline ([^\s\]]+) ([^\]\n]*)\]\s*\Z")
_LOST: Final = re.compile(r"[%\[\]\s]")
"""Signs that would end a key, or that the portal may change."""
_AUTHOR: Final = re.compile(rf"^{_HEADS['author']}: .*$", re.MULTILINE)


def comment(source: str, message: Mapping[str, Any], author: str | None) -> str:
    """The text of the comment; its last line names the source and the message's key there."""
    kind, sent = MessageKind(message["kind"]), _moment(message["sent_at"])
    head = f"[B]{_TITLES[kind]}[/B] · {sent:%d.%m.%Y %H:%M} UTC"
    if message.get("public") is False:
        head += f" · {_HIDDEN}"
    values = {**message, "author": author}
    lines = [f"{title}: {_line(values[name])}" for name, title in _HEADS.items() if values.get(name)]
    return "\n".join([head, *lines, "", _body(message), key(source, str(message["origin"]))])


def key(source: str, origin: str) -> str:
    """The last line of a comment, by which it is found again."""
    return f"\n[caseline {_LOST.sub(_safe, source)} {_LOST.sub(_safe, origin)}]"


def keyed(text: str) -> tuple[str, str] | None:
    """(source, origin) of a comment of ours; None for what people wrote."""
    found = _KEY.search("\n" + text)
    return (unquote(found[1]), unquote(found[2])) if found else None


def fields(text: str, source: str, origin: str) -> dict[str, Any]:
    """The text as fields of a comment; what is too long for one goes along as a file."""
    short = shortened(text, source, origin)
    if short == text:
        return {"COMMENT": short}
    return {"COMMENT": short, "FILES": [[FILE, b64encode(text.encode()).decode()]]}


def same(found: str, wanted: str) -> bool:
    """Whether a comment is as we wrote it; its author may have got another name since."""
    return _AUTHOR.sub("", found, count=1).split() == _AUTHOR.sub("", wanted, count=1).split()


def shortened(text: str, source: str, origin: str) -> str:
    """A comment that the portal takes: the beginning, where the rest goes along as a file."""
    if len(text.encode()) <= LONGEST:
        return text
    note = f"\n… целиком в файле {FILE}\n{key(source, origin)}"
    room = LONGEST - len(note.encode())
    return text.encode()[:room].decode(errors="ignore") + note


def _body(message: Mapping[str, Any]) -> str:
    """The text; of a message that has none but HTML, what that says."""
    text = str(message.get("text") or "").replace("\r\n", "\n")
    return text if text.strip() else markup.plain(str(message.get("html") or "").replace("\r\n", "\n")).strip()


def _safe(found: re.Match[str]) -> str:
    return quote(found[0], safe="")


def _line(value: object) -> str:
    return " ".join(str(value).split())


def _moment(value: object) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment.astimezone(UTC)
