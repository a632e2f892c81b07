"""Gives work on a request to somebody of the house or outside, writes to the outsider, ends it, reminds of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import (
    find_assignment,
    find_request,
    give_assignment,
    remind_outsider,
    wiring,
    write_letter,
    write_outsider,
)
from caseline.actions.give_assignment import NO_ADDRESS, Given, Order
from caseline.actions.wiring import House
from caseline.actions.write_letter import Said
from caseline.crm import connect
from caseline.crm.cards import Deed, Refused
from caseline.crm.refusals import Told
from caseline.crm.timeline import Assignment, AssignmentState
from caseline.crm.timeline_port import Timelines
from caseline.db import sqlstate
from caseline.outbox import addresses, care
from caseline.outbox.tags import Tag

__all__ = ["NO_ADDRESS", "Given", "Order"]
REMINDED_AT_ONCE: Final = 200


def give(house: House, order: Order, *, now: datetime) -> Given:
    """Make an assignment; an outsider gets a letter at once. Raises `Refused`."""
    with house.engine.begin() as connection:
        by_id = find_request.person(connection, order.by) if order.by else None
        return give_assignment.given(house, connection, order, by_id=by_id, now=now)


def answer(house: House, assignment_id: int, text: str, *, by: str | None, now: datetime) -> Given:
    """Write to the outsider of an assignment, and to nobody else. Raises `Refused`."""
    with house.engine.begin() as connection:
        by_id = find_request.person(connection, by) if by else None
        return answered(house, connection, assignment_id, Said(text), by_id=by_id, now=now)


def answered(
    house: House, connection: sa.Connection, assignment_id: int, said: Said, *, by_id: int | None, now: datetime
) -> Given:
    """The same in the caller's transaction, with files."""
    if not said.text.strip():
        raise Told("%(name)s: the letter is empty: say something", name=f"assignment {assignment_id}")
    card, one = find_assignment.held(house, connection, assignment_id)
    write_outsider.check(one)
    draft = write_outsider.draft(house, connection, card, one, "reply_to_assignee", now=now)
    values = {**draft.values, Tag.TEXT: said.text.strip()}
    draft = replace(draft, values=values, by_id=by_id, files=said.files)
    written = write_letter.write(house, connection, draft, now=now)
    return Given(one, written.letter_id, message_id=written.message_id)


def address(house: House, assignment_id: int, mail_address: str, *, now: datetime) -> Given:
    """Give the outsider of an assignment a mail address, or correct it; the letter is sent to it.

    So are those of the outsider's other open assignments. To the former address nothing leaves any more, and links that
    went there are good for nothing. Raises `Refused`, and `OutboxFault` for what is no address.
    """
    timelines, new = connect.timelines(house.settings.crm), addresses.checked(mail_address)
    with house.engine.begin() as connection:
        timelines.hold_contacts(connection, [new])
        works = _works_of_the_same(connection, timelines, assignment_id)
        card, one = find_assignment.held(house, connection, assignment_id)
        if one.contact_id is None:
            raise Told(
                "%(name)s is for %(person)s, who is of the house: nothing to send", name=one.name, person=one.assignee
            )
        timelines.give_address(
            connection, one.contact_id, new, {work.record_id for work in (one, *works)}, Deed(at=now)
        )
        if one.address is not None and one.address.lower() != new.lower():
            why = f"the address {one.address} was corrected to {new}"
            for work in (one, *works):
                care.withdraw(connection, work.id, one.address, why=why, now=now)
        given = give_assignment.send(house, connection, card, replace(one, address=new), by_id=None, now=now)
        sent = [
            give_assignment.send(
                house, connection, *find_assignment.held(house, connection, work.id), by_id=None, now=now
            )
            for work in works
        ]
        return replace(given, others=tuple(other.letter_id for other in sent if other.letter_id and not other.trouble))


