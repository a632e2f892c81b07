"""SQL of who is there, who stands in, who is whose head, and whose turn it is in a group."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

import sqlalchemy as sa

from caseline.people import tables, turns
from caseline.people.turns import Choice, Presence, Turns

_person, _absence, _group, _member = tables.person, tables.absence, tables.group, tables.membership
_division: Final = tables.division
_NOBODY: Final = 0
"""No person has this id."""
Load = Callable[[Sequence[int]], Mapping[int, int]]
"""Tells how many open requests these persons have."""


def on(connection: sa.Connection, day: date) -> Presence:
    """Who is there on a day. Of several absences at once that name a deputy, the one that began last decides."""
    active = frozenset(connection.execute(sa.select(_person.c.id).where(_person.c.active)).scalars())
    away = (
        sa.select(_absence.c.person_id, _absence.c.deputy_id)
        .where(_absence.c.first_day <= day, _absence.c.last_day >= day)
        .order_by(_absence.c.deputy_id.is_not(None), _absence.c.first_day, _absence.c.id)  # the last one counts
    )
    return Presence(active, {row.person_id: row.deputy_id for row in connection.execute(away)})


def stand_in(connection: sa.Connection, person_id: int, day: date) -> int | None:
    """The person, or whoever stands in on that day; None when nobody does."""
    return on(connection, day).stand_in(person_id)


def stands_in_for(connection: sa.Connection, person_id: int, day: date) -> frozenset[int]:
    """The persons whose work is this one's on a day: the own, and that of those for whom he stands in."""
    there = on(connection, day)
    return frozenset({person_id, *(one for one in there.away if there.stand_in(one) == person_id)})


def head_of(
    connection: sa.Connection, person_id: int | None, day: date, *, division_id: int | None = None
) -> int | None:
    """The head of a person: of the own division or of the nearest above; while that one is away, the deputy.

    Where the person belongs to no division, or there is no person, `division_id` is whose head is meant.
    """
    tree = connection.execute(sa.select(_division.c.id, _division.c.parent_id, _division.c.head_id)).all()
    own = connection.execute(sa.select(_person.c.division_id).where(_person.c.id == person_id)).scalar_one_or_none()
    parents = {row.id: row.parent_id for row in tree}
    whose = _NOBODY if person_id is None else person_id
    found = turns.head_of(whose, own or division_id, parents, {row.id: row.head_id for row in tree})
    return turns.present_head(found, whose, on(connection, day)) if found else None


def take_turn(
    connection: sa.Connection, group_id: int, day: Callable[[], date], load: Load, *, by_hand: Turns = Turns.HAND
) -> Choice | None:
    """Who gets the next request of a group, and note whose turn it was; None: by hand, or nobody is there.

    `by_hand`: the rule for a group whose requests somebody gives by hand. Whoever asks for the same group waits until
    this transaction ends, so that two requests at once go to two persons.
    """
    found = connection.execute(
        sa.select(_group.c.turns, _group.c.last_turn_id).where(_group.c.id == group_id)
    ).one_or_none()
    rule = by_hand if found is None or found.turns == Turns.HAND else Turns(found.turns)
    if found is None or rule is Turns.HAND:
        return None
    # Locked as an update locks: requests that refer to the group are written meanwhile.
    held = sa.select(_group.c.last_turn_id).where(_group.c.id == group_id).with_for_update(key_share=True)
    last = connection.execute(held).scalar_one()
    members = list(connection.execute(sa.select(_member.c.person_id).where(_member.c.group_id == group_id)).scalars())
    presence = on(connection, day())
    if rule is Turns.LOAD:
        persons = sorted({one for member in members if (one := presence.stand_in(member))})
        choice = turns.least_loaded(members, load(persons) if persons else {}, presence)
    else:
        choice = turns.in_turn(members, last, presence)
    if choice is not None:
        connection.execute(sa.update(_group).where(_group.c.id == group_id).values(last_turn_id=choice.turn))
    return choice
