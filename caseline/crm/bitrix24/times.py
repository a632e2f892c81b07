"""The `time` block of an answer: the portal's clock, and the seconds that a method has used."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

WINDOW_S: Final = 600.0
"""The longest time until seconds of operating are forgotten."""
UNKNOWN_RESET_S: Final = 60.0
"""How long a method is left alone when the portal does not say how long."""

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Operating:
    """Seconds that a method has used in the last ten minutes, and when the oldest of them are forgotten."""

    method: str
    seconds: float
    told_at: float
    """Of the portal's clock, since 1970."""
    reset_in: float


def operating(method: str, time: Json) -> Operating | None:
    """What a `time` block tells of its method; None where it does not, as on portals of one's own."""
    seconds, finish = number(time.get("operating")), number(time.get("finish"))
    if seconds is None:
        return None
    return Operating(method.lower(), seconds, finish or 0.0, reset_in(time))


def reset_in(time: Json) -> float:
    """Seconds from the answer until the oldest use is forgotten, by the portal's own clock."""
    reset, finish = number(time.get("operating_reset_at")), number(time.get("finish"))
    if reset is None or finish is None:
        return UNKNOWN_RESET_S
    return min(max(reset - finish, 0.0), WINDOW_S)


def clock(time: Json) -> datetime | None:
    """When the portal had answered, by its clock."""
    finish = number(time.get("finish"))
    if finish is not None:
        return moment(finish)
    try:
        said = datetime.fromisoformat(str(time.get("date_finish")))
        return said.astimezone(UTC) if said.tzinfo else None
    except (ValueError, OverflowError):
        return None


def moment(seconds: float) -> datetime | None:
    """An instant since 1970; None where there is none so early or so late."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def number(value: object) -> float | None:
    """What PHP means by a number, as text too; None for anything else."""
    try:
        found = float(value)  # type: ignore[arg-type] # what is no number is answered by None
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None
