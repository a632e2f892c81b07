"""How many hours an import will take: what the limits allow, and what was measured, for each method by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

WINDOW_S: Final = 600.0
USED: Final = 0.9
"""The part of the operating time that we use (see `governor`)."""
_AT_ONCE: Final = 700
_COMMENTS: Final = 50
_HOUR: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What the portal allows."""

    rate: float
    """Requests a second."""
    operating: float
    """Seconds in ten minutes for each method."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a method took in a sample."""

    records: int
    seconds: float
    """By our clock, from sending to answer."""
    operating: float | None
    """By the portal's own account; None where it gives none."""


@dataclass(frozen=True, slots=True)
class Load:
    """What an import asks of a method."""

    method: str
    records: int
    requests: int


@dataclass(frozen=True, slots=True)
class Hours:
    """How long a method will take, and by what."""

    method: str
    records: int
    by_rate: float
    by_operating: float | None
    """None: nobody has measured it."""
    by_clock: float | None

    @property
    def hours(self) -> float:
        """The longest of them governs."""
        return max(self.by_rate, self.by_operating or 0.0, self.by_clock or 0.0)

    @property
    def rests_on(self) -> str:
        """What the number rests on."""
        if self.hours == self.by_clock and self.by_clock:
            return "the seconds that the sample took"
        if self.hours == self.by_operating and self.by_operating:
            return "the operating time that the portal charged for the sample"
        if self.by_clock is None:
            return "the rate limit alone: a floor, since nothing was written to measure; --sample N measures"
        return "the rate limit"


def loads(records: Mapping[str, int], *, imports: bool) -> list[Load]:
    """What the records of an export ask of the methods."""
    items = sum(records.get(entity, 0) for entity in ("company", "contact", "request"))
    comments = records.get("message", 0)
    making = "crm.item.batchImport" if imports else "crm.item.add"
    requests = ceil(items / (_AT_ONCE if imports else _COMMENTS))
    found = [Load(making, items, requests), Load("crm.timeline.comment.add", comments, ceil(comments / _COMMENTS))]
    return [load for load in found if load.records]


def reckon(asked: Sequence[Load], limits: Limits, measured: Mapping[str, Measured]) -> list[Hours]:
    """Hours of each method; one is worked off after the other, so their sum is that of the import."""
    return [_hours(load, limits, measured.get(load.method)) for load in asked]


def _hours(load: Load, limits: Limits, known: Measured | None) -> Hours:
    by_rate = load.requests / limits.rate / _HOUR
    if known is None or not known.records:
        return Hours(load.method, load.records, by_rate, None, None)
    by_clock = load.records * known.seconds / known.records / _HOUR
    if known.operating is None:
        return Hours(load.method, load.records, by_rate, None, by_clock)
    allowed = limits.operating * USED / WINDOW_S
    by_operating = load.records * known.operating / known.records / allowed / _HOUR
    return Hours(load.method, load.records, by_rate, by_operating, by_clock)
