"""Takes a deadline apart into the days that led to it, so that it can be told to people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Final

from caseline.timing import instants, zones
from caseline.timing.clock import Clock
from caseline.timing.vocabulary import Boundary, Mode
from caseline.timing.zones import Offsets

_MOST_PIECES: Final = 7
_NEXT: Final = timedelta(days=1)
_ALWAYS_RUNNING: Final = frozenset({Mode.ELAPSED, Mode.ROLL})


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive dates of one sort: a working day, some days off, or, in a long explanation, all between."""

    first: date
    last: date
    working: int
    """Working days among them."""
    off: int
    """Days off among them."""
    seconds: int
    """Business seconds used on them."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A deadline with the days that led to it; `wording.sentence` says it in a language."""

    mode: Mode
    target_s: int
    start: datetime
    """On the calendar's own clock, as are the others."""
    due: datetime
    end_of_day: bool
    """Due at 24:00 of the day before `due`'s date."""
    pieces: tuple[Piece, ...]
    """Empty where the clock never stops, and for a target of 0."""
    moved_from: datetime | None = None
    """Mode `roll`: the end that fell on a day off."""


def explain(clock: Clock, start: datetime, target_s: int) -> Explanation:
    """The deadline of `clock.deadline(start, target_s)`, taken apart by the calendar's own dates."""
    due = clock.deadline(start, target_s)
    place = zones.zone(clock.calendar.zone)
    begin, end = instants.moment(instants.seconds(start)).astimezone(place), due.astimezone(place)
    running = clock.mode in _ALWAYS_RUNNING
    late = not running and target_s > 0 and _ends_a_day(clock, end)
    pieces = () if running or not target_s else _pieces(clock, begin, end, end.date() - _NEXT if late else end.date())
    moved = None
    if clock.mode is Mode.ROLL:
        plain = begin.astimezone(UTC) + timedelta(seconds=target_s)
        moved = plain.astimezone(place) if plain != due else None
    return Explanation(clock.mode, target_s, begin, end, late, pieces, moved)


def _ends_a_day(clock: Clock, end: datetime) -> bool:
    midnight = end.hour == end.minute == end.second == 0
    return midnight and clock.boundary is Boundary.EARLIEST and clock.runs_until(end)


def _pieces(clock: Clock, begin: datetime, end: datetime, last: date) -> tuple[Piece, ...]:
    found = [piece for piece in _grouped(clock, begin, end, last) if piece.off or piece.seconds]
    if len(found) <= _MOST_PIECES:
        return tuple(found)
    between = found[1:-1]
    whole = Piece(
        between[0].first,
        between[-1].last,
        sum(piece.working for piece in between),
        sum(piece.off for piece in between),
        sum(piece.seconds for piece in between),
    )
    return found[0], whole, found[-1]


def _grouped(clock: Clock, begin: datetime, end: datetime, last: date) -> Iterator[Piece]:
    days = (begin.date() + count * _NEXT for count in range((last - begin.date()).days + 1))
    bounds = _Bounds(clock, begin, end)
    for works, run in groupby(days, clock.calendar.works):
        same = list(run)
        if works:
            yield from (Piece(day, day, 1, 0, bounds.seconds(day)) for day in same)
        else:
            yield Piece(same[0], same[-1], 0, len(same), 0)


class _Bounds:
    """Business seconds of the dates between two instants."""

    def __init__(self, clock: Clock, begin: datetime, end: datetime) -> None:
        self._clock = clock
        self._begin, self._end = begin.astimezone(UTC), end.astimezone(UTC)
        self._offsets = Offsets.between(clock.calendar.zone, begin.year - 1, end.year + 1)

    def seconds(self, day: date) -> int:
        """Of the part of the date that lies between both."""
        since, until = max(self._midnight(day), self._begin), min(self._midnight(day + _NEXT), self._end)
        return self._clock.duration(since, until).business_s if since < until else 0

    def _midnight(self, day: date) -> datetime:
        local = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return instants.moment(self._offsets.utc(instants.seconds(local)))
