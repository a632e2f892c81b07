"""Finds people by their part in what was rated: who is told of an answer, who gets an assignment, in whose name."""

from datetime import datetime

import sqlalchemy as sa

from caseline.actions import find_request, wiring
from caseline.actions.wiring import House
from caseline.crm.cards import Card
from caseline.feedback.asks import Ask
from caseline.feedback.follow import Who
from caseline.people.rights import Role
from caseline.people.stores import parts, presence
from caseline.timing import zones

_ROLES = {Who.DIRECTOR: Role.DIRECTOR, Who.QUALITY: Role.QUALITY}


def found(connection: sa.Connection, ask: Ask, card: Card, who: Who) -> list[int]:
    """Those who have that part and work here, whether they are there today or not; none where nobody has it.

    Whose deed has sent the letter is whoever is responsible where nobody did it, or who has left.
    """
    if who in _ROLES:
        return parts.of_role(connection, _ROLES[who])
    responsible = ask.responsible_id or card.assignee_id
    if who is Who.HEAD:
        return _heads(connection, ask, responsible)[:1]
    persons = [ask.asked_by_id, responsible] if who is Who.ASKED_BY else [responsible]
    there = parts.active(connection, {one for one in persons if one is not None})
    return [one for one in persons if one in there][:1]


def present(house: House, connection: sa.Connection, persons: list[int], *, now: datetime) -> int | None:
    """The first of these persons who is there today, or whoever stands in for him."""
    zone = zones.zone(wiring.intake(house).clocks.zone(connection, None))
    there = presence.on(connection, now.astimezone(zone).date())
    return next((one for person in persons if (one := there.stand_in(person)) is not None), None)


def doer(house: House, connection: sa.Connection, ask: Ask, card: Card, *, now: datetime) -> int | None:
    """Who does what nobody else is named for: whoever is responsible, then the heads above; None when nobody is there.

    Heads of divisions above come after the own one, so an empty place in the middle loses nothing.
    """
    responsible = found(connection, ask, card, Who.RESPONSIBLE)
    return present(house, connection, [*responsible, *_heads(connection, ask, card.assignee_id)], now=now)


def author(house: House, connection: sa.Connection, ask: Ask, card: Card, who: Who) -> int | None:
    """In whose name an assignment is given.

    Where nobody has the part: the one whom `CASELINE_FEEDBACK_AUTHOR` names, then a director, else nobody.
    """
    if named := found(connection, ask, card, who):
        return named[0]
    if house.settings.feedback_author:
        return find_request.person(connection, house.settings.feedback_author)
    return next(iter(parts.of_role(connection, Role.DIRECTOR)), None)


def _heads(connection: sa.Connection, ask: Ask, responsible: int | None) -> list[int]:
    """Heads of the division that was rated, else of the one who is responsible; nobody is his own head."""
    division = ask.division_id
    if division is None and responsible is not None:
        division = parts.division_of(connection, responsible)
    return [] if division is None else [one for one in parts.heads(connection, division) if one != responsible]
