"""What a report of feedback can be asked: which one, over which time and by which clock, of which asks, by what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from caseline.reports import periods
from caseline.reports.periods import Period, Step
from caseline.reports.questions import NOBODY


class Report(StrEnum):
    """The reports of feedback; their values stand in addresses beside those of the other reports."""

    NPS = "feedback-nps"
    """Whether clients would recommend: the Net Promoter Score."""
    MEAN = "feedback-mean"
    """The mean of all other ratings, and how often each value was given."""
    CSAT = "feedback-csat"
    """The share of ratings that are one of the two best of their scale."""
    FUNNEL = "feedback-funnel"
    """What became of the asks: how many were sent, opened and answered, and why others were not."""
    VARIANTS = "feedback-variants"
    """Which variant of a campaign is answered more often."""


RATED: Final = frozenset({Report.NPS, Report.MEAN, Report.CSAT})
"""Reports about ratings; the others are about asks."""


class Axis(StrEnum):
    """By what the lines of a report are; each but the last is a filter, too."""

    PERSON = "person"
    """Who is responsible for what the client was asked about."""
    DIVISION = "division"
    SERVICE = "service"
    """The category of a request, the service of an agreement."""
    CAMPAIGN = "campaign"
    CHANNEL = "channel"
    VARIANT = "variant"
    QUESTION = "question"
    PERIOD = "period"


_OF_ASK: Final = (Axis.CAMPAIGN, Axis.DIVISION, Axis.PERSON, Axis.SERVICE, Axis.CHANNEL, Axis.VARIANT)
_OF_RATING: Final = (Axis.PERIOD, Axis.PERSON, Axis.DIVISION, Axis.SERVICE, Axis.CAMPAIGN, Axis.CHANNEL, Axis.VARIANT)
AXES: Final[dict[Report, tuple[Axis, ...]]] = {
    Report.NPS: (*_OF_RATING, Axis.QUESTION),
    Report.MEAN: (*_OF_RATING, Axis.QUESTION),
    Report.CSAT: (*_OF_RATING, Axis.QUESTION),
    Report.FUNNEL: (*_OF_ASK, Axis.PERIOD),
    Report.VARIANTS: (Axis.VARIANT,),
}
"""The first is the one that is shown unless another is asked for."""
FILTERS: Final[dict[Report, tuple[Axis, ...]]] = {
    Report.NPS: (*_OF_ASK, Axis.QUESTION),
    Report.MEAN: (*_OF_ASK, Axis.QUESTION),
    Report.CSAT: (*_OF_ASK, Axis.QUESTION),
    Report.FUNNEL: _OF_ASK,
    # Looked at by parts, two equal variants differ somewhere: only a whole campaign is compared.
    Report.VARIANTS: (Axis.CAMPAIGN,),
}


class Basis(StrEnum):
    """By which clock something belongs to a period."""

    ANSWER = "answer"
    """When the rating was given."""
    HAPPENED = "happened"
    """When it came to what the client was asked about."""


BASES: Final[dict[Report, tuple[Basis, ...]]] = {
    **dict.fromkeys(RATED, (Basis.ANSWER, Basis.HAPPENED)),
    # What is not answered has no day of answering.
    Report.FUNNEL: (Basis.HAPPENED,),
    Report.VARIANTS: (),
}


class Source(StrEnum):
    """Who has entered the answers that count."""

    CLIENT = "client"
    PHONE = "phone"
    """An employee, what a client has said by phone."""
    BOTH = "both"


STEPS: Final = ("asked", "sent", "visited", "answered")
"""Of the funnel; each counts those that have come at least so far."""
ENDS: Final = ("waiting", "out", "expired", "opted_out", "failed", "cancelled", "skipped")
"""Where asks stand that were not answered; `waiting` ones are not sent yet, `out` ones may
still be answered."""
REASONED: Final = ("skipped", "failed", "cancelled")
"""States that have a reason."""
FIGURES: Final[dict[Report, tuple[str, ...]]] = {
    Report.NPS: ("all", "promoters", "passives", "detractors", "phone", "unconfirmed"),
    Report.MEAN: ("all", "phone", "unconfirmed"),
    Report.CSAT: ("all", "best", "other", "phone", "unconfirmed"),
    Report.FUNNEL: (*STEPS, "phone", *ENDS),
    Report.VARIANTS: ("sent", "visited", "answered"),
}
"""What is counted; each of these can be opened as a list. A single value is `value-LOWEST-HIGHEST-VALUE`."""


BAD: Final = "bad"
"""Ratings that are bad by their form: no column of a report, but a list that letters lead to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A report as somebody asks for it."""

    report: Report
    period: Period
    by: Axis
    step: Step
    basis: Basis = Basis.ANSWER
    source: Source = Source.CLIENT
    about: Mapping[Axis, tuple[str, ...]] = field(default_factory=dict)
    """Keys to which each axis is narrowed; one without any is not. The empty text stands for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody says of a question; what makes no sense in its report is left out by `ask`."""

    by: str = ""
    step: Step | None = None
    basis: str = ""
    source: str = ""
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Filters by the name of their axis; `NOBODY` stands for none."""


def ask(report: Report, period: Period, wish: Wish, *, now: datetime) -> Question:
    """A question with a sense: lines, clock and filters that the report has, up to today."""
    axes, bases = {one.value: one for one in AXES[report]}, {one.value: one for one in BASES[report]}
    sources = {one.value: one for one in Source}
    about = {
        axis: tuple("" if one == NOBODY else one for one in wish.chosen.get(axis.value, ()))
        for axis in FILTERS[report]
        if wish.chosen.get(axis.value)
    }
    period = periods.up_to_now(period, now=now)
    return Question(
        report=report,
        period=period,
        by=axes.get(wish.by, AXES[report][0]),
        step=periods.fitting(period, wish.step),
        basis=bases.get(wish.basis, next(iter(BASES[report]), Basis.HAPPENED)),
        source=sources.get(wish.source, Source.CLIENT),
        about=about,
    )


@dataclass(frozen=True, slots=True)
class Spot:
    """A figure of a report: of one line or of all; of states that have reasons, with one reason or any."""

    figure: str
    line: str | None = None
    reason: str | None = None


class Sort(StrEnum):
    """By what the rows behind a figure stand; the newest, the greatest or the last letter first."""

    AT = "at"
    VALUE = "value"
    RECORD = "record"
    PERSON = "person"
    CAMPAIGN = "campaign"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Order:
    """How rows are sorted."""

    by: Sort = Sort.AT
    rising: bool = False


def order(text: str) -> Order:
    """An order as addresses have it: `value`, or `-value` for the other way round; nonsense is the usual one."""
    name = text.removeprefix("-")
    return Order(Sort(name), rising=text.startswith("-")) if name in set(Sort) else Order()
