"""Shows what would change from one version of a calendar to another, before anything does."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from caseline.timing import document
from caseline.timing.calendars import Calendar
from caseline.timing.hours import Spans
from caseline.timing.vocabulary import Kind, Language
from caseline.timing.wording import WORDS

_SETTINGS = ("zone", "region", "weekend", "rule", "special", "hours")


@dataclass(frozen=True, slots=True)
class Change:
    """A date that changes."""

    day: date
    old: Kind
    new: Kind
    old_minutes: int
    """Minutes by which it was shorter."""
    new_minutes: int
    old_hours: Spans
    """Hours of its own."""
    new_hours: Spans
    reason: str
    """Holiday or decree behind the new state, or the old one where the new has none."""

    def text(self, language: Language) -> str:
        """`Sat 2 Nov 2024: off → working (decree)`."""
        words = WORDS[language]
        old = words.kind(self.old, self.old_minutes, self.old_hours)
        new = words.kind(self.new, self.new_minutes, self.new_hours)
        reason = f" ({self.reason})" if self.reason else ""
        return f"{words.full_day(self.day)}: {old} → {new}{reason}"


def changes(old: Calendar, new: Calendar) -> list[Change]:
    """The dates that count differently, in order, within the years that either calendar says something about.

    A holiday that is added on a Saturday changes nothing and is not listed.
    """
    return [change for day in _days(old, new) if (change := _change(old, new, day))]


def settings_changed(old: Calendar, new: Calendar) -> list[tuple[str, str, str]]:
    """(setting, old value, new value) of what concerns every day: zone, week-end, hours and the like, as text."""
    pairs = ((name, _said(old, name), _said(new, name)) for name in _SETTINGS)
    return [(name, before, after) for name, before, after in pairs if before != after]


def _said(calendar: Calendar, name: str) -> str:
    if name == "special":
        return str(calendar.special)
    written = document.plain(calendar).get(name)
    if isinstance(written, dict):
        return "; ".join(f"{day} {_spans(pairs)}" for day, pairs in written.items())
    if isinstance(written, list):
        return (", ".join(written) if name == "weekend" else _spans(written)) or "none"
    return written or "none"


def _spans(pairs: list[list[str]]) -> str:
    return ", ".join(f"{since}-{until}" for since, until in pairs) or "none"


def _days(*both: Calendar) -> Iterator[date]:
    named = {year for calendar in both for year in calendar.years}
    named |= {
        day.year
        for calendar in both
        for days in (calendar.holidays, calendar.working_days, calendar.short_days, calendar.special_days)
        for day in days
    }
    named |= {day.year for calendar in both for day in calendar.own_hours}
    for year in sorted(named):
        first = date(year, 1, 1)
        yield from (first + timedelta(number) for number in range((date(year + 1, 1, 1) - first).days))


def _change(old: Calendar, new: Calendar, day: date) -> Change | None:
    before, after = _state(old, day), _state(new, day)
    if before == after:
        return None
    reason = new.reason(day) or old.reason(day)
    return Change(day, before[0], after[0], before[1], after[1], before[2], after[2], reason)


def _state(calendar: Calendar, day: date) -> tuple[Kind, int, Spans]:
    kind = calendar.kind(day)
    minutes = calendar.minutes_short(day) if kind is Kind.SHORT else 0
    return kind, minutes, calendar.own_hours[day] if kind is Kind.OWN_HOURS else ()
