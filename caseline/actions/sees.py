"""What somebody sees of agreements and of what is asked about them, by the setting of the house."""

import sqlalchemy as sa

from caseline.actions.wiring import House
from caseline.people.access import HeadsSee, Reach, Viewer
from caseline.people.access import reach as of
from caseline.people.stores import divisions


def reach(house: House, connection: sa.Connection, viewer: Viewer) -> Reach:
    """How far somebody sees."""
    return of(viewer, HeadsSee(house.settings.heads_see), divisions.led(connection, viewer.person_id))
