"""Says in words that a client has answered what he was asked, or corrected his answer."""

from collections.abc import Mapping
from typing import Any, Final

from caseline.crm.timeline import Line
from caseline.web.language import Texts, later

_ANSWERED: Final = later("A client has answered")
_CORRECTED: Final = "feedback_corrected"
_SENT: Final = "feedback_sent"
EVENTS: Final = ("feedback_received", _CORRECTED, _SENT)
_PLAIN: Final = {"bad": later("bad"), "neutral": later("neutral"), "good": later("good")}
_GRADES: Final = {
    "bad": later("A client has answered: bad"),
    "neutral": later("A client has answered: neutral"),
    "good": later("A client has answered: good"),
}


def said(texts: Texts, line: Line) -> tuple[str, str]:
    """(title, detail) of one of the events."""
    if line.type == _SENT:
        return texts.say("The client was asked for feedback"), str(line.data.get("address") or "")
    return corrected(texts, line.data) if line.type == _CORRECTED else answered(texts, line.data)


def answered(texts: Texts, data: Mapping[str, Any]) -> tuple[str, str]:
    """(title, detail) of the event; whoever writes into the log may say anything."""
    title = texts.say(_GRADES.get(str(data.get("grade")), _ANSWERED))
    mean = data.get("mean")
    if isinstance(mean, bool) or not isinstance(mean, int | float):
        return title, ""
    return title, texts.say("mean %(mean)s", mean=texts.number(round(mean, 2)))


def corrected(texts: Texts, data: Mapping[str, Any]) -> tuple[str, str]:
    """(title, detail) of the event that an answer counts otherwise than before."""
    _title, detail = answered(texts, data)
    grades = [texts.say(_PLAIN[one]) if one in _PLAIN else "–" for one in (data.get("grade_before"), data.get("grade"))]
    parts = [f"{grades[0]} → {grades[1]}" if grades[0] != grades[1] else "", detail]
    if data.get("kept"):
        parts.append(texts.say("somebody has worked on it, so it stays in its stage"))
    return texts.say("A client has corrected the answer"), "; ".join(one for one in parts if one)
