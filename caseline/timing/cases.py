"""Answers lines of JSON that ask for a deadline or a duration, one answer a line."""

import json
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from caseline.text_files.faults import FileFault
from caseline.timing import document, instants
from caseline.timing.calendars import Calendar
from caseline.timing.clock import Clock
from caseline.timing.faults import CalendarFault, TimeFault, TimingFault
from caseline.timing.vocabulary import Mode

_MOST: Final = 12_000
"""Years of lines that are kept, some 10 kB each."""
_LETTERS: Final = 500
"""Of a calendar: what is made of them takes as much as a year."""
_KEYS: Final = (
    "tz",
    "weekend",
    "holidays",
    "working_days",
    "short_days",
    "special_days",
    "special",
    "hours",
    "own_hours",
)
_NOTHING: Final[Mapping[str, str]] = {}
_MODES: Final = tuple(map(str, Mode))
_HALF: Final = re.compile("[\ud800-\udfff]")
"""Surrogates: half a character; Python puts them in place of bytes that are no UTF-8, too."""
_ABSURD: Final = 10**12
"""More hours than anybody means, and few enough to be shown."""


def answers(
    lines: Iterable[str], find: Callable[[str], Calendar], usual: Mapping[str, str] = _NOTHING
) -> Iterator[str]:
    """An answer for each line that is not blank, in order; `usual` holds where a line does not say otherwise.

    A line is `{"id", "start", "hours" | "end", "mode", "calendar"}`: instants in ISO 8601 with Z or an offset, `mode`
    as in `Mode` (working_days if left out), `calendar` the id that `find` knows (it raises a fault for others)
    or an object of the keys tz, weekend (Sat, 6), holidays, working_days, short_days (dates, or dates with minutes),
    special_days, hours (`[["09:00", "13:00"], …]`, or by weekday) and own_hours; null says nothing. The answer is
    `{"id", "deadline"}`, `{"id", "elapsed_s", "business_s"}` or `{"id", "error"}`; a bad line never stops the others,
    and one of which no id can be read is named by its number. Calendars are built once and kept, the last used ones,
    within some 120 MB.
    """
    kept = _Kept(find)
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _written(_answer(number, line.removeprefix("\ufeff"), usual, kept.clock))


class _Kept:
    """Clocks by the JSON of their calendar and their mode."""

    def __init__(self, find: Callable[[str], Calendar]) -> None:
        self._find = find
        self._clocks: OrderedDict[tuple[str, Mode], Clock] = OrderedDict()
        self._sizes: dict[tuple[str, Mode], int] = {}
        self._size = 0

    def clock(self, calendar: str, mode: Mode) -> Clock:
        """The clock, built where it is not kept."""
        if self._clocks:
            self._measure(next(reversed(self._clocks)))  # it has grown by the years that it was asked for
        key = (calendar, mode)
        if key not in self._clocks:
            wanted = json.loads(calendar)
            self._clocks[key] = Clock(self._find(wanted) if isinstance(wanted, str) else inline(wanted), mode)
            self._measure(key)
        self._clocks.move_to_end(key)
        while self._size > _MOST and len(self._clocks) > 1:
            oldest, _ = self._clocks.popitem(last=False)
            self._size -= self._sizes.pop(oldest)
        return self._clocks[key]

    def _measure(self, key: tuple[str, Mode]) -> None:
        now = 1 + len(key[0]) // _LETTERS + self._clocks[key].years
        self._size += now - self._sizes.get(key, 0)
        self._sizes[key] = now


def _written(answer: Mapping[str, Any]) -> str:
    """JSON that can be encoded: half a character, which JSON can name, is named in the answer too."""
    said = json.dumps(answer, ensure_ascii=False)
    return json.dumps(answer) if _HALF.search(said) else said


def inline(data: object) -> Calendar:
    """The calendar of an object in a case; raises `CalendarFault` that names all that is wrong."""
    if not isinstance(data, Mapping):
        raise CalendarFault(("calendar",), "is neither an id nor an object: give one of them")
    unknown = sorted(data.keys() - set(_KEYS))
    if unknown:
        raise CalendarFault(("calendar", unknown[0]), f"unknown key: use {', '.join(_KEYS)}")
    said = {("zone" if key == "tz" else key): value for key, value in data.items() if value is not None}
    plain = {"calendar": "inline", **said}
    found = document.faults(plain)
    if found:
        named = [("tz" if place[:1] == ("zone",) else ".".join(map(str, place)), text) for place, text in found]
        raise CalendarFault(("calendar",), "; ".join(f"{place}: {text}" for place, text in named))
    return document.calendar(plain)


def _answer(number: int, line: str, usual: Mapping[str, str], clock: Callable[[str, Mode], Clock]) -> dict[str, Any]:
    if _HALF.search(line):
        return {"id": None, "error": f"line {number}: is no UTF-8: save the file as UTF-8"}
    try:
        case = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:  # ValueError: a number of thousands of digits, too
        return {"id": None, "error": f"line {number}: no JSON: {error}: write one object a line"}
    if not isinstance(case, dict):
        return {"id": None, "error": f"line {number}: no JSON object: write one object a line"}
    said = {**usual, **{key: value for key, value in case.items() if value is not None}}
    try:
        return {"id": case.get("id"), **_counted(said, clock)}
    except (TimingFault, FileFault) as error:
        return {"id": case.get("id"), "error": str(error)}


def _refuse(constant: str) -> None:
    message = f"{constant} is no number"
    raise ValueError(message)


def _counted(case: dict[str, Any], clock: Callable[[str, Mode], Clock]) -> dict[str, Any]:
    if ("hours" in case) == ("end" in case):
        raise TimeFault("a case needs either hours or end: give exactly one of them")
    if "calendar" not in case:
        raise CalendarFault(("calendar",), "is missing: give an id or an object")
    counting = clock(json.dumps(case["calendar"], sort_keys=True), _mode(case.get("mode", Mode.WORKING_DAYS)))
    start = _instant(case.get("start"), "start")
    if "end" in case:
        found = counting.duration(start, _instant(case["end"], "end"))
        return {"elapsed_s": found.elapsed_s, "business_s": found.business_s}
    due = counting.deadline(start, _target(case["hours"]))
    return {"deadline": f"{due:%Y-%m-%dT%H:%M:%SZ}"}


def _mode(value: object) -> Mode:
    if value not in _MODES:
        raise TimeFault(f"mode {value!r} is unknown: use one of {', '.join(_MODES)}")
    return Mode(str(value))


def _instant(value: object, name: str) -> datetime:
    try:
        if isinstance(value, str):
            return datetime.fromisoformat(value)
    except ValueError:
        pass
    raise TimeFault(f"{name} {value!r} is no instant: write it as 2026-06-05T15:30:00Z")


def _target(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TimeFault(f"hours {value!r} are no number: write 24, 48 or 72")
    return instants.target(max(-_ABSURD, min(value, _ABSURD)))
