"""Working hours of a day: spans of minutes after local midnight."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

Spans = tuple[tuple[int, int], ...]
"""(from, until) in minutes after local midnight, 0 to 1440, in order, apart from each other."""

_CLOCK: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR
_PAIR: Final = 2


def spans(pairs: Iterable[Sequence[str]]) -> Spans:
    """Spans from pairs such as `["09:00", "13:00"]`; 24:00 is the end of the day. ValueError tells what is wrong."""
    found = sorted(_span(pair) for pair in pairs)
    for (_, until), (since, _) in pairwise(found):
        if since < until:
            message = f"hours overlap at {clock(since)}: let each span begin when the one before has ended"
            raise ValueError(message)
    return tuple(found)


def _span(pair: Sequence[str]) -> tuple[int, int]:
    if not isinstance(pair, list | tuple) or len(pair) != _PAIR:
        message = f'{pair!r} is no span of hours: write ["09:00", "13:00"]'
        raise ValueError(message)
    since, until = map(_minutes, pair)
    if since >= until:
        message = f"{pair[0]} is not before {pair[1]}: split hours over midnight at 24:00 and 00:00"
        raise ValueError(message)
    return since, until


def _minutes(text: object) -> int:
    found = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    hour, minute = (int(found[1]), int(found[2])) if found else (_DAY, 0)
    if minute >= _HOUR or hour * _HOUR + minute > _DAY:
        message = f'{text!r} is no time of a day: write "00:00" to "24:00", in quotation marks'
        raise ValueError(message)
    return hour * _HOUR + minute


def clock(minutes: int) -> str:
    """`09:00` of 540."""
    return f"{minutes // _HOUR:02}:{minutes % _HOUR:02}"


def shortened(whole: Spans, minutes: int) -> Spans:
    """The spans without their last `minutes` (Labour Code, art. 95: an hour less before a holiday)."""
    left = sum(until - since for since, until in whole) - minutes
    found = []
    for since, until in whole:
        if left <= 0:
            break
        found.append((since, min(until, since + left)))
        left -= until - since
    return tuple(found)
