"""Takes a mail apart into its parts (MIME), with limits to depth, number and work."""

import re
from dataclasses import dataclass, field
from typing import Final

from caseline.mail import headers, transfer
from caseline.mail.headers import Headers
from caseline.mail.transfer import Raw

LARGEST: Final = 1024 * 1024 * 1024
"""Bytes of a mail that are searched for parts; above, only its headers and first parts are read."""
DEEPEST: Final = 120
MOST_PARTS: Final = 10_000
MOST_WORK: Final = 4 * 1024 * 1024 * 1024
"""Bytes searched for boundaries, all levels together."""
_LARGEST_WITHIN: Final = 32 * 1024 * 1024
"""Bytes of mails inside a mail, all together, that are decoded to be read."""
_MOST_HEADERS: Final = 16 * 1024 * 1024
"""Bytes of headers of all parts after which those of a further part are read as far as `_FEW_HEADERS`."""
_FEW_HEADERS: Final = 8 * 1024
_HEAD: Final = 1024 * 1024
"""Bytes that are read of a mail in a file whose lines end with CR alone, since these are mended in memory."""
_GUESSED_BOUNDARY: Final = re.compile(rb"(?:\A|\n)--([^\s-][^\r\n]{0,200}?)[ \t]*\r?\n(?=Content-)", re.IGNORECASE)
_GUESSED_WITHIN: Final = 4_000
_MAILS: Final = frozenset({"message/rfc822", "message/global"})
_BLANKS: Final = b"\r\n"
_BEGINNING: Final = "only the beginning of the mail is here"


@dataclass(slots=True)
class Part:
    """A part of a mail, or the mail itself: its headers, and where in `raw` its body stands."""

    raw: Raw
    headers: Headers
    start: int
    end: int
    content_type: str
    parts: list["Part"] = field(default_factory=list)

    @property
    def disposition(self) -> str:
        """How it wants to be shown: inline, attachment, or empty."""
        return self.headers.word("content-disposition")


@dataclass(slots=True)
class Opened:
    """A mail that was taken apart, and what was wrong with it."""

    root: Part
    defects: list[str]


@dataclass(slots=True)
class _Work:
    """What was done so far, against the limits."""

    defects: dict[str, None] = field(default_factory=dict)
    parts: int = 0
    searched: int = 0
    within: int = 0
    headers: int = 0


def opened(raw: Raw, *, whole: bool = True) -> Opened:
    """The parts of a mail; `whole` is False when it is only the beginning of one."""
    work = _Work()
    if not whole:
        work.defects[_BEGINNING] = None
    if b"\n" not in raw[: headers.LONGEST] and b"\r" in raw[: headers.LONGEST]:
        if not isinstance(raw, bytes):
            raw = raw[:_HEAD]
            work.defects[_BEGINNING] = None
        raw = raw.replace(b"\r", b"\n")
        work.defects["lines end with CR alone"] = None
    end = len(raw)
    if end > LARGEST:
        end = LARGEST
        work.defects[f"too large: only the first {LARGEST:,} bytes were read"] = None
    start = 0
    while raw[start : start + 1] in (b"\r", b"\n"):
        start += 1
    return Opened(_part(work, raw, start, end, 0), list(work.defects))


def _part(work: _Work, raw: Raw, start: int, end: int, depth: int, usual: str = "text/plain") -> Part:
    work.parts += 1
    block, body = _cut(work, raw, start, end)
    found = Headers(block)
    within = headers.body_within(block) if found.stopped else None
    if within is not None:
        work.defects["no blank line between headers and body"] = None
        found, body = Headers(block[:within]), start + within
    content_type = found.content_type()
    if content_type is None:
        if "content-type" in found and found.value("content-type"):
            work.defects["a content type that is none"] = None
        content_type = usual
    part = Part(raw, found, body, end, content_type)
    if content_type.startswith("multipart/"):
        _open_multipart(work, part, depth)
    elif content_type in _MAILS:
        _open_mail(work, part, depth)
    return part


