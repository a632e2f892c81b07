"""The checklist of an assignment for whoever names its steps by their places: shown, ticked, added to."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import find_assignment, find_request
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.cards import Deed, Refused
from caseline.crm.timeline import Assignment, AssignmentState, Item
from caseline.crm.timeline_port import Timelines
from caseline.people import store as people

NOBODY: Final = "caseline"
"""Who has ticked a step where nobody has said his name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of a checklist; places count from 1."""

    tick: tuple[int, ...] = ()
    untick: tuple[int, ...] = ()
    add: tuple[str, ...] = ()
    by: str | None = None


def change(house: House, assignment_id: int, wanted: Change, *, now: datetime) -> list[Item]:
    """Change a checklist, if anything is wanted; answers its steps. All or nothing: raises `Refused`."""
    timelines = connect.timelines(house.settings.crm)
    with house.engine.begin() as connection:
        _card, one = find_assignment.held(house, connection, assignment_id)
        if wanted.tick or wanted.untick or wanted.add:
            _change(connection, timelines, one, wanted, now)
        return timelines.checklist(connection, [assignment_id])


def _change(connection: sa.Connection, timelines: Timelines, one: Assignment, wanted: Change, now: datetime) -> None:
    if one.state is not AssignmentState.OPEN:
        raise Refused(f"{one.name} is {one.state} already: its checklist stays as it is")
    by_id = find_request.person(connection, wanted.by) if wanted.by else None
    name = people.name_of(connection, by_id) if by_id is not None else None
    deed, items = Deed(at=now, by_id=by_id), timelines.checklist(connection, [one.id])
    for places, by in ((wanted.tick, name or NOBODY), (wanted.untick, None)):
        for place in places:
            if place > len(items):
                raise Refused(f"{one.name}: its checklist has {len(items)} steps and no step {place}")
            timelines.tick(connection, one, items[place - 1].id, by=by, deed=deed)
    texts = find_assignment.steps(wanted.add)
    if len(items) + len(texts) > find_assignment.MOST_STEPS:
        raise Refused(f"{one.name}: {find_assignment.MOST_STEPS} steps are the most, and it has {len(items)}")
    if texts:
        timelines.add_steps(connection, one.id, texts)
        told = replace(deed, event="assignment_steps_added", data={"steps": texts})
        timelines.write_assignment(connection, one, {}, told)
