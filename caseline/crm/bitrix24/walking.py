"""Reads a list of the portal to its end in the order of ids: windows of ids, many of them in one request.

Nothing is counted first, for counting is what makes long lists slow. The last window of a request has no upper end, so
that it jumps over whatever is empty and tells how dense the ids are behind it: where ids are few and far between, a
request brings no less than a page of its own would have brought.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile
from typing import Any, Final, Protocol

from caseline.crm.bitrix24.answers import Answer, Done, Refused
from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.faults import PortalRefused, PortalStopped
from caseline.crm.port import TryLater

PAGE: Final = 50
"""Rows of a page, which the portal does not let us choose."""
_AIM: Final = 36
"""Rows that a window wider than a page is meant to hold: where ids lie by chance, few hold more than 50 then."""
_STEP: Final = 4
"""Times as many windows are asked for as held rows the last time: ends of lists and gaps cost few commands."""
_HELD: Final = 5_000
"""Rows at most in memory: those behind a window that was not read to its end wait for it."""
Row = dict[str, Any]


class Asking(Protocol):
    """The reads of a portal; see `client.Portal`."""

    def read(self, method: str, params: Mapping[str, Any] | None = None) -> Answer:
        """See there."""

    def read_many(self, asked: Mapping[str, Call]) -> dict[str, Done | Refused]:
        """See there."""


@dataclass(frozen=True, slots=True)
class Window:
    """Ids of a list that are not read yet."""

    low: int
    """They are above this one."""
    high: int | None = None
    """And up to this one; None: without an end."""
    width: int = PAGE
    """How many ids hold the rows of a page, as far as is known."""

    def cut(self, most: int) -> list["Window"]:
        """At most so many windows, which leave nothing out: of the width, and last of all what remains."""
        found: list[Window] = []
        low = self.low
        while len(found) < most - 1 and (self.high is None or self.high - low > self.width):
            found.append(Window(low, low + self.width, self.width))
            low += self.width
        return [*found, replace(self, low=low)]

    def rest(self, ids: Sequence[int]) -> "Window | None":
        """What is still to be read when these ids came; None when that was all."""
        if len(ids) < PAGE or (self.high is not None and (ids[-1] >= self.high or self.high - self.low <= PAGE)):
            return None
        return Window(ids[-1], self.high, max(PAGE, _AIM * (ids[-1] - ids[0]) // (PAGE - 1)))


@dataclass
class Walk:
    """One list of the portal; `name` is what its rows call their id."""

    portal: Asking
    method: str
    params: Mapping[str, Any]
    name: str
    most: int
    """Windows in a request."""
    _at_once: int = field(default=1, init=False)

    def pages(self, after: int) -> Iterator[list[Row]]:
        """All rows with ids above `after`, in their order, at most 50 together."""
        parts: deque[list[Row] | Window] = deque([Window(after)])
        while parts:
            if isinstance(first := parts[0], list):
                parts.popleft()
                yield first
                continue
            held = sum(len(part) for part in parts if isinstance(part, list))
            parts = self._asked(parts, max(1, min(self._at_once, (_HELD - held) // PAGE)))

    def _asked(self, parts: Sequence[list[Row] | Window], room: int) -> deque[list[Row] | Window]:
        """The parts with the first windows read, as far as there is room for them."""
        planned: list[list[Row] | Window] = []
        asked: dict[int, Window] = {}
        for part in parts:
            if isinstance(part, list) or len(asked) >= room:
                planned.append(part)
                continue
            for window in part.cut(room - len(asked)):
                asked[len(planned)] = window
                planned.append(window)
        answers = self._answers(asked)
        if answers is None:
            return deque(parts)
        read = {place: list(self._read(window, answers[place])) for place, window in asked.items()}
        self._at_once = max(1, min(self.most, _STEP * sum(1 for parts in read.values() if parts)))
        found: deque[list[Row] | Window] = deque()
        for place, part in enumerate(planned):
            found.extend(read.get(place, [part]))
        return found

    def _answers(self, asked: Mapping[int, Window]) -> Mapping[int, object] | None:
        """What the portal says of windows; None: fewer of them are to be asked for."""
        if len(asked) == 1:
            ((place, window),) = asked.items()
            answers: dict[int, object] = {place: self.portal.read(self.method, self._page(window)).value}
        else:
            try:
                said = self.portal.read_many(
                    {str(place): Call(self.method, self._page(window)) for place, window in asked.items()}
                )
            except TryLater:
                # A portal that answers single pages found this too much at once; one that does not is away.
                self._at_once, self.most = 1, max(1, len(asked) // 2)
                return None
            answers = {int(place): _value(answer) for place, answer in said.items()}
        return answers

    def _page(self, window: Window) -> dict[str, Any]:
        where = {**(self.params.get("filter") or {}), f">{self.name}": window.low}
        if window.high is not None:
            where[f"<={self.name}"] = window.high
        return {**self.params, "order": {self.name: "ASC"}, "filter": where, "start": -1}

    def _read(self, window: Window, answer: object) -> Iterator[list[Row] | Window]:
        """The rows of a window, and what is left of it."""
        rows = _rows(answer)
        ids = [_id(row, self.name) for row in rows]
        if any(number <= before for before, number in pairwise([window.low, *ids])):
            raise PortalStopped(f"the portal does not give {self.method} by {self.name}: it cannot be read to its end")
        # What lies behind the window belongs to others, if some portal should not know this filter.
        inside = len(list(takewhile(lambda number: window.high is None or number <= window.high, ids)))
        if inside:
            yield rows[:inside]
        if (rest := window.rest(ids)) is not None:
            yield rest


def _value(answer: Done | Refused) -> object:
    if isinstance(answer, Refused):
        raise PortalRefused(answer.code, answer.text)
    return answer.value


def _rows(value: object) -> list[Row]:
    """Rows as they come: bare from classic methods, inside of `items` (or a name of their own) from the others."""
    if isinstance(value, dict) and value:
        value = next((inner for inner in value.values() if isinstance(inner, list)), None)
    value = [] if value == {} else value
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise PortalRefused("", "the answer holds no rows")
    return value


def _id(row: Mapping[str, Any], name: str) -> int:
    try:
        return int(row[name])
    except (KeyError, TypeError, ValueError):
        raise PortalRefused("", f"the answer holds rows without a number as their {name}") from None
