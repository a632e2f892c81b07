"""Says fields, operators, conditions and views of request tables in the language of the page."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from caseline.crm.request_fields import RequestField
from caseline.listing import kinds
from caseline.listing.conditions import Condition
from caseline.listing.kinds import Kind, Op
from caseline.listing.meaning import Fault, Why
from caseline.listing.presets import Owner, View
from caseline.web.language import Texts, later

FIELDS: Final = {
    "number": later("Number"),
    "subject": later("Subject"),
    "description": later("Description"),
    "stage": later("Stage"),
    "priority": later("Priority"),
    "type": later("Type"),
    "reason": later("Reason"),
    "channel": later("Channel"),
    "category": later("Category"),
    "escalated": later("Escalated"),
    "company": later("Company"),
    "contact": later("Contact"),
    "assignee": later("Assignee"),
    "group": later("Group"),
    "parent": later("Parent request"),
    "created_at": later("Created"),
    "modified_at": later("Changed"),
    "closed_at": later("Closed"),
    "due_at": later("Resolve by"),
    "age": later("Age"),
}
OPERATORS: Final = {
    Op.IN: later("is one of"),
    Op.NOT_IN: later("is none of"),
    Op.HAS: later("contains"),
    Op.FROM: later("at least"),
    Op.TO: later("at most"),
    Op.BEFORE: later("before"),
    Op.LAST: later("in the last"),
    Op.NEXT: later("in the next"),
    Op.EMPTY: later("is empty"),
    Op.FILLED: later("is filled"),
}
SOURCE_LANGUAGE: Final = "en"
"""Of the codes that sources give: there they are words already."""
_LONGEST_SPAN: Final = 5
_SINCE: Final = later("from")
SPECIAL: Final = {
    "open": later("open ones"),
    "closed": later("closed ones"),
    "overdue": later("overdue ones"),
    "mine": later("assigned to me"),
    "my_groups": later("of my groups"),
    "unassigned": later("unassigned ones"),
    "incomplete": later("incomplete"),
    "uncategorised": later("without category"),
}
VIEWS: Final = {
    "open": later("All open"),
    "mine": later("Mine"),
    "my_groups": later("My groups"),
    "overdue": later("Overdue"),
    "unassigned": later("No assignee"),
    "uncategorised": later("No category"),
    "incomplete": later("Incomplete"),
    "closed": later("Closed in 30 days"),
    "all": later("All"),
}
CHANNELS: Final = {
    "mail": later("mail"),
    "phone": later("phone"),
    "web": later("web form"),
    "chat": later("chat"),
    "api": later("API"),
    "import": later("import"),
}
PRIORITIES: Final = {
    "low": later("low"),
    "medium": later("medium"),
    "normal": later("normal"),
    "high": later("high"),
    "critical": later("critical"),
    "urgent": later("urgent"),
}
TYPES: Final = {
    "problem": later("problem"),
    "question": later("question"),
    "feature request": later("feature request"),
    "claim": later("claim"),
}
REASONS: Final = {
    "breakdown": later("breakdown"),
    "installation": later("installation"),
    "equipment complexity": later("equipment is complex"),
    "equipment design": later("design of the equipment"),
    "performance": later("performance"),
    "feedback": later("feedback"),
    "new problem": later("new problem"),
    "existing problem": later("known problem"),
    "instructions not clear": later("instructions are not clear"),
    "other": later("other reason"),
}
CODED: Final = {"priority": PRIORITIES, "type": TYPES, "reason": REASONS}
"""Of exports in English, in small letters; whatever else a source has is shown as it is."""
_WHY: Final = {
    Why.FIELD: later("there is no such field any more"),
    Why.OPERATOR: later("this field cannot be asked so"),
    Why.VALUE: later("its value is none that this field can have"),
    Why.MANY: later("there are too many conditions or values"),
}


def field(texts: Texts, one: RequestField | str) -> str:
    """The name of a field or column."""
    if isinstance(one, str):
        return texts.say(FIELDS[one]) if one in FIELDS else one.removeprefix("extra.")
    return (one.label or one.name) if one.extra else texts.say(FIELDS.get(one.name, one.name))


def operator(texts: Texts, one: RequestField, op: Op) -> str:
    """An operator, as it is said of this field."""
    if op is Op.FROM and kinds.kind(one) in {Kind.TIME, Kind.DAY}:
        return texts.say(_SINCE)
    return texts.say(OPERATORS[op])


def view(texts: Texts, one: View) -> str:
    """The name of a view."""
    return texts.say(VIEWS[one.key]) if one.owner is Owner.HOUSE else one.name


def condition(
    texts: Texts,
    one: Condition,
    fields: Mapping[str, RequestField],
    labels: Mapping[str, Mapping[str, str]],
) -> str:
    """A condition in words; one that means nothing is said as far as it can be read."""
    if one.key in SPECIAL and not one.op:
        return texts.say(SPECIAL[one.key])
    known = fields.get(one.key)
    name = field(texts, known) if known is not None else field(texts, one.key)
    try:
        op = Op(one.op)
    except ValueError:
        return f"{name} {one.op} {', '.join(one.values)}".strip()
    said = operator(texts, known, op) if known is not None else texts.say(OPERATORS[op])
    values = [value(texts, known, text, labels, op=op) for text in one.values]
    shown = ", ".join(values[:3]) + (f" (+{len(values) - 3})" if len(values) > 3 else "")  # noqa: PLR2004 - as said
    if op in kinds.WITHOUT_VALUE:
        return f"{name} {said}"
    return f"{name}: {shown}" if op is Op.IN else f"{name} {said}: {shown}"


def value(
    texts: Texts,
    one: RequestField | None,
    text: str,
    labels: Mapping[str, Mapping[str, str]],
    *,
    op: Op | None = None,
) -> str:
    """A value of a condition in words."""
    if op in kinds.WITH_SPAN:
        return span(texts, text)
    if one is None:
        return text
    kind = kinds.kind(one)
    if kind is Kind.FLAG:
        return {"true": texts.say("yes"), "false": texts.say("no")}.get(text, text)
    if kind in {Kind.TIME, Kind.DAY}:
        return _time(texts, text)
    if one.key == "channel" or one.key in CODED:
        return code(texts, one.key, text)
    return labels.get(one.key, {}).get(text, text)


def code(texts: Texts, key: str, text: str) -> str:
    """A channel, priority, type or reason in words; a value of another field as it is."""
    if key == "channel":
        return texts.say(CHANNELS[text]) if text in CHANNELS else text
    if texts.language == SOURCE_LANGUAGE or key not in CODED:
        return text
    said = CODED[key].get(text.lower())
    return text if said is None else texts.say(said)


def span(texts: Texts, text: str) -> str:
    """A span such as `30d`."""
    if not (text[:-1].isdecimal() and len(text) <= _LONGEST_SPAN):
        return text
    number = int(text[:-1])
    if text.endswith("h"):
        return texts.count("%(num)s hour", "%(num)s hours", number)
    if text.endswith("w"):
        return texts.count("%(num)s week", "%(num)s weeks", number)
    return texts.count("%(num)s day", "%(num)s days", number)


def fault(texts: Texts, one: Fault) -> str:
    """Why a condition does not apply."""
    return texts.say(_WHY[one.why])


def _time(texts: Texts, text: str) -> str:
    try:
        if len(text) == len("2026-01-01"):
            return format_date(date.fromisoformat(text), "d MMM y", locale=texts.language)
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    zone = ZoneInfo(texts.zone)
    local = found.astimezone(zone) if found.tzinfo else found.replace(tzinfo=zone)
    return format_datetime(local, "d MMM y, HH:mm", tzinfo=zone, locale=texts.language)
