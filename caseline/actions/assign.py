"""Gives work on a request to somebody of the house or outside, writes to the outsider, ends it, reminds of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import (
    find_outsider,
    find_request,
    know_calendars,
    remind_outsider,
    wiring,
    write_letter,
    write_outsider,
)
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.cards import HOUR_S, Card, Deed, Refused
from caseline.crm.deadlines import WARN_PERCENT
from caseline.crm.timeline import Assignment, AssignmentState, NewAssignment
from caseline.crm.timeline_port import Timelines
from caseline.outbox import addresses, care
from caseline.outbox.tags import Tag

REMINDED_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An assignment as somebody tells it."""

    request: str
    title: str
    text: str
    contact: str | None = None
    """An outsider by id, mail address (`Name <address>` too) or name; an address that nobody has makes a contact."""
    person: str | None = None
    """Or a person of the house."""
    hours: int | None = None
    """Business hours up to its deadline."""
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """An assignment with what became of its letter."""

    assignment: Assignment
    letter_id: int | None
    trouble: str = ""
    """Why there is no letter, or no new one."""
    others: tuple[int, ...] = ()
    """Letters of other assignments of the same outsider."""
    warning: str = ""
    """What is odd about it all the same."""


NO_ADDRESS: Final = "not sent: no address"


def give(house: House, order: Order, *, now: datetime) -> Given:
    """Make an assignment; an outsider gets a letter at once. Raises `Refused`."""
    if not order.title.strip() or not order.text.strip():
        raise Refused("an assignment needs a title and a text: say what is to be done")
    if (order.contact is None) == (order.person is None):
        raise Refused("an assignment is for one: name an outsider (--to), or a person of the house (--person)")
    intake = wiring.own_intake(house, "giving assignments")
    timelines = connect.timelines(house.settings.crm)
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=now)
        # Contacts before requests, as everywhere.
        contact = (
            None if order.contact is None else find_outsider.outsider(connection, timelines, order.contact, now=now)
        )
        card = find_request.standing(connection, intake.cards, timelines, order.request)
        closed = card.stage.closed
        due_at = remind_at = None
        if order.hours is not None:
            clock = intake.clocks.newest(connection, None)
            due_at = clock.deadline(now, order.hours * HOUR_S)
            remind_at = clock.warning(now, order.hours * HOUR_S, WARN_PERCENT)
        new = NewAssignment(
            record_id=card.id,
            title=order.title.strip(),
            text=order.text.strip(),
            assignee_id=None if order.person is None else find_request.person(connection, order.person),
            contact_id=contact.id if contact else None,
            due_at=due_at,
            remind_at=remind_at if contact else None,
        )
        by_id = find_request.person(connection, order.by) if order.by else None
        made = timelines.make_assignment(connection, new, by_id=by_id, at=now)
        given = _send(house, connection, card, made, by_id=by_id, now=now)
        return replace(given, warning=f"{card.name} is closed: reopen it, or no reminder leaves") if closed else given


def answer(house: House, assignment_id: int, text: str, *, by: str | None, now: datetime) -> Given:
    """Write to the outsider of an assignment, and to nobody else. Raises `Refused`."""
    if not text.strip():
        raise Refused(f"assignment {assignment_id}: the letter is empty: say something")
    with house.engine.begin() as connection:
        card, one = _found(house, connection, assignment_id)
        write_outsider.check(one)
        by_id = find_request.person(connection, by) if by else None
        draft = write_outsider.draft(house, connection, card, one, "reply_to_assignee", now=now)
        draft = replace(draft, values={**draft.values, Tag.TEXT: text.strip()}, by_id=by_id)
        return Given(one, write_letter.write(house, connection, draft, now=now).letter_id)