def _cut(work: _Work, raw: Raw, start: int, end: int) -> tuple[bytes, int]:
    """The header block, and where the body begins."""
    if raw[start : start + 1] == b"\n" or raw[start : start + 2] == b"\r\n":
        return b"", raw.find(b"\n", start) + 1
    longest = headers.LONGEST if work.headers <= _MOST_HEADERS else _FEW_HEADERS
    limit = min(end, start + longest)
    with_cr = raw.find(b"\n\r\n", start, limit)
    bare = raw.find(b"\n\n", start, with_cr + 1 if with_cr >= 0 else limit)
    if bare >= 0 or with_cr >= 0:
        stop = (bare if bare >= 0 else with_cr) + 1
        body = raw.find(b"\n", stop) + 1
    else:
        stop = body = limit
        if limit < end:
            work.defects[f"headers longer than {longest:,} bytes"] = None
    work.headers += stop - start
    return raw[start:stop], body


def _open_multipart(work: _Work, part: Part, depth: int) -> None:
    if depth >= DEEPEST:
        work.defects[f"parts nested deeper than {DEEPEST}"] = None
        return
    digest = part.content_type == "multipart/digest"
    spans = _spans(work, part)
    if not spans:
        work.defects["a multipart without parts"] = None
    for start, end in spans:
        if work.parts >= MOST_PARTS:
            work.defects[f"more than {MOST_PARTS:,} parts"] = None
            return
        usual = "message/rfc822" if digest else "text/plain"
        part.parts.append(_part(work, part.raw, start, end, depth + 1, usual))


def _open_mail(work: _Work, part: Part, depth: int) -> None:
    """A mail inside a mail; encoded against the rules (RFC 2046 §5.2.1) it is decoded first."""
    if depth >= DEEPEST or work.parts >= MOST_PARTS:
        deep = depth >= DEEPEST
        work.defects[f"parts nested deeper than {DEEPEST}" if deep else f"more than {MOST_PARTS:,} parts"] = None
        return
    if transfer.is_encoded(part.headers):
        work.within += part.end - part.start
        if work.within > _LARGEST_WITHIN:
            return
        raw = b"".join(transfer.pieces(part.headers, part.raw, part.start, part.end))
        part.parts.append(_part(work, raw, 0, len(raw), depth + 1))
    else:
        start = part.start
        while start < part.end and part.raw[start] in _BLANKS:
            start += 1
        part.parts.append(_part(work, part.raw, start, part.end, depth + 1))


def _spans(work: _Work, part: Part) -> list[tuple[int, int]]:
    """Where the parts of a multipart stand, by its boundary or by one that can be seen."""
    boundary = part.headers.parameter("content-type", "boundary").encode("utf-8", "replace").rstrip()
    spans = _between(work, part, boundary) if boundary else []
    if not spans:
        seen = _GUESSED_BOUNDARY.search(part.raw[part.start : min(part.end, part.start + _GUESSED_WITHIN)])
        if seen and seen[1] != boundary:
            work.defects["a boundary that is not the one that was named"] = None
            spans = _between(work, part, seen[1])
    return spans


def _between(work: _Work, part: Part, boundary: bytes) -> list[tuple[int, int]]:
    work.searched += part.end - part.start
    if work.searched > MOST_WORK:
        work.defects["too much to search for boundaries"] = None
        return []
    spans: list[tuple[int, int]] = []
    sign, raw = b"--" + boundary, part.raw
    begin, at = None, raw.find(sign, part.start, part.end)
    while at >= 0:
        following = _line_after(raw, at + len(sign), part.end)
        if following is not None and (at == part.start or raw[at - 1] in _BLANKS):
            after, last = following
            if begin is not None:
                spans.append((begin, _before(raw, begin, at)))
                if len(spans) > MOST_PARTS:
                    return spans
            begin = after
            if last:
                return spans
        at = raw.find(sign, at + len(sign), part.end)
    if begin is not None:
        work.defects["the last boundary is missing"] = None
        spans.append((begin, part.end))
    return spans


def _line_after(raw: Raw, at: int, end: int) -> tuple[int, bool] | None:
    """After the line of a boundary, and whether it was the last one; None when the line goes on."""
    last = raw[at : at + 2] == b"--"
    at += 2 * last
    while at < end and raw[at] in b" \t":
        at += 1
    if at >= end:
        return end, last
    if raw[at] == ord("\n"):
        return at + 1, last
    if raw[at : at + 2] == b"\r\n":
        return at + 2, last
    return (at, last) if last else None


def _before(raw: Raw, begin: int, at: int) -> int:
    """Without the line end before a boundary, which belongs to the boundary."""
    if at > begin and raw[at - 1] == ord("\n"):
        at -= 1
    if at > begin and raw[at - 1] == ord("\r"):
        at -= 1
    return at
