"""Finds an assignment with its request, for whoever is to work on it; and says what steps a checklist has."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from caseline.actions import wiring
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.cards import Card
from caseline.crm.refusals import Told
from caseline.crm.timeline import Assignment
from caseline.people.access import Viewer
from caseline.people.rights import Right

LONGEST_STEP: Final = 500
MOST_STEPS: Final = 100


class Forbidden(Exception):
    """Whoever asks sees it, and may not change it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An assignment as somebody may see it."""

    one: Assignment
    card: Card
    whole: bool
    """He sees the request, too; else only what it is called."""
    works: bool
    """He may tick, write and end: he works on it, or works on requests that he sees."""


def held(house: House, connection: sa.Connection, assignment_id: int) -> tuple[Card, Assignment]:
    """An assignment with its request; nobody else changes one of them until the transaction ends. Raises `Refused`."""
    one = connect.timelines(house.settings.crm).assignment(connection, assignment_id, hold=True)
    card = None if one is None else wiring.own_intake(house, "assignments").cards.get(connection, one.record_id)
    if one is None or card is None:
        raise Told(
            "assignment %(number)s: there is none of this number: `caseline request show` tells them",
            number=assignment_id,
        )
    return card, one


def seen(house: House, connection: sa.Connection, viewer: Viewer, assignment_id: int, *, hold: bool = False) -> Seen:
    """An assignment for somebody: he sees its request, or works on it himself. Raises `Absent`.

    `hold`: nobody else changes it until the transaction ends.
    """
    one = connect.timelines(house.settings.crm).assignment(connection, assignment_id, hold=hold)
    card = None if one is None else wiring.intake(house).cards.get(connection, one.record_id)
    if one is None or card is None:
        raise Absent(f"assignment {assignment_id}")
    whole = viewer.sees(card.group_id, card.assignee_id)
    own = viewer.may(Right.SEE_REQUESTS) and one.assignee_id is not None and one.assignee_id == viewer.person_id
    if not (whole or own):
        raise Absent(f"assignment {assignment_id}")
    return Seen(one, card, whole, own or viewer.may(Right.WORK_REQUESTS))


def workable(house: House, connection: sa.Connection, viewer: Viewer, assignment_id: int) -> Seen:
    """The same, held, for somebody who is to change it; raises `Absent` and `Forbidden`."""
    wiring.own_intake(house, "working on assignments")
    found = seen(house, connection, viewer, assignment_id, hold=True)
    if not found.works:
        raise Forbidden(f"assignment {assignment_id}")
    return found


def steps(said: Iterable[str]) -> list[str]:
    """The steps of a checklist as somebody says them; raises `Refused` for what is too long or too many."""
    found = [" ".join(one.split()) for one in said]
    found = [one for one in found if one]
    if len(found) > MOST_STEPS:
        raise Told(
            "the checklist has %(number)s steps: %(most)s are the most, make two assignments",
            number=len(found),
            most=MOST_STEPS,
        )
    for one in found:
        if len(one) > LONGEST_STEP:
            raise Told(
                "checklist: the step %(step)r… has %(number)s characters: say it in %(most)s",
                step=one[:40],
                number=len(one),
                most=LONGEST_STEP,
            )
    return found
