"""Says spans of time, sizes and deadlines of a request for people."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from caseline.actions import show_request
from caseline.actions.show_request import Sight
from caseline.mail import file_names
from caseline.web.language import Texts, later

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}")
_ANY: Final = "application/octet-stream"
_UNITS: Final = (later("%(number)s B"), later("%(number)s KB"), later("%(number)s MB"))
_THOUSAND: Final = 1_000
CHANNELS: Final = {
    "phone": later("phone"),
    "mail": later("mail"),
    "chat": later("chat"),
    "messenger": later("messenger"),
    "web": later("web form"),
    "visit": later("visit"),
    "other": later("other"),
    "api": later("program"),
}
LINKS: Final = {
    "maybe": later("may belong together"),
    "follows": later("goes on where the other was closed"),
    "split": later("was split off"),
    "also": later("is named together with"),
}


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline as the page shows it."""

    tone: str
    """`good`, `warn`, `bad`, `still` or `past`."""
    at: str
    state: str


@dataclass(frozen=True, slots=True)
class Spent:
    """Time on a stage."""

    stage: str
    visits: int
    elapsed_s: int
    business_s: int
    paused_s: int
    present: bool = False


def due(texts: Texts, sight: Sight, *, now: datetime) -> Due | None:
    """The deadline with its colour; None without one."""
    term, card = sight.card.deadline, sight.card
    if term is None:
        return None
    at = _moment(texts, sight, term.due_at)
    if card.closed_at is not None or card.stage.closed:
        late = card.closed_at is not None and card.closed_at > term.due_at
        return Due("bad" if late else "past", at, texts.say("closed late") if late else texts.say("closed in time"))
    if term.stopped_at is not None:
        return Due("still", at, texts.say("the clock stands still since %(time)s", time=texts.time(term.stopped_at)))
    left = int((term.due_at - now).total_seconds())
    if show_request.overdue(card, now=now):
        return Due("bad", at, texts.say("overdue by %(span)s", span=span(texts, -left)))
    tone = "warn" if term.warn_at <= now else "good"
    return Due(tone, at, texts.say("%(span)s left", span=span(texts, left)))


def _moment(texts: Texts, sight: Sight, at: datetime) -> str:
    """`5 Jun 2026, 24:00` where a working day has been used up, on a clock that shows the calendar's midnight."""
    ends_day = sight.told is not None and sight.told.end_of_day
    local = texts.local(at)
    if ends_day and (local.hour, local.minute) == (0, 0):
        return f"{texts.day(at - timedelta(minutes=1))}, 24:00"
    return texts.time(at)


def span(texts: Texts, seconds: int | None) -> str:
    """`2 d 3 h`, `3 h 5 min`; a dash for what is not counted yet."""
    if seconds is None:
        return "–"
    days, rest = divmod(max(seconds, 0), _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes = rest // _MINUTE
    if days:
        return f"{texts.say('%(num)s d', num=texts.number(days))} {texts.say('%(num)s h', num=hours)}"
    if hours:
        return texts.say("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)
    return texts.say("%(minutes)s min", minutes=minutes)


def spent(sight: Sight, stages: Mapping[str, str]) -> list[Spent]:
    """Time on each stage, that of now included."""
    found = {
        one.stage: Spent(stages.get(one.stage, one.stage), one.visits, one.elapsed_s, one.business_s, one.paused_s)
        for one in sight.totals
    }
    here = sight.card.stage.code
    if sight.present is not None:
        old = found.get(here, Spent(stages.get(here, here), 0, 0, 0, 0))
        found[here] = Spent(
            old.stage,
            old.visits + 1,
            old.elapsed_s + sight.present.elapsed_s,
            old.business_s + sight.present.business_s,
            old.paused_s + sight.present.paused_s,
            present=True,
        )
    return list(found.values())


def size(texts: Texts, bytes_: int) -> str:
    """`1.4 MB`."""
    value, unit = float(bytes_), 0
    while value >= _THOUSAND and unit < len(_UNITS) - 1:
        value, unit = value / _THOUSAND, unit + 1
    return texts.say(_UNITS[unit], number=texts.number(round(value, 1 if unit else 0)))


def file_name(name: str) -> str:
    """A name that is safe to keep and to offer."""
    return file_names.safe(name) or "file"


def content_type(told: str | None) -> str:
    """The type that a browser tells of a file, where it is one."""
    plain = (told or "").lower().partition(";")[0].strip()
    return plain if _TYPE.fullmatch(plain) else _ANY
