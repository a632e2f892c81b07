"""Makes an assignment and writes its letter: what the command line and the desk share."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import (
    find_assignment,
    find_outsider,
    find_request,
    know_calendars,
    wiring,
    write_letter,
    write_outsider,
)
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.cards import HOUR_S, Card
from caseline.crm.deadlines import WARN_PERCENT
from caseline.crm.refusals import Told
from caseline.crm.timeline import Assignment, AssignmentState, NewAssignment


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
    checklist: Sequence[str] = ()
    """Its steps, in order; empty ones do not count."""


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
    message_id: int | None = None
    """The letter in the timeline."""


NO_ADDRESS: Final = "not sent: no address"


def given(house: House, connection: sa.Connection, order: Order, *, by_id: int | None, now: datetime) -> Given:
    """Make an assignment in the caller's transaction; an outsider gets a letter at once. Raises `Refused`."""
    if not order.title.strip() or not order.text.strip():
        raise Told("an assignment needs a title and a text: say what is to be done")
    if (order.contact is None) == (order.person is None):
        raise Told("an assignment is for one: name an outsider (--to), or a person of the house (--person)")
    intake = wiring.own_intake(house, "giving assignments")
    timelines = connect.timelines(house.settings.crm)
    know_calendars.ready(connection, now=now)
    # Contacts before requests, as everywhere.
    contact = None if order.contact is None else find_outsider.outsider(connection, timelines, order.contact, now=now)
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
    made = timelines.make_assignment(connection, new, by_id=by_id, at=now)
    timelines.add_steps(connection, made.id, find_assignment.steps(order.checklist))
    given = send(house, connection, card, made, by_id=by_id, now=now)
    return replace(given, warning=f"{card.name} is closed: reopen it, or no reminder leaves") if closed else given


def send(
    house: House, connection: sa.Connection, card: Card, one: Assignment, *, by_id: int | None, now: datetime
) -> Given:
    """Write the letter of an assignment, once for each address, in the caller's transaction."""
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
