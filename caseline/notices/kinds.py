"""What people are told of, and in which ways: the words that rules, stores and pages share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from caseline.people.access import Viewer


class Kind(StrEnum):
    """A kind of news."""

    ASSIGNED = "assigned"
    """A request was given to me."""
    CLIENT_ANSWERED = "client_answered"
    STAGE_CHANGED = "stage_changed"
    """Somebody moved my request."""
    DEADLINE_NEAR = "deadline_near"
    DEADLINE_PASSED = "deadline_passed"
    CATEGORY_MISSING = "category_missing"
    """A request has waited for a category too long."""
    MENTIONED = "mentioned"
    ASSIGNMENT_GIVEN = "assignment_given"
    ASSIGNMENT_ENDED = "assignment_ended"
    """Done, cancelled or opened again."""
    ASSIGNMENT_OVERDUE = "assignment_overdue"
    OUTSIDER_ANSWERED = "outsider_answered"
    FEEDBACK_SENT = "feedback_sent"
    """The client of my request was asked for his opinion."""
    FEEDBACK_RECEIVED = "feedback_received"
    """A client has answered what he was asked after something was done."""


class Way(StrEnum):
    """How somebody wants to be told."""

    NONE = "none"
    PAGE = "page"
    MAIL = "mail"
    """In the page and by mail."""


OWN: Final = "words_"
"""Begins the names of details that hold words of the house's own, before their language."""
USUAL: Final = Way.PAGE
"""Where somebody has chosen nothing: letters are for those who ask for them."""

EVENTS: Final = (
    *(
        "created",
        "changed",
        "category_set",
        "stage_changed",
        "message_added",
        "deadline_share_used",
        "category_missing",
    ),
    *("assignment_made", "assignment_done", "assignment_cancelled", "assignment_reopened", "assignment_overdue"),
    "feedback_sent",
)
"""Events of the register that somebody may be told of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A line of the event log with what the rules must know of its request."""

    id: int
    type: str
    at: datetime
    record_id: int
    data: Mapping[str, Any]
    closed: bool
    group_id: int | None
    assignee_id: int | None
    assignment_id: int | None = None
    worker_id: int | None = None
    """The person of the house who works on that assignment."""
    giver_id: int | None = None
    """Who has given it."""
    title: str | None = None
    """What that assignment is called."""
    comment: str = ""
    """What the message says, where it is a comment."""
    author_id: int | None = None
    """Who wrote the message."""
    opening: bool = False
    """It is the first one of its request."""
    by: str | None = None
    """The name of the person who did it."""
    stage: str | None = None
    """The label of the stage that the request was moved to."""

    @property
    def by_id(self) -> int | None:
        """The person who did it."""
        by = self.data.get("by")
        return by if isinstance(by, int) else self.author_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody of the house who can be told something."""

    person_id: int
    name: str
    email: str | None
    viewers: tuple[Viewer, ...]
    """As whom he may sign in."""
    ways: Mapping[Kind, Way] = field(default_factory=dict)
    deputy_id: int | None = None
    """Who stands in for him today, and is there; the same who gets his turns."""
    absent: bool = False

    def sees(self, event: Event) -> bool:
        """Whether he may know of what happened: he sees the request, or works on the assignment that it is about."""
        own = event.assignment_id is not None and event.worker_id == self.person_id
        return own or any(viewer.sees(event.group_id, event.assignee_id) for viewer in self.viewers)

    def way(self, kind: Kind) -> Way:
        """How he wants to be told of it."""
        return self.ways.get(kind, USUAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What somebody is told."""

    event: Event
    person_id: int
    kind: Kind
    by_mail: bool = False
    instead_of: str | None = None
    """The name of the absent person in whose place he is told."""
    words: Mapping[str, str] = field(default_factory=dict)
    """What is said instead of the usual words, by language, where the house has words of its own."""

    @property
    def details(self) -> dict[str, str]:
        """What is said beside the kind."""
        state = self.event.type.removeprefix("assignment_") if self.kind is Kind.ASSIGNMENT_ENDED else None
        grade = self.event.data.get("grade") if self.kind is Kind.FEEDBACK_RECEIVED else None
        found = {
            "by": self.event.by,
            "title": self.event.title,
            "stage": self.event.stage,
            "state": state,
            "grade": grade,
            "instead_of": self.instead_of,
            **{f"{OWN}{language}": text for language, text in self.words.items()},
        }
        return {name: value for name, value in found.items() if value}
