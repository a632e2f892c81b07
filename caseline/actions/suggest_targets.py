"""Suggests companies, contacts, requests and products that a reference may point at, for part of a name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from caseline.actions import catalogue_at_hand, list_requests, see_clients, wiring
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.clients import Entity
from caseline.crm.vocabulary import REQUEST
from caseline.listing.meaning import Moment
from caseline.people.access import Viewer

MOST: Final = 10
_SHOWN: Final = ("number", "subject")


@dataclass(frozen=True, slots=True)
class Target:
    """Something that may be meant."""

    id: int
    name: str
    """As a reference to it is shown."""
    more: str
    """What tells it from others of its name."""


@dataclass(frozen=True, slots=True)
class _Asked:
    house: House
    viewer: Viewer
    text: str
    now: datetime


def suggested(house: House, viewer: Viewer, entity: str, text: str, *, now: datetime) -> list[Target]:
    """What fits a text best, of what somebody sees; nothing for an empty text, and for what is not searched for."""
    if not text.strip() or entity not in _OF:
        return []
    return _OF[entity](_Asked(house, viewer, text, now))


def _clients(entity: Entity) -> Callable[[_Asked], list[Target]]:
    def found(asked: _Asked) -> list[Target]:
        lines = see_clients.suggested(asked.house, asked.viewer, entity, asked.text, most=MOST)
        return [
            Target(one.id, one.name, " · ".join(filter(None, (one.company, one.email, one.tax_number))))
            for one in lines
        ]

    return found


def _requests(asked: _Asked) -> list[Target]:
    house, viewer = asked.house, asked.viewer
    cards, fields = wiring.intake(house).cards, connect.fields(house.settings.crm)
    with house.engine.connect() as connection:
        there = [cards.get(connection, one.id) for one in fields.targets(connection, REQUEST, asked.text.strip())]
    exact = {one.id: one for one in there if one and viewer.sees(one.group_id, one.assignee_id)}
    found = [Target(one.id, one.number or str(one.id), one.subject) for one in exact.values()]
    wanted = list_requests.Asked(viewer=viewer, moment=Moment(asked.now, "UTC"), search=asked.text)
    # The list leaves out what somebody does not see before it counts: of a common word he is offered his own requests.
    rows = list_requests.page(house, wanted, "", _SHOWN, most=MOST).rows
    found += [
        Target(one.id, one.values["number"] or str(one.id), one.values["subject"])
        for one in rows
        if one.id not in exact
    ]
    return found[:MOST]


def _products(asked: _Asked) -> list[Target]:
    tree = catalogue_at_hand.tree(asked.house)
    return [
        Target(one.id, one.name, " / ".join(above.name for above in tree.path(one.id)[:-1]))
        for one in tree.search(asked.text, most=MOST)
    ]


_OF: Final = {
    "company": _clients(Entity.COMPANY),
    "contact": _clients(Entity.CONTACT),
    "request": _requests,
    "product": _products,
}
