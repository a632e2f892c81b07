"""In which time zone a contact lives: by its clock letters are sent and reminders follow."""

from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from caseline.timing import zones
from caseline.timing.faults import CalendarFault

_NAMED: Final = sa.text("""
SELECT extra ->> 'time_zone' FROM crm.contact
WHERE id = coalesce((SELECT m.into_id FROM crm.contact_merge AS m WHERE m.gone_id = :id), :id)
""")


def named(connection: sa.Connection, contact_id: int) -> str | None:
    """What stands on the card of a contact, or of the one into whom he was merged; None where nobody has said it."""
    found: str | None = connection.execute(_NAMED, {"id": contact_id}).scalar_one_or_none()
    return found


def zone(said: str | None, otherwise: ZoneInfo) -> ZoneInfo:
    """The zone of that name; `otherwise` where there is none, or none of that name."""
    try:
        return zones.zone(said) if said else otherwise
    except CalendarFault:
        return otherwise
