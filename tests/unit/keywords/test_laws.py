"""Laws that hold for every dictionary and text."""

from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from keywords import markup, reading
from keywords.classifier import Classifier
from keywords.entries import Entry, Expanded
from keywords.expansion import expand, restored, stored
from keywords.rules import Rules
from keywords.scoring import Decision
from keywords.vocabulary import Kind, Nested, Part, Scoring
from tests.factories.keywords import RULES

KEYWORDS = (
    "возврат", "возврат товара", "товар", "товар за", "банка", "С16", "С16/2P", "30 мА", "УЗО-30мА", "узо", "10²", "½",
    "№ 5", "счёт", "интернет-магазин", "магазин", "card", "top-up", "top up", "transfer", "my card", "straße", "2,5",
)  # fmt: skip
ENTRIES = st.lists(
    st.builds(
        lambda keyword, weight, category, kind: expand(Entry(keyword, weight, category, kind)),
        st.sampled_from(KEYWORDS),
        st.integers(1, 9),
        st.sampled_from("abc"),
        st.sampled_from([Kind.FORMS, Kind.FORMS, Kind.EXACT, Kind.PREFIX]),
    ),
    max_size=8,
    unique_by=lambda each: (each.entry.keyword, each.entry.category),
)
PIECES = (
    *KEYWORDS, "возвраты", "товаров", "банкой", "счетами", "cards", "воз\u00adврат", "воз<b>врата</b>", "&laquo;возврат&raquo;",
    "&#1074;озврат", "😀", "İ", "😀возврат", "30mA", "УЗО", "за", "&amp;", "<br>", "<p>", "</p>", "&nbsp;", "C16", "прочее", "№5",
    "i\u0307", "card's", "e\u0301", "ﬁ", "10\u00b2", "x²", "(2.5)", "счёт-фактура", "&lt;b&gt;", "<", "&", "STRASSE", "\u200b",
)  # fmt: skip
GAPS = (" ", ", ", "\n", "\n\n", "\r\n\r\n", ". ", "\t", " \u00a0 ")
TEXTS = st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(GAPS)), max_size=10).map(
    lambda pairs: "".join(piece + gap for piece, gap in pairs)
)
ALL_RULES = st.sampled_from(
    [
        Rules(scoring=scoring, nested=nested, category_order=order)
        for scoring, nested in RULES
        for order in ((), ("b",), ("c", "a"))
    ]
)


def rank(decision: Decision, category: str) -> int:
    """0 is the first; a category that was not found comes after all."""
    names = [standing.category for standing in decision.ranking]
    return names.index(category) if category in names else len("abc")


@settings(deadline=None)
@given(
    entries=ENTRIES,
    text=TEXTS,
    subject=TEXTS,
    rules=ALL_RULES,
    factor=st.sampled_from([0, 0.3, 1, 1.7]),
    data=st.data(),
)
def test_the_order_of_entries_never_matters(
    entries: list[Expanded], text: str, subject: str, rules: Rules, factor: float, data: st.DataObject
) -> None:
    rules = replace(rules, subject_factor=factor)
    other = data.draw(st.permutations(entries))

    assert Classifier(entries, rules).decide(text, subject) == Classifier(other, rules).decide(text, subject)


@settings(deadline=None)
@given(entries=ENTRIES, text=TEXTS, subject=TEXTS, rules=ALL_RULES)
def test_explained_or_not_the_decision_is_the_same(
    entries: list[Expanded], text: str, subject: str, rules: Rules
) -> None:
    classifier = Classifier(entries, rules)

    assert classifier.classify(text, subject).decision == classifier.decide(text, subject)


