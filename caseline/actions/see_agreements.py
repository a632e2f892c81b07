"""Lists agreements, and shows one with all that was asked about it."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from caseline.actions import keep_divisions, sees
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.agreements import Agreement, Asked, Service
from caseline.feedback import subject_asks
from caseline.feedback.agreement_facts import SUBJECT
from caseline.feedback.subject_asks import Told
from caseline.people.access import Viewer


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, the newest first."""

    lines: Sequence[Agreement]
    after: int | None
    """Id by which the page of newer ones is asked for; None: there are none."""
    before: int | None
    """The same for older ones."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be chosen in filters and forms."""

    services: Sequence[Service]
    divisions: Sequence[tuple[int, str]]
    persons: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Shown:
    """An agreement with what was asked about it, the newest first."""

    agreement: Agreement
    asks: Sequence[Told]


def listed(house: House, viewer: Viewer, asked: Asked) -> Page:
    """A page of the agreements that somebody sees."""
    with house.engine.connect() as connection:
        store = connect.agreements(house.settings.crm)
        found = store.listed(connection, asked, sees.reach(house, connection, viewer))
    more, lines = len(found) > asked.most, found[: asked.most]
    if asked.after is not None:
        lines.reverse()
        return Page(lines, lines[0].id if more else None, lines[-1].id if lines else None)
    newer = lines[0].id if lines and asked.before is not None else None
    return Page(lines, newer, lines[-1].id if more else None)


def shown(house: House, viewer: Viewer, agreement_id: int) -> Shown:
    """An agreement; raises `Absent`."""
    with house.engine.connect() as connection:
        one = get(house, connection, viewer, agreement_id)
        return Shown(one, subject_asks.of(connection, SUBJECT, agreement_id))


def get(house: House, connection: sa.Connection, viewer: Viewer, agreement_id: int, *, hold: bool = False) -> Agreement:
    """An agreement that somebody sees; raises `Absent`."""
    one = connect.agreements(house.settings.crm).get(connection, agreement_id, hold=hold)
    if one is None or not sees.reach(house, connection, viewer).holds(one.of_division_id, one.manager_id):
        raise Absent(f"agreement {agreement_id}")
    return one


def offered(house: House) -> Offered:
    """Services, divisions and persons by name."""
    with house.engine.connect() as connection:
        services = connect.agreements(house.settings.crm).services(connection)
        persons = connect.clients(house.settings.crm).persons(connection)
    return Offered(services, [(one.id, path) for one, path in keep_divisions.paths(house)], persons)
