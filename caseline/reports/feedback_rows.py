"""Rows behind a figure of feedback."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from caseline.reports.feedback_questions import Order, Question, Spot


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A row behind a figure: a rating, a click that does not count, or an ask."""

    ask_id: int
    subject: str
    subject_id: int
    number: str
    """What people call the record by."""
    state: str
    reason: str | None
    at: datetime
    """By the clock of the report."""
    value: int | None = None
    lowest: int | None = None
    highest: int | None = None
    question: str | None = None
    comment: str | None = None
    person: str | None = None
    division: str | None = None
    campaign: str
    confirmed: bool = True
    by_phone: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the rows behind a figure."""

    question: Question
    spot: Spot
    order: Order
    rows: Sequence[Behind] = ()
    start: int = 0
    more: bool = False
    unconfirmed: Sequence[Behind] = ()
    """Rows that do not count in the figure, told apart."""
