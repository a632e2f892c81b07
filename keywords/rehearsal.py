"""Compares two dictionaries on the same requests: how many change, from which category to which."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from keywords import reading
from keywords.classifier import Classifier
from keywords.entries import Expanded, Slot
from keywords.scoring import Decision
from keywords.words import places


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request cut into words, once for all dictionaries."""

    id: int
    body: tuple[list[str], ...]
    subject: tuple[list[str], ...]
    new_text_only: bool
    keys: frozenset[str]
    """Every word of it, in every way that it can be read."""


@dataclass(frozen=True, slots=True)
class Step:
    """Requests that go from one category to another; None: no category, a person decides."""

    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What another dictionary would say of the same requests."""

    total: int
    steps: dict[Step, tuple[int, ...]] = field(default_factory=dict)
    """Ids of the requests that change, the most frequent step first."""

    @property
    def changed(self) -> int:
        """Requests that change."""
        return sum(map(len, self.steps.values()))

    @property
    def found(self) -> int:
        """Requests that get a category and had none."""
        return sum(len(ids) for step, ids in self.steps.items() if step.old is None)

    @property
    def lost(self) -> int:
        """Requests that had a category and get none."""
        return sum(len(ids) for step, ids in self.steps.items() if step.new is None)


def prepare(
    request_id: int, body: str, subject: str, *, words: dict[str, str] | None = None, new_text_only: bool = True
) -> Prepared:
    """Cut a request into words. Requests that are prepared with the same `words` share those that they have in common.

    `words` takes in the new ones, each as its own value. They are not interned: some Pythons never free what is.
    """
    share = ({} if words is None else words).setdefault
    paragraphs = tuple(
        [share(word, word) for word in part] for part in reading.paragraphs(body, new_only=new_text_only)
    )
    above = tuple([share(word, word) for word in part] for part in reading.paragraphs(subject, new_only=False))
    chunks = {chunk for chunks in (*paragraphs, *above) for chunk in chunks}
    keys = frozenset(share(key, key) for chunk in chunks for place in places(chunk) for key, _ in place.keys)
    return Prepared(request_id, paragraphs, above, new_text_only, keys)


def words_of(requests: Iterable[Prepared]) -> dict[str, str]:
    """The words of prepared requests, for more of them to share."""
    words: dict[str, str] = {}
    for request in requests:
        for part in (*request.body, *request.subject, request.keys):
            for word in part:
                words.setdefault(word, word)
    return words


_Words = tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Touch:
    """By what the requests are found in which changed entries can occur at all.

    Each entry is asked about only where its rarest word among the changed entries stands, so a request costs what its
    own words cost, however large the change is.
    """

    words: Mapping[str, Sequence[_Words]]
    """Entries by the keys of their rarest word."""
    prefixes: Mapping[str, Sequence[_Words]]
    """The same for those whose rarest word is the beginning of one."""
    lengths: Collection[int]
    """Of these beginnings."""

    def meets(self, request: Prepared) -> bool:
        """Whether all words of a changed entry stand in a request, wherever; elsewhere nothing can change."""
        return any(
            all(_stands(slot, request.keys) for slot in entry)
            for word in request.keys
            for entry in (
                *self.words.get(word, ()),
                *(entry for length in self.lengths for entry in self.prefixes.get(word[:length], ())),
            )
        )


def _stands(slot: Slot, text: frozenset[str]) -> bool:
    if slot.prefix:
        return any(word.startswith(slot.keys) for word in text)
    return not text.isdisjoint(slot.keys)


def touch(changed: Iterable[Expanded]) -> Touch:
    """What finds the requests that these entries, old and new ones, can occur in."""
    entries = {each.slots for each in changed if each.slots}
    frequent = Counter(slot for slots in entries for slot in set(slots))
    words: dict[str, list[_Words]] = {}
    prefixes: dict[str, list[_Words]] = {}
    for slots in entries:
        rarest = min(slots, key=lambda slot: frequent[slot])
        for key in rarest.keys:
            (prefixes if rarest.prefix else words).setdefault(key, []).append(slots)
    return Touch(words, prefixes, {len(prefix) for prefix in prefixes})


def decide(classifier: Classifier, request: Prepared) -> Decision:
    """What a dictionary says of a prepared request: the same as of its text, by the same code."""
    rules: Final = classifier.rules
    if request.new_text_only is not rules.new_text_only:
        raise ValueError("the request was prepared for other rules of what counts as new text: prepare it again")
    subject = classifier.trie.find(request.subject) if request.subject and rules.subject_factor else []
    return classifier.scales.weigh(classifier.evidence(classifier.trie.find(request.body), subject))


def decisions(classifier: Classifier, requests: Iterable[Prepared]) -> dict[int, str | None]:
    """Categories by request."""
    return {request.id: decide(classifier, request).category for request in requests}


def compare(
    old: dict[int, str | None], new: Classifier, requests: Sequence[Prepared], only: Touch | None = None
) -> Comparison:
    """What changes when `new` decides instead of whoever decided `old`.

    With `only`, when the rules are the same, requests are left out in which none of the changed entries can occur; what
    is left is decided by the whole dictionary.
    """
    moved: dict[Step, list[int]] = {}
    for request in requests:
        if only is not None and not only.meets(request):
            continue
        category = decide(new, request).category
        if category != old[request.id]:
            moved.setdefault(Step(old[request.id], category), []).append(request.id)
    counted = Counter({step: len(ids) for step, ids in moved.items()})
    return Comparison(len(requests), {step: tuple(moved[step]) for step, _ in counted.most_common()})
