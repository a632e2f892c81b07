"""Forms as administrators write them: what is refused names the question, the part and the remedy."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseline.feedback import answering, forms
from caseline.feedback.answering import Grade, Why
from caseline.feedback.forms import FormUnfit

NPS = {
    "title": {"ru": "Оцените решение", "en": "Rate the solution"},
    "questions": [
        {
            "key": "satisfied",
            "kind": "choice",
            "label": "Довольны ли вы решением?",
            "required": True,
            "options": [
                {"code": "yes", "label": "Да"},
                {"code": "partly", "label": "Отчасти"},
                {"code": "no", "label": "Нет"},
            ],
        },
        {
            "key": "why",
            "kind": "text",
            "label": "Что не так?",
            "when": {"question": "satisfied", "is": ["no", "partly"]},
        },
        {"key": "quality", "kind": "scale", "label": "Качество обслуживания", "required": True},
        {"key": "recommend", "kind": "nps", "label": "Порекомендуете ли вы нас?", "required": True},
        {
            "key": "rescue",
            "kind": "text",
            "label": "Что исправить?",
            "required": True,
            "when": {"question": "quality", "is": [1, 2]},
        },
    ],
}


def form(*questions: dict[str, Any]) -> dict[str, Any]:
    return {"title": "Отзыв", "questions": [{"label": "Вопрос", **one} for one in questions]}


def test_a_form_is_read_with_its_usual_scales() -> None:
    found = forms.read(NPS)

    assert [one.key for one in found.questions] == ["satisfied", "why", "quality", "recommend", "rescue"]
    quality, recommend = found.questions[2:4]
    assert (list(quality.values), quality.bad_to) == ([1, 2, 3, 4, 5], 2)
    assert (list(recommend.values), recommend.bad_to) == (list(range(11)), 6)
    assert forms.words(found.title, "en") == "Rate the solution"
    assert forms.words(found.questions[0].label, "en") == "Довольны ли вы решением?"


@pytest.mark.parametrize(("to", "bad_to"), [(2, 1), (3, 1), (4, 1), (5, 2), (10, 4)])
def test_the_lower_two_fifths_are_bad_unless_somebody_says_otherwise(to: int, bad_to: int) -> None:
    assert forms.read(form({"key": "a", "kind": "scale", "to": to})).questions[0].bad_to == bad_to


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "form: list stands"),
        ({"title": "x"}, "form, questions: there are none"),
        ({"title": "x", "questions": "abc"}, "form, questions: there are none"),
        ({"questions": [{"key": "a", "kind": "text", "label": "x"}]}, "form, title"),
        ({"title": {"en": "Only English"}, "questions": [{"key": "a", "kind": "text", "label": "x"}]}, "title, ru"),
        ({"title": {"ru": "x", "de": "y"}, "questions": [{"key": "a", "kind": "text", "label": "x"}]}, "'de' is no"),
        (form({"key": "a b", "kind": "text"}), "question 1, key: 'a b'"),
        (
            form({"key": "a", "kind": "text"}, {"key": "a", "kind": "text"}),
            "question 2, key: 'a' is the key of another",
        ),
        (form({"key": "a", "kind": "stars"}), "question 1, kind: 'stars' is not known; take one of scale"),
        (form({"key": "a", "kind": "scale", "to": 1}), "question 1, from, to"),
        (form({"key": "a", "kind": "scale", "from": -1}), "question 1, from, to"),
        (form({"key": "a", "kind": "scale", "to": True}), "question 1, from, to"),
        (form({"key": "a", "kind": "scale", "to": 30}), "no scale of 2 to 11"),
        (form({"key": "a", "kind": "nps", "to": 5}), "from 0 to 10"),
        (form({"key": "a", "kind": "smileys", "to": 6}), "2 to 5 smileys"),
        (form({"key": "a", "kind": "scale", "bad_to": 5}), "question 1, bad_to: 5"),
        (form({"key": "a", "kind": "choice", "options": []}), "two at least"),
        (form({"key": "a", "kind": "choice", "options": [{"code": "y", "label": "x"}] * 2}), "there twice"),
        (form({"key": "a", "kind": "text", "required": "yes"}), "question 1, required"),
        (form({"key": "a", "kind": "text", "target": 5}), "question 1, target: 5"),
        (form({"key": "a", "kind": "text", "when": {"question": "b", "is": ["1"]}}), "no question before it"),
        (form({"key": "a", "kind": "text", "when": {"question": "b"}}), "question 1, when: it names"),
        (
            form({"key": "a", "kind": "text"}, {"key": "b", "kind": "text", "when": {"question": "a", "is": ["1"]}}),
            "answered in words",
        ),
        (
            form({"key": "a", "kind": "scale"}, {"key": "b", "kind": "text", "when": {"question": "a", "is": ["6"]}}),
            "'a' has no answer '6'",
        ),
        (form(*({"key": f"a{n}", "kind": "text"} for n in range(51))), "51 are more than 50"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_place(document: object, said: str) -> None:
    with pytest.raises(FormUnfit) as refused:
        forms.read(document)

    assert said in str(refused.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=9,
)
PARTS = st.sampled_from(
    ["key", "kind", "label", "hint", "required", "from", "to", "bad_to", "options", "target", "when"]
)


@given(st.lists(st.dictionaries(PARTS, JSON | st.sampled_from(["text", "choice", "a"])), max_size=3))
def test_whatever_stands_there_is_a_form_or_is_refused(questions: list[dict[str, Any]]) -> None:
    try:
        found = forms.read({"title": "x", "questions": questions})
    except FormUnfit:
        return
    assert found.questions


def test_a_question_is_asked_only_after_the_answer_that_leads_to_it() -> None:
    found = forms.read(NPS)

    assert "why" not in {one.key for one in found.asked({"satisfied": "yes"})}
    assert "why" in {one.key for one in found.asked({"satisfied": "no"})}
    assert "rescue" in {one.key for one in found.asked({"quality": 2})}


def test_a_question_that_hangs_on_one_that_is_not_asked_is_not_asked_either() -> None:
    chain = form(
        {"key": "a", "kind": "scale"},
        {"key": "b", "kind": "scale", "when": {"question": "a", "is": [1]}},
        {"key": "c", "kind": "text", "when": {"question": "b", "is": [1]}},
    )

    assert [one.key for one in forms.read(chain).asked({"a": 5, "b": 1})] == ["a"]


def test_answers_are_read_by_their_questions() -> None:
    found = answering.check(
        forms.read(NPS), {"satisfied": "no", "why": " Долго ждали ", "quality": "4", "recommend": "10", "rescue": ""}
    )

    assert found.complete
    assert found.answers == {"satisfied": "no", "why": "Долго ждали", "quality": 4, "recommend": 10}


@pytest.mark.parametrize(
    ("key", "text", "why"),
    [
        ("satisfied", "maybe", Why.NOT_OFFERED),
        ("satisfied", "", Why.MISSING),
        ("quality", "0", Why.NOT_ON_SCALE),
        ("quality", "6", Why.NOT_ON_SCALE),
        ("quality", "٣", Why.NOT_ON_SCALE),
        ("quality", "1_0", Why.NOT_ON_SCALE),
        ("quality", "-1", Why.NOT_ON_SCALE),
        ("quality", "9" * 100_000, Why.NOT_ON_SCALE),
        ("quality", "00003", Why.NOT_ON_SCALE),
        ("recommend", "11", Why.NOT_ON_SCALE),
        ("why", "x" * 10_001, Why.TOO_LONG),
        ("why", "a\x00b", Why.UNREADABLE),
        ("why", "\ud800", Why.UNREADABLE),
        ("salary", "1", Why.NOT_ASKED),
    ],
)
def test_a_wrong_answer_is_named_and_the_others_hold(key: str, text: str, why: Why) -> None:
    right = {"satisfied": "no", "quality": "4", "recommend": "10"}

    found = answering.check(forms.read(NPS), right | {key: text})

    assert found.faults == {key: why}
    assert found.answers.keys() == right.keys() - {key}


def test_answers_to_questions_that_are_not_asked_are_left_out_without_a_word() -> None:
    found = answering.check(
        forms.read(NPS), {"satisfied": "yes", "why": "x" * 99_999, "quality": "5", "recommend": "9", "rescue": "?"}
    )

    assert found.complete
    assert found.answers == {"satisfied": "yes", "quality": 5, "recommend": 9}


@pytest.mark.parametrize(
    ("quality", "recommend", "grade"),
    [
        (5, 10, Grade.GOOD),
        (4, 9, Grade.GOOD),
        (3, 10, Grade.NEUTRAL),
        (5, 8, Grade.NEUTRAL),
        (2, 10, Grade.BAD),
        (5, 6, Grade.BAD),
    ],
)
def test_an_answer_is_as_good_as_its_worst_rating(quality: int, recommend: int, grade: Grade) -> None:
    assert answering.grade(forms.read(NPS), {"quality": quality, "recommend": recommend}) is grade


def test_without_a_rating_there_is_no_grade() -> None:
    assert answering.grade(forms.read(NPS), {"satisfied": "no"}) is None


def test_the_mean_of_three_ratings_is_not_rounded() -> None:
    three = forms.read(form(*({"key": key, "kind": "scale", "to": 10} for key in "abc")))

    found = answering.mean({"a": 8, "b": 8, "c": 7}, three)

    assert found is not None
    assert found < 8
    assert answering.mean({}, three) is None
    with pytest.raises(ValueError, match="different scales"):
        answering.mean({"quality": 4, "recommend": 9}, forms.read(NPS))
