"""Checks the business time of stage rows by a count of its own: the days of the calendar's document, one by one."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from staging.audit.visits import SECOND, UNKNOWN, Stages, Visit

_DOCUMENT: Final = sa.text(
    "SELECT document FROM timing.calendar_version WHERE calendar_id = :calendar AND version = :version"
)
# Rows are numbered as they are written: where all that differ from the mapping came before all that agree, somebody has
# let the stage pause, or run, between two imports.
_BEFORE: Final = sa.text("""
SELECT stage, count(*) FILTER (WHERE other) AS visits FROM (
  SELECT w.id, w.stage, w.pausing <> (w.stage = ANY(CAST(:pausing AS text[]))) AS other
  FROM crm.stage_row AS w JOIN crm.record AS r ON r.id = w.record_id
  WHERE r.source = :source AND w.imported AND w.stage <> '' AND w.stage <> ALL(CAST(:closed AS text[]))
) AS visit
GROUP BY stage
HAVING bool_or(other) AND (bool_and(other) OR max(id) FILTER (WHERE other) < min(id) FILTER (WHERE NOT other))
ORDER BY stage
""")
_FIRST: Final = date(1970, 1, 1)
_LAST: Final = date(2100, 1, 1)
"""Rows before and after are not counted again."""
_WEEK: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_BY_DAYS: Final = frozenset({"working_days", "roll", "whole_days"})


class Count(NamedTuple):
    """What a stage row says of its business time; nothing of it but `pausing` is said before it is counted."""

    pausing: bool
    business_s: int | None
    paused_s: int | None
    calendar: str | None
    version: int | None
    mode: str | None
    imported: bool
    pauses: bool | None
    """Whether the register's stage of that code pauses the clock; None when it has none."""


class Wrong(NamedTuple):
    """Why a count cannot be right."""

    note: str
    expected: str
    found: str


class Days:
    """The working time of a calendar's document up to any moment."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        zone, day, spent, unsure = ZoneInfo(document["zone"]), _FIRST, 0, 0
        self._midnights: list[int] = []
        self._works: list[bool] = []
        self._spent: list[int] = []
        self._unsure: list[int] = []
        while day <= _LAST:
            at = int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())
            if self._midnights and self._works[-1]:
                spent += at - self._midnights[-1]
            self._midnights.append(at)
            self._works.append(_works(document, day))
            self._spent.append(spent)
            # Years without a decree follow a rule that is no part of the document.
            unsure += bool(document.get("rule")) and str(day.year) not in document.get("years", {})
            self._unsure.append(unsure)
            day += timedelta(days=1)

    def business_s(self, since: int, until: int) -> int | None:
        """Working seconds between two moments; None where this cannot be said."""
        if since < self._midnights[0] or until >= self._midnights[-1]:
            return None
        first, last = (bisect_right(self._midnights, at) - 1 for at in (since, until))
        if self._unsure[last] > (self._unsure[first - 1] if first else 0):
            return None
        return self._used(last, until) - self._used(first, since)

    def _used(self, place: int, at: int) -> int:
        return self._spent[place] + (at - self._midnights[place] if self._works[place] else 0)


def _works(document: Mapping[str, Any], day: date) -> bool:
    said = str(day)
    if said in document.get("special_days", {}) and document.get("special", "off") == "off":
        return False
    if said in document.get("own_hours", {}) or said in document.get("working_days", {}):
        return True
    return _WEEK[day.weekday()] not in document["weekend"] and said not in document.get("holidays", {})


@dataclass
class Ledger:
    """Counts rows again; keeps the days of every version that a row was counted by."""

    connection: sa.Connection
    stages: Stages
    before: Mapping[str, int] = field(default_factory=dict)
    """How many visits are from before their stage was changed: begun as it was, their clocks agree with it no more."""
    _kept: dict[tuple[str, int], Days | None] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: sa.Connection, stages: Stages, source: str) -> "Ledger":
        """That of a source."""
        values = {"source": source, "pausing": sorted(stages.pausing), "closed": sorted(stages.closed)}
        found = connection.execute(_BEFORE, values)
        return cls(connection, stages, {row.stage: row.visits for row in found})

    def wrong(self, rows: list[Visit], counts: list[Count]) -> Wrong | None:
        """What is wrong with the first row whose count cannot be right."""
        for number, (row, count) in enumerate(zip(rows, counts, strict=True), 1):
            found = self._pausing(row, count) or self._counted(row, count)
            if found:
                return found._replace(note=f"row {number}: {found.note}")
        return None

    def _pausing(self, row: Visit, count: Count) -> Wrong | None:
        """Whether the row stops the clock as its stage does; who lets a stage pause changes no row that has begun."""
        if not count.imported or row.stage == UNKNOWN:
            return None
        stops = row.stage in self.stages.closed
        if not stops:
            said = row.stage in self.stages.pausing
            if count.pauses is not said or row.stage in self.before:
                return None
            stops = said
        if count.pausing is stops:
            return None
        return Wrong("the clock of its stage", _standing(stands=stops), _standing(stands=count.pausing))

    def _counted(self, row: Visit, count: Count) -> Wrong | None:
        if count.business_s is None or row.left is None or row.seconds is None:
            return None
        total = self._total(row, count)
        spent = (count.business_s, count.paused_s)
        if total is None:
            low = 0 <= (count.business_s or 0) + (count.paused_s or 0) <= row.seconds and None not in spent
            return None if low else Wrong("its business time", f"0 to {row.seconds} s", _spent(*spent))
        wanted = (0, total) if count.pausing else (total, 0)
        return None if spent == wanted else Wrong("its business time", _spent(*wanted), _spent(*spent))

    def _total(self, row: Visit, count: Count) -> int | None:
        """Business time by the calendar, paused or not; None where it is not counted again."""
        if count.mode == "elapsed":
            return row.seconds
        if count.mode not in _BY_DAYS or count.calendar is None or count.version is None or row.left is None:
            return None
        key = (count.calendar, count.version)
        if key not in self._kept:
            values = {"calendar": count.calendar, "version": count.version}
            document = self.connection.execute(_DOCUMENT, values).scalar_one_or_none()
            self._kept[key] = None if document is None else Days(document)
        days = self._kept[key]
        return None if days is None else days.business_s(row.entered // SECOND, row.left // SECOND)


def _standing(*, stands: bool) -> str:
    return "stands still" if stands else "runs"


def _spent(business: int | None, paused: int | None) -> str:
    return f"business {business} s, paused {paused} s"
