"""Compares the weights of found entries and chooses the category, or says why a person must."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from keywords.entries import Expanded
from keywords.rules import Rules
from keywords.vocabulary import Outcome, Scoring


class Evidence(NamedTuple):
    """What a text says, before anything is weighed; entries by their index."""

    body: frozenset[int]
    subject: frozenset[int]
    """Entries that count, each once however often it was found."""
    blocking: frozenset[int]


Strength = tuple[bool, float, float, int, int, int, str, float, float]
"""A category as it sorts: blocked; with minus signs score, second score, words, entries; place in the order; name; and
its heaviest weight and sum."""


class Standing(NamedTuple):
    """How a category stands; the first of a ranking wins."""

    category: str
    score: float
    heaviest: float
    total: float
    """Sum of the weights of its distinct entries."""
    words: int
    """Length of its longest entry."""
    entries: int
    blocked: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """The category of a text, or why it has none."""

    category: str | None
    outcome: Outcome
    score: float
    """Of the first of the ranking; 0 when nothing was found."""
    margin: float
    """Its lead over the second; over 0 when there is none."""
    strengths: tuple[Strength, ...]
    """What `ranking` is told from; sorted, best first."""

    @property
    def ranking(self) -> tuple[Standing, ...]:
        """All categories with an entry that counts, best first; blocked ones at the end."""
        return tuple(
            Standing(category, -score, heaviest, total, -words, -entries, blocked)
            for blocked, score, _, words, entries, _, category, heaviest, total in self.strengths
        )

    @property
    def ambiguous(self) -> bool:
        """Whether two categories are too close to choose between."""
        return self.outcome in {Outcome.TIE, Outcome.BELOW_MIN_MARGIN}


_Sum = tuple[int, int, int, int]
"""Of the entries of a category: sum of weights, greatest weight, words of the longest, how many."""
_NO_SUM: Final[_Sum] = (0, 0, 0, 0)
_NAME: Final = 6
"""Where in a `Strength` the name stands; categories that are equal before it are equal."""
_NO_DECISION: Final = Decision(None, Outcome.NOTHING_FOUND, 0, 0, ())


class Scales:
    """Weighs evidence by the weights and categories of entries.

    `max`: the heaviest entry decides; then the greater sum, the longer phrase, the more entries, the administrators'
    order. `sum`: the sum decides; then the heaviest entry, and on as before. Whole weights are added up before the
    subject's factor, so the order of entries cannot change a score.
    """

    def __init__(self, entries: Sequence[Expanded], rules: Rules) -> None:
        self._facts: Final = [(each.entry.category, each.entry.weight, len(each.slots)) for each in entries]
        self._rules: Final = rules
        self._adds_not: Final = rules.scoring is Scoring.MAX
        self._order: Final = {category: place for place, category in enumerate(rules.category_order)}

    def weigh(self, evidence: Evidence) -> Decision:
        """The decision on a text."""
        if not evidence.body and not evidence.subject:
            return _NO_DECISION
        return self._decided(tuple(sorted(self._strengths(evidence))))

    def effective(self, index: int, *, in_subject: bool) -> float:
        """The weight of an entry where it was found."""
        weight = self._facts[index][1]
        return weight * self._rules.subject_factor if in_subject else weight

    def _strengths(self, evidence: Evidence) -> list[Strength]:
        body, subject = evidence.body, evidence.subject
        if subject and self._rules.subject_factor >= 1:
            body -= subject
        elif subject:
            subject -= body
        here, above = self._added(body), self._added(subject) if subject else {}
        blocked = {self._facts[index][0] for index in evidence.blocking} if evidence.blocking else ()
        return [
            self._strength(category, here.get(category, _NO_SUM), above.get(category, _NO_SUM), category in blocked)
            for category in (here | above if above else here)
        ]

    def _added(self, indices: Iterable[int]) -> dict[str, _Sum]:
        sums: dict[str, _Sum] = {}
        facts = self._facts
        for index in indices:
            category, weight, words = facts[index]
            before = sums.get(category)
            if before is None:
                sums[category] = (weight, weight, words, 1)
            else:
                total, heaviest, longest, entries = before
                sums[category] = (
                    total + weight,
                    weight if weight > heaviest else heaviest,  # noqa: FURB136 - max() takes twice the time
                    words if words > longest else longest,  # noqa: FURB136 - as above
                    entries + 1,
                )
        return sums

    def _strength(self, category: str, here: _Sum, above: _Sum, blocked: bool) -> Strength:  # noqa: FBT001 - private
        total: float
        heaviest: float
        total, heaviest, words, entries = here
        if above is not _NO_SUM:
            factor = self._rules.subject_factor
            total += factor * above[0]
            heaviest = max(heaviest, factor * above[1])
            words, entries = max(words, above[2]), entries + above[3]
        score, second = (heaviest, total) if self._adds_not else (total, heaviest)
        place = self._order.get(category, len(self._order))
        return blocked, -score, -second, -words, -entries, place, category, heaviest, total

    def _decided(self, strengths: tuple[Strength, ...]) -> Decision:
        blocked, minus_score, *_ = first = strengths[0]
        if blocked:
            return Decision(None, Outcome.BLOCKED, 0, 0, strengths)
        score, margin, outcome = -minus_score, -minus_score, Outcome.DECIDED
        if len(strengths) > 1 and not strengths[1][0]:
            margin += strengths[1][1]
            if first[:_NAME] == strengths[1][:_NAME]:
                outcome = Outcome.TIE
        if score < self._rules.min_score:
            outcome = Outcome.BELOW_MIN_SCORE
        elif margin < self._rules.min_margin:
            outcome = Outcome.BELOW_MIN_MARGIN
        return Decision(first[_NAME] if outcome is Outcome.DECIDED else None, outcome, score, margin, strengths)
