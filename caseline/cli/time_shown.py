"""Shows instants and spans of time on the screen."""

from datetime import datetime


def moment(at: datetime | None, zone: str) -> str:
    """`2026-06-08 18:30` on the clock of a zone; `-` for none."""
    from caseline.actions import show_request

    return f"{show_request.local(at, zone):%Y-%m-%d %H:%M}" if at else "-"


def span(seconds: int | None) -> str:
    """`18:00:05`, hours running on; `-` for what is not counted yet."""
    if seconds is None:
        return "-"
    minutes, left = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}"
