"""Says lines of the audit log in the language of the page: deeds, the things that they were done to, their fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from caseline.people.rights import Role
from caseline.web import language
from caseline.web.desk import agreement_words, catalogue_words, follow_words, notice_words, value_words
from caseline.web.desk.audit_deeds import DEEDS
from caseline.web.language import Texts, later

KINDS: Final = {
    "absence": later("absence"),
    "autotext": later("autotext"),
    "calendar": later("calendar"),
    "category": later("category"),
    "division": later("division"),
    "field": later("field"),
    "field_rule": later("rule of a field"),
    "group": later("group"),
    "person": later("person"),
    "picture": later("picture"),
    "section": later("section of the card"),
    "stage": later("stage"),
    "transitions": later("ways between stages"),
    "template": later("template"),
    "product": later("product"),
    "company": later("company"),
    "contact": later("contact"),
    "agreement": later("agreement"),
    "service": later("service"),
    **follow_words.KINDS,
    "campaign": later("campaign"),
    "form": later("form of questions"),
    "ask": later("ask"),
}
"""Reference data of which deeds like `person.changed` tell."""
VERBS: Final = {
    "added": later("added"),
    "changed": later("edited"),
    "removed": later("removed"),
}
DETAILS: Final = {
    "address": later("address"),
    "role": later("role"),
    "active": later("in use"),
    "language": later("language"),
    "zone": later("zone"),
    "signs_in_with": later("signs in with"),
    "entries": later("entries"),
    "reason": later("reason"),
    "saved_as": later("saved as version"),
    "what": later("cause"),
    "filterable": later("has an index"),
    "rows": later("rows"),
    "kinds": later("kinds"),
    "filter": later("filter"),
    "search": later("search"),
    "sorts": later("sorted by"),
    "before": later("filter before"),
    "name_before": later("name before"),
    "requests": later("requests"),
    "refused": later("refused"),
    "assignee": later("assignee"),
    "group": later("group"),
    "category": later("category"),
    "stage": later("stage"),
    "ends_at": later("good until"),
    "by": later("by"),
    "id": later("number"),
    "left": later("codes left"),
    "scope": later("sees"),
    "second_step": later("second step of signing in"),
    "tokens": later("tokens"),
    "name": later("name"),
    "email": later("mail"),
    "phone": later("phone"),
    "title": later("position"),
    "division": later("division"),
    "groups": later("groups"),
    "parent": later("part of"),
    "head": later("head"),
    "turns": later("requests are shared out"),
    "members": later("members"),
    "person": later("person"),
    "first_day": later("first day"),
    "last_day": later("last day"),
    "deputy": later("deputy"),
    "note": later("note"),
    "label": later("name"),
    "type": later("type"),
    "target": later("points at"),
    "choices": later("values"),
    "section": later("section"),
    "position": later("place"),
    "rule": later("rule"),
    "ways": later("ways"),
    "closed": later("closed"),
    "pauses": later("clock stands still"),
    "hours": later("hours"),
    "hours_by_priority": later("other hours for priorities"),
    "mode": later("counted"),
    "calendar": later("calendar"),
    "default": later("default calendar"),
    "version": later("version"),
    "days": later("days"),
    "subject": later("subject"),
    "text": later("text"),
    "html": later("HTML text"),
    **{kind.value: label for kind, label in notice_words.KINDS.items()},
    "switched_on_at": later("on since"),
    "state": later("state"),
    "expires_at": later("link works until"),
    "kind": later("kind"),
    "trigger": later("when somebody is asked"),
    "audience": later("whom"),
    "channel": later("channel"),
    "fallback": later("otherwise"),
    "form": later("form"),
    "forms_by_division": later("forms of divisions"),
    "letter": later("letter"),
    "reminder": later("reminder"),
    "schedule": later("times"),
    "follow": later("what follows"),
    "texts": later("texts of the chat"),
    "buttons": later("buttons"),
    "variants": later("variants"),
    "planned": later("planned shares"),
    "questions": later("questions"),
    "thanks": later("thanks"),
    "above": later("stands in"),
    "into": later("the other one"),
    "moved_things": later("moved with it"),
    "filled": later("fields filled"),
    "mobile": later("mobile phone"),
    "website": later("web page"),
    "tax_number": later("tax number"),
    "owner": later("responsible"),
    "company": later("company"),
    "contacts": later("contacts"),
    "companies": later("companies"),
    "assignments": later("assignments"),
    "order": later("order"),
    **catalogue_words.DETAILS,
    **agreement_words.DETAILS,
    **follow_words.DETAILS,
}
"""Fields that the log tells of, in the order in which a line tells them."""
_ORDER: Final = {name: place for place, name in enumerate(DETAILS)}
ROLES: Final[Mapping[str, str]] = {
    Role.VIEWER: later("viewer"),
    Role.AGENT: later("agent"),
    Role.HEAD: later("head of a group"),
    Role.QUALITY: later("quality control"),
    Role.MARKETER: later("marketer"),
    Role.DIRECTOR: later("director"),
    Role.ADMINISTRATOR: later("administrator"),
}
SCOPES: Final = {"all": later("all requests"), "groups": later("those of own groups")}
TURNS: Final = {"hand": later("by hand"), "turn": later("in turn"), "load": later("to whoever has least")}
WAYS: Final = {
    kind.value: {way.value: words for way, words in notice_words.WAYS.items()} for kind in notice_words.KINDS
}
"""How somebody is told, by kind of news."""
MODES: Final = {
    "working_days": later("working days, round the clock"),
    "schedule": later("working hours only"),
    "elapsed": later("every hour counts"),
    "roll": later("every hour counts, the end moves to a working day"),
    "whole_days": later("whole working days"),
}
CODES: Final[Mapping[str, Mapping[str, str]]] = {
    "role": ROLES,
    "scope": SCOPES,
    "turns": TURNS,
    "mode": MODES,
    "type": {kind.value: words for kind, words in value_words.TYPES.items()},
    "signs_in_with": {"another password": later("another password")},
    **agreement_words.CODES,
    **WAYS,
}
"""Values with words of their own, by field."""


def deed(texts: Texts, action: str) -> str:
    """What somebody did."""
    kind, dot, verb = action.partition(".")
    if dot and kind in KINDS and verb in VERBS:
        return f"{texts.say(KINDS[kind])}: {texts.say(VERBS[verb])}"
    return texts.say(DEEDS[action]) if action in DEEDS else action


def field(texts: Texts, name: str) -> str:
    """The name of a field."""
    return texts.say(DETAILS[name]) if name in DETAILS else name


@dataclass(frozen=True, slots=True)
class Change:
    """What a field held before and after."""

    field: str
    old: str
    new: str


def changes(texts: Texts, data: Mapping[str, Any]) -> list[Change]:
    """The difference that a line tells of, field by field."""
    old, new = data["before"], data["after"]
    found = [
        Change(field(texts, name), value(texts, name, old.get(name)), value(texts, name, new.get(name)))
        for name in sorted({*old, *new}, key=lambda one: (_ORDER.get(one, len(_ORDER)), one))
        if old.get(name) != new.get(name)
    ]
    return [one for one in found if one.old != one.new]


def value(texts: Texts, name: str, one: object) -> str:
    """What a field holds, as people read it."""
    if one is None or one == "":
        return "–"
    if isinstance(one, dict) and one.keys() == language.LANGUAGES.keys():
        return str(one[texts.language])  # told in every language
    if isinstance(one, dict):
        return ", ".join(f"{key}: {value(texts, key, each)}" for key, each in one.items()) or "–"
    if isinstance(one, list):
        return ", ".join(value(texts, name, each) for each in one) or "–"
    if isinstance(one, str) and one in CODES.get(name, {}):
        return texts.say(CODES[name][one])
    return value_words.said(texts, name, one, {})


def choices(texts: Texts) -> list[tuple[str, str]]:
    """(deed, words) of everything that can be looked for: deeds, and kinds of things that something was done to."""
    kinds = [(kind, texts.say(words).capitalize()) for kind, words in KINDS.items()]
    deeds = [(code, texts.say(words).capitalize()) for code, words in DEEDS.items()]
    return sorted(kinds, key=lambda one: one[1]) + sorted(deeds, key=lambda one: one[1])