def address(house: House, assignment_id: int, mail_address: str, *, now: datetime) -> Given:
    """Give the outsider of an assignment a mail address, or correct it; the letter is sent to it.

    So are those of the outsider's other open assignments. To the former address nothing leaves any more, and links that
    went there are good for nothing. Raises `Refused`, and `OutboxFault` for what is no address.
    """
    timelines, new = connect.timelines(house.settings.crm), addresses.checked(mail_address)
    with house.engine.begin() as connection:
        timelines.hold_contacts(connection, [new])
        works = _works_of_the_same(connection, timelines, assignment_id)
        card, one = _found(house, connection, assignment_id)
        if one.contact_id is None:
            raise Refused(f"{one.name} is for {one.assignee}, who is of the house: nothing to send")
        timelines.give_address(
            connection, one.contact_id, new, {work.record_id for work in (one, *works)}, Deed(at=now)
        )
        if one.address is not None and one.address.lower() != new.lower():
            why = f"the address {one.address} was corrected to {new}"
            for work in (one, *works):
                care.withdraw(connection, work.id, one.address, why=why, now=now)
        given = _send(house, connection, card, replace(one, address=new), by_id=None, now=now)
        sent = [_send(house, connection, *_found(house, connection, work.id), by_id=None, now=now) for work in works]
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
        card, one = _found(house, connection, assignment_id)
        write_outsider.check(one)
        if one.state is not AssignmentState.OPEN:
            raise Refused(f"{one.name} is {one.state} already: `caseline assignment reply` writes to its outsider")
        by_id = find_request.person(connection, by) if by else None
        draft = replace(write_outsider.given(house, connection, card, one, now=now), by_id=by_id)
        return Given(one, write_letter.write(house, connection, draft, now=now).letter_id)


def end(
    house: House, assignment_id: int, state: AssignmentState, *, by: str | None, how: str = "person", now: datetime
) -> Assignment:
    """Say that an assignment is done or cancelled. Raises `Refused` when it is ended already."""
    with house.engine.begin() as connection:
        _card, one = _found(house, connection, assignment_id)
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
        raise Refused(f"{one.name} is {one.state} already, since {one.ended_at:%Y-%m-%d %H:%M}: nothing to do")
    values = {"state": state.value, "ended_at": deed.at, "ended_by": how, "remind_at": None}
    told = replace(deed, event=f"assignment_{state}", data={**deed.data, "how": how})
    changed = timelines.write_assignment(connection, one, values, told)
    if changed is None:
        raise Refused(f"{one.name}: somebody else has changed it at this moment: look at it again")
    return changed


def remind(house: House, *, now: datetime, tell: Callable[[str], object] = str) -> int:
    """Remind outsiders of open assignments near their deadline, each once; answers how many letters were written.

    Each in a transaction of its own: one that cannot be written to keeps back no other. `tell` is told whom no letter
    was written to, and why.
    """
    timelines, count = connect.timelines(house.settings.crm), 0
    for _ in range(REMINDED_AT_ONCE):
        with house.engine.begin() as connection:
            due = timelines.to_remind(connection, now=now, most=1)
            why = _reminded(house, connection, timelines, due[0].id, now) if due else ""
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
    try:
        card, one = _found(house, connection, number)
    except Refused:
        return None  # it went into another request at this moment, or is gone: the next turn looks again
    if one.state is not AssignmentState.OPEN or one.remind_at is None or one.remind_at > now:
        return None
    return remind_outsider.remind(house, connection, timelines, card, one, now=now)


def _send(
    house: House, connection: sa.Connection, card: Card, one: Assignment, *, by_id: int | None, now: datetime
) -> Given:
    """Write the letter of an assignment, once for each address."""
    if not one.external:
        return Given(one, None)
    if one.address is None:
        return Given(one, None, NO_ADDRESS)
    if one.state is not AssignmentState.OPEN:
        return Given(one, None, f"not sent: it is {one.state} already")
    occasion = f"assignment {one.id} given to {one.address.lower()}"
    draft = replace(write_outsider.given(house, connection, card, one, now=now), occasion=occasion, by_id=by_id)
    written = write_letter.write(house, connection, draft, now=now)
    if written.new:
        return Given(one, written.letter_id)
    again = f"letter {written.letter_id} to {one.address} is {written.state} already"
    return Given(one, written.letter_id, f"{again}: `caseline assignment resend {one.id}` writes another")


def _found(house: House, connection: sa.Connection, assignment_id: int) -> tuple[Card, Assignment]:
    """An assignment with its request; nobody else changes one of them until the transaction ends."""
    one = connect.timelines(house.settings.crm).assignment(connection, assignment_id, hold=True)
    card = None if one is None else wiring.own_intake(house, "assignments").cards.get(connection, one.record_id)
    if one is None or card is None:
        raise Refused(f"assignment {assignment_id}: there is none of this number: `caseline assignment list`")
    return card, one
