"""Says what fields of entries and settings hold in the language of the page: words instead of codes."""

from collections.abc import Mapping
from typing import Final

from caseline.crm.vocabulary import Type
from caseline.web.language import Texts, later

TYPES: Final = {
    Type.TEXT: later("text"),
    Type.INTEGER: later("whole number"),
    Type.NUMBER: later("decimal number"),
    Type.MONEY: later("money"),
    Type.BOOLEAN: later("yes or no"),
    Type.DATE: later("date"),
    Type.DATETIME: later("date and time"),
    Type.LIST: later("list"),
    Type.MULTI_LIST: later("list of several"),
    Type.REFERENCE: later("link"),
    Type.FILE: later("files"),
}
"""What kind of values a field of a request holds."""
_CODES: Final = {
    "kind": {"forms": later("all forms"), "exact": later("exact"), "prefix": later("beginning")},
    "scoring": {"max": later("the heaviest entry decides"), "sum": later("weights add up")},
    "nested": {"longest": later("does not count"), "all": later("counts as well")},
}


def said(texts: Texts, field: str, value: object, labels: Mapping[str, str]) -> str:
    """A value for people; `labels` are those of categories. What has no words of its own is shown as it is."""
    if isinstance(value, bool):
        return texts.say("yes") if value else texts.say("no")
    if isinstance(value, float):
        return texts.number(value)
    if isinstance(value, list | tuple):
        return ", ".join(labels.get(code, code) for code in value) or texts.say("none")
    plain = str(value)
    if field == "category":
        return labels.get(plain, plain)
    words = _CODES.get(field, {}).get(plain)
    return plain if words is None else texts.say(words)
