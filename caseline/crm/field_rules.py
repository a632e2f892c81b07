"""Which fields a request shows and needs: rules as data, and what follows from all of them together.

Rules never contradict each other, whatever their order:

- A field is shown unless a rule that hides it holds, or rules that show it exist and none of them holds; hiding wins.
- A field is obligatory if a rule that requires it holds and it is shown: what is hidden is never obligatory.
- A hidden field keeps its value, and conditions read values whether they are shown or not. So no rule depends on the
  outcome of another, and there are no circles.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from caseline.crm.field_values import Value
from caseline.crm.request_fields import RequestField
from caseline.crm.vocabulary import Type


class Op(StrEnum):
    """What a condition asks of a value."""

    IS = "is"
    IS_NOT = "is_not"
    IN = "in"
    EMPTY = "empty"
    FILLED = "filled"
    LESS = "less"
    AT_MOST = "at_most"
    MORE = "more"
    AT_LEAST = "at_least"


class Match(StrEnum):
    """How many of its conditions a rule needs."""

    ALL = "all"
    ANY = "any"


class Effect(StrEnum):
    """What a rule does to its field."""

    SHOW = "show"
    HIDE = "hide"
    REQUIRE = "require"


ORDERED: Final = frozenset({Type.INTEGER, Type.NUMBER, Type.MONEY, Type.DATE, Type.DATETIME})
"""Types whose values can be compared."""
COMPARING: Final = frozenset({Op.LESS, Op.AT_MOST, Op.MORE, Op.AT_LEAST})
WITHOUT_VALUES: Final = frozenset({Op.EMPTY, Op.FILLED})
FIXED: Final = frozenset({"number", "subject", "stage", "created_at", "modified_at", "closed_at"})
"""Fields that no rule shows, hides or requires: the register needs or keeps them itself."""
ALWAYS: Final = frozenset({"subject"})
"""Obligatory without any rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something about one field; `values` are written as `field_values.text` writes them without a zone."""

    field: str
    op: Op
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When its conditions hold, its field is shown, hidden or required. Without conditions it always holds."""

    id: int = 0
    match: Match = Match.ALL
    conditions: tuple[Condition, ...] = ()
    effect: Effect
    field: str
    position: int = 0
    active: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows for one request."""

    hidden: frozenset[str]
    obligatory: frozenset[str]

    def missing(self, values: Mapping[str, Value]) -> list[str]:
        """Obligatory fields that are empty, by their keys in order."""
        return sorted(key for key in self.obligatory if empty(values.get(key)))


def empty(value: Value) -> bool:
    """Whether a field says nothing; no is an answer."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def judge(rules: Iterable[Rule], fields: Mapping[str, RequestField], values: Mapping[str, Value]) -> Verdict:
    """What is hidden and what is obligatory with these values; fields that are not in use are neither."""
    shown_if: dict[str, bool] = {}
    hidden: set[str] = set()
    required: set[str] = set(ALWAYS)
    for rule in rules:
        field = fields.get(rule.field)
        if field is None or not field.active or not rule.active or rule.field in FIXED:
            continue
        held = holds(rule, fields, values)
        if rule.effect is Effect.SHOW:
            shown_if[rule.field] = shown_if.get(rule.field, False) or held
        elif rule.effect is Effect.HIDE and held:
            hidden.add(rule.field)
        elif held:
            required.add(rule.field)
    hidden |= {key for key, held in shown_if.items() if not held}
    return Verdict(frozenset(hidden), frozenset(required - hidden))


def holds(rule: Rule, fields: Mapping[str, RequestField], values: Mapping[str, Value]) -> bool:
    """Whether the conditions of a rule hold; one about a field that is gone never does."""
    found = (one.field in fields and _meets(one, fields[one.field], values.get(one.field)) for one in rule.conditions)
    return any(found) if rule.match is Match.ANY and rule.conditions else all(found)


def _meets(condition: Condition, field: RequestField, value: Value) -> bool:
    op = condition.op
    if op in WITHOUT_VALUES:
        return empty(value) is (op is Op.EMPTY)
    if op is Op.IS_NOT:
        return not _is_one_of(field, value, condition.values)
    if op in {Op.IS, Op.IN}:
        return _is_one_of(field, value, condition.values)
    return _compares(condition, field, value)


def _is_one_of(field: RequestField, value: Value, wanted: Sequence[str]) -> bool:
    if value is None:
        return False
    if field.type in {Type.INTEGER, Type.NUMBER, Type.MONEY}:
        number = _as_number(value)
        return number is not None and any(_as_number(one) == number for one in wanted)
    if field.type is Type.BOOLEAN:
        return any((one == "yes") is value for one in wanted)
    held = value if isinstance(value, list) else [value]
    folded = {str(one).casefold() for one in wanted}
    return any(str(one).casefold() in folded for one in held)


def _compares(condition: Condition, field: RequestField, value: Value) -> bool:
    if value is None or field.type not in ORDERED or not condition.values:
        return False
    side: float | str | None
    other: float | str | None
    if field.type in {Type.DATE, Type.DATETIME}:
        side, other = str(value), condition.values[0]
    else:
        side, other = _as_number(value), _as_number(condition.values[0])
    if side is None or other is None:
        return False
    less, equal = bool(side < other), side == other  # type: ignore[operator] # both are of one kind
    return {
        Op.LESS: less,
        Op.AT_MOST: less or equal,
        Op.MORE: not (less or equal),
        Op.AT_LEAST: not less,
    }[condition.op]


def _as_number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        return float(value)  # type: ignore[arg-type] # anything else is no number
    except (TypeError, ValueError):
        return None
