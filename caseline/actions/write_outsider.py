"""Drafts the letters to the outsider of an assignment."""

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from caseline.actions import wiring, write_letter
from caseline.actions.wiring import House
from caseline.actions.write_letter import Draft
from caseline.crm.cards import Card
from caseline.crm.refusals import Told
from caseline.crm.timeline import Assignment
from caseline.outbox.letters import Address
from caseline.outbox.tags import Tag


def draft(
    house: House, connection: sa.Connection, card: Card, one: Assignment, template: str, *, now: datetime
) -> Draft:
    """A letter to the outsider of an assignment, with the link by which it can be ended where links are served."""
    due = "" if one.due_at is None else write_letter.local(house, connection, one.due_at)
    values = {Tag.TEXT: one.text, Tag.ASSIGNEE_NAME: one.contact or "", Tag.ASSIGNMENT_DEADLINE: due}
    secret_links = []
    mint, base = wiring.link_mint(house, connection, now=now), house.settings.public_url or ""
    if mint is not None:
        secret_links.append(mint.link(one.id, one.address or ""))
        values[Tag.LINK] = f"{base.rstrip('/')}/a/{secret_links[0]}"
    to = Address(one.address or "", one.contact or "")
    return Draft(card=card, template=template, to=to, values=values, assignment=one, secret_links=secret_links)


def given(house: House, connection: sa.Connection, card: Card, one: Assignment, *, now: datetime) -> Draft:
    """The letter by which the work is given."""
    made = draft(house, connection, card, one, "assignment_given", now=now)
    return replace(made, values={**made.values, Tag.SUBJECT: one.title})


def check(one: Assignment) -> None:
    """Raise `Refused` where nobody outside can be written to."""
    if not one.external:
        raise Told(
            "%(name)s is for %(person)s, who is of the house: letters go to outsiders only",
            name=one.name,
            person=one.assignee,
        )
    if one.address is None:
        raise Told(
            "%(name)s: %(contact)s has no mail address: `caseline assignment address` gives one",
            name=one.name,
            contact=one.contact,
        )
