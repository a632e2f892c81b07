"""A record that a campaign may ask about, with all that decides whether it does."""

from datetime import datetime
from typing import Final, NamedTuple

BORN: Final = "feedback"
"""Channel of records that were made from answers."""
UNTIRING: Final = "smileys"
"""Kind of campaigns after whose asks a person may be asked by those of other kinds at once."""


class Found(NamedTuple):
    """A record in a stage that a campaign waits for, and the person who would be asked; made by many thousands."""

    record_id: int
    since: datetime
    """When it came into its stage."""
    imported: bool
    """An import brought it into this stage."""
    born_of_feedback: bool
    still_so: bool
    closed_at: datetime | None
    service: str | None
    """Code of its category."""
    contact_id: int | None
    company_id: int | None
    responsible_id: int | None
    asked_by_id: int | None
    """Who moved it there."""
    division_id: int | None
    """Of the responsible person."""
    email: str | None
    phone: str | None
    zone: str | None
    asked_at: datetime | None
    """When this campaign asked about it."""
    opted_out: bool
    bad_address: bool
    person_asked_at: datetime | None
    anybody_asked_at: datetime | None
