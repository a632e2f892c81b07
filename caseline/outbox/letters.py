"""What a letter is: as somebody asks for it, and as it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from caseline.outbox.minting import Thread


class Nature(StrEnum):
    """Who speaks in a letter."""

    PERSONAL = "personal"
    """A person, or what a person has ordered."""
    REPLY = "reply"
    """The house by itself, to a mail that came; one for a request, whatever happens."""
    NOTICE = "notice"
    """The house by itself, because something happened or a time has come."""
    ASK = "ask"
    """The house by itself, to ask somebody what he thinks: whom, and how often, a campaign says. Unlike those above it
    wants to be told that it did not arrive."""


class State(StrEnum):
    """How far a letter has come."""

    QUEUED = "queued"
    HELD = "held"
    """It waits until somebody releases it."""
    SENDING = "sending"
    """A sender has it; if that one dies, it is sent again with the same Message-ID."""
    SENT = "sent"
    """The server has taken it for at least one recipient; those that it refused are named."""
    FAILED = "failed"
    CANCELLED = "cancelled"


class Delivery(StrEnum):
    """What the server has said of a recipient."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Address:
    """A mail address with the name of whose it is."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along."""

    name: str
    content_type: str
    content: bytes = field(repr=False)
    cid: str = ""
    """By what the HTML names it, where it is a picture that stands there."""


@dataclass(frozen=True, slots=True)
class Parent:
    """The mail or letter that a letter answers, as its headers name it."""

    message_id: str
    references: Sequence[str] = ()
    """Oldest first."""
    thread_index: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLetter:
    """A letter that is asked for."""

    thread: Thread
    to: Sequence[Address]
    subject: str
    text: str
    imported: bool
    """Whether the event that asks for it is imported: then it is refused."""
    nature: Nature = Nature.PERSONAL
    html: str | None = None
    """The same words for mailers that show HTML, as `templates.render` makes them."""
    cc: Sequence[Address] = ()
    parent: Parent | None = None
    attachments: Sequence[Attachment] = ()
    sender_name: str = ""
    """Beside own address; the house's name when it is empty."""
    occasion: str | None = None
    """The caller's name of what asks for it (`assignment 12 given`): asked for twice, there is one letter."""
    secret_links: Sequence[str] = ()
    """Parts of the words that nobody but the recipient may know: blanked wherever the letter is shown."""
    ordered: bool = False
    """A person has ordered it, once: how many letters its recipients have had today does not matter."""
    of_one_house: bool = False
    """The recipients' domains have mailboxes for their own people only, so replies to a domain are limited, too."""
    unsubscribe: str | None = None
    """The address at which mailers let their people say by one click that they want no more such letters."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to whom a letter goes, with what became of that."""

    position: int
    address: str
    name: str
    copy: bool
    """Stands in Cc."""
    state: Delivery
    answer: str | None
    """What the server said last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter as it is kept: all that its bytes are made of, so that they are the same whenever they are made."""

    id: int
    thread: Thread
    nature: Nature
    message_id: str
    sender: Address
    reply_to: str
    mark: str
    subject: str
    text: str
    html: str | None
    in_reply_to: str | None
    references: Sequence[str]
    thread_index: bytes
    queued_at: datetime
    secret_links: Sequence[str]
    recipients: Sequence[Recipient]
    attachments: Sequence[Attachment]
    unsubscribe: str | None = None
    state: State = State.QUEUED
    """How far it was when it was read."""

    @property
    def automatic(self) -> bool:
        """Written by nobody: it must never be answered by a machine."""
        return self.nature is not Nature.PERSONAL

    @property
    def waiting(self) -> list[Recipient]:
        """Those who have not got it yet."""
        return [one for one in self.recipients if one.state is Delivery.WAITING]
