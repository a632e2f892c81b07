"""Says in words that a client has answered what he was asked."""

from collections.abc import Mapping
from typing import Any, Final

from caseline.web.language import Texts, later

_ANSWERED: Final = later("A client has answered")
_GRADES: Final = {
    "bad": later("A client has answered: bad"),
    "neutral": later("A client has answered: neutral"),
    "good": later("A client has answered: good"),
}


def answered(texts: Texts, data: Mapping[str, Any]) -> tuple[str, str]:
    """(title, detail) of the event; whoever writes into the log may say anything."""
    title = texts.say(_GRADES.get(str(data.get("grade")), _ANSWERED))
    mean = data.get("mean")
    if isinstance(mean, bool) or not isinstance(mean, int | float):
        return title, ""
    return title, texts.say("mean %(mean)s", mean=texts.number(round(mean, 2)))
