"""The embedded chat: a page of ours, to whose address a letter leads."""

from collections.abc import Mapping
from datetime import datetime

from caseline.chat.gateway import Batch, Health, May, Message, Received, Start, Whom

NAME = "web"


class WebChat:
    """What is sent stands on the page as soon as it is; each key stands there once."""

    name = NAME
    polls = False

    def can_start(self, whom: Whom, *, now: datetime) -> Start:  # noqa: ARG002 - a page knows no hours
        """Whoever can be told of the page can be asked on it; each dialogue has a page of its own."""
        if whom.reachable:
            return Start(May.YES)
        return Start(May.NO, "nobody can be told of the page: the contact has no mail address")

    def send(self, chat: str, message: Message, *, key: str, again: bool) -> str:  # noqa: ARG002 - it stands in the table
        """Nothing leaves the house."""
        return key

    def poll(self, offset: str | None) -> Batch:
        """Nothing waits elsewhere."""
        return Batch((), offset)

    def read(self, document: Mapping[str, object], *, now: datetime) -> Received | None:  # noqa: ARG002 - as above
        """Nobody calls."""
        return None

    def acknowledge(self, one: Received) -> None:
        """The page shows it."""

    def check(self, hook: str | None) -> Health:  # noqa: ARG002 - nothing is called
        """It needs nothing but the address of the public pages, which letters need, too."""
        return Health(works=True, lines=("the chat is a page of ours",))

    def register(self, hook: str | None, secret: str | None) -> None:
        """Nobody calls."""

    def close(self) -> None:
        """There is nothing to end."""
