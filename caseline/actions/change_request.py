"""Changes what a request says: category, priority, group, assignee, subject, description."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from caseline.actions import find_request, know_calendars, wiring
from caseline.actions.find_request import Answer
from caseline.actions.wiring import House
from caseline.crm.cards import Card, Deed, Refused
from caseline.crm.intake import BY_PERSON, Intake


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """New values, by name; None leaves the old one."""

    category: str | None = None
    priority: str | None = None
    group: str | None = None
    assignee: str | None = None
    subject: str | None = None
    description: str | None = None
    by: str | None = None
    version: int | None = None
    """Only if the request still has this version."""


def change(house: House, key: str, changes: Changes, *, now: datetime) -> Answer:
    """Change a request; category and priority take the deadline of an open one with them.

    Naming the category that the dictionary or an import has set confirms it: from then on it is that person's.

    All or nothing: when somebody else changes the request meanwhile, nothing is done and the answer says so. Raises
    `Refused` when something that is named does not exist.
    """
    intake = wiring.own_intake(house, "changing requests")
    with house.engine.connect() as connection, connection.begin() as transaction:
        know_calendars.ready(connection, now=now)
        card = find_request.request(connection, intake.cards, key)
        if changes.version in {None, card.version}:
            by_id = find_request.person(connection, changes.by) if changes.by else None
            changed = _changed(connection, intake, card, changes, Deed(at=now, by_id=by_id))
            if changed is not None:
                return Answer(changed, done=True)
        transaction.rollback()
    return Answer(_now(house, intake, card), done=False)


def _changed(connection: sa.Connection, intake: Intake, card: Card, changes: Changes, deed: Deed) -> Card | None:
    group_id = find_request.group(connection, changes.group) if changes.group else None
    values: dict[str, Any] = {
        "subject": changes.subject,
        "description": changes.description,
        "group_id": group_id,
        "assignee_id": find_request.person(connection, changes.assignee) if changes.assignee else None,
    }
    values = {name: value for name, value in values.items() if value is not None}
    if not (values or changes.category or changes.priority):
        raise Refused(f"{card.name}: nothing to change is named: give --category, --priority, --group or another")
    done: Card | None = card
    if values:
        told = {name: value for name, value in values.items() if name.endswith("_id")}
        data = {"fields": sorted(values), **told}
        done = intake.cards.write(
            connection, card, values, Deed(at=deed.at, by_id=deed.by_id, event="changed", data=data)
        )
    if done and changes.priority and changes.priority != done.priority:
        done = intake.prioritise(connection, done, changes.priority, deed)
    if done and changes.category and changes.category != done.category:
        done = intake.categorise(connection, done, changes.category, deed, group_id=group_id)
    elif done and changes.category and done.category_by != BY_PERSON:
        done = intake.confirm(connection, done, deed)
    return done


def _now(house: House, intake: Intake, card: Card) -> Card:
    with house.engine.connect() as connection:
        return intake.cards.get(connection, card.id) or card
