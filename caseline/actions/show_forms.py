"""Forms with all their versions, as pages show them."""

from collections.abc import Sequence
from datetime import datetime

from caseline.actions import keep_campaigns
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.feedback import books
from caseline.feedback.books import KeptForm


def versions(house: House, code: str, *, now: datetime) -> Sequence[KeptForm]:
    """The versions of a form, the newest first; raises `Absent`."""
    with house.engine.begin() as connection:
        keep_campaigns.ship(connection, now=now)
        found = books.versions(connection, code)
    if not found:
        raise Absent(f"form {code}")
    return found
