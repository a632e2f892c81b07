"""What somebody begins the day with: a few figures of now."""

from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from caseline.actions.wiring import House
from caseline.people.access import Viewer
from caseline.reports import periods
from caseline.reports.stores import today
from caseline.reports.stores.today import MOST, Today

__all__ = ["MOST", "Today", "read"]


def read(house: House, viewer: Viewer, zone: str, *, now: datetime) -> Today | None:
    """The figures, the day being that of a zone; None where the database is too busy to tell them soon."""
    since = periods.begins(now.astimezone(ZoneInfo(zone)).date(), zone)
    try:
        with house.engine.begin() as connection:
            today.limited(connection)
            return today.figures(connection, viewer, since, now=now)
    except sa.exc.OperationalError:
        return None
