"""Composes the bytes of a letter; the same letter has the same bytes whenever it is composed, for it may go twice."""

import re
from base64 import b64encode
from email import encoders
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime
from hashlib import sha256
from typing import Final

from caseline.outbox import head
from caseline.outbox.addresses import needs_utf8
from caseline.outbox.letters import Address, Attachment, Letter, Nature

LOOP_HEADER: Final = "X-Caseline"
LETTER_HEADER: Final = "X-Caseline-Letter"
"""The Message-ID once more: providers that put another one in its place leave this as it is, and bounces show it."""
_LONGEST_LINE: Final = 900
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_POLICY: Final = compat32.clone(linesep="\r\n", max_line_length=0)
_AUTO_SUBMITTED: Final = {Nature.REPLY: "auto-replied", Nature.NOTICE: "auto-generated", Nature.ASK: "auto-generated"}
"""RFC 3834: only what a mail has caused is a reply."""


def compose(letter: Letter) -> bytes:
    """The whole letter as it goes to the server, with CRLF line ends and in ASCII but for addresses that are not."""
    return "".join(_head(letter)).encode() + _body(letter).as_bytes(policy=_POLICY)


def smtp_utf8(letter: Letter) -> bool:
    """Whether only a server that offers SMTPUTF8 can take it."""
    return needs_utf8(letter.sender.address) or any(needs_utf8(one.address) for one in letter.recipients)


def _head(letter: Letter) -> list[str]:
    to = [Address(one.address, one.name) for one in letter.recipients if not one.copy]
    copies = [Address(one.address, one.name) for one in letter.recipients if one.copy]
    lines = [
        head.line("Date", format_datetime(letter.queued_at)),
        head.addresses("From", [letter.sender]),
        head.addresses("Reply-To", [Address(letter.reply_to, letter.sender.name)]),
        head.addresses("To", to),
        *([head.addresses("Cc", copies)] if copies else []),
        head.words("Subject", letter.subject),
        head.ids("Message-ID", [letter.message_id]),
    ]
    if letter.in_reply_to is not None:
        lines.append(head.ids("In-Reply-To", [letter.in_reply_to]))
    if letter.references:
        lines.append(head.ids("References", letter.references))
    encoded = b64encode(letter.thread_index).decode()
    pieces = [encoded[start : start + head.WIDTH - 16] for start in range(0, len(encoded), head.WIDTH - 16)]
    lines.append(head.line("Thread-Index", "\r\n ".join(pieces)))
    lines.append(head.line(LOOP_HEADER, f"{letter.mark}; {letter.nature}"))
    lines.append(head.ids(LETTER_HEADER, [letter.message_id]))
    if letter.automatic:
        lines.append(head.line("Auto-Submitted", _AUTO_SUBMITTED[letter.nature]))
        lines.append(head.line("X-Auto-Response-Suppress", "All"))
        lines.append(head.line("Precedence", "bulk" if letter.nature is Nature.ASK else "auto_reply"))
    if letter.unsubscribe is not None:
        lines.append(head.line("List-Unsubscribe", f"<{letter.unsubscribe}>"))
        lines.append(head.line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return lines


def _body(letter: Letter) -> MIMEBase:
    text = _text(letter.text, "plain")
    if letter.html is not None:
        both = MIMEMultipart("alternative", _boundary(letter, "alternative"))
        both.attach(text)
        both.attach(_shown(letter, letter.html))
        said: MIMEBase = both
    else:
        said = text
    files = [one for one in letter.attachments if not one.cid]
    if not files:
        return said
    whole = MIMEMultipart("mixed", _boundary(letter, "mixed"))
    del said["MIME-Version"]
    whole.attach(said)
    for one in files:
        whole.attach(_file(one))
    return whole


def _shown(letter: Letter, html: str) -> MIMEBase:
    """The HTML, together with the pictures that stand in it."""
    text = _text(html, "html")
    pictures = [one for one in letter.attachments if one.cid]
    if not pictures:
        return text
    whole = MIMEMultipart("related", _boundary(letter, "related"), type="text/html")
    for part in (whole, text):
        del part["MIME-Version"]
    whole.attach(text)
    for one in pictures:
        whole.attach(_file(one))
    return whole


def _text(text: str, kind: str) -> MIMENonMultipart:
    """Base64 unless it is ASCII in lines that no server cuts: nothing on the way has a reason to change a byte."""
    content = "\r\n".join([*_LINE_END.split(text.replace("\0", "").rstrip()), ""])
    plain = content.isascii() and all(len(one) <= _LONGEST_LINE for one in content.split("\r\n"))
    part = MIMENonMultipart("text", kind, charset="us-ascii" if plain else "utf-8")
    if plain:
        part["Content-Transfer-Encoding"] = "7bit"
        part.set_payload(content)
    else:
        part.set_payload(content.encode())
        encoders.encode_base64(part)
    return part


def _file(one: Attachment) -> MIMEBase:
    main, _, kind = one.content_type.partition("/")
    part = MIMEBase(main, kind)
    del part["MIME-Version"]
    part.set_payload(one.content)
    encoders.encode_base64(part)
    name = one.name if one.name.isascii() else ("utf-8", "", one.name)
    if one.cid:
        part.add_header("Content-ID", f"<{one.cid}>")
    part.add_header("Content-Disposition", "inline" if one.cid else "attachment", filename=name)
    return part


def _boundary(letter: Letter, place: str) -> str:
    """Follows from the Message-ID, and no line of base64 or of what people write is like it."""
    return f"=_{sha256(f'{place} {letter.message_id}'.encode()).hexdigest()[:40]}"
