"""Reads the Date header of a mail as an instant."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from typing import Final

_LONGEST: Final = 200
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?\s*(?:Z|[+-]\d\d:?\d\d)?")
_COMMENT: Final = re.compile(r"\([^()]*\)")
_COLON: Final = re.compile(r"\s*:\s*")
_DAY_S: Final = 86_400


def instant(value: str) -> datetime | None:
    """The instant in UTC; without a zone the time counts as UTC. None when it is no date of our times."""
    value = _COLON.sub(":", _COMMENT.sub(" ", value[:_LONGEST]))
    found = _by_rules(value) or _by_iso(value.strip())
    if found is None or not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        return None
    return found


def _by_rules(value: str) -> datetime | None:
    try:
        parts = parsedate_tz(value)
        if parts is None:
            return None
        offset = parts[9] or 0
        if abs(offset) >= _DAY_S:
            return None
        second = min(parts[5], 59)  # a leap second has no place in a datetime
        zone = timezone(timedelta(seconds=offset))
        return datetime(*parts[:5], second, tzinfo=zone).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _by_iso(value: str) -> datetime | None:
    found = _ISO.match(value)
    if not found:
        return None
    try:
        made = datetime.fromisoformat(found[0].replace(" ", "T", 1).replace(" ", ""))
        return (made if made.tzinfo else made.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
