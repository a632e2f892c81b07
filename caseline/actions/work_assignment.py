"""What somebody does with an assignment that he sees: give, tick, write, end, open again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeVar

import sqlalchemy as sa

from caseline.actions import assign, find_assignment, find_request, seen, wiring
from caseline.actions.find_assignment import Forbidden, Seen
from caseline.actions.give_assignment import Given, Order
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.cards import Deed, Refused
from caseline.crm.refusals import Told
from caseline.crm.timeline import Assignment, AssignmentState, NewMessage
from caseline.crm.vocabulary import MessageKind
from caseline.people import store as people
from caseline.people.access import Viewer
from caseline.people.rights import Right

LONGEST_NOTE: Final = 20_000
_T = TypeVar("_T")


class NoMail(Refused):
    """No letter can be written, because nobody has said our own mail address."""


@dataclass(frozen=True, slots=True)
class End:
    """How an assignment ends."""

    state: AssignmentState
    remark: str = ""
    """What is said about it, kept as a note."""


def give(house: House, viewer: Viewer, record_id: int, order: Order, *, now: datetime) -> Given:
    """Give work on a request that he sees and may work on, in his name; raises `Absent`, `Forbidden`, `Refused`."""
    with house.engine.connect() as connection:
        seen.request(connection, wiring.intake(house).cards, viewer, record_id)
    if not viewer.may(Right.WORK_REQUESTS):
        raise Forbidden(f"request {record_id}")
    if order.contact is not None:
        _letters(house)
    named = replace(order, request=find_request.by_id(record_id), by=find_request.doer(viewer))
    return assign.give(house, named, now=now)


def tick(house: House, viewer: Viewer, assignment_id: int, item_id: int, *, done: bool, now: datetime) -> bool:
    """Say that a step of an open assignment is done, or that it is not; False where somebody was first."""

    def change(connection: sa.Connection, found: Seen) -> bool:
        _open(found.one)
        timelines = connect.timelines(house.settings.crm)
        by = _name(connection, viewer) if done else None
        return timelines.tick(connection, found.one, item_id, by=by, deed=_deed(viewer, now))

    return _change(house, viewer, assignment_id, change)


def add_steps(house: House, viewer: Viewer, assignment_id: int, said: str, *, now: datetime) -> int:
    """Put steps at the end of the checklist of an open assignment, one for each line; answers how many."""
    texts = find_assignment.steps(said.splitlines())

    def change(connection: sa.Connection, found: Seen) -> int:
        _open(found.one)
        timelines = connect.timelines(house.settings.crm)
        known = len(timelines.checklist(connection, [assignment_id]))
        if known + len(texts) > find_assignment.MOST_STEPS:
            raise Told(
                "%(name)s: %(most)s steps are the most, and it has %(number)s",
                name=found.one.name,
                most=find_assignment.MOST_STEPS,
                number=known,
            )
        timelines.add_steps(connection, assignment_id, texts)
        deed = replace(_deed(viewer, now), event="assignment_steps_added", data={"steps": texts})
        if texts and timelines.write_assignment(connection, found.one, {}, deed) is None:
            raise Told("%(name)s: somebody else has changed it at this moment: look at it again", name=found.one.name)
        return len(texts)

    return _change(house, viewer, assignment_id, change)


def remove_step(house: House, viewer: Viewer, assignment_id: int, item_id: int, *, now: datetime) -> bool:
    """Take a step out of the checklist of an open assignment; False where it is gone already."""

    def change(connection: sa.Connection, found: Seen) -> bool:
        _open(found.one)
        timelines = connect.timelines(house.settings.crm)
        return timelines.remove_step(connection, found.one, item_id, _deed(viewer, now))

    return _change(house, viewer, assignment_id, change)


def note(house: House, viewer: Viewer, assignment_id: int, text: str, *, now: datetime) -> int:
    """Write a note on an assignment, which only people of the house read; answers the id of its message."""

    def change(connection: sa.Connection, found: Seen) -> int:
        return _note(house, connection, viewer, found.one, text, now)

    return _change(house, viewer, assignment_id, change)


def end(house: House, viewer: Viewer, assignment_id: int, how: End, *, now: datetime) -> Assignment:
    """Say that an assignment is done or not needed any more, with a remark if there is one."""

    def change(connection: sa.Connection, found: Seen) -> Assignment:
        if how.remark.strip():
            _note(house, connection, viewer, found.one, how.remark, now)
        timelines = connect.timelines(house.settings.crm)
        return assign.ended(connection, timelines, found.one, how.state, _deed(viewer, now), how="person")

    return _change(house, viewer, assignment_id, change)


def reopen(house: House, viewer: Viewer, assignment_id: int, *, now: datetime) -> Assignment:
    """Open an ended assignment again, with the deadline that it had; no letter leaves by itself."""

    def change(connection: sa.Connection, found: Seen) -> Assignment:
        one = found.one
        if one.state is AssignmentState.OPEN:
            raise Told("%(name)s is open: nothing to do", name=one.name)
        timelines = connect.timelines(house.settings.crm)
        find_request.unmerged(connection, timelines, found.card)
        late = now if one.due_at is not None and one.due_at <= now else None
        # Whoever opens it again knows whether it is late.
        values = {"state": AssignmentState.OPEN.value, "ended_at": None, "ended_by": None, "overdue_at": late}
        deed = replace(_deed(viewer, now), event="assignment_reopened")
        changed = timelines.write_assignment(connection, one, values, deed)
        if changed is None:
            raise Told("%(name)s: somebody else has changed it at this moment: look at it again", name=one.name)
        return changed

    return _change(house, viewer, assignment_id, change)


def answer(house: House, viewer: Viewer, assignment_id: int, text: str, *, now: datetime) -> Given:
    """Write to the outsider, and to nobody else."""
    _change(house, viewer, assignment_id, _nothing)
    _letters(house)
    return assign.answer(house, assignment_id, text, by=find_request.doer(viewer), now=now)


def resend(house: House, viewer: Viewer, assignment_id: int, *, now: datetime) -> Given:
    """Write the letter of an open assignment once more."""
    _change(house, viewer, assignment_id, _nothing)
    _letters(house)
    return assign.resend(house, assignment_id, by=find_request.doer(viewer), now=now)


def address(house: House, viewer: Viewer, assignment_id: int, mail_address: str, *, now: datetime) -> Given:
    """Give the outsider a mail address, or correct it; the letters of all his open assignments are sent to it.

    Only somebody who may work on requests changes where letters go.
    """

    def change(_connection: sa.Connection, _found: Seen) -> None:
        if not viewer.may(Right.WORK_REQUESTS):
            raise Forbidden(f"assignment {assignment_id}")

    _change(house, viewer, assignment_id, change)
    _letters(house)
    return assign.address(house, assignment_id, mail_address, now=now)


def _change(house: House, viewer: Viewer, assignment_id: int, change: Callable[[sa.Connection, Seen], _T]) -> _T:
    with house.engine.begin() as connection:
        return change(connection, find_assignment.workable(house, connection, viewer, assignment_id))


def _nothing(_connection: sa.Connection, _found: Seen) -> None:
    """To look whether he may is enough."""


def _letters(house: House) -> None:
    if house.settings.mail_address is None:
        raise NoMail("CASELINE_MAIL_ADDRESS: nobody has said our own address; set it (support@example.org)")


def _open(one: Assignment) -> None:
    if one.state is not AssignmentState.OPEN:
        raise Told(
            "%(name)s is %(state)s already: open it again to go on with its checklist", name=one.name, state=one.state
        )


def _note(house: House, connection: sa.Connection, viewer: Viewer, one: Assignment, text: str, now: datetime) -> int:
    text = text.strip()
    if not text:
        raise Told("%(name)s: the note is empty: say something", name=one.name)
    if len(text) > LONGEST_NOTE:
        raise Told(
            "%(name)s: the note has %(number)s characters: %(most)s are the most",
            name=one.name,
            number=len(text),
            most=LONGEST_NOTE,
        )
    new = NewMessage(
        record_id=one.record_id,
        kind=MessageKind.COMMENT,
        sent_at=now,
        text=text,
        sender=viewer.name,
        author_id=viewer.person_id,
        public=False,
        assignment_id=one.id,
    )
    return connect.timelines(house.settings.crm).append(connection, new, _deed(viewer, now))


def _deed(viewer: Viewer, now: datetime) -> Deed:
    data = {} if viewer.person_id is not None else {"login": viewer.name}
    return Deed(at=now, by_id=viewer.person_id, data=data)


def _name(connection: sa.Connection, viewer: Viewer) -> str:
    """How a tick names who has made it."""
    name = None if viewer.person_id is None else people.name_of(connection, viewer.person_id)
    return name or viewer.name
