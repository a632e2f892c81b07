"""What stands in the timeline of a request: messages with attachments, and assignments with messages of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from caseline.crm.vocabulary import MessageKind

OUR_CHANNEL: Final = "mail"
"""The channel of requests that a mail opens."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a message."""

    name: str
    content_type: str
    size: int
    sha256: bytes | None
    """Names its content among the files; None: it is too large to be kept, and lies in the raw mail of the message."""
    content_id: str | None = None
    inline: bool = False
    id: int | None = field(default=None, compare=False)
    """None: it is on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message on its way into a timeline."""

    record_id: int
    kind: MessageKind
    sent_at: datetime
    text: str = ""
    html: str | None = None
    """As it came: it is made safe whenever it is shown."""
    subject: str | None = None
    sender: str | None = None
    recipients: str | None = None
    copies: str | None = None
    sender_address: str | None = None
    """Of whoever wrote it."""
    told: Sequence[str] = ()
    """Addresses of those to whom it was written."""
    mail_id: str | None = None
    """Message-ID without its brackets."""
    thread_id: str | None = None
    """What all mails of an Outlook conversation share, in base64."""
    author_id: int | None = None
    """The person of the house who wrote it."""
    public: bool = True
    assignment_id: int | None = None
    automatic: str | None = None
    unverified: bool = False
    """Nobody vouches for the sender: somebody new with a valid token, or somebody unproven."""
    unproven: str | None = None
    """The server that found that the sender's domain does not stand for it (DMARC)."""
    new_text: str | None = None
    """What is not quoted, where that is less than the text."""
    mail_ref: int | None = None
    outsider: bool = False
    """Whoever wrote it works on its assignment."""
    attachments: Sequence[Attached] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message of a timeline."""

    id: int
    record_id: int
    kind: MessageKind
    sent_at: datetime
    text: str
    html: str | None
    subject: str | None
    sender: str | None
    recipients: str | None
    copies: str | None
    mail_id: str | None
    author: str | None
    public: bool
    imported: bool
    assignment_id: int | None
    automatic: str | None
    unverified: bool
    unproven: str | None
    new_text: str | None
    mail_ref: int | None
    attachments: tuple[Attached, ...] = field(default=())


class Origin(StrEnum):
    """What a line of a timeline is made of."""

    MESSAGE = "message"
    EVENT = "event"
    """Of the event log."""
    HISTORY = "history"
    """What a source tells of a change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something that happened to a request."""

    at: datetime
    origin: Origin
    id: int
    type: str
    """The kind of the message, the type of the event, or the field that was changed."""
    data: Mapping[str, Any] = field(default_factory=dict)
    by: str | None = None
    """Name of the person who did it; that of a message stands there."""
    person: str | None = None
    """Name of the person whom an event tells of, and of the group."""
    group: str | None = None


class AssignmentState(StrEnum):
    """How far an assignment is."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAssignment:
    """A work item to be made; for a person of the house or, external, for a contact."""

    record_id: int
    title: str
    text: str
    assignee_id: int | None = None
    contact_id: int | None = None
    due_at: datetime | None = None
    remind_at: datetime | None = None
    starts_at: datetime | None = None
    """When it is to be begun; None: at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A work item of a request."""

    id: int
    version: int
    record_id: int
    title: str
    text: str
    assignee: str | None
    contact_id: int | None
    contact: str | None
    address: str | None
    """Mail address of the contact, or of the person."""
    state: AssignmentState
    due_at: datetime | None
    remind_at: datetime | None
    created_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    assignee_id: int | None = None
    """The person of the house who works on it."""
    by_id: int | None = None
    """Who has given it."""
    by: str | None = None
    starts_at: datetime | None = None
    """When it is to be begun; None: at once."""

    @property
    def external(self) -> bool:
        """Whether somebody outside works on it."""
        return self.contact_id is not None

    @property
    def name(self) -> str:
        """How messages call it."""
        return f"assignment {self.id} of request {self.record_id}"


@dataclass(frozen=True, slots=True)
class Item:
    """A step of the checklist of an assignment."""

    id: int
    assignment_id: int
    text: str
    ticked_at: datetime | None
    ticked_by: str | None
    """The name of who said that it is done."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody of a client."""

    id: int
    name: str
    email: str | None
    company_id: int | None


@dataclass(frozen=True, slots=True)
class Held:
    """A message that bears a Message-ID or thread id."""

    key: str
    """The id as it was asked for."""
    record_id: int
    assignment_id: int | None
    at: datetime
    placed: bool = False
    """Somebody has put it where it stands."""


@dataclass(frozen=True, slots=True)
class Successor:
    """A request that goes on where an earlier one was closed."""

    record_id: int
    direct: bool
    """It was opened by an answer to the very request that was asked for, not to one that came between."""


@dataclass(frozen=True, slots=True)
class Parties:
    """What a sender has to do with a request, and whether it still runs."""

    record_id: int
    version: int
    closed_at: datetime | None
    merged_into: int | None
    company_id: int | None
    requester: bool
    """The sender is its contact."""
    colleague: bool
    """The sender is a contact of its company."""
    participant: bool
    """The sender wrote or was written to in it or its assignments, and somebody vouched for whoever wrote that.

    Not asked where he is the requester and there is no assignment.
    """
    works_on: frozenset[int]
    """Its assignments of which the sender is the contact, or has written as their contact before."""
