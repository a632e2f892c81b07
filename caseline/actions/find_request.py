"""Finds the one request, person or group that somebody means, and says what to do when there is not exactly one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from caseline.actions import wiring
from caseline.actions.wiring import House
from caseline.actions.work_request import Faulty
from caseline.crm.card_port import Cards
from caseline.crm.cards import Card, Stage
from caseline.crm.field_faults import Fault
from caseline.crm.refusals import Told
from caseline.crm.timeline_port import Timelines
from caseline.people import store as people
from caseline.people.access import Viewer

ID: Final = "id:"
_BY_ID: Final = re.compile(ID + r"([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a change: done, or somebody else was first and nothing was done."""

    card: Card
    """The request as it is now."""
    done: bool
    left: tuple[Fault, ...] = ()
    """What was typed into fields that are hidden for such a request, and was not saved."""


def by_id(record_id: int) -> str:
    """The key that means a request, person or group by its id, whatever the numbers and origins of others are."""
    return f"{ID}{record_id}"


def id_of(house: House, key: str) -> int:
    """The id of the request of that number, origin or id; raises `Refused`."""
    with house.engine.connect() as connection:
        return request(connection, wiring.intake(house).cards, key).id


def request(connection: sa.Connection, cards: Cards, key: str) -> Card:
    """The request of that number, origin or id, or of `id:45`; raises `Refused`."""
    meant = _BY_ID.fullmatch(key)
    card = cards.get(connection, int(meant[1])) if meant else None
    found = [card] if card else cards.find(connection, key)
    if not found:
        raise Told("request %(key)r: there is none of this id, number or old key: `caseline request list`", key=key)
    if len(found) > 1:
        ids = ", ".join(f"{by_id(card.id)} ({card.source or 'made here'})" for card in found)
        raise Told("request %(key)r: several have this number: say which by its id: %(ids)s", key=key, ids=ids)
    return found[0]


def standing(connection: sa.Connection, cards: Cards, timelines: Timelines, key: str) -> Card:
    """The same, if it is merged into no other; nobody else changes it until the transaction ends."""
    card = request(connection, cards, key)
    timelines.hold(connection, [card.id])
    unmerged(connection, timelines, card)
    return card


def unmerged(connection: sa.Connection, timelines: Timelines, card: Card) -> None:
    """Raise `Faulty` for a request that goes on in another one, and name the one that remains."""
    gone = remaining(connection, timelines, card.id)
    if gone is not None:
        words = f"{card.name} is merged into request {gone}: name {by_id(gone)}, or `caseline request unmerge` it"
        raise Faulty("merged", words, into=gone)


def remaining(connection: sa.Connection, timelines: Timelines, record_id: int) -> int | None:
    """The request in which a merged one goes on at last; None for one that stands by itself."""
    return last(timelines.merges(connection, record_id), record_id)


def last(into: Mapping[int, int], record_id: int) -> int | None:
    """Where these merges end that begin with a request."""
    found, seen = into.get(record_id), {record_id}
    while found is not None and found not in seen and into.get(found) is not None:
        seen.add(found)
        found = into[found]
    return found


def group(connection: sa.Connection, key: str) -> int:
    """Id of the group of that name or id, or of `id:7`; raises `Refused`."""
    if meant := _BY_ID.fullmatch(key):
        return _one("group", key, people.group(connection, int(meant[1])))
    return _one("group", key, people.groups(connection, key))


def person(connection: sa.Connection, key: str) -> int:
    """Id of the active person of that mail address, name or id, or of `id:7`; raises `Refused`."""
    if meant := _BY_ID.fullmatch(key):
        return _one("person", key, people.person(connection, int(meant[1])))
    return _one("person", key, people.persons(connection, key))


def doer(viewer: Viewer) -> str | None:
    """The key of whoever works at the desk; None for a login that belongs to no person."""
    return None if viewer.person_id is None else by_id(viewer.person_id)


def _one(what: str, key: str, found: Sequence[people.Named]) -> int:
    if not found:
        raise Told(
            "%(what)s %(key)r: there is none of this name: check the spelling, or give the id", what=what, key=key
        )
    if len(found) > 1:
        ids = ", ".join(str(named.id) for named in found)
        raise Told(
            "%(what)s %(key)r: several have this name: say which by its id: %(ids)s", what=what, key=key, ids=ids
        )
    return found[0].id


def stage(stages: Sequence[Stage], wanted: str) -> Stage:
    """The stage of that code or label; raises `Refused`."""
    for one in stages:
        if wanted in {one.code, one.label}:
            return one
    raise Told(
        "stage %(key)r: there is none of this code: use one of %(codes)s",
        key=wanted,
        codes=", ".join(one.code for one in stages),
    )
