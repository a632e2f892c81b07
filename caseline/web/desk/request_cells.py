"""Prepares the cells of request tables, so that templates only put them side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import get_month_names
from markupsafe import Markup, escape

from caseline.crm import field_files, field_values
from caseline.crm.request_fields import RequestField
from caseline.listing import kinds
from caseline.listing.kinds import AGE, DUE_AT, Kind
from caseline.listing.row import Row
from caseline.web.desk import request_words
from caseline.web.language import Texts

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_LINKS: Final = {"company": "/companies", "contact": "/contacts", "parent": "/requests"}
_NOTHING: Final = Markup("")


@dataclass(frozen=True, slots=True)
class Cells:
    """Draws cells in a language, at a moment."""

    texts: Texts
    now: datetime
    fields: Mapping[str, RequestField]

    def row(self, row: Row, columns: Sequence[str], attributes: Sequence[str]) -> Markup:
        """The cells of a row with their attributes, which are written already; everything else is escaped."""
        cells = [f"<td{written}>{self._cell(row, key)}</td>" for key, written in zip(columns, attributes, strict=True)]
        return Markup("".join(cells))  # noqa: S704 - each is

    def plain(self, row: Row, key: str) -> object:
        """A value for a file: texts, numbers, times on the reader's clock."""
        if key == AGE:
            return round(((row.values["closed_at"] or self.now) - row.values["created_at"]) / _DAY, 1)
        value = row.values.get(key)
        one = self.fields.get(key)
        kind = kinds.kind(one) if one is not None else Kind.TEXT
        if kind is Kind.TIME:
            found = _instant(value)
            if found is not None:
                return f"{found.astimezone(ZoneInfo(self.texts.zone)):%Y-%m-%d %H:%M:%S}"
        if isinstance(value, bool):
            return self.texts.say("yes") if value else self.texts.say("no")
        if isinstance(value, list):
            return ", ".join(field_files.names(value) if kind is Kind.FILES else map(str, value))
        if kind is Kind.NUMBER and type(value) in {int, float, Decimal}:
            return value
        return "" if value is None else str(value)

    def time(self, at: datetime) -> str:
        """An instant, as short as it can be told: today without the date, this year without the year."""
        local, today = at.astimezone(ZoneInfo(self.texts.zone)), self.now.astimezone(ZoneInfo(self.texts.zone))
        if local.date() == today.date():
            return f"{local.hour:02}:{local.minute:02}"
        day = self.day(local.date())
        return f"{day}, {local.hour:02}:{local.minute:02}" if local.year == today.year else day

    def day(self, day: date) -> str:
        """A date, without the year where it is this one."""
        month = _months(self.texts.language)[day.month]
        here = self.now.astimezone(ZoneInfo(self.texts.zone)).year
        return f"{day.day} {month}" if day.year == here else f"{day.day} {month} {day.year}"

    def lasting(self, span: timedelta) -> str:
        """How long something lasts, in its largest unit."""
        if span < _HOUR:
            return self.texts.say("%(num)s min", num=max(0, int(span.total_seconds() // 60)))
        if span < _DAY:
            return self.texts.say("%(num)s h", num=span // _HOUR)
        return self.texts.say("%(num)s d", num=self.texts.number(span // _DAY))

    def due(self, row: Row) -> Markup:
        """The deadline, its state in colour and in words."""
        due: datetime | None = row.values[DUE_AT]
        if due is None:
            return _NOTHING
        shown = self._until(due)
        if row.values["closed_at"] is not None or row.stage_closed:
            return _marked("soft", shown)
        if row.stopped_at is not None:
            words = self.texts.say("the clock stands still")
            return Markup(f'<span class="due stands" title="{escape(words)}">{escape(shown)}</span>')  # noqa: S704 - escaped
        if due <= self.now:
            words = self.texts.say("%(span)s late", span=self.lasting(self.now - due))
            return _marked("due late", shown, words)
        words = self.texts.say("%(span)s left", span=self.lasting(due - self.now))
        soon = row.warn_at is not None and row.warn_at <= self.now
        if soon:
            return _marked("due soon", shown, words)
        return Markup(f'<span class="due" title="{escape(words)}">{escape(shown)}</span>')  # noqa: S704 - escaped

    def _until(self, due: datetime) -> str:
        """A deadline; the midnight that ends a day is that day, as the card says it, too."""
        local = due.astimezone(ZoneInfo(self.texts.zone))
        if (local.hour, local.minute) != (0, 0):
            return self.time(due)
        return self.day(local.date() - _DAY)

    def _cell(self, row: Row, key: str) -> Markup:
        if key == DUE_AT:
            return self.due(row)
        if key == AGE:
            return escape(self.lasting((row.values["closed_at"] or self.now) - row.values["created_at"]))
        value = row.values.get(key)
        if key in {"number", "subject"}:
            name = value or (f"#{row.id}" if key == "number" else "—")
            return _link("/requests", row.id, name)
        return _NOTHING if value is None or value == "" else self._filled(row, key, value)

    def _filled(self, row: Row, key: str, value: Any) -> Markup:  # noqa: ANN401 - whatever a field holds
        if key in _LINKS and key in row.targets:
            return _link(_LINKS[key], row.targets[key], value)
        if key == "stage":
            return _marked("tag stage done" if row.stage_closed else "tag stage", value)
        if (key == "channel" or key in request_words.CODED) and isinstance(value, str):
            return escape(request_words.code(self.texts, key, value))
        one = self.fields.get(key)
        return escape(self._said(Kind.TEXT if one is None else kinds.kind(one), value))

    def _said(self, kind: Kind, value: Any) -> str:  # noqa: ANN401 - whatever a field holds
        said = str(value)
        if isinstance(value, bool):
            said = self.texts.say("yes") if value else self.texts.say("no")
        elif kind is Kind.FILES:
            said = ", ".join(field_files.names(value))
        elif isinstance(value, list):
            said = ", ".join(map(str, value))
        elif kind is Kind.TIME:
            found = _instant(value)
            said = said if found is None else self.time(found)
        elif kind is Kind.DAY:
            day = _day(value)
            said = said if day is None else self.day(day)
        elif kind is Kind.NUMBER and isinstance(value, int | float):
            said = self.texts.number(value)
        return said


# Everything that is filled in is escaped, or a number of ours. `Markup.format` does it too, in several times the time,
# and there are hundreds of cells on a page.


def _link(path: str, number: int, name: str) -> Markup:
    return Markup(f'<a href="{path}/{number}">{escape(name)}</a>')  # noqa: S704 - escaped


def _marked(kind: str, shown: str, small: str = "") -> Markup:
    words = f" <small>{escape(small)}</small>" if small else ""
    return Markup(f'<span class="{kind}">{escape(shown)}{words}</span>')  # noqa: S704 - escaped


def _day(value: Any) -> date | None:  # noqa: ANN401 - whatever a field holds
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _instant(value: Any) -> datetime | None:  # noqa: ANN401 - whatever a field holds
    return value if isinstance(value, datetime) else field_values.instant(value) if isinstance(value, str) else None


@cache
def _months(language: str) -> Mapping[int, str]:
    return {number: name.rstrip(".") for number, name in get_month_names("abbreviated", locale=language).items()}