@settings(deadline=None)
@given(entries=ENTRIES.filter(bool), text=TEXTS, rules=ALL_RULES, more=st.integers(1, 20))
def test_a_heavier_weight_never_lowers_its_category(
    entries: list[Expanded], text: str, rules: Rules, more: int
) -> None:
    first = entries[0]
    heavier = replace(first, entry=replace(first.entry, weight=first.entry.weight + more))

    before, after = Classifier(entries, rules).decide(text), Classifier([heavier, *entries[1:]], rules).decide(text)

    assert rank(after, first.entry.category) <= rank(before, first.entry.category)


@settings(deadline=None)
@given(entries=ENTRIES, text=TEXTS, nested=st.sampled_from(Nested), keyword=st.sampled_from(KEYWORDS))
def test_under_max_an_added_entry_heavier_than_all_wins_where_it_is_found_and_changes_nothing_elsewhere(
    entries: list[Expanded], text: str, nested: Nested, keyword: str
) -> None:
    """With `longest` it may itself be hidden by a longer entry; then its category is where it was."""
    rules = Rules(nested=nested)
    before = Classifier(entries, rules).decide(text)
    classifier = Classifier([*entries, expand(Entry(keyword, 10, "a"))], rules)
    after = classifier.decide(text)

    if len(entries) in classifier.find(text).body:
        assert after.category == "a"
    else:
        assert rank(after, "a") <= rank(before, "a")


@settings(deadline=None)
@given(
    entries=ENTRIES,
    text=TEXTS,
    nested=st.sampled_from(Nested),
    keyword=st.sampled_from(KEYWORDS),
    weight=st.integers(1, 9),
)
def test_under_sum_an_added_entry_never_lowers_its_category(
    entries: list[Expanded], text: str, nested: Nested, keyword: str, weight: int
) -> None:
    """With `longest` it must outweigh what it can hide: all entries of its category together."""
    if nested is Nested.LONGEST:
        weight += sum(each.entry.weight for each in entries if each.entry.category == "a")
    rules = Rules(scoring=Scoring.SUM, nested=nested)

    before = Classifier(entries, rules).decide(text)
    after = Classifier([*entries, expand(Entry(keyword, weight, "a"))], rules).decide(text)

    assert rank(after, "a") <= rank(before, "a")


@settings(deadline=None, max_examples=300)
@given(entries=ENTRIES, text=TEXTS)
def test_a_span_points_at_text_that_is_the_entry(entries: list[Expanded], text: str) -> None:
    for match in Classifier(entries).classify(text).matches:
        alone = Classifier([each for each in entries if each.entry == match.entry])
        for span in match.spans:
            piece = text[span.start : span.end]
            (found,) = alone.classify(piece).matches
            assert found.spans[0] == (Part.BODY, 0, len(piece))


@settings(max_examples=300)
@given(text=TEXTS | st.text() | st.text("<>&;/pb#x1ampl \n-!"))
def test_the_text_with_offsets_is_the_text_without(text: str) -> None:
    mapped = markup.mapped(text)
    located = reading.Located(text, new_only=True)

    assert mapped.text == markup.plain(text)
    assert [[chunk for _, chunk in each] for each in located.paragraphs] == list(
        reading.paragraphs(text, new_only=True)
    )
    for paragraph in located.paragraphs:
        for offset, chunk in paragraph:
            start, end = located.original(offset, offset + len(chunk))
            assert 0 <= start < end <= len(text)


@given(text=st.text())
def test_any_text_is_classified_and_both_ways_agree(text: str) -> None:
    classifier = Classifier([expand(Entry("возврат", 1, "a")), expand(Entry("a", 2, "b", Kind.EXACT))])

    answer = classifier.classify(f"{text}\n\nвозврат", text)

    assert answer.decision == classifier.decide(f"{text}\n\nвозврат", text)
    assert {match.entry.keyword for match in answer.matches} <= {"возврат", "a"}
    assert all(span.start < span.end for match in answer.matches for span in match.spans)


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_a_stored_expansion_comes_back(keyword: str) -> None:
    slots = expand(Entry(keyword, 1, "a")).slots

    assert restored(stored(slots)) == slots
