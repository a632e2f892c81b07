"""The matcher finds and decides what a naive scan finds and decides, on random dictionaries and texts."""

import hypothesis.strategies as st
from hypothesis import given, settings

from keywords.classifier import Classifier
from keywords.entries import Entry, Expanded, Slot
from keywords.rules import Rules
from keywords.vocabulary import Kind, Nested, Scoring
from tests.unit.keywords import scanner

WORDS = ("ток", "тока", "щит", "щита", "ёж", "top", "up", "ups", "ко", "кот")
PHRASES = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3), min_size=1, max_size=3)
WANTED = st.builds(
    lambda words, weight, category, prefix, blocking: (words, weight, category, prefix, blocking),
    PHRASES,
    st.integers(1, 4),
    st.sampled_from("abc"),
    st.booleans(),
    st.integers(0, 9).map(lambda dice: dice == 0),
)
COMPOUNDS = ("ток-щит", "top-up", "щит-щита-кот", "ток-ток")
TEXTS = st.lists(
    st.tuples(
        st.sampled_from((*WORDS, *COMPOUNDS, "прочее")), st.sampled_from((" ", ", ", "\n", "\n\n", " \n\n", "-"))
    ),
    max_size=14,
).map(lambda pairs: "".join(word + gap for word, gap in pairs))


def told(wanted: list[tuple[list[list[str]], int, str, bool, bool]]) -> tuple[list[scanner.Wanted], list[Expanded]]:
    """The same entries for both."""
    theirs, ours = [], []
    for forms, weight, category, prefix, blocking in wanted:
        folded = [tuple(sorted({form.replace("ё", "е") for form in word})) for word in forms]
        if weight == 4:  # some entries are compounds, which texts have as wholes
            folded[0] = ("ток-щит", "top-up")
        kind = Kind.PREFIX if prefix else Kind.FORMS
        entry = Entry("…", 0 if blocking else weight, category, kind, blocking=blocking)
        theirs.append(scanner.Wanted(tuple(folded), entry.weight, category, prefix, blocking))
        ours.append(Expanded(entry, tuple(Slot(keys, prefix) for keys in folded)))
    return theirs, ours


@settings(max_examples=400, deadline=None)
@given(
    wanted=st.lists(WANTED, max_size=8), text=TEXTS, nested=st.sampled_from(Nested), scoring=st.sampled_from(Scoring)
)
def test_a_naive_scan_finds_and_decides_the_same(
    wanted: list[tuple[list[list[str]], int, str, bool, bool]], text: str, nested: Nested, scoring: Scoring
) -> None:
    theirs, ours = told(wanted)
    classifier = Classifier(ours, Rules(scoring=scoring, nested=nested, new_text_only=False))

    expected = scanner.scan(text, theirs)
    occurrences = classifier.in_body(text)
    found = sorted({(s, -e, i) for s, e, number in occurrences for i in classifier.trie.ends[number]})

    longest, adds = nested is Nested.LONGEST, scoring is Scoring.SUM
    assert found == expected
    assert classifier.find(text).body == scanner.counting(expected, theirs, longest=longest)
    assert classifier.decide(text).category == scanner.winner(expected, theirs, longest=longest, adds=adds)
