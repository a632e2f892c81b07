"""Explains a decision: every entry that was found, where in the original text, and why it counted or did not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from keywords import reading
from keywords.entries import Entry
from keywords.scoring import Decision, Evidence, Standing
from keywords.trie import Found
from keywords.vocabulary import Outcome, Part, Silence, Tiebreak
from keywords.words import places

if TYPE_CHECKING:
    from keywords.classifier import Classifier


class Span(NamedTuple):
    """A piece of the original text, HTML and all."""

    part: Part
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that was found."""

    entry: Entry
    spans: tuple[Span, ...]
    """All places, also those that lie inside a longer entry."""
    weight: float
    """What it puts on the scales, with the subject's factor; 0 when it is silent or blocks."""
    silence: Silence | None
    """Why it did not count; None when it did."""
    inside: tuple[Entry, ...]
    """The longer entries that hide it where `silence` is `nested`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision with everything that led to it."""

    decision: Decision
    matches: tuple[Match, ...]
    """In the order of the text, those that count for the winner first."""

    @property
    def category(self) -> str | None:
        """The category; None: a person decides."""
        return self.decision.category

    @property
    def outcome(self) -> Outcome:
        """Why there is one, or none."""
        return self.decision.outcome

    @property
    def score(self) -> float:
        """Of the best category."""
        return self.decision.score

    @property
    def margin(self) -> float:
        """Its lead over the second."""
        return self.decision.margin

    @property
    def ranking(self) -> tuple[Standing, ...]:
        """All categories with an entry that counts, best first, blocked ones last."""
        return self.decision.ranking

    @property
    def tiebreak(self) -> Tiebreak | None:
        """What decided where the second has the score of the winner; None: the scores did, or nothing could."""
        if self.category is None or len(self.ranking) == 1:
            return None
        first, second = self.ranking[:2]
        if second.blocked or first.score != second.score:
            return None
        facts = (each for each in Tiebreak if each is not Tiebreak.ORDER)
        return next((each for each in facts if getattr(first, each) != getattr(second, each)), Tiebreak.ORDER)


class _Places:
    """The places of one part of a request, with what was found there."""

    def __init__(self, part: Part, text: str, found: list[Found], *, new_only: bool) -> None:
        self.part: Final = part
        self.found: Final = found
        self._located: Final = reading.Located(text, new_only=new_only)
        self._ranges: Final = list(self._listed())

    def span(self, found: Found) -> Span:
        start, minus_end, _number = found
        begin, end = self._ranges[start][0], self._ranges[-minus_end - 1][1]
        return Span(self.part, *self._located.original(begin, end))

    def _listed(self) -> Iterator[tuple[int, int]]:
        for paragraph in self._located.paragraphs:
            for offset, chunk in paragraph:
                for place in places(chunk):
                    yield offset + place.start, offset + place.end
            yield -1, -1  # the gap between paragraphs is a place of its own


def explain(classifier: "Classifier", body: str, subject: str = "") -> Answer:
    """The decision of a classifier on a request, with its matches."""
    in_body, in_subject = classifier.in_body(body), classifier.in_subject(subject)
    evidence = classifier.evidence(in_body, in_subject)
    decision = classifier.scales.weigh(evidence)
    collected = _Collected(classifier)
    if in_subject:
        collected.add(_Places(Part.SUBJECT, subject, in_subject, new_only=False))
    collected.add(_Places(Part.BODY, body, in_body, new_only=classifier.rules.new_text_only))
    speaking = evidence.body | evidence.subject
    blocked = {standing.category for standing in decision.ranking if standing.blocked}
    matches = []
    for index in collected.spans:
        entry = classifier.entries[index].entry
        silence = None
        if not entry.blocking and index not in speaking:
            silence = Silence.NESTED
        elif not entry.blocking and entry.category in blocked:
            silence = Silence.BLOCKED
        matches.append(collected.match(index, evidence, silence))
    matches.sort(key=lambda match: (match.silence is not None, match.entry.category != decision.category))
    return Answer(decision, tuple(matches))


class _Collected:
    """Spans of entries, and the longer entries around them."""

    def __init__(self, classifier: "Classifier") -> None:
        self._classifier: Final = classifier
        self.spans: Final[dict[int, list[Span]]] = {}
        self._around: Final[dict[int, dict[Entry, None]]] = {}

    def add(self, part: _Places) -> None:
        ends, entries = self._classifier.trie.ends, self._classifier.entries
        counting = iter(self._classifier.counting(part.found))
        following, last = next(counting, None), None
        for each in part.found:
            if each is following:
                following, last = next(counting, None), each
            span = part.span(each)
            for index in ends[each[2]]:
                self.spans.setdefault(index, []).append(span)
                if last:
                    longer = (entries[other].entry for other in self._classifier.speaking[last[2]])
                    self._around.setdefault(index, {}).update(dict.fromkeys(longer))

    def match(self, index: int, evidence: Evidence, silence: Silence | None) -> Match:
        scales = self._classifier.scales
        weights = [scales.effective(index, in_subject=False)] if index in evidence.body else []
        weights += [scales.effective(index, in_subject=True)] if index in evidence.subject else []
        return Match(
            self._classifier.entries[index].entry,
            tuple(self.spans[index]),
            max(weights, default=0) if silence is None else 0,
            silence,
            tuple(self._around.get(index, ())) if silence is Silence.NESTED else (),
        )
