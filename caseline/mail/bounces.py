"""Reads reports of delivery (RFC 3464, and the older ones in plain words): which letter, to whom, why."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from caseline.mail import addresses, identifiers, transfer
from caseline.mail.headers import Headers
from caseline.mail.structure import Part

_LONGEST: Final = 256 * 1024
"""Bytes of a report that are read."""
_MOST_RECIPIENTS: Final = 1_000
_STATUS: Final = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_CODE: Final = re.compile(r"(?<![\d.-])([45])\d\d(?=[\s-])")
_BLOCKS: Final = re.compile(rb"\r?\n[ \t]*\r?\n")
_COPY: Final = re.compile(
    r"this is a copy of|below this line is a copy|original message|the header of the original|message header|"
    r"исходное сообщение|заголовки исходного",
    re.IGNORECASE,
)
_NAMES: Final = (
    "message-id",
    # What letters of this program say once more; and where providers keep the id that they put their own in place of.
    "x-caseline-letter",
    "x-google-original-message-id",
    "x-microsoft-original-message-id",
)
_ID_LINE: Final = re.compile(
    rf"^[> \t]*({'|'.join(_NAMES)}):[ \t]*(?:\r?\n[ \t]+)?(<[^<>\n]{{1,998}}>)", re.IGNORECASE | re.MULTILINE
)
_REPLY_LINE: Final = re.compile(
    r"^[> \t]*reply-to:([^\n]{0,998}(?:\n>?[ \t][^\n]{0,998})?)", re.IGNORECASE | re.MULTILINE
)
_FAILED_LINE: Final = re.compile(r"^[ \t]*<?([^\s<>,;:]{1,64}@[^\s<>,;:]{1,255})>?[:;,]?[ \t]*$", re.MULTILINE)
_DONE: Final = frozenset({"delivered", "relayed", "expanded"})


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a report says. Whether it is about a letter of ours, its ids must show; anybody can forge the rest."""

    original_ids: tuple[str, ...]
    """By which the letter may be known, its Message-ID first, which a provider may have put in place of ours."""
    reply_to: tuple[str, ...]
    """To which addresses its answers were to go."""
    recipients: tuple[str, ...]
    """Whom the letter did not reach, or late."""
    status: str | None
    """The worst enhanced status code (RFC 3463), like 5.1.1."""
    permanent: bool
    """Given up: True. Late, or delivered after all: False."""


def report_kind(root: Part) -> str:
    """The kind of a multipart/report in small letters; `delivery-status` where only its parts show it; else empty."""
    if root.content_type != "multipart/report":
        return ""
    named = root.headers.parameter("content-type", "report-type").lower()
    kinds = {part.content_type for part in root.parts}
    if "message/disposition-notification" in kinds or named == "disposition-notification":
        return "disposition-notification"
    return named or "delivery-status"


def of(root: Part, text: str) -> Bounce:
    """What the report says, from its machine-readable parts, else from its words."""
    parts = list(_leaves(root))
    fields = [
        each
        for part in parts
        if part.content_type in ("message/delivery-status", "message/global-delivery-status")
        for each in _fields(part)
    ]
    failed = [each for each in fields if each.word("action") not in _DONE] if fields else []
    recipients = [address for each in failed if (address := _recipient(each))]
    statuses = [found[0] for each in failed if (found := _STATUS.search(each.value("status")))]
    actions = {each.word("action") for each in fields if "action" in each}
    if not fields:
        recipients, statuses = _in_words(root, text)
    worst = max(statuses, default=None)
    permanent = "failed" in actions if actions else (worst or "").startswith("5")
    kept = tuple(dict.fromkeys(recipients))[:_MOST_RECIPIENTS]
    ids, reply_to = _original(root, parts, text)
    return Bounce(ids, reply_to, kept, worst, permanent)


def _leaves(part: Part) -> Iterator[Part]:
    yield part
    if not part.content_type.startswith("message/"):
        for child in part.parts:
            yield from _leaves(child)


def _content(part: Part) -> bytes:
    found = b""
    for more in transfer.pieces(part.headers, part.raw, part.start, min(part.end, part.start + _LONGEST)):
        found += more
    return found


def _fields(part: Part) -> Iterator[Headers]:
    """The blocks of a delivery status that speak of a recipient."""
    for block in _BLOCKS.split(_content(part)):
        found = Headers(block.strip(b"\r\n") + b"\n")
        if "final-recipient" in found or "original-recipient" in found or "action" in found:
            yield found


def _recipient(fields: Headers) -> str | None:
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        value = fields.value(name)
        found = addresses.addresses([value.partition(";")[2] or value])
        if found:
            return found[0].address
    return None


def _original(root: Part, parts: list[Part], text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ids of the letter that is reported, and where its answers were to go, from the copy that came along.

    Without a copy, or where it has no id, what the report refers to.
    """
    heads = [head for part in parts if (head := _head(part)) is not None]
    found = [each for head in heads for name in _NAMES for each in identifiers.ids(head.values(name))[:1]]
    answers = [each.address for head in heads for each in addresses.addresses(head.values("reply-to"))]
    if not found and not answers:
        copy = _COPY.search(text)
        said = text[copy.end() if copy else 0 :][:_LONGEST]
        named: list[tuple[str, str]] = _ID_LINE.findall(said)
        # The first of each name: what comes below may be of mails that the letter quotes.
        first = {name.lower(): value for name, value in reversed(named)}
        found = [each for name in _NAMES if name in first for each in identifiers.ids([first[name]])]
        line = _REPLY_LINE.search(said)
        answers = [each.address for each in addresses.addresses([line[1]])] if line else []
    if not found:
        found = [
            *identifiers.ids(root.headers.values("in-reply-to")),
            *identifiers.ids(root.headers.values("references"))[-1:],
        ]
    return tuple(dict.fromkeys(found)), tuple(dict.fromkeys(answers))


def _head(part: Part) -> Headers | None:
    """The headers of a letter that came along, whole or without its text."""
    if part.content_type.startswith("message/") and part.parts:
        return part.parts[0].headers
    if part.content_type in ("text/rfc822-headers", "message/rfc822-headers"):
        return Headers(_content(part).strip(b"\r\n") + b"\n")
    return None


def _in_words(root: Part, text: str) -> tuple[list[str], list[str]]:
    """Recipients and statuses of a report without a machine-readable part."""
    copy = _COPY.search(text)
    said = text[: copy.start() if copy else None][:_LONGEST]
    named = [each.address for each in addresses.addresses(root.headers.values("x-failed-recipients"))]
    recipients = named or [
        each[0].address for line in _FAILED_LINE.findall(said) if (each := addresses.addresses([line]))
    ]
    statuses = [found[0] for found in _STATUS.finditer(said)] or [f"{found[1]}.0.0" for found in _CODE.finditer(said)]
    return recipients, statuses
