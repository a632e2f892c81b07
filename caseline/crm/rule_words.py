"""Says rules of fields as sentences in English and Russian, and what is wrong with one that somebody writes."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from caseline.crm import field_values, field_words
from caseline.crm.cards import Refused
from caseline.crm.field_faults import RUSSIAN, Misread
from caseline.crm.field_rules import COMPARING, FIXED, ORDERED, WITHOUT_VALUES, Condition, Effect, Match, Op, Rule
from caseline.crm.field_values import Reader
from caseline.crm.request_fields import RequestField
from caseline.crm.vocabulary import Type

OPS: Final[dict[Op, tuple[str, str]]] = {
    Op.IS: ("is", "—"),
    Op.IS_NOT: ("is not", "— не"),
    Op.IN: ("is one of", "— одно из:"),
    Op.EMPTY: ("is empty", "не заполнено"),
    Op.FILLED: ("is filled", "заполнено"),
    Op.LESS: ("is less than", "меньше"),
    Op.AT_MOST: ("is at most", "не больше"),
    Op.MORE: ("is more than", "больше"),
    Op.AT_LEAST: ("is at least", "не меньше"),
}
EFFECTS: Final[dict[Effect, tuple[str, str]]] = {
    Effect.SHOW: ("show", "показывать"),
    Effect.HIDE: ("hide", "скрывать"),
    Effect.REQUIRE: ("require", "требовать"),
}
_UTC: Final = Reader(zone="UTC", language="en")

Called = Callable[[RequestField, str], str]
"""How a value of a condition is called."""


class BadSetting(Refused):
    """What an administrator has entered cannot be kept; nothing was changed."""

    def __init__(self, english: str, russian: str) -> None:
        super().__init__(english)
        self.russian: Final = russian

    def said(self, language: str) -> str:
        """What is wrong and what helps."""
        return self.russian if language == RUSSIAN else str(self)


def sentence(rule: Rule, fields: Mapping[str, RequestField], language: str, called: Called) -> str:
    """`When Category is Hardware and City is empty, then require Serial number`."""
    russian = language == RUSSIAN
    target = f"«{_label(rule.field, fields, language)}»" if russian else _label(rule.field, fields, language)
    effect = f"{EFFECTS[rule.effect][russian]} {target}"
    if not rule.conditions:
        return f"Всегда {effect}" if russian else f"Always {effect}"
    between = {True: (" и ", " или "), False: (" and ", " or ")}[russian][rule.match is Match.ANY]
    said = between.join(_condition(one, fields, language, called) for one in rule.conditions)
    return f"Если {said}, то {effect}" if russian else f"When {said}, then {effect}"


def _condition(one: Condition, fields: Mapping[str, RequestField], language: str, called: Called) -> str:
    russian = language == RUSSIAN
    label = f"«{_label(one.field, fields, language)}»" if russian else _label(one.field, fields, language)
    known = fields.get(one.field)
    values = ", ".join(called(known, value) if known else value for value in one.values)
    return f"{label} {OPS[one.op][russian]} {values}".strip()


def _label(key: str, fields: Mapping[str, RequestField], language: str) -> str:
    labels = field_words.labels(fields[key]) if key in fields else field_words.of_key(key)
    return labels[language == RUSSIAN]


def ops(field: RequestField) -> Iterator[Op]:
    """What conditions may ask of a field."""
    if field.type is Type.FILE:
        yield from sorted(WITHOUT_VALUES)
        return
    yield from (one for one in Op if one not in COMPARING or field.type in ORDERED)


def checked(rule: Rule, fields: Mapping[str, RequestField]) -> Rule:
    """The rule with the values of its conditions as they are kept; raises `BadSetting`."""
    if rule.field not in fields:
        raise BadSetting("choose the field that the rule is for", "выберите поле, для которого это правило")
    if rule.field in FIXED:
        name = field_words.labels(fields[rule.field])
        raise BadSetting(
            f"{name[0]}: the register needs or keeps this field itself: choose another for the rule",
            f"«{name[1]}»: это поле ведёт сама система: выберите для правила другое",
        )
    conditions = tuple(_checked(one, fields) for one in rule.conditions)
    if any(one.field == rule.field for one in conditions) and rule.effect is not Effect.REQUIRE:
        raise BadSetting(
            "a field cannot be shown or hidden by what it holds itself: choose another field for the condition",
            "поле не может показываться или скрываться по своему же значению: выберите для условия другое поле",
        )
    return Rule(
        id=rule.id,
        match=rule.match,
        conditions=conditions,
        effect=rule.effect,
        field=rule.field,
        position=rule.position,
        active=rule.active,
    )


def _checked(one: Condition, fields: Mapping[str, RequestField]) -> Condition:
    field = fields.get(one.field)
    if field is None:
        raise BadSetting("choose the field of every condition", "выберите поле в каждом условии")
    english, russian = field_words.labels(field)
    if one.op not in set(ops(field)):
        raise BadSetting(
            f"{english}: only numbers and dates can be compared: ask whether it is something",
            f"«{russian}»: сравнивать можно только числа и даты: спросите, равно ли поле чему-то",
        )
    if one.op in WITHOUT_VALUES:
        return Condition(field=one.field, op=one.op)
    texts = [text.strip() for text in one.values if text.strip()]
    if not texts:
        raise BadSetting(
            f"{english}: say with what it is compared, or ask whether it is empty",
            f"«{russian}»: укажите, с чем сравнивать, или спросите, заполнено ли поле",
        )
    return Condition(field=one.field, op=one.op, values=tuple(_kept(field, text) for text in texts))


def _kept(field: RequestField, text: str) -> str:
    if field.type in {Type.REFERENCE, Type.LIST, Type.MULTI_LIST, Type.TEXT}:
        return text
    try:
        value = field_values.read(field, text, _UTC)
    except Misread as error:
        english, russian = field_words.labels(field)
        words = error.words()
        raise BadSetting(f"{english}: {words[0]}", f"«{russian}»: {words[1]}") from error
    return str(value) if field.type in {Type.DATE, Type.DATETIME} else field_values.text(field, value, _UTC)
