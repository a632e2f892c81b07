"""Opens one transaction in which somebody at the desk works on one request that he may see."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from caseline.actions import know_calendars, seen, wiring
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.cards import Card, Deed, Refused
from caseline.crm.intake import Intake
from caseline.crm.timeline_port import Timelines
from caseline.people import sent_forms
from caseline.people.access import Viewer
from caseline.people.rights import Right


class Faulty(Refused):
    """What is asked cannot be done, for a reason that pages say in their own words."""

    def __init__(self, code: str, message: str, **data: object) -> None:
        super().__init__(message)
        self.code = code
        self.data = data


class DoneAlready(Exception):
    """The very same form was sent before, and what it asks for was done then."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for something, when, and by which form."""

    viewer: Viewer
    now: datetime
    form: bytes | None = None
    """Digest of a form that must be done once, however often it is sent; None: doing it twice does no harm."""

    def deed(self) -> Deed:
        """What the event log is told of whoever asks; a login that belongs to no person, by its name."""
        if self.viewer.person_id is None:
            return Deed(at=self.now, data={"login": self.viewer.name})
        return Deed(at=self.now, by_id=self.viewer.person_id)


@dataclass(frozen=True, slots=True)
class Work:
    """A request with what it is worked on by, inside a transaction."""

    house: House
    connection: sa.Connection
    intake: Intake
    timelines: Timelines
    card: Card
    asker: Asker

    @property
    def deed(self) -> Deed:
        """Who does it."""
        return self.asker.deed()


@contextmanager
def on(house: House, asker: Asker, record_id: int) -> Iterator[Work]:
    """Work on a request; all of it is done, or nothing. Raises `Absent`, `DoneAlready`, and `NotOffered`."""
    intake = wiring.own_intake(house, "working on requests")
    with house.engine.begin() as connection:
        begin(connection, asker)
        know_calendars.ready(connection, now=asker.now)
        card = seen.request(connection, intake.cards, asker.viewer, record_id)
        yield Work(house, connection, intake, connect.timelines(house.settings.crm), card, asker)


def begin(connection: sa.Connection, asker: Asker) -> None:
    """Check the right, and that the form is new; of two at once the second waits here. Raises as `on` does."""
    if not asker.viewer.may(Right.WORK_REQUESTS):
        raise Absent("nothing that this viewer may change")
    if asker.form is not None and not sent_forms.first(connection, asker.form, now=asker.now):
        raise DoneAlready
