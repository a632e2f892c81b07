"""When a manager is asked to which address a letter shall go, when reminded, when his head is asked, when it ends."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

NO_ADDRESS: Final = "no address"
"""Why nobody is asked for a review then."""


class Act(StrEnum):
    """What is to be done about a question."""

    ASK = "ask"
    REMIND = "remind"
    ESCALATE = "escalate"
    """The head is asked; whoever was asked first may still answer."""
    GIVE_UP = "give up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Working days."""

    remind: int = 2
    escalate: int = 5
    """Both from the question on."""
    head: int = 5
    """How long the head has for it, from when he is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as it stands."""

    asked_at: datetime
    person_id: int | None
    """Who was asked: the manager, or whoever stood in; None: there was nobody."""
    reminded_at: datetime | None = None
    escalated_at: datetime | None = None
    head_id: int | None = None


Until = Callable[[datetime, int], datetime]
"""The instant at which so many working days have passed since another one."""


def next_act(question: Question | None, terms: Terms, until: Until, now: datetime) -> Act | None:
    """What is due now; None as long as there is nothing but to wait.

    Whoever has not looked for long finds one act, and the latest: nobody is reminded of what his head is asked by now.
    """
    if question is None:
        return Act.ASK
    if question.escalated_at is not None:
        return Act.GIVE_UP if until(question.escalated_at, terms.head) <= now else None
    if until(question.asked_at, terms.escalate) <= now:
        return Act.ESCALATE
    if question.reminded_at is None and until(question.asked_at, terms.remind) <= now:
        return Act.REMIND
    return None
