"""A rule of a field as it stands in its editor, right or wrong, and what the editor offers to choose."""

from dataclasses import dataclass
from typing import Final

from caseline.actions import field_choices, keep_rules
from caseline.actions.field_choices import Option
from caseline.crm import field_words, rule_words
from caseline.crm.field_rules import FIXED, WITHOUT_VALUES, Condition, Effect, Match, Op, Rule
from caseline.crm.field_values import Reader
from caseline.crm.request_fields import RequestField
from caseline.crm.rule_words import BadSetting
from caseline.web.desk.visit import Visit
from caseline.web.language import later

MOST_ROWS: Final = 20
OPS: Final = {
    Op.IS: later("is"),
    Op.IS_NOT: later("is not"),
    Op.IN: later("is one of"),
    Op.EMPTY: later("is empty"),
    Op.FILLED: later("is filled"),
    Op.LESS: later("is less than"),
    Op.AT_MOST: later("is at most"),
    Op.MORE: later("is more than"),
    Op.AT_LEAST: later("is at least"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A condition in the editor."""

    field: str
    op: str
    values: tuple[str, ...]
    ops: tuple[Op, ...]
    options: tuple[Option, ...]

    @property
    def several(self) -> bool:
        """Whether it takes several values."""
        return self.op == Op.IN

    @property
    def valued(self) -> bool:
        """Whether it takes any."""
        return self.op not in WITHOUT_VALUES


@dataclass(frozen=True, slots=True)
class Sketch:
    """A rule as it stands in the editor, right or wrong."""

    id: int
    match: str
    effect: str
    field: str
    active: bool
    rows: tuple[tuple[str, str, tuple[str, ...]], ...]


class Desk:
    """What the pages of rules know of fields and their values."""

    def __init__(self, visit: Visit) -> None:
        self.book: Final = keep_rules.book(visit.house)
        reader = Reader(zone=visit.texts.zone, language=visit.texts.language)
        self.options: Final = field_choices.of_rules(visit.house, visit.viewer, reader)
        self.russian: Final = visit.texts.language == "ru"
        self.language: Final = visit.texts.language

    def label(self, field: RequestField) -> str:
        """How a field is called."""
        return field_words.labels(field)[self.russian]

    def called(self, field: RequestField, value: str) -> str:
        """How a value of a field is called."""
        return next((one.label for one in self.options.get(field.key, ()) if one.value == value), value)

    def sentence(self, rule: Rule) -> str:
        """A rule in words."""
        return rule_words.sentence(rule, self.book.fields, self.language, self.called)

    def fields(self) -> list[tuple[str, str]]:
        """(key, name) of the fields that conditions ask."""
        named = [(one.key, self.label(one)) for one in self.book.fields.values() if one.active]
        return sorted(named, key=lambda one: one[1].casefold())

    def targets(self) -> list[tuple[str, str]]:
        """(key, name) of the fields that rules are for."""
        return [one for one in self.fields() if one[0] not in FIXED]

    def rows(self, sketch: Sketch) -> list[Row]:
        """The conditions of a sketch with what each offers."""
        return [self._row(*one) for one in sketch.rows]

    def _row(self, name: str, op: str, values: tuple[str, ...]) -> Row:
        field = self.book.fields.get(name)
        ops = tuple(rule_words.ops(field)) if field else (Op.IS,)
        chosen = op if op in {one.value for one in ops} else Op.IS.value
        options = list(self.options.get(name, ()))
        known = {one.value for one in options}
        if options:
            options += [Option(one, one) for one in values if one and one not in known]
        return Row(name, chosen, values, ops, tuple(options))


def typed(visit: Visit) -> Sketch:
    """The form as it was sent; rows without a field are kept as they are typed, and left out of the rule."""
    rows = []
    for number in range(MOST_ROWS):
        name = f"c{number}."
        if f"{name}field" not in visit.form:
            continue
        values = [one.strip() for one in visit.form.getlist(f"{name}value") if isinstance(one, str)]
        if len(values) == 1 and visit.text(f"{name}op") == Op.IN and f"{name}typed" in visit.form:
            values = [part.strip() for part in values[0].split(";")]
        rows.append((visit.text(f"{name}field"), visit.text(f"{name}op"), tuple(one for one in values if one)))
    return Sketch(
        id=visit.number("key") or 0,
        match=visit.text("match", "all"),
        effect=visit.text("effect", "require"),
        field=visit.text("field"),
        active="active" in visit.form,
        rows=tuple(rows),
    )


def rule(sketch: Sketch) -> Rule:
    """The rule that it means; raises `BadSetting` for what no list offers."""
    try:
        conditions = tuple(
            Condition(field=name, op=Op(op), values=tuple(one.replace("\0", "") for one in values))
            for name, op, values in sketch.rows
            if name
        )
        return Rule(
            id=sketch.id,
            match=Match(sketch.match),
            conditions=conditions,
            effect=Effect(sketch.effect),
            field=sketch.field,
            active=sketch.active,
        )
    except ValueError as error:
        raise BadSetting("choose from the lists", "выберите значения из списков") from error
