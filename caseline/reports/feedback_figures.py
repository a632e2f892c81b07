"""The answer of a report of feedback: tallies of ratings by line, what became of asks, how variants compare.

Ratings on different scales are never averaged as they are: where a report has several scales, each rating counts by its
place on its own one, from 0 to 100, and `Tally.mixed` tells it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from caseline.feedback import experiments
from caseline.feedback.experiments import Verdict
from caseline.feedback.intervals import Mean, Nps, Share
from caseline.reports.feedback_questions import Question

Scale = tuple[int, int]
"""The lowest and the highest value."""
_FINE: Final = 2_520
"""Parts of a scale that every scale of up to eleven values hits exactly."""
_HUNDRED: Final = 100


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each value of each scale was given."""

    counts: Mapping[Scale, Mapping[int, int]]

    @property
    def number(self) -> int:
        """Ratings."""
        return sum(sum(values.values()) for values in self.counts.values())

    @property
    def scales(self) -> tuple[Scale, ...]:
        """Scales on which something was rated, in order."""
        return tuple(sorted(scale for scale, values in self.counts.items() if any(values.values())))

    @property
    def mixed(self) -> bool:
        """Whether there are several scales, so that nothing can be averaged as it is."""
        return len(self.scales) > 1

    @property
    def nps(self) -> Nps:
        """The score of answers from 0 to 10; of none when there is no such answer."""
        return Nps.of(self.counts.get((0, 10), {}))

    @property
    def best(self) -> Share:
        """The share of ratings that are one of the two best of their scale; of two values the better one."""
        hits = sum(
            number
            for scale, values in self.counts.items()
            for value, number in values.items()
            if value >= best_from(*scale)
        )
        return Share(hits, self.number)

    def mean(self, *, normal: bool) -> Mean | None:
        """The mean on the scale of all ratings, or with `normal` by the places on their scales, from 0 to 100.

        Raises `ValueError` for several scales that are not to be made alike.
        """
        if not normal:
            if self.mixed:
                raise ValueError("ratings on different scales have no mean")
            return Mean.of(self.counts[self.scales[0]]) if self.scales else None
        fine: dict[int, int] = {}
        for (lowest, highest), values in self.counts.items():
            for value, number in values.items():
                place = (value - lowest) * _FINE // (highest - lowest)
                fine[place] = fine.get(place, 0) + number
        found = Mean.of(fine)
        part = _FINE / _HUNDRED
        return None if found is None else Mean(found.value / part, found.number, found.deviation / part)


def best_from(lowest: int, highest: int) -> int:
    """From which value on a rating is one of the best of its scale."""
    return max(lowest + 1, highest - 1)


def added(tallies: Sequence[Tally]) -> Tally:
    """All of them together."""
    counts: dict[Scale, dict[int, int]] = {}
    for tally in tallies:
        for scale, values in tally.counts.items():
            into = counts.setdefault(scale, {})
            for value, number in values.items():
                into[value] = into.get(value, 0) + number
    return Tally(counts)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a report about ratings."""

    key: str
    label: str | None
    tally: Tally
    phone: int = 0
    """Ratings that an employee has entered, whether they are in the tally or not."""
    unconfirmed: int = 0
    """Questions to which an ask has a click that does not count, and no rating that does."""


@dataclass(frozen=True, slots=True)
class Rated:
    """A report about ratings."""

    question: Question
    lines: Sequence[Line]
    total: Line

    @property
    def normal(self) -> bool:
        """Whether ratings count by their place on their own scale, since there are several."""
        return self.total.tally.mixed


@dataclass(frozen=True, slots=True)
class AskLine:
    """A line of the funnel."""

    key: str
    label: str | None
    counts: Mapping[str, int]

    @property
    def answered(self) -> Share:
        """Those who answered by themselves, of those to whom something was sent."""
        return Share(self.counts["answered"], self.counts["sent"])


@dataclass(frozen=True, slots=True)
class Reason:
    """Why asks were skipped, failed or were cancelled."""

    state: str
    reason: str
    number: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """What became of asks."""

    question: Question
    lines: Sequence[AskLine]
    total: AskLine
    reasons: Sequence[Reason]


@dataclass(frozen=True, slots=True)
class Arm:
    """A variant of a campaign: people to whom something was sent, and what came of it."""

    key: str
    code: str
    share: int
    """What part of the people it is to get, among those of the other variants."""
    sent: int
    visited: int
    answered: int
    tally: Tally = field(default_factory=lambda: Tally({}))

    @property
    def answers(self) -> Share:
        """People who answered, of those to whom something was sent: what variants are compared by."""
        return Share(self.answered, self.sent)

    @property
    def clicks(self) -> Share:
        """People who opened the page, of those to whom something was sent."""
        return Share(self.visited, self.sent)


@dataclass(frozen=True, slots=True)
class Trial:
    """A campaign with several variants."""

    key: str
    name: str
    arms: Sequence[Arm]
    planned: int | None
    """People for each variant, as it was said before; None: nobody has said which difference is looked for."""
    whole: bool = True
    """Whether all people of the campaign are counted; of a part of them nothing is concluded."""

    @property
    def normal(self) -> bool:
        """Whether ratings count by their place on their own scale, since there are several."""
        return added([arm.tally for arm in self.arms]).mixed

    @property
    def verdict(self) -> Verdict | None:
        """What may be said; None where no number of people was planned, or a part of them is seen."""
        if self.planned is None or not self.whole or len(self.arms) < 2:  # noqa: PLR2004 - one has no other
            return None
        return experiments.verdict([arm.answers for arm in self.arms], self.planned)

    @property
    def askew(self) -> bool:
        """Whether people were not spread over the variants as they should have been."""
        counts, shares = [arm.sent for arm in self.arms], [arm.share for arm in self.arms]
        return self.whole and sum(counts) > 0 and all(shares) and experiments.askew(counts, shares)


@dataclass(frozen=True, slots=True)
class Trials:
    """Campaigns whose variants are compared."""

    question: Question
    trials: Sequence[Trial]


Answer = Rated | Funnel | Trials


def planned(document: object) -> int | None:
    """People for each variant by what a campaign plans: `planned: {base, hoped}`; None where it plans nothing."""
    given = document.get("planned") if isinstance(document, Mapping) else None
    if not isinstance(given, Mapping):
        return None
    base, hoped = given.get("base"), given.get("hoped")
    if not isinstance(base, int | float) or not isinstance(hoped, int | float):
        return None
    try:
        return experiments.needed(base, hoped)
    except ValueError:
        return None
