"""What follows from all rules of fields together."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseline.crm import field_rules, rule_words
from caseline.crm.field_rules import Condition, Effect, Match, Op, Rule
from caseline.crm.field_values import Value
from caseline.crm.request_fields import OWN, RequestField
from caseline.crm.rule_words import BadSetting
from caseline.crm.vocabulary import Type

EXTRA = (
    RequestField(name="City", type=Type.TEXT, extra=True, label="Город"),
    RequestField(name="Amount", type=Type.MONEY, extra=True, label="Сумма"),
    RequestField(name="Day", type=Type.DATE, extra=True, label="День"),
    RequestField(name="Tags", type=Type.MULTI_LIST, extra=True, label="Метки"),
    RequestField(name="Gone", type=Type.TEXT, extra=True, active=False),
)
FIELDS = {one.key: one for one in (*OWN, *EXTRA)}
KEYS = ["extra.City", "extra.Amount", "extra.Day", "extra.Tags", "category", "extra.Gone", "extra.Nowhere"]
VALUES = {
    "extra.City": st.none() | st.sampled_from(["Perm", "perm", "Омск", ""]),
    "extra.Amount": st.none() | st.integers(-5, 5) | st.just("imported words"),
    "extra.Day": st.none() | st.sampled_from(["2026-01-01", "2026-02-01"]),
    "extra.Tags": st.none() | st.lists(st.sampled_from(["a", "b"])),
    "category": st.none() | st.sampled_from(["it", "hr"]),
}
HELD = st.fixed_dictionaries(VALUES)
CONDITIONS = st.builds(
    Condition,
    field=st.sampled_from(KEYS),
    op=st.sampled_from(list(Op)),
    values=st.lists(st.sampled_from(["Perm", "3", "2026-01-15", "a", "it"]), max_size=2).map(tuple),
)
RULES = st.lists(
    st.builds(
        Rule,
        match=st.sampled_from(list(Match)),
        conditions=st.lists(CONDITIONS, max_size=3).map(tuple),
        effect=st.sampled_from(list(Effect)),
        field=st.sampled_from([*KEYS, "subject", "stage"]),
        active=st.booleans(),
    ),
    max_size=5,
)


@given(RULES, HELD)
def test_what_is_hidden_is_never_obligatory(rules: list[Rule], held: dict[str, Value]) -> None:
    found = field_rules.judge(rules, FIELDS, held)
    assert not found.hidden & found.obligatory
    assert set(found.missing(held)) <= found.obligatory


@given(RULES, HELD, st.randoms())
def test_the_order_of_rules_changes_nothing(rules: list[Rule], held: dict[str, Value], random: object) -> None:
    shuffled = list(rules)
    random.shuffle(shuffled)  # type: ignore[attr-defined] # a random.Random
    assert field_rules.judge(rules, FIELDS, held) == field_rules.judge(shuffled, FIELDS, held)


@given(RULES, HELD)
def test_one_more_rule_that_hides_never_shows_anything(rules: list[Rule], held: dict[str, Value]) -> None:
    hiding = Rule(effect=Effect.HIDE, field="extra.City")
    before, after = (field_rules.judge(some, FIELDS, held).hidden for some in (rules, [*rules, hiding]))
    assert before | {"extra.City"} == after


@given(RULES, HELD)
def test_subject_and_stage_are_touched_by_no_rule_and_fields_out_of_use_by_none(
    rules: list[Rule], held: dict[str, Value]
) -> None:
    found = field_rules.judge(rules, FIELDS, held)
    assert "subject" in found.obligatory
    assert not found.hidden & {"subject", "stage", "extra.Gone", "extra.Nowhere"}
    assert not found.obligatory & {"stage", "extra.Gone", "extra.Nowhere"}


@given(CONDITIONS.filter(lambda one: one.field in FIELDS and one.op is Op.IS), HELD)
def test_is_not_is_the_opposite_of_is(condition: Condition, held: dict[str, Value]) -> None:
    opposite = Condition(field=condition.field, op=Op.IS_NOT, values=condition.values)
    one, other = (Rule(conditions=(each,), effect=Effect.SHOW, field="category") for each in (condition, opposite))
    assert field_rules.holds(one, FIELDS, held) is not field_rules.holds(other, FIELDS, held)


def rule(*conditions: Condition, effect: Effect = Effect.REQUIRE, match: Match = Match.ALL) -> Rule:
    return Rule(conditions=conditions, effect=effect, field="extra.City", match=match)


def test_a_field_with_rules_that_show_it_is_shown_only_when_one_holds_and_hiding_wins() -> None:
    shows = rule(Condition(field="category", op=Op.IS, values=("it",)), effect=Effect.SHOW)
    hides = rule(Condition(field="extra.Amount", op=Op.MORE, values=("3",)), effect=Effect.HIDE)
    for rules in permutations((shows, hides, rule())):
        assert field_rules.judge(rules, FIELDS, {"category": "it"}).missing({}) == ["extra.City", "subject"]
        assert "extra.City" in field_rules.judge(rules, FIELDS, {"category": "hr"}).hidden
        assert "extra.City" in field_rules.judge(rules, FIELDS, {"category": "it", "extra.Amount": 4}).hidden


@pytest.mark.parametrize(
    ("op", "value", "wanted", "holds"),
    [
        (Op.LESS, 2, "3", True),
        (Op.AT_MOST, 3.0, "3", True),
        (Op.MORE, 3, "3", False),
        (Op.AT_LEAST, 3, "3", True),
        (Op.LESS, None, "3", False),
        (Op.LESS, "words", "3", False),
        (Op.IS, 3.0, "3", True),
        (Op.EMPTY, 0, "", False),
    ],
)
def test_numbers_are_compared_as_numbers(op: Op, value: Value, wanted: str, holds: bool) -> None:
    one = rule(Condition(field="extra.Amount", op=op, values=(wanted,)))
    assert field_rules.holds(one, FIELDS, {"extra.Amount": value}) is holds


def test_a_list_of_several_is_one_of_what_it_holds_and_an_empty_one_is_empty() -> None:
    tagged = rule(Condition(field="extra.Tags", op=Op.IN, values=("b", "c")))
    assert field_rules.holds(tagged, FIELDS, {"extra.Tags": ["a", "b"]})
    assert not field_rules.holds(tagged, FIELDS, {"extra.Tags": []})
    assert field_rules.empty([])
    assert not field_rules.empty(value=False)


def test_rules_read_as_sentences_in_both_languages() -> None:
    category = Condition(field="category", op=Op.IS, values=("it",))
    said = rule(category, Condition(field="extra.Amount", op=Op.MORE, values=("3",)), match=Match.ANY)

    def called(_field: RequestField, value: str) -> str:
        return {"it": "Hardware"}.get(value, value)

    english = rule_words.sentence(said, FIELDS, "en", called)
    assert english == "When Category is Hardware or Сумма is more than 3, then require Город"
    assert rule_words.sentence(said, FIELDS, "ru", called).startswith("Если «Категория» — Hardware или «Сумма» больше")


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (Rule(effect=Effect.HIDE, field="subject"), "choose another for the rule"),
        (Rule(effect=Effect.HIDE, field="extra.Nowhere"), "choose the field that the rule is for"),
        (rule(Condition(field="extra.Nowhere", op=Op.IS, values=("x",))), "choose the field of every condition"),
        (rule(Condition(field="category", op=Op.IS)), "say with what it is compared"),
        (rule(Condition(field="category", op=Op.MORE, values=("1",))), "only numbers and dates can be compared"),
        (rule(Condition(field="extra.Amount", op=Op.IS, values=("much",))), "'much' is no number"),
        (
            rule(Condition(field="extra.City", op=Op.FILLED), effect=Effect.SHOW),
            "choose another field for the condition",
        ),
    ],
)
def test_a_rule_that_nobody_could_follow_is_refused_with_the_remedy(bad: Rule, words: str) -> None:
    with pytest.raises(BadSetting, match=words):
        rule_words.checked(bad, FIELDS)


def test_values_of_conditions_are_kept_as_values_are() -> None:
    kept = rule_words.checked(rule(Condition(field="extra.Day", op=Op.LESS, values=("31.03.2026",))), FIELDS)
    assert kept.conditions[0].values == ("2026-03-31",)
