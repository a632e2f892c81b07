"""The states of an ask, and from which of them it may go to which; the database keeps to the same table."""

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where an ask stands."""

    DRAFT = "draft"
    """«Новый»: it was made, its link opens nothing yet."""
    NEEDS_DATA = "needs_data"
    """The card has no address; the ask goes on by itself when it has one."""
    AWAITING_ADDRESS = "awaiting_address"
    """«Ответственному отправлен запрос»: the manager chooses an address."""
    QUEUED = "queued"
    """It is sent as soon as its time has come."""
    SENT = "sent"
    """«Ссылка отправлена клиенту»: the mail server has accepted the letter, or the chat the message."""
    VISITED = "visited"
    """«Клиент перешёл по ссылке»: its page was shown to a person."""
    ANSWERING = "answering"
    """A part of the answer is there, or a rating that is not confirmed."""
    ANSWERED = "answered"
    """«Отзыв получен»."""
    CLOSED = "closed"
    """All that follows from the answer is done."""
    SKIPPED = "skipped"
    FAILED = "failed"
    EXPIRED = "expired"
    OPTED_OUT = "opted_out"
    CANCELLED = "cancelled"


_WAITING: Final = (State.DRAFT, State.NEEDS_DATA, State.AWAITING_ADDRESS, State.QUEUED)
_OUT: Final = (State.SENT, State.VISITED, State.ANSWERING)
FINAL: Final = frozenset({State.SKIPPED, State.FAILED, State.EXPIRED, State.OPTED_OUT, State.CLOSED, State.CANCELLED})
"""Nothing more is expected of it."""
OPEN: Final = frozenset({*_OUT, State.ANSWERED, State.CLOSED})
"""Its link takes answers until it ends: closing ends our work, and not the right of the client to correct himself."""

STEPS: Final = frozenset(
    {
        (State.DRAFT, State.NEEDS_DATA),
        (State.DRAFT, State.AWAITING_ADDRESS),
        (State.DRAFT, State.QUEUED),
        (State.NEEDS_DATA, State.DRAFT),
        (State.AWAITING_ADDRESS, State.QUEUED),
        (State.QUEUED, State.SENT),
        (State.QUEUED, State.FAILED),
        (State.FAILED, State.DRAFT),  # somebody repairs it
        (State.FAILED, State.SENT),  # its letter was tried again, and taken
        (State.SKIPPED, State.DRAFT),  # as well
        (State.SENT, State.FAILED),  # it came back
        # The report of it came later than the visit of a scanner, or what the scanner has sent.
        *((one, State.FAILED) for one in (State.VISITED, State.ANSWERING)),
        (State.SENT, State.VISITED),
        *((one, State.ANSWERING) for one in (State.SENT, State.VISITED)),
        *((one, State.ANSWERED) for one in _OUT),
        # An answer given by phone, before a letter went out or after its link has ended.
        *((one, State.ANSWERED) for one in (*_WAITING, State.FAILED, State.SKIPPED, State.EXPIRED)),
        *((one, State.EXPIRED) for one in _OUT),
        *((one, State.OPTED_OUT) for one in (*_OUT, State.ANSWERED, State.CLOSED)),
        (State.ANSWERED, State.CLOSED),
        (State.CLOSED, State.ANSWERED),  # a correction that is worse opens the work again
        *((one, State.SKIPPED) for one in _WAITING),
        *((one, State.CANCELLED) for one in (*_WAITING, *_OUT, State.ANSWERED, State.FAILED)),
    }
)
"""From which state to which; an ask that stays where it is makes no step."""


def may(now: State, then: State) -> bool:
    """Whether an ask may go from one state to the other."""
    return (now, then) in STEPS
