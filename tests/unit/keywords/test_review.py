"""A review tells what is odd in a dictionary, and a rehearsal what a change would do, by the matcher itself."""

import gc
import random
import weakref

import pytest

from keywords import rehearsal, review
from keywords.classifier import Classifier
from keywords.entries import Expanded, Slot
from keywords.review import Pair
from keywords.rules import Rules
from keywords.vocabulary import Kind
from tests.factories.keywords import RULES, classifier, entry

WORDS = [
    "возврат",
    "товар",
    "кабель",
    "щит",
    "провод",
    "банка",
    "замена",
    "договор",
    "оплата",
    "счёт",
    "card",
    "refund",
    "transfer",
]


def words(pairs: tuple[Pair, ...]) -> list[tuple[str, str]]:
    return sorted((pair.one.keyword, pair.other.keyword) for pair in pairs)


def test_the_same_words_in_two_categories_are_a_conflict_and_in_one_a_double() -> None:
    found = review.review(
        [entry("банк"), entry("банка", category="b"), entry("C16"), entry("С16", kind=Kind.EXACT), entry("щит")]
    )

    assert words(found.conflicts) == [("банк", "банка")]
    assert words(found.doubles) == [("C16", "С16")]
    assert found.nested == ()


def test_a_form_that_only_one_of_two_entries_meets_is_told_all_the_same() -> None:
    found = review.review([entry("карту", kind=Kind.EXACT), entry("карта", category="b")])

    assert words(found.conflicts) == [("карта", "карту")]


def test_entries_inside_others_are_told() -> None:
    found = review.review([entry("возврат"), entry("возврат товара", category="b"), entry("ВА47"), entry("ВА47-29")])

    assert words(found.nested) == [("ВА47", "ВА47-29"), ("возврат", "возврат товара")]


def test_a_rehearsal_says_what_classifying_for_real_will_say() -> None:
    chance = random.Random(5)
    texts = [(" ".join(chance.choices(WORDS, k=8)), chance.choice(WORDS)) for _ in range(40)]
    prepared = [rehearsal.prepare(number, body, subject) for number, (body, subject) in enumerate(texts)]
    entries: list[Expanded] = [entry(word, chance.randint(1, 9), chance.choice("abc")) for word in WORDS[:6]]
    for _ in range(50):
        scoring, nested = chance.choice(RULES)
        rules = Rules(scoring=scoring, nested=nested, subject_factor=chance.choice([0, 1, 2]))
        before = Classifier(entries, rules)
        phrase = " ".join(chance.choices(WORDS, k=chance.randint(1, 2)))
        entries = [*entries[chance.randint(0, 1) :], entry(phrase, chance.randint(1, 9), chance.choice("abc"))]
        after = Classifier(entries, rules)

        found = rehearsal.compare(rehearsal.decisions(before, prepared), after, prepared)

        real = [(before.decide(*text).category, after.decide(*text).category) for text in texts]
        expected = {(n, *pair) for n, pair in enumerate(real) if pair[0] != pair[1]}
        assert {(n, step.old, step.new) for step, ids in found.steps.items() for n in ids} == expected
        assert found.changed == len(expected)


def test_a_request_is_looked_at_again_only_where_all_words_of_a_changed_entry_stand() -> None:
    changed = [entry("возврат товара"), entry("щит", kind=Kind.EXACT), entry("кабел провод", kind=Kind.PREFIX)]
    touch = rehearsal.touch(changed)

    met = [text for text in TOUCHED if touch.meets(rehearsal.prepare(1, text, ""))]

    assert met == ["товары на возврат", "щит", "провода и кабели"]


TOUCHED = ["товары на возврат", "возврат денег", "щиты", "щит", "провода и кабели", "кабели", ""]


def test_requests_that_are_kept_share_their_words() -> None:
    words: dict[str, str] = {}
    one, other = (rehearsal.prepare(number, f"возврат {number}", "тема", words=words) for number in (1, 2))

    assert one.body[0][0] is other.body[0][0]
    assert one.subject[0][0] is other.subject[0][0]
    assert {id(key) for key in one.keys & other.keys} == {id(key) for key in other.keys & one.keys}
    assert rehearsal.words_of([one, other]) == words
    assert set(words) - set(rehearsal.words_of([other])) == {"1"}


def test_a_dictionary_that_was_tried_gives_its_memory_back_at_once() -> None:
    tried = classifier(entry("возврат"))
    assert tried.decide("возврат").category == "a"
    gone = weakref.ref(tried.trie)

    gc.disable()  # nobody knows when it comes round
    try:
        del tried
        assert gone() is None
    finally:
        gc.enable()


def test_a_large_change_is_not_looked_through_once_for_each_request(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Slot] = []

    def note(slot: Slot, _text: frozenset[str]) -> bool:
        asked.append(slot)
        return True

    monkeypatch.setattr(rehearsal, "_stands", note)
    # They all begin alike, as the phrases of a learned dictionary do.
    touch = rehearsal.touch([entry(f"возврат товара k{n}", kind=Kind.EXACT) for n in range(2_000)])

    met = [touch.meets(rehearsal.prepare(n, f"возврат товара k{n}", "")) for n in range(1_990, 2_010)]

    assert met == [True] * 10 + [False] * 10
    assert len(asked) == 10 * 3


def test_forms_for_administrators_name_what_matches() -> None:
    from keywords import expansion  # noqa: PLC0415 - the only test that asks it

    assert expansion.forms("С16 щит") == [
        ["c16"],
        sorted(["щит", "щита", "щиту", "щитом", "щите", "щиты", "щитов", "щитам", "щитами", "щитах"]),
    ]
    assert expansion.forms("отказ", Kind.PREFIX) == [["отказ*"]]
    assert expansion.forms("30 мА") == [["30"], ["ма"]]
    assert classifier(entry("щит")).decide("щитами").category == "a"
