"""A dictionary is learned from texts with categories: the same each time, for the scoring in force, without names."""

import random
from typing import Final

import numpy as np
import pytest
from scipy import sparse

from keywords.classifier import Classifier
from keywords.expansion import expand
from keywords.faults import NothingToLearn
from keywords.learning import additive, ceiling, decisive, judging, proposing
from keywords.learning.corpus import Example
from keywords.learning.proposing import Learned
from keywords.rules import Rules
from keywords.vocabulary import Nested, Scoring
from tests.factories.keywords import RULES

TALK: Final = {
    "возврат": ("возврат денег", "верните деньги", "возврата товара", "деньги за товар назад", "refund"),
    "доставка": ("доставка заказа", "курьер не приехал", "доставку перенести", "заказ не привезли", "delivery"),
    "оплата": ("оплата картой", "карта не проходит", "оплатить счёт", "счёт не оплачен", "my card declined"),
}
NOISE: Final = (
    "добрый день",
    "подскажите",
    "когда",
    "это",
    "очень",
    "please",
    "заказ",
    "товар",
    "12345",
    "89991234567",
)


def examples(count: int = 240, seed: int = 1, **fields: str) -> list[Example]:
    chance = random.Random(seed)
    found = []
    for _ in range(count):
        category = chance.choice(sorted(TALK))
        words = [*chance.sample(NOISE, 3), chance.choice(TALK[category]), *chance.sample(NOISE, 2)]
        found.append(Example(" ".join(words), category, **fields))
    return found


def right(learned: Learned, texts: list[Example]) -> float:
    classifier = Classifier([expand(proposal.entry) for proposal in learned.proposals], learned.rules)
    given = [classifier.decide(example.text).category for example in texts]
    return judging.judge([example.category for example in texts], given).accuracy


@pytest.mark.parametrize(("scoring", "nested"), RULES)
def test_a_learned_dictionary_comes_near_the_ceiling(scoring: Scoring, nested: Nested) -> None:
    train, fresh = examples(), examples(120, seed=2)
    learned = proposing.learn(train, Rules(scoring=scoring, nested=nested), entries_per_category=8)

    best = judging.judge([e.category for e in fresh], list(ceiling.answers(train, [e.text for e in fresh]))).accuracy

    assert right(learned, fresh) >= 0.95 * best
    assert learned.too_small == ()
    assert all(1 <= proposal.entry.weight <= 100 for proposal in learned.proposals)


@pytest.mark.parametrize("scoring", Scoring)
def test_the_same_texts_and_seed_give_the_same_proposals(scoring: Scoring) -> None:
    rules = Rules(scoring=scoring)

    assert proposing.learn(examples(), rules, seed=3) == proposing.learn(examples(), rules, seed=3)


def test_a_proposal_says_what_speaks_for_it() -> None:
    train = examples()
    learned = proposing.learn(train, Rules(), entries_per_category=5)

    for proposal in learned.proposals:
        alone = Classifier([expand(proposal.entry)])
        texts = [number for number, example in enumerate(train) if alone.decide(example.text).category]
        assert 5 <= proposal.hits <= len(texts)
        assert proposal.right <= proposal.hits
        assert proposal.precision == proposal.right / proposal.hits
        assert set(proposal.examples) <= set(texts)
        assert len(proposal.examples) == min(3, proposal.right)
        assert all(train[number].category == proposal.entry.category for number in proposal.examples)


def test_what_an_entry_gains_and_loses_is_what_leaving_it_out_changes() -> None:
    train = examples()
    rules = Rules(scoring=Scoring.SUM, nested=Nested.ALL)
    learned = proposing.learn(train, rules, entries_per_category=5)
    entries = [expand(proposal.entry) for proposal in learned.proposals]
    whole = [Classifier(entries, rules).decide(e.text).category == e.category for e in train]

    for index, proposal in enumerate(learned.proposals):
        without = Classifier([*entries[:index], *entries[index + 1 :]], rules)
        still = [without.decide(e.text).category == e.category for e in train]
        pairs = list(zip(whole, still, strict=True))
        assert (proposal.gained, proposal.lost) == (pairs.count((True, False)), pairs.count((False, True)))


def test_no_entry_is_a_number_a_name_or_the_habit_of_one_sender() -> None:
    train = [*examples(sender="")]
    train = [Example(e.text + " Марина Кузнецова 555", e.category, f"s{n % 9}") for n, e in enumerate(train)]
    train += [Example("чудное словцо оплата картой", "оплата", "чудак") for _ in range(30)]

    keywords = {proposal.entry.keyword for proposal in proposing.learn(train, entries_per_category=50).proposals}

    said = {word for keyword in keywords for word in keyword.split()}
    assert "словцо" not in said
    assert not said & {"марина", "кузнецова", "555", "12345"}
    assert "возврат" in said


def test_a_weight_for_the_heaviest_entry_says_how_sure_it_is_with_few_texts_less_than_with_many() -> None:
    found = {"часто": [0] * 40, "редко": [0] * 5, "наполовину": [0, 1] * 10}
    labels = np.array([label for each in found.values() for label in each])
    cells = [(text, column) for column, each in enumerate(found.values()) for text in range(len(each))]
    starts = np.cumsum([0, *(len(each) for each in found.values())])
    rows, columns = [int(starts[column]) + text for text, column in cells], [column for _, column in cells]
    presence = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(labels), len(found)))

    often, seldom, half = decisive.weights(presence, labels, np.zeros(len(found), dtype=np.int64), seed=0).tolist()

    assert (often, seldom) == (100, 80), "Wilson's lower bounds are 0.98 and 0.83"
    assert half < 50
    with_rivals = additive.weights(presence, labels, np.zeros(len(found), dtype=np.int64), 2).tolist()
    assert with_rivals[0] == 100, "the heaviest of a sum"
    assert with_rivals[2] < min(with_rivals[:2])


def test_signatures_and_quotations_are_not_learned() -> None:
    train = [Example(e.text + f"\n\nС уважением,\nотдел {e.category}ный\n> цитата {e.category}\n", e.category) for e in examples()]  # fmt: skip

    keywords = " ".join(proposal.entry.keyword for proposal in proposing.learn(train).proposals)

    assert not {"отдел", "цитата", "возвратный"} & set(keywords.split())


def test_one_category_is_nothing_to_learn() -> None:
    with pytest.raises(NothingToLearn, match="at least two categories"):
        proposing.learn([Example("возврат", "a")] * 10)


def test_a_category_with_too_few_texts_is_named() -> None:
    learned = proposing.learn([*examples(), Example("редкость", "редкое")])

    assert learned.too_small == ("редкое",)


def test_texts_without_a_word_teach_nothing() -> None:
    learned = proposing.learn([Example("!!!", "a")] * 6 + [Example("", "b")] * 6)

    assert (learned.proposals, learned.too_small) == ((), ("a", "b"))
