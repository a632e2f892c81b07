"""Changes what a request says by names of people and groups: category, priority, group, assignee, any other field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from caseline.actions import find_request, know_calendars, save_request, seen, wiring
from caseline.actions.find_request import Answer
from caseline.actions.save_request import Overtaken, Wish
from caseline.actions.wiring import House
from caseline.crm.field_values import Given, Reader
from caseline.crm.refusals import Told
from caseline.people.access import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """New values, by name; None leaves the old one."""

    category: str | None = None
    priority: str | None = None
    group: str | None = None
    assignee: str | None = None
    subject: str | None = None
    description: str | None = None
    fields: Mapping[str, Given] = field(default_factory=dict)
    """Any others by their keys; empty texts empty a field."""
    by: str | None = None
    version: int | None = None
    """Only if the request still has this version."""
    viewer: Viewer | None = None
    """Who does it at the desk; None: somebody at the command line, in the name of `by`."""
    reader: Reader | None = None
    """None: of the zone in which lists show their times."""


def change(house: House, key: str, changes: Changes, *, now: datetime) -> Answer:
    """Change a request; category and priority take the deadline of an open one with them.

    Naming the category that the dictionary or an import has set confirms it: from then on it is that person's.

    All or nothing: when somebody else changes the request meanwhile, nothing is done and the answer says so. Raises
    `Refused` when something that is named does not exist, and `Unsaved` where rules of fields are not met.
    """
    intake = wiring.own_intake(house, "changing requests")
    with house.engine.connect() as connection, connection.begin() as transaction:
        know_calendars.ready(connection, now=now)
        card = find_request.request(connection, intake.cards, key)
        if changes.viewer is not None:
            card = seen.request(connection, intake.cards, changes.viewer, card.id)
        if changes.version in {None, card.version}:
            by_id = find_request.person(connection, changes.by) if changes.by else None
            values: dict[str, Given | None] = {
                "category": changes.category,
                "priority": changes.priority,
                "group": _named(connection, find_request.group, changes.group),
                "assignee": _named(connection, find_request.person, changes.assignee),
                "subject": changes.subject,
                "description": changes.description,
                **changes.fields,
            }
            wish = Wish(
                record_id=card.id,
                values={name: value for name, value in values.items() if value is not None},
                viewer=changes.viewer or save_request.at_command_line(by_id),
                version=card.version,
                reader=changes.reader or Reader(zone=intake.clocks.zone(connection, None), language="en"),
            )
            if not wish.values:
                raise Told(
                    "%(name)s: nothing to change is named: give --category, --priority, --group or another",
                    name=card.name,
                )
            try:
                saved = save_request.save_in(connection, house, intake, wish, now=now)
            except Overtaken as error:
                transaction.rollback()
                return Answer(error.card, done=False)
            return Answer(saved.card, done=True, left=saved.left)
    return Answer(card, done=False)


def _named(connection: sa.Connection, find: Callable[[sa.Connection, str], int], key: str | None) -> str | None:
    """The id of whoever is named. Where there is not exactly one, the name itself: saving says so as everywhere."""
    if not key:
        return None
    try:
        return str(find(connection, key))
    except Told:
        return key.removeprefix(find_request.ID)