def _works_of_the_same(connection: sa.Connection, timelines: Timelines, assignment_id: int) -> list[Assignment]:
    """Other open assignments of an outsider; the requests of all are held, in one order."""
    one = timelines.assignment(connection, assignment_id)
    if one is None or one.contact_id is None:
        return []
    works = [work for work in timelines.assignments_of(connection, one.contact_id) if work.id != one.id]
    timelines.hold(connection, [work.record_id for work in (one, *works)])
    return works


def resend(house: House, assignment_id: int, *, by: str | None, now: datetime) -> Given:
    """Write the letter of an open assignment once more, with a link that is good. Raises `Refused`."""
    with house.engine.begin() as connection:
        card, one = find_assignment.held(house, connection, assignment_id)
        write_outsider.check(one)
        if one.state is not AssignmentState.OPEN:
            raise Told(
                "%(name)s is %(state)s already: `caseline assignment reply` writes to its outsider",
                name=one.name,
                state=one.state,
            )
        by_id = find_request.person(connection, by) if by else None
        draft = replace(write_outsider.given(house, connection, card, one, now=now), by_id=by_id)
        return Given(one, write_letter.write(house, connection, draft, now=now).letter_id)


def end(
    house: House, assignment_id: int, state: AssignmentState, *, by: str | None, how: str = "person", now: datetime
) -> Assignment:
    """Say that an assignment is done or cancelled. Raises `Refused` when it is ended already."""
    with house.engine.begin() as connection:
        _card, one = find_assignment.held(house, connection, assignment_id)
        by_id = find_request.person(connection, by) if by else None
        return ended(connection, connect.timelines(house.settings.crm), one, state, Deed(at=now, by_id=by_id), how=how)


def ended(
    connection: sa.Connection,
    timelines: Timelines,
    one: Assignment,
    state: AssignmentState,
    deed: Deed,
    *,
    how: str,
) -> Assignment:
    """The same in the caller's transaction; `how`: `person`, `reply` or `link`."""
    if one.state is not AssignmentState.OPEN:
        since = f"{one.ended_at:%Y-%m-%d %H:%M}"
        raise Told(
            "%(name)s is %(state)s already, since %(since)s: nothing to do", name=one.name, state=one.state, since=since
        )
    values = {"state": state.value, "ended_at": deed.at, "ended_by": how, "remind_at": None}
    told = replace(deed, event=f"assignment_{state}", data={**deed.data, "how": how})
    changed = timelines.write_assignment(connection, one, values, told)
    if changed is None:
        raise Told("%(name)s: somebody else has changed it at this moment: look at it again", name=one.name)
    return changed


def remind(house: House, *, now: datetime, tell: Callable[[str], object] = str) -> int:
    """Remind outsiders of open assignments near their deadline, each once; answers how many letters were written.

    Each in a transaction of its own: one that cannot be written to keeps back no other. `tell` is told whom no letter
    was written to, and why.
    """
    timelines, count = connect.timelines(house.settings.crm), 0
    for _ in range(REMINDED_AT_ONCE):
        try:
            with house.engine.begin() as connection:
                due = timelines.to_remind(connection, now=now, most=1)
                why = _reminded(house, connection, timelines, due[0].id, now) if due else ""
        except (Refused, sa.exc.DBAPIError) as error:
            if isinstance(error, Refused) or sqlstate.broken_off(error):
                continue  # somebody was in the way at this moment, or merged its request: the next turn looks again
            raise
        if not due:
            break
        count += why == ""
        if why:
            tell(f"{due[0].name}: no reminder was written: {why}")
    return count


def _reminded(house: House, connection: sa.Connection, timelines: Timelines, number: int, now: datetime) -> str | None:
    """Why no reminder was written, nothing where it was; None where somebody else has seen to it meanwhile."""
    # Without own address no letter can be written, and that is the fault of no assignment.
    wiring.mint(house, connection, now=now)
    card, one = find_assignment.held(house, connection, number)
    if one.state is not AssignmentState.OPEN or one.remind_at is None or one.remind_at > now:
        return None
    return remind_outsider.remind(house, connection, timelines, card, one, now=now)
