"""The port to messengers: whom one may write to, sending, and what comes in; its docstrings are the contract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

LONGEST: Final = 4_000
"""Characters of a message; what comes longer is cut, what we send is shorter."""
WINDOW: Final = timedelta(hours=24)
"""So long after a person's last message WhatsApp takes words that it has not approved."""


class May(StrEnum):
    """Whether a dialogue can be opened."""

    YES = "yes"
    BY_TEMPLATE = "by template"
    """The first words must be those that the messenger has approved."""
    NO = "no"


@dataclass(frozen=True, slots=True)
class Start:
    """The answer to whether a dialogue can be opened."""

    may: May
    reason: str = ""
    """Why not."""
    chat: str | None = None
    """By what the gateway knows the chat, where it can be opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """A contact as a gateway must know him."""

    name: str
    phone: str | None = None
    """As +79991234567."""
    reachable: bool = False
    """A letter with the address of a page can be sent to him."""
    chat: str | None = None
    """A chat of this gateway that he has, as it was known last."""
    last_in_at: datetime | None = None
    """When he wrote there last."""


@dataclass(frozen=True, slots=True)
class Button:
    """What can be pressed instead of typing."""

    text: str
    code: str
    """What comes back."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent. Links in it never show a preview: robots that fetch them look like people."""

    text: str
    buttons: Sequence[Button] = ()
    wants_phone: bool = False
    """A button shares the person's phone, where the messenger has that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A message of a person."""

    gateway: str
    message_id: str
    """Its own within the gateway: the same message has the same one however often it comes."""
    chat: str
    at: datetime
    text: str = ""
    button: str | None = None
    """The code of what was pressed."""
    phone: str | None = None
    """As the messenger vouches for it; never what somebody has typed."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """What was waiting at a gateway that is asked for it."""

    received: Sequence[Received]
    offset: str | None
    """From where to ask next."""


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a gateway works."""

    works: bool
    lines: Sequence[str] = field(default=())
    """What was found, with the remedy where something is wrong."""


class ChatGateway(Protocol):
    """A messenger. Methods raise `Away`, `Barred` and `Refused`; no message of theirs holds a token."""

    name: str
    polls: bool
    """Whether it must be asked for what came in."""

    def can_start(self, whom: Whom, *, now: datetime) -> Start:
        """Whether a dialogue may be opened with somebody who expects none."""

    def send(self, chat: str, message: Message, *, key: str, again: bool) -> str:
        """Send a message; answers its id in the gateway.

        `key` is the same whenever the same message is sent. `again`: it was tried before and nobody knows what came of
        it; a gateway that can be asked is asked first. Where it cannot, such a message arrives at least once.
        """

    def poll(self, offset: str | None) -> Batch:
        """What came in since; it is not given up before it is asked with the answer's offset."""

    def read(self, document: Mapping[str, object], *, now: datetime) -> Received | None:
        """The message of a call of its webhook; None for what is no message of a person. Raises `Unread`."""

    def acknowledge(self, one: Received) -> None:
        """Tell the gateway that a message is kept, where it shows the person that we are busy until then."""

    def check(self, hook: str | None) -> Health:
        """Whether it works, `hook` being the address at which we wait for its calls."""

    def register(self, hook: str | None, secret: str | None) -> None:
        """Let it call us at this address, showing the secret; None: not at all, where that can be said."""

    def close(self) -> None:
        """End connections."""
