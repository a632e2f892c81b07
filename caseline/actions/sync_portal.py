"""Keeps the register in step with its Bitrix24 portal: what people did there comes in, what the house counts goes out.

Restartable at any point: what is to be read is noted in the database, and every record is one transaction. One sync at
a time; a second one says so and ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from caseline.actions import know_calendars, settle_times, wiring
from caseline.actions.wiring import House
from caseline.crm.bitrix24 import book, places, sync_book
from caseline.crm.bitrix24.adapter import Bitrix24Crm
from caseline.crm.bitrix24.following import Followed, Following
from caseline.crm.bitrix24.leads import Leads
from caseline.crm.bitrix24.meanings import Meanings
from caseline.crm.bitrix24.mirror import TABLES
from caseline.crm.bitrix24.parties import Importing, Parties
from caseline.crm.bitrix24.polling import Polling
from caseline.crm.bitrix24.pushing import Pushed, Pushing
from caseline.crm.port import Definitions
from caseline.crm.refusals import Told
from caseline.crm.vocabulary import REQUEST
from staging import register

ENTITIES: Final = ("company", "contact", REQUEST)
"""In the order of what refers to what."""


@dataclass(frozen=True, slots=True)
class Synced:
    """What a sync came to."""

    at: datetime
    busy: bool = False
    """Another one is under way, so this one has done nothing."""
    noted: int = 0
    """Changes that the portal told of when it was asked."""
    followed: Followed = field(default_factory=Followed)
    pushed: Pushed = field(default_factory=Pushed)
    waiting: int = 0
    """Records that are still to be read."""

    @property
    def failed(self) -> Sequence[str]:
        """What could not be done, a line each."""
        came = [f"{entity} {number}: {text}" for entity, number, text in self.followed.failed]
        withheld = [f"nothing is written into leads: {self.pushed.withheld}"] if self.pushed.withheld else []
        return [*came, *withheld, *(f"request {number} is not written: {text}" for number, text in self.pushed.failed)]


def sync(house: House, *, now: datetime, everything: bool = False) -> Synced:
    """Bring both sides in step. `everything`: read all records of the portal, not only those that have changed.

    Raises `PortalStopped` and `TryLater`; what was done until then stays done.
    """
    crm = _crm(house)
    with sync_book.alone(house.engine) as may:
        if not may:
            return Synced(now, busy=True)
        _ready(house, crm, now)
        polling = Polling(crm.tools, now)
        if everything:
            _note_everything(house, now)
        noted = sum(polling.note_changes(entity) for entity in ENTITIES) + polling.keep_steps()
        followed = _follow(house, crm, polling, now)
        if followed.deleted:
            settle_times.settle(house, now=now)  # their last visits have ended uncounted
        pushing = Pushing(crm.tools, wiring.intake(house).cards, crm.packing.guard, now)
        pushing.push()
        with house.engine.connect() as connection:
            left = sync_book.waiting(connection)
        return Synced(now, noted=noted, followed=followed, pushed=pushing.done, waiting=left)


def note(house: House, entity: str, record_id: int, *, now: datetime) -> None:
    """Something has happened to a record of the portal; the next sync reads it."""
    with house.engine.begin() as connection:
        sync_book.note(connection, entity, [record_id], now=now)


def _crm(house: House) -> Bitrix24Crm:
    if not isinstance(house.crm, Bitrix24Crm):
        raise Told("CASELINE_CRM is not bitrix24: there is no portal to keep in step with")
    return house.crm


def _ready(house: House, crm: Bitrix24Crm, now: datetime) -> None:
    """Calendars, the bond with the portal, and the fields that we write; all of it is there after the first time."""
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=now)
        bonded = book.bonded(connection) == crm.portal.key
    crm.tools.shapes.forget()  # an import may have brought fields since the last time
    there = crm.tools.shapes.of(REQUEST).names.said if bonded else {}
    if not all(place.portal in there for place in places.HOUSE):
        with house.engine.begin() as connection:
            crm.prepare(connection, Definitions(source=""))


def _note_everything(house: House, now: datetime) -> None:
    """The lists are read from their beginning, and what the register has is looked for in the portal."""
    with house.engine.begin() as connection:
        for entity in ENTITIES:
            sync_book.put_cursor(connection, sync_book.Cursor(entity))
            sync_book.note_all(connection, entity, TABLES[entity], now=now)


def _follow(house: House, crm: Bitrix24Crm, polling: Polling, now: datetime) -> Followed:
    intake = wiring.intake(house)
    meanings = Meanings(crm.tools, intake.cards)
    with house.engine.connect() as connection:
        importing = Importing(register.importing(connection), now)
    parties = Parties(crm.tools, meanings, importing, now)
    leads = Leads(crm.tools, meanings, intake, polling, importing, now)
    following = Following(crm.tools, {"company": parties, "contact": parties, REQUEST: leads})
    for entity in ENTITIES:
        following.noted(entity)
    return following.done
