"""Takes a deadline apart into the days that led to it, so that it can be told to people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Final

from caseline.timing import counting, instants, zones
from caseline.timing.clock import Clock
from caseline.timing.instants import Pause
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
    paused_s: int = 0
    """Business seconds during which the clock stood still."""
    moved_from: datetime | None = None
    """Mode `roll`: the end that fell on a day off."""


def explain(clock: Clock, start: datetime, target_s: int, *, pauses: Sequence[Pause] = ()) -> Explanation:
    """The deadline of `clock.deadline` for the same values, taken apart by the calendar's own dates."""
    due = clock.deadline(start, target_s, pauses=pauses)
    place = zones.zone(clock.calendar.zone)
    begin, end = instants.moment(instants.seconds(start)).astimezone(place), due.astimezone(place)
    running = clock.mode in _ALWAYS_RUNNING
    late = not running and target_s > 0 and _ends_a_day(clock, end)
    last = end.date() - _NEXT if late else end.date()
    pieces = () if running or not target_s else _pieces(_Term(clock, begin, end, pauses), last)
    plain = _unmoved(begin, target_s, pauses).astimezone(place)
    moved = plain if clock.mode is Mode.ROLL and plain != end else None
    paused = clock.duration(start, due, pauses=pauses).paused_s
    return Explanation(clock.mode, target_s, begin, end, late, pieces, paused, moved)


def _unmoved(begin: datetime, target_s: int, pauses: Sequence[Pause]) -> datetime:
    since = instants.seconds(begin)
    return instants.moment(counting.extended(since + target_s, instants.merged(pauses, since), lambda at: at))


def _ends_a_day(clock: Clock, end: datetime) -> bool:
    midnight = end.hour == end.minute == end.second == 0
    return midnight and clock.boundary is Boundary.EARLIEST and clock.runs_until(end)


def _pieces(term: "_Term", last: date) -> tuple[Piece, ...]:
    found = [piece for piece in _grouped(term, last) if piece.off or piece.seconds]
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


def _grouped(term: "_Term", last: date) -> Iterator[Piece]:
    first = term.begin.date()
    days = (first + count * _NEXT for count in range((last - first).days + 1))
    for works, run in groupby(days, term.clock.calendar.works):
        same = list(run)
        if works:
            yield from (Piece(day, day, 1, 0, term.seconds(day)) for day in same)
        else:
            yield Piece(same[0], same[-1], 0, len(same), 0)


class _Term:
    """What lies between start and deadline, by dates."""

    def __init__(self, clock: Clock, begin: datetime, end: datetime, pauses: Sequence[Pause]) -> None:
        self.clock, self.begin, self.end, self._pauses = clock, begin, end, pauses
        self._offsets = Offsets.between(clock.calendar.zone, begin.year - 1, end.year + 1)

    def seconds(self, day: date) -> int:
        """Business seconds of the part of the date that lies between both."""
        since, until = self._midnight(day), self._midnight(day + _NEXT)
        since, until = max(since, self.begin.astimezone(UTC)), min(until, self.end.astimezone(UTC))
        return self.clock.duration(since, until, pauses=self._pauses).business_s if since < until else 0

    def _midnight(self, day: date) -> datetime:
        local = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return instants.moment(self._offsets.utc(instants.seconds(local)))
