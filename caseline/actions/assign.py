"""Gives work on a request to somebody of the house or outside, writes to the outsider, ends it, reminds of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import find_request, know_calendars, wiring, write_letter
from caseline.actions.wiring import House
from caseline.actions.write_letter import Draft
from caseline.crm import connect
from caseline.crm.cards import HOUR_S, Card, Deed, Refused
from caseline.crm.deadlines import WARN_PERCENT
from caseline.crm.timeline import Assignment, AssignmentState, Contact, NewAssignment
from caseline.crm.timeline_port import Timelines
from caseline.outbox.letters import Address, Nature
from caseline.outbox.tags import Tag

REMINDED_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An assignment as somebody tells it."""

    request: str
    title: str
    text: str
    contact: str | None = None
    """An outsider by id, mail address or name; an address that nobody has makes a contact of it."""
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
    """Why there is no letter."""


NO_ADDRESS: Final = "not sent: no address"


def give(house: House, order: Order, *, now: datetime) -> Given:
    """Make an assignment; an outsider gets a letter at once (A12). Raises `Refused`."""
    if not order.title.strip() or not order.text.strip():
        raise Refused("an assignment needs a title and a text: say what is to be done")
    if (order.contact is None) == (order.person is None):
        raise Refused("an assignment is for one: name an outsider (--to), or a person of the house (--person)")
    intake = wiring.own_intake(house, "giving assignments")
    timelines = connect.timelines(house.settings.crm)
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=now)
        card = find_request.standing(connection, intake.cards, timelines, order.request)
        contact = None if order.contact is None else outsider(connection, timelines, order.contact, now=now)
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
        return _send(house, connection, card, made, by_id=by_id, now=now)


def outsider(connection: sa.Connection, timelines: Timelines, key: str, *, now: datetime) -> Contact:
    """The one contact that somebody means; raises `Refused`."""
    found = timelines.contacts_named(connection, key)
    if not found and "@" in key:
        known = timelines.contacts(connection, key)
        return known[0] if known else timelines.make_contact(connection, key, address=key, company_id=None, at=now)
    if not found:
        raise Refused(f"contact {key!r}: there is none of this name: give a mail address, and one is made")
    if len(found) > 1 and (found[0].email or "").lower() != key.lower():
        ids = ", ".join(f"{one.id} ({one.email or 'no address'})" for one in found)
        raise Refused(f"contact {key!r}: several have this name: say which by its id: {ids}")
    return found[0]


def answer(house: House, assignment_id: int, text: str, *, by: str | None, now: datetime) -> Given:
    """Write to the outsider of an assignment, and to nobody else (A13). Raises `Refused`."""
    if not text.strip():
        raise Refused(f"assignment {assignment_id}: the letter is empty: say something")
    with house.engine.begin() as connection:
        card, one = _found(house, connection, assignment_id)
        if not one.external:
            raise Refused(f"{one.name} is for {one.assignee}, who is of the house: letters go to outsiders only")
        if one.address is None:
            raise Refused(f"{one.name}: {one.contact} has no mail address: `caseline assignment address` gives one")
        by_id = find_request.person(connection, by) if by else None
        draft = _draft(house, connection, card, one, "reply_to_assignee", now=now)
        draft = replace(draft, values={**draft.values, Tag.TEXT: text.strip()}, by_id=by_id)
        return Given(one, write_letter.write(house, connection, draft, now=now).letter_id)


def address(house: House, assignment_id: int, mail_address: str, *, now: datetime) -> Given:
    """Give the outsider of an assignment a mail address; a letter that waited for it is sent (A12)."""
    timelines = connect.timelines(house.settings.crm)
    with house.engine.begin() as connection:
        card, one = _found(house, connection, assignment_id)
        if one.contact_id is None:
            raise Refused(f"{one.name} is for {one.assignee}, who is of the house: nothing to send")
        timelines.give_address(connection, one.contact_id, mail_address.strip(), at=now)
        return _send(house, connection, card, replace(one, address=mail_address.strip()), by_id=None, now=now)


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


def remind(house: House, *, now: datetime) -> int:
    """Remind outsiders of open assignments near their deadline, each once; answers how many letters were written."""
    timelines, count = connect.timelines(house.settings.crm), 0
    with house.engine.begin() as connection:
        for one in timelines.to_remind(connection, now=now, most=REMINDED_AT_ONCE):
            card, _ = _found(house, connection, one.id)
            if one.address is not None and not card.stage.closed:
                occasion = f"assignment {one.id} reminder {one.due_at:%Y-%m-%dT%H:%M}"
                draft = _draft(house, connection, card, one, "assignment_reminder", now=now)
                draft = replace(draft, nature=Nature.NOTICE, occasion=occasion)
                write_letter.write(house, connection, draft, now=now)
                count += 1
            timelines.write_assignment(connection, one, {"remind_at": None}, Deed(at=now, event="assignment_reminded"))
    return count


def _send(
    house: House, connection: sa.Connection, card: Card, one: Assignment, *, by_id: int | None, now: datetime
) -> Given:
    if not one.external:
        return Given(one, None)
    if one.address is None:
        return Given(one, None, NO_ADDRESS)
    draft = _draft(house, connection, card, one, "assignment_given", now=now)
    values = {**draft.values, Tag.SUBJECT: one.title}
    draft = replace(draft, values=values, occasion=f"assignment {one.id} given", by_id=by_id)
    return Given(one, write_letter.write(house, connection, draft, now=now).letter_id)


def _draft(
    house: House, connection: sa.Connection, card: Card, one: Assignment, template: str, *, now: datetime
) -> Draft:
    """A letter to the outsider of an assignment, with the link by which it can be ended where links are served."""
    due = "" if one.due_at is None else write_letter.local(house, connection, one.due_at)
    values = {Tag.TEXT: one.text, Tag.ASSIGNEE_NAME: one.contact or "", Tag.ASSIGNMENT_DEADLINE: due}
    secret_links = []
    mint, base = wiring.link_mint(house, connection, now=now), house.settings.public_url or ""
    if mint is not None:
        secret_links.append(mint.link(one.id))
        values[Tag.LINK] = f"{base.rstrip('/')}/a/{secret_links[0]}"
    to = Address(one.address or "", one.contact or "")
    return Draft(card=card, template=template, to=to, values=values, assignment=one, secret_links=secret_links)


def _found(house: House, connection: sa.Connection, assignment_id: int) -> tuple[Card, Assignment]:
    one = connect.timelines(house.settings.crm).assignment(connection, assignment_id)
    card = None if one is None else wiring.own_intake(house, "assignments").cards.get(connection, one.record_id)
    if one is None or card is None:
        raise Refused(f"assignment {assignment_id}: there is none of this number: `caseline assignment list`")
    return card, one
