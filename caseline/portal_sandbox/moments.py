"""Instants as a portal reads and writes them: in its own zone, to the second."""

from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

ZONE: Final = timezone(timedelta(hours=3))
"""The zone of the portal and of its server."""
_DAY_LENGTH: Final = 10


@lru_cache(maxsize=1024)
def _shown(second: int) -> str:
    return datetime.fromtimestamp(second, ZONE).isoformat()


def shown(instant: float) -> str:
    """An instant with the offset of the portal."""
    return _shown(int(instant))


@lru_cache(maxsize=1 << 14)
def kept(value: str) -> str | None:
    """A date and time as it is kept, so that texts order as instants do; None where it is none."""
    try:
        found = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    aware = found if found.tzinfo else found.replace(tzinfo=ZONE)
    return aware.astimezone(ZONE).replace(microsecond=0).isoformat()


@lru_cache(maxsize=1 << 14)
def kept_day(value: str) -> str | None:
    """A date as it is kept: the midnight at which it begins in the portal; None where it is none."""
    try:
        found = datetime.fromisoformat(value.strip()[:_DAY_LENGTH])
    except ValueError:
        return None
    return found.replace(tzinfo=ZONE).isoformat()


def seconds(value: str) -> float:
    """The instant of a date and time that is kept."""
    return datetime.fromisoformat(value).astimezone(UTC).timestamp()
