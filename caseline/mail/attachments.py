"""What a mail carries beside its text: attachments, safely named, decoded when asked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from caseline.mail import encoded_words, file_names, transfer
from caseline.mail.structure import Part

_LONGEST_ID: Final = 998
_BRACKETS: Final = re.compile(r"[<>\s\x00-\x1f\x7f]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file, a picture, a mail that was forwarded, a signature; its content is never looked into nor unpacked."""

    filename: str
    """Safe: no path, no control characters, no reserved name."""
    content_type: str
    size: int
    """Bytes when decoded."""
    content_id: str | None
    """What `cid:` in the HTML refers to."""
    inline: bool
    """Meant to be seen inside the text."""
    _part: Part = field(repr=False, compare=False)

    def pieces(self) -> Iterator[bytes]:
        """The content in pieces of about a megabyte."""
        return transfer.pieces(self._part.headers, self._part.raw, self._part.start, self._part.end)

    @property
    def content(self) -> bytes:
        """The content, decoded anew at each call."""
        return b"".join(self.pieces())


def of(parts: list[Part]) -> tuple[Attachment, ...]:
    """The attachments that parts are, in order."""
    return tuple(_attachment(number, part) for number, part in enumerate(parts, start=1))


def name(part: Part) -> str:
    """The safe name that a part gives itself; empty when it has none."""
    headers = part.headers
    written = headers.parameter("content-disposition", "filename") if "content-disposition" in headers else ""
    if not written and "content-type" in headers:
        written = headers.parameter("content-type", "name")
    return file_names.safe(written) if written else ""


def _attachment(number: int, part: Part) -> Attachment:
    filename = name(part)
    if not filename and part.parts and part.content_type.startswith("message/"):
        subject = file_names.safe(part.parts[0].headers.text("subject").replace("/", "_").replace("\\", "_"))
        filename = file_names.safe(f"{subject}.eml") if subject else ""
    content_id = _BRACKETS.sub("", encoded_words.plain(part.headers.value("content-id")))[:_LONGEST_ID] or None
    size = sum(map(len, transfer.pieces(part.headers, part.raw, part.start, part.end)))
    return Attachment(
        filename=filename or file_names.invented(number, part.content_type),
        content_type=part.content_type,
        size=size,
        content_id=content_id,
        inline=part.disposition != "attachment" and (content_id is not None or part.disposition == "inline"),
        _part=part,
    )
