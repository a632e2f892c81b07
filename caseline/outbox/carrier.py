"""The port to whatever carries letters to their recipients; its docstrings are the contract."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from caseline.outbox.endings import Said


@dataclass(frozen=True, slots=True)
class Parcel:
    """The bytes of a letter and whom they are for."""

    sender: str | None
    """Where bounces go; None where none may come back, because nobody wrote the letter."""
    own_address: str
    """What stands instead of no sender, where a server does not take that."""
    recipients: Sequence[str]
    content: bytes = field(repr=False)
    utf8: bool
    """Some address needs SMTPUTF8."""


class Session(Protocol):
    """An open way to the server, for many parcels one after another."""

    def send(self, parcel: Parcel, before: Callable[[], None]) -> Mapping[str, Said]:
        """Hand a parcel over; answers what became of each recipient. `before` is called before any byte of it goes.

        Raises `Away` when the connection is of no use any more; its `begun` says whether the server may have taken the
        parcel. Raises `CannotSend` when the server wants nothing from us. What `before` raises comes through, and
        nothing was sent then.
        """


class Carrier(Protocol):
    """A server that takes letters."""

    def open(self) -> AbstractContextManager[Session]:
        """Connect and sign in, once; raises `Away` or `CannotSend`."""
