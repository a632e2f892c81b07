"""Shows instants and spans of time on the screen."""

from datetime import datetime, timedelta
from typing import Final

_DAY: Final = timedelta(days=1)


def moment(at: datetime | None, zone: str) -> str:
    """`2026-06-08 18:30` on the clock of a zone; `-` for none."""
    from caseline.actions import show_request

    return f"{show_request.local(at, zone):%Y-%m-%d %H:%M}" if at else "-"


def due(at: datetime, zone: str, *, end_of_day: bool) -> str:
    """`2026-06-05 24:00` rather than the next day's 00:00 where a working day has been used up."""
    if not end_of_day:
        return moment(at, zone)
    from caseline.actions import show_request

    return f"{show_request.local(at, zone) - _DAY:%Y-%m-%d} 24:00"


def span(seconds: int | None) -> str:
    """`18:00:05`, hours running on; `-` for what is not counted yet."""
    if seconds is None:
        return "-"
    minutes, left = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}"
