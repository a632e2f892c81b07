"""Fields of a form of reference data: what was typed, what is wrong with it, how it is shown again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from caseline.actions.editing import Fault, Faulty
from caseline.web.desk.reference import AREA_MOST, LINE_MOST, Choices, Control, Edit, Input, Reference, Sheet, Value
from caseline.web.desk.visit import Visit, whole

_LISTS = (Control.CHOICE, Control.MANY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field as the page shows it."""

    input: Input
    value: Value
    choices: Choices
    faults: Sequence[str]
    fixed: bool
    """Whether it is shown only."""
    words: str
    """Its value as people read it."""

    def chosen(self, value: str) -> bool:
        """Whether a choice is ticked."""
        return value in self.value if isinstance(self.value, tuple) else value == self.value


def typed(of: Reference, visit: Visit, sheet: Sheet | None) -> dict[str, Value]:
    """The values of the form; of what cannot be edited, those that the thing has."""
    found: dict[str, Value] = {}
    for one in of.inputs:
        if sheet is not None and (one.fixed or one.new_only):
            found[one.name] = sheet.values.get(one.name, one.empty())
        elif one.control is Control.CHECK:
            found[one.name] = one.name in visit.form
        elif one.control is Control.MANY:
            found[one.name] = tuple(v for v in visit.form.getlist(one.name) if isinstance(v, str) and v)
        elif one.control is Control.AREA:
            found[one.name] = visit.text(one.name).replace("\r\n", "\n")
        elif one.control is Control.SECRET:
            found[one.name] = visit.text(one.name)
        else:
            found[one.name] = " ".join(visit.text(one.name).split())
    return found


def check(of: Reference, visit: Visit, edit: Edit, sheet: Sheet | None) -> None:
    """Raise `Faulty` for what a field of its kind cannot hold."""
    editable = [one for one in of.inputs if sheet is None or not (one.fixed or one.new_only)]
    faults = [fault for one in editable if (fault := _fault(visit, one, edit.values[one.name], sheet))]
    if faults:
        raise Faulty(*faults)


def _fault(visit: Visit, one: Input, value: Value, sheet: Sheet | None) -> Fault | None:
    if one.required and value in ("", ()):
        return Fault(one.name, "is empty: fill it in", "не заполнено: укажите значение")
    if one.control in _LISTS:
        return _strange(visit, one, value, sheet)
    if not isinstance(value, str) or not value:
        return None
    most = AREA_MOST if one.control is Control.AREA else LINE_MOST
    if len(value) > most:
        return Fault(
            one.name,
            f"has {len(value)} characters: make it {most} at most",
            f"слишком длинно ({len(value)} симв.): оставьте не более {most}",
        )
    if one.control is Control.NUMBER and whole(value.removeprefix("-")) is None:
        return Fault(one.name, f"{value[:40]} is no whole number: write digits only", "нужно целое число: только цифры")
    return _no_day(one, value) if one.control is Control.DAY else None


def _strange(visit: Visit, one: Input, value: Value, sheet: Sheet | None) -> Fault | None:
    """A choice that is not in the list; what the thing had already may stay."""
    old = () if sheet is None else _several(sheet.values.get(one.name, ()))
    known = {key for key, _label in one.choices(visit)} if one.choices else set()
    if all(each in known or each in old for each in _several(value)):
        return None
    return Fault(one.name, "is not in the list any more: choose again", "такого варианта больше нет: выберите другой")


def _several(value: Value) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) and value else ()


def _no_day(one: Input, value: str) -> Fault | None:
    try:
        date.fromisoformat(value)
    except ValueError:
        return Fault(one.name, "is no date: write 2026-12-31", "это не дата: запишите как 2026-12-31")
    return None


def fields(
    of: Reference, visit: Visit, sheet: Sheet | None, values: Mapping[str, Value], faults: Sequence[Fault]
) -> list[Field]:
    """The fields of the form; `sheet` None: of a new thing."""
    language = visit.texts.language
    found = []
    for one in of.inputs:
        if sheet is not None and one.new_only:
            continue
        value = values.get(one.name, one.empty())
        choices = _choices(one, visit, value, {} if sheet is None else sheet.labels)
        found.append(
            Field(
                input=one,
                value=value,
                choices=choices,
                faults=[fault.said(language) for fault in faults if fault.field == one.name],
                fixed=sheet is not None and one.fixed,
                words=_words(visit, one, value, choices),
            )
        )
    return found


def _choices(one: Input, visit: Visit, value: Value, labels: Mapping[str, str]) -> Choices:
    if one.choices is None:
        return ()
    listed = list(one.choices(visit))
    known = {key for key, _label in listed}
    # What is not offered any more and stands in the thing is shown: it must not vanish by a save of something else.
    return [*listed, *((each, labels.get(each, each)) for each in _several(value) if each not in known)]


def _words(visit: Visit, one: Input, value: Value, choices: Choices) -> str:
    if isinstance(value, bool):
        return visit.texts.say("yes") if value else visit.texts.say("no")
    if one.control in _LISTS:
        labels = dict(choices)
        return ", ".join(labels.get(each, each) for each in _several(value))
    return "" if one.control is Control.SECRET or isinstance(value, tuple) else value


def label(of: Reference, visit: Visit, name: str) -> str:
    """What a field is called on the page; empty for none of the form."""
    return next((visit.texts.say(one.label) for one in of.inputs if one.name == name), "")


def differences(of: Reference, visit: Visit, sheet: Sheet, mine: Mapping[str, Value]) -> list[tuple[str, str, str]]:
    """(field, as it is saved now, as it was typed) where the two differ."""
    found = []
    for one in of.inputs:
        old, new = sheet.values.get(one.name, one.empty()), mine.get(one.name, one.empty())
        if old == new or one.control is Control.SECRET:
            continue
        found.append(
            (
                visit.texts.say(one.label),
                _words(visit, one, old, _choices(one, visit, old, sheet.labels)),
                _words(visit, one, new, _choices(one, visit, new, sheet.labels)),
            )
        )
    return found
