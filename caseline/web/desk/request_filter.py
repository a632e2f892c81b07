"""The form that adds a condition to a request table, or changes one: field, operator, value."""

from dataclasses import dataclass, replace
from typing import Final

from starlette.responses import Response

from caseline.actions import offer_values
from caseline.actions.offer_values import Offer
from caseline.crm.request_fields import RequestField
from caseline.listing import conditions, kinds, meaning
from caseline.listing.conditions import Condition
from caseline.listing.kinds import Kind, Op
from caseline.listing.meaning import Fault, Moment
from caseline.web.desk import request_state, request_words
from caseline.web.desk.request_state import State
from caseline.web.desk.visit import Visit
from caseline.web.language import later

_BY_NAME: Final = frozenset({"company", "contact"})
_UNITS: Final = {"d": later("days"), "w": later("weeks"), "h": later("hours")}
_NO_NAME: Final = later("Nothing of this name was found. Type the beginning of the name.")
_PICK: Final = later("Several have such a name. Tick those that you mean.")
_NO_VALUE: Final = later("Choose or type a value for %(field)s.")
_WRONG: Final = later("This is no value for %(field)s: a number, a date or one of the list is needed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What is chosen and typed so far."""

    key: str
    op: str
    values: tuple[str, ...] = ()
    name: str = ""
    """Of a company or contact that is looked for."""
    place: int | None = None
    """Of the condition that is changed; None: one is added."""


def form(visit: Visit) -> Response:
    """The form, as far as its field and operator are chosen."""
    state = request_state.read_form(visit)
    return _form(visit, state, _typed(visit, state))


def named(visit: Visit) -> Response:
    """Companies or contacts of about the typed name, to be ticked."""
    field = offer_values.fields(visit.house).get(visit.text("key"))
    found = [] if field is None or field.key not in _BY_NAME else offer_values.named(visit.house, field, _name(visit))
    return visit.page("requests/names.html", offers=found, ticked=set(_several(visit, "v")))


def applied(visit: Visit) -> Response:
    """The table with the condition; or the form again, with what is missing."""
    state = request_state.read_form(visit)
    typed = _typed(visit, state)
    if typed.key in conditions.SPECIAL:
        return visit.go(_with(state, typed.place, Condition(typed.key)).address())
    field = offer_values.fields(visit.house).get(typed.key)
    if field is None or visit.text("chosen") != f"{typed.key} {typed.op}":
        return _form(visit, state, typed)  # without scripts the value is asked for in a second step
    problem = ""
    if field.key in _BY_NAME and not typed.values and typed.op in kinds.WITH_SEVERAL and typed.name:
        found = offer_values.named(visit.house, field, typed.name)
        if len(found) != 1:
            return _form(visit, state, typed, problem=_PICK if found else _NO_NAME, status=422)
        typed = replace(typed, values=(found[0][0],))
    condition = Condition(typed.key, typed.op, typed.values)
    meant = meaning.of(condition, {field.key: field}, Moment(visit.now, visit.texts.zone))
    if isinstance(meant, Fault):
        problem = _WRONG if typed.values else _NO_VALUE
        return _form(visit, state, typed, problem=problem, status=422)
    return visit.go(_with(state, typed.place, condition).address())


def _with(state: State, place: int | None, condition: Condition) -> State:
    found = list(state.conditions)
    if place is not None and place < len(found):
        found[place] = condition
    elif condition not in found:
        found.append(condition)
    return replace(state, conditions=tuple(dict.fromkeys(found)))


def _typed(visit: Visit, state: State) -> Form:
    place = visit.number("place")
    old = state.conditions[place] if place is not None and 0 <= place < len(state.conditions) else None
    key = visit.text("key") or (old.key if old else "")
    op = visit.text("op") if "key" in visit.request.query_params else (old.op if old else "")
    values = _values(visit, op)
    if not values and old is not None and (old.key, old.op) == (key, op) and "chosen" not in visit.request.query_params:
        values = old.values
    return Form(key=key, op=op, values=values, name=_name(visit), place=place if old else None)


def _values(visit: Visit, op: str) -> tuple[str, ...]:
    number = visit.text("n").strip()
    if op in kinds.WITH_SPAN:
        return (f"{number}{visit.text('unit', 'd')}",) if number else ()
    typed = [*_several(visit, "v"), *visit.text("lines").splitlines(), visit.text("other")]
    return tuple(dict.fromkeys(value.strip() for value in typed if value.strip()))


def _several(visit: Visit, name: str) -> list[str]:
    return [value.replace("\0", "\ufffd") for value in visit.request.query_params.getlist(name)]


def _name(visit: Visit) -> str:
    return visit.text("name").strip()[:200]


def _form(visit: Visit, state: State, typed: Form, *, problem: str = "", status: int = 200) -> Response:
    fields = offer_values.fields(visit.house)
    field = fields.get(typed.key)
    ops = () if field is None else _operators(field)
    op = typed.op if typed.op in ops else (ops[0] if ops else "")
    name = "" if field is None else request_words.field(visit.texts, field)
    offers = [] if field is None else _offers(visit, field, typed, op)
    return visit.page(
        "requests/filter.html" if visit.piece else "requests/filter_page.html",
        # A script shows what it gets only where it is asked for; problems of a form are such an answer.
        status=status,
        state=state,
        typed=replace(typed, op=op),
        field=field,
        control=_control(field, op, offers),
        offers=offers,
        quick=[(key, visit.texts.say(words)) for key, words in request_words.SPECIAL.items()],
        choices=_choices(visit, fields),
        operators=[] if field is None else [(one, request_words.operator(visit.texts, field, one)) for one in ops],
        units=[(unit, visit.texts.say(words)) for unit, words in _UNITS.items()],
        open_list=field is not None and field.key not in {"stage", "category", "group", "assignee"},
        problem=visit.texts.say(problem, field=name) if problem else "",
    )


def _operators(field: RequestField) -> tuple[Op, ...]:
    found = kinds.operators(field)
    return tuple(op for op in found if op in kinds.WITHOUT_VALUE) if field.key == "parent" else found


def _choices(visit: Visit, fields: dict[str, RequestField]) -> list[tuple[str, str]]:
    shown = [one for one in fields.values() if one.active]
    found = [(one.key, request_words.field(visit.texts, one)) for one in shown if not one.extra]
    extra = [(one.key, request_words.field(visit.texts, one)) for one in shown if one.extra]
    return [*sorted(found, key=lambda pair: pair[1].casefold()), *sorted(extra, key=lambda pair: pair[1].casefold())]


def _offers(visit: Visit, field: RequestField, typed: Form, op: Op | str) -> list[Offer]:
    if op not in kinds.WITH_SEVERAL:
        return []
    if kinds.kind(field) is Kind.FLAG:
        return [("true", visit.texts.say("yes")), ("false", visit.texts.say("no"))]
    if field.key in _BY_NAME:
        chosen = offer_values.names(visit.house, visit.viewer, field, list(typed.values))
        return list(dict(chosen + offer_values.named(visit.house, field, typed.name)).items())
    found = offer_values.values(visit.house, visit.viewer, field)
    if field.key == "channel" or field.key in request_words.CODED:
        found = [(code, request_words.code(visit.texts, field.key, code)) for code, _name in found]
    known = {value for value, _name in found}
    return [*found, *((value, value) for value in typed.values if value not in known and found)]


def _control(field: RequestField | None, op: Op | str, offers: list[Offer]) -> str:
    """Which control the value is typed or chosen with."""
    if field is None or op in kinds.WITHOUT_VALUE:
        return ""
    if op in kinds.WITH_SPAN:
        return "span"
    if field.key in _BY_NAME and op in kinds.WITH_SEVERAL:
        return "names"
    if kinds.kind(field) in {Kind.TIME, Kind.DAY}:
        return "date"
    if op in kinds.WITH_SEVERAL:
        return "ticks" if offers else "lines"
    return "number" if kinds.kind(field) is Kind.NUMBER else "text"
