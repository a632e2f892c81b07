"""Weights are compared as the setting says; what is equal goes on to the next rule, and a true tie is reported."""

import pytest

from keywords.entries import Expanded
from keywords.vocabulary import Kind, Nested, Outcome, Scoring
from tests.factories.keywords import block, classifier, entry, found

TEXT = "Прошу возврат НДС за кабель, провод и щит"


def test_under_max_the_heaviest_entry_decides() -> None:
    asked = classifier(entry("кабель", 60), entry("провод", 50, "b"), entry("щит", 50, "b"))

    assert (asked.decide(TEXT).category, asked.decide(TEXT).score, asked.decide(TEXT).margin) == ("a", 60, 10)


def test_under_sum_the_weights_of_distinct_entries_add_up() -> None:
    asked = classifier(entry("кабель", 60), entry("провод", 50, "b"), entry("щит", 50, "b"), scoring=Scoring.SUM)

    decision = asked.decide(TEXT + " провод провод")

    assert (decision.category, decision.score, decision.margin) == ("b", 100, 40)


@pytest.mark.parametrize(
    ("scoring", "entries", "winner"),
    [
        (Scoring.MAX, [("кабель", 60, "a"), ("провод", 60, "b"), ("щит", 1, "b")], "b"),  # the greater sum
        (Scoring.MAX, [("возврат НДС", 60, "a"), ("провод", 60, "b")], "a"),  # then the longer phrase
        (Scoring.SUM, [("кабель", 60, "a"), ("провод", 30, "b"), ("щит", 30, "b")], "a"),  # the heaviest entry
        (Scoring.SUM, [("возврат НДС", 60, "a"), ("провод", 60, "b")], "a"),
        (Scoring.MAX, [("кабель", 60, "a"), ("провод", 60, "b")], None),  # nothing is left: a tie
        (Scoring.SUM, [("кабель", 60, "a"), ("провод", 60, "b")], None),
    ],
)
def test_equal_categories(scoring: Scoring, entries: list[tuple[str, int, str]], winner: str | None) -> None:
    asked = classifier(*(entry(*each) for each in entries), scoring=scoring)

    assert asked.decide(TEXT).category == winner


def test_more_entries_decide_between_equal_sums() -> None:
    entries = [entry("кабель", 40), entry("провод", 20), entry("щит", 40, "b"), entry("возврат", 10, "b"), entry("НДС", 10, "b")]  # fmt: skip

    assert classifier(*entries).decide(TEXT).category == "b"


def test_the_administrators_order_decides_a_tie() -> None:
    entries = entry("кабель", 60), entry("провод", 60, "b")

    assert classifier(*entries, category_order=("b", "a")).decide(TEXT).category == "b"
    assert classifier(*entries).decide(TEXT).outcome is Outcome.TIE


@pytest.mark.parametrize(("nested", "expected"), [(Nested.LONGEST, ["возврат НДС"]), (Nested.ALL, ["НДС", "возврат", "возврат НДС"])])  # fmt: skip
def test_nesting(nested: Nested, expected: list[str]) -> None:
    asked = classifier(entry("возврат"), entry("возврат НДС", 10, "b"), entry("НДС"), nested=nested)

    assert found(asked.classify(TEXT)) == expected


def test_an_entry_counts_when_one_of_its_places_is_inside_nothing() -> None:
    asked = classifier(entry("возврат"), entry("возврат НДС", 10, "b"))

    assert found(asked.classify("возврат НДС и возврат")) == ["возврат", "возврат НДС"]


def test_entries_that_overlap_or_stand_at_the_same_place_all_count() -> None:
    asked = classifier(entry("прошу возврат"), entry("возврат НДС"), entry("НДС за"), entry("НДС за", 5, "b", kind=Kind.EXACT))  # fmt: skip

    assert found(asked.classify(TEXT)) == ["НДС за", "НДС за", "возврат НДС", "прошу возврат"]


def test_a_code_hides_its_parts() -> None:
    assert found(classifier(entry("ВА47"), entry("ВА47-29")).classify("ВА47-29")) == ["ВА47-29"]


@pytest.mark.parametrize("longer", [block("возврат НДС", "c"), entry("возврат НДС", 1, "c")])
def test_a_blocking_entry_is_not_hidden_and_hides_nothing(longer: Expanded) -> None:
    asked = classifier(block("возврат", "b"), entry("НДС", 90, "b"), entry("щит", 1), longer)

    decision = asked.decide(TEXT)

    assert decision.category in {"a", "c"}
    assert all(standing.blocked == (standing.category == "b") for standing in decision.ranking)


@pytest.mark.parametrize(
    ("factor", "body", "subject", "score"),
    [(1, "кабель", "кабель", 40), (2, "", "кабель", 80), (2, "кабель", "кабель", 80), (0.5, "кабель", "кабель", 40), (0.5, "", "кабель", 20), (0, "", "кабель", 0)],
)  # fmt: skip
@pytest.mark.parametrize("scoring", Scoring)
def test_the_subject_has_a_factor(scoring: Scoring, factor: float, body: str, subject: str, score: float) -> None:
    asked = classifier(entry("кабель", 40), subject_factor=factor, scoring=scoring)

    assert asked.decide(body, subject).score == score
    assert sum(match.weight for match in asked.classify(body, subject).matches) == score


def test_a_disabled_entry_is_not_there() -> None:
    assert classifier(entry("кабель", enabled=False)).decide(TEXT).outcome is Outcome.NOTHING_FOUND


@pytest.mark.parametrize(("rules", "category"), [({"min_score": 60, "min_margin": 10}, "a"), ({"min_score": 60.5}, None), ({"min_margin": 10.5}, None)])  # fmt: skip
def test_thresholds_are_reached_when_met(rules: dict[str, float], category: str | None) -> None:
    assert classifier(entry("кабель", 60), entry("провод", 50, "b"), **rules).decide(TEXT).category == category
