"""Says what happened to a request in the language of the page: a title, and what helps to understand it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from caseline.crm.timeline import Line, Origin
from caseline.web.desk import assignment_words, feedback_words, history_words, request_words
from caseline.web.desk.event_terms import FIELDS, REASONS, SETTERS
from caseline.web.language import Texts, later

_REFERENCES: Final = frozenset({"assignee", "group", "company", "contact", "parent"})
"""Fields whose values in events are ids."""
_SIDES: Final = ("old", "new")


@dataclass(frozen=True, slots=True)
class Names:
    """What codes and numbers in events are called."""

    stages: Mapping[str, str]
    categories: Mapping[str, str]
    assignments: Mapping[int, str]
    fields: Mapping[str, str] = field(default_factory=dict)
    """What fields are called, by their keys."""


@dataclass(frozen=True, slots=True)
class Said:
    """An event in words."""

    title: str
    detail: str = ""
    request: int | None = None
    """Another request that it is about."""


def said(texts: Texts, line: Line, names: Names) -> Said:
    """A line of the timeline that is no message."""
    if line.origin is Origin.HISTORY:
        return _history(texts, line, names)
    found = _WORDS.get(line.type)
    return found(texts, line, names) if found else Said(line.type, _plain(texts, line.data))


def _history(texts: Texts, line: Line, names: Names) -> Said:
    if line.type == history_words.OPENED:
        return Said(texts.say("The request was opened"))
    if line.type in history_words.OWNERS:
        title = texts.say("Handed over to %(name)s", name=_shown(line.data.get("new")))
        return Said(title, _before(texts, line.data.get("old")))
    key = history_words.FIELDS.get(line.type, line.type)
    name = texts.say(FIELDS.get(key, key))
    known = {"stage": names.stages, "category": names.categories}.get(key, {})
    sides = [line.data.get(side) for side in _SIDES]
    if key == "escalated":
        sides = [history_words.BOOLEANS.get(str(one), one) for one in sides]
    old, new = (known.get(str(one), _value(texts, one, key)) for one in sides)
    step = _step(old, new) if _shown(old) != _shown(new) else ""
    return Said(texts.say("Changed: %(field)s", field=name), step)


def _step(old: object, new: object) -> str:
    return f"{_shown(old)} → {_shown(new)}"


def _shown(value: object) -> str:
    return "–" if value is None or value == "" else str(value)


def _plain(texts: Texts, data: Mapping[str, Any]) -> str:
    hidden = {"by", "login"}
    return "; ".join(
        f"{texts.say(FIELDS.get(key, key))}: {_shown(value)}" for key, value in data.items() if key not in hidden
    )


def _created(texts: Texts, line: Line, _names: Names) -> Said:
    origin = line.data.get("split_from")
    if isinstance(origin, int):
        return Said(texts.say("The request was split off another"), request=origin)
    words = later("Made of what a client has answered") if line.data.get("ask") else later("The request was opened")
    return Said(texts.say(words), _turn(texts, line))


def _changed(texts: Texts, line: Line, names: Names) -> Said:
    data = line.data
    old = _mapping(data.get("old"))
    fields = _list(data.get("fields"))
    if set(fields) == {"assignee_id"}:
        if line.person:
            words = later("Assigned by turn to %(name)s") if data.get("assigned") else later("Assigned to %(name)s")
            return Said(texts.say(words, name=line.person), _before(texts, old.get("assignee_id")))
        return Said(texts.say("Left to nobody"), _before(texts, old.get("assignee_id")))
    if set(fields) == {"group_id"}:
        return Said(texts.say("Handed over to %(name)s", name=_shown(line.group)), _before(texts, old.get("group_id")))
    if isinstance(data.get("priority"), Mapping):
        step = data["priority"]
        return Said(
            texts.say("The priority was changed"),
            _step(*(_coded(texts, "priority", step.get(each)) for each in _SIDES)),
        )
    if set(fields) == {"assignee_id", "group_id"}:
        both = f"{_shown(line.group)}, {_shown(line.person)}"
        return Said(texts.say("Handed over to %(name)s", name=both))
    return Said(texts.say("Fields were changed"), _fields(texts, line, names))


def _mapping(value: object) -> Mapping[str, Any]:
    """Older events, and those of other tools, may hold anything."""
    return value if isinstance(value, Mapping) else {}


def _turn(texts: Texts, line: Line, mark: str = "") -> str:
    return mark + texts.say("by turn: %(name)s", name=line.person) if line.data.get("assigned") and line.person else ""


def _list(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _before(texts: Texts, name: object) -> str:
    return texts.say("before: %(name)s", name=str(name)) if name else ""


def _fields(texts: Texts, line: Line, names: Names) -> str:
    """Each field with its values before and after, as far as the event holds them."""
    told = []
    for key, step in _mapping(line.data.get("changes")).items():
        sides = _mapping(step)
        if key in _REFERENCES:
            named = {"assignee": line.person, "group": line.group}.get(key)
            told.append(f"{_label(texts, key, names)}{f': {named}' if named else ''}")
        else:
            told.append(
                f"{_label(texts, key, names)}: {_step(*(_value(texts, sides.get(each), key) for each in _SIDES))}"
            )
    if not told:
        told = [_label(texts, key, names) for key in _list(line.data.get("fields"))]
    return "; ".join(told) or _plain(texts, line.data)


def _label(texts: Texts, key: str, names: Names) -> str:
    if key in names.fields:
        return names.fields[key]
    return texts.say(FIELDS.get(key, key.removeprefix("extra.")))


def _coded(texts: Texts, key: str, value: object) -> object:
    return request_words.code(texts, key, value) if isinstance(value, str) else value


def _value(texts: Texts, value: object, key: str) -> object:
    if isinstance(value, bool):
        return texts.say("yes") if value else texts.say("no")
    return ", ".join(map(str, value)) if isinstance(value, list) else _coded(texts, key, value)


def _category(texts: Texts, line: Line, names: Names) -> Said:
    old, new = line.data.get("old"), line.data.get("new")
    setter = SETTERS.get(str(line.data.get("set_by")))
    by = texts.say(setter) if setter else ""
    label = names.categories.get(str(new), _shown(new))
    if old == new:
        return Said(texts.say("The category was confirmed: %(name)s", name=label))
    if old is None:
        return Said(texts.say("The category was set: %(name)s", name=label), by + _turn(texts, line, "; "))
    before = _before(texts, names.categories.get(str(old), old))
    return Said(texts.say("The category was changed: %(name)s", name=label), f"{before}, {by}" if by else before)


def _stage(texts: Texts, line: Line, names: Names) -> Said:
    old, new = (names.stages.get(str(line.data.get(key)), _shown(line.data.get(key))) for key in ("old", "new"))
    return Said(texts.say("Stage: %(name)s", name=new), _before(texts, old))


def _deadline(texts: Texts, line: Line, _names: Names) -> Said:
    reason = str(line.data.get("reason", ""))
    why = texts.say(REASONS[reason]) if reason in REASONS else reason
    if line.data.get("calendar"):
        why = texts.say("the calendar was changed: %(why)s", why=reason)
    if line.type == "deadline_dropped":
        return Said(texts.say("The deadline was taken away"), why)
    return Said(texts.say("To be resolved by %(time)s", time=_time(texts, line.data.get("due_at"))), why)


def _time(texts: Texts, value: object) -> str:
    try:
        return texts.time(datetime.fromisoformat(str(value)))
    except ValueError:
        return _shown(value)


def _share(texts: Texts, line: Line, _names: Names) -> Said:
    if line.data.get("percent") == 100:  # noqa: PLR2004 - percent
        return Said(texts.say("The deadline has passed"))
    share = texts.percent(float(line.data.get("percent", 0)) / 100)
    return Said(texts.say("%(share)s of the time are used", share=share))


def _assignment(texts: Texts, line: Line, names: Names) -> Said:
    number = line.data.get("assignment")
    name = names.assignments.get(number, str(number)) if isinstance(number, int) else _shown(number)
    title = texts.say(assignment_words.EVENTS[line.type], name=name)
    return Said(title, assignment_words.detail(texts, line.data))


def _address(texts: Texts, line: Line, _names: Names) -> Said:
    return Said(texts.say("The outsider has another mail address"), _step(line.data.get("old"), line.data.get("new")))


def _other(message: str, key: str) -> Callable[[Texts, Line, Names], Said]:
    def words(texts: Texts, line: Line, _names: Names) -> Said:
        other = line.data.get(key)
        return Said(texts.say(message), request=other if isinstance(other, int) else None)

    return words


def _moved(texts: Texts, line: Line, names: Names) -> Said:
    number = line.data.get("assignment")
    detail = names.assignments.get(number, "") if isinstance(number, int) else ""
    return Said(texts.say("A message was moved"), detail)


def _product(texts: Texts, line: Line, _names: Names) -> Said:
    title = texts.say("Product added") if line.type == "product_added" else texts.say("Product removed")
    return Said(title, str(line.data.get("name", "")))


_WORDS: Final[Mapping[str, Callable[[Texts, Line, Names], Said]]] = {
    "created": _created,
    **dict.fromkeys(feedback_words.EVENTS, lambda texts, line, _names: Said(*feedback_words.said(texts, line))),
    **dict.fromkeys(("product_added", "product_removed"), _product),
    "changed": _changed,
    "category_set": _category,
    "stage_changed": _stage,
    **dict.fromkeys(("deadline_set", "deadline_dropped"), _deadline),
    "deadline_share_used": _share,
    "category_missing": lambda texts, _line, _names: Said(texts.say("It has waited for a category too long")),
    **dict.fromkeys(assignment_words.EVENTS, _assignment),
    "outsider_address": _address,
    "merged": _other(later("The request goes on in another"), "into"),
    "merged_with": _other(later("Another request was merged into this one"), "other"),
    "unmerged": _other(later("The request stands by itself again"), "from"),
    "succession_moved": _other(later("What goes on here was moved"), "to"),
    "message_moved": _moved,
    "letter_withdrawn": lambda texts, _line, _names: Said(texts.say("A letter was withdrawn before it left")),
}
