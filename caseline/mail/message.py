"""Says what a mail says: one reading of raw bytes gives everything that the house wants to know of it."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from caseline.mail import (
    addresses,
    attachments,
    authentication,
    automatic,
    bodies,
    bounces,
    dates,
    identifiers,
    quotes,
    structure,
)
from caseline.mail.addresses import Address
from caseline.mail.attachments import Attachment
from caseline.mail.automatic import Reason
from caseline.mail.bounces import Bounce
from caseline.mail.headers import Headers
from caseline.mail.html_body import Html
from caseline.mail.quotes import Passage
from caseline.mail.structure import Part
from caseline.mail.transfer import Raw

_DELIVERED: tuple[str, ...] = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it was read. All texts can be stored: no NUL, no halves of characters."""

    message_id: str | None
    """Without brackets; None when missing or nonsense. Not unique: some senders use one again."""
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    """Oldest first."""
    thread_index: bytes | None
    subject: str
    senders: tuple[Address, ...]
    """Everybody in From; mostly one."""
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    delivered_to: tuple[Address, ...]
    """From Delivered-To, X-Original-To and their like, where tokens of ours may stand."""
    date: datetime | None
    """In UTC, as the sender says; it may be any time."""
    text: str
    """The whole text: plain, else made of the HTML."""
    passages: tuple[Passage, ...]
    """The same text, parted into what is new and what is folded."""
    html: Html | None
    attachments: tuple[Attachment, ...]
    automatic: Reason | None
    bounce: Bounce | None
    loop: str | None
    """By what a letter of this program is marked: `Mint.read_mark` says whether it is of this house."""
    authentication: tuple[str, ...]
    """All Authentication-Results, the newest first; ask `dmarc`."""
    fingerprint: str
    """sha256 over Message-ID, Date, From and body: the same mail by another way has the same."""
    defects: tuple[str, ...]
    """What was wrong with the mail, in words; it was read all the same."""

    @property
    def sender(self) -> Address | None:
        """The first of From, else of Sender."""
        return self.senders[0] if self.senders else None

    @property
    def new_text(self) -> str:
        """What the mail says anew."""
        return "".join(each.text for each in self.passages if not each.folded)

    @property
    def quoted(self) -> str:
        """What is folded: quotes, signatures, disclaimers."""
        return "".join(each.text for each in self.passages if each.folded)

    def dmarc(self, authserv_id: str) -> bool | None:
        """Whether DMARC passed, as our own server found it; None when it does not say."""
        return authentication.dmarc(self.authentication, authserv_id)


def read(raw: Raw, *, whole: bool = True) -> Mail:
    """What a mail says. Any bytes can be read; what is wrong with them stands in `defects`.

    `whole` is False when `raw` is only the beginning of a large mail. Time and memory are bounded, whatever the size of
    a mail in a file: attachments stay where they are in `raw` until they are asked for and are never unpacked.
    """
    opened = structure.opened(raw, whole=whole)
    headers = opened.root.headers
    body = bodies.of(opened.root)
    own_id = identifiers.message_id(headers)
    hint = _charset(opened.root)
    senders = _senders(headers, hint)
    subject = headers.text("subject", hint)
    reason, bounce = _automatic(opened.root, senders, subject, body.text)
    date = dates.instant(headers.value("date"))
    return Mail(
        message_id=own_id,
        in_reply_to=identifiers.ids(headers.values("in-reply-to")),
        references=identifiers.ids(headers.values("references")),
        thread_index=identifiers.thread_index(headers),
        subject=subject,
        senders=senders,
        reply_to=addresses.addresses(headers.values("reply-to"), hint),
        to=addresses.addresses(headers.values("to"), hint),
        cc=addresses.addresses(headers.values("cc"), hint),
        delivered_to=addresses.addresses([value for name in _DELIVERED for value in headers.values(name)]),
        date=date,
        text=body.text,
        passages=quotes.passages(body.text),
        html=body.html,
        attachments=attachments.of(body.attached),
        automatic=reason,
        bounce=bounce,
        loop=automatic.own_loop(headers),
        authentication=tuple(headers.values("authentication-results")),
        fingerprint=_fingerprint(opened.root),
        defects=tuple(dict.fromkeys([*opened.defects, *_missing(headers, senders, date, own_id), *body.defects])),
    )


def _senders(headers: Headers, hint: str | None) -> tuple[Address, ...]:
    return addresses.addresses(headers.values("from"), hint) or addresses.addresses(headers.values("sender"), hint)


def _charset(part: Part) -> str | None:
    """The charset of the first text."""
    while part.parts and part.content_type.startswith("multipart/"):
        part = part.parts[0]
    return part.headers.parameter("content-type", "charset") or None if "content-type" in part.headers else None


def _automatic(
    root: Part, senders: tuple[Address, ...], subject: str, text: str
) -> tuple[Reason | None, Bounce | None]:
    report = bounces.report_kind(root)
    reason = automatic.reason(root.headers, senders, report=report, subject=subject)
    return reason, bounces.of(root, text) if reason is Reason.BOUNCE else None


def _missing(headers: Headers, senders: tuple[Address, ...], date: datetime | None, own_id: str | None) -> list[str]:
    found = []
    if own_id is None:
        found.append("no usable Message-ID" if "message-id" in headers else "no Message-ID")
    if not senders:
        found.append("no address of a sender")
    if date is None:
        found.append("a date that is none" if headers.value("date") else "no date")
    return found


def _fingerprint(root: Part) -> str:
    made = sha256()
    for name in ("message-id", "date", "from"):
        made.update(root.headers.value(name).encode("latin-1", "replace") + b"\x00")
    made.update(memoryview(root.raw)[root.start :])
    return made.hexdigest()
