"""Suggests companies, contacts, requests and products that a reference may point at, for part of a name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from caseline.actions import catalogue_at_hand, search_requests, see_clients, wiring
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.clients import Entity
from caseline.crm.vocabulary import REQUEST
from caseline.people.access import Viewer

MOST: Final = 10
_LOOKED_AT: Final = 40
"""Requests that a search may find before those are left out that somebody does not see."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that may be meant."""

    id: int
    name: str
    """As a reference to it is shown."""
    more: str
    """What tells it from others of its name."""


def suggested(house: House, viewer: Viewer, entity: str, text: str) -> list[Target]:
    """What fits a text best; nothing for an empty one, and for what is not searched for."""
    if not text.strip() or entity not in _OF:
        return []
    return _OF[entity](house, viewer, text)


def _clients(entity: Entity) -> Callable[[House, Viewer, str], list[Target]]:
    def found(house: House, viewer: Viewer, text: str) -> list[Target]:
        lines = see_clients.suggested(house, viewer, entity, text, most=MOST)
        return [
            Target(one.id, one.name, " · ".join(filter(None, (one.company, one.email, one.tax_number))))
            for one in lines
        ]

    return found


def _requests(house: House, viewer: Viewer, text: str) -> list[Target]:
    cards, fields = wiring.intake(house).cards, connect.fields(house.settings.crm)
    with house.engine.connect() as connection:
        exact = [cards.get(connection, one.id) for one in fields.targets(connection, REQUEST, text.strip())]
    found = [card for card, _shown in search_requests.search(house, text, limit=_LOOKED_AT).cards]
    by_id = {card.id: card for card in (*exact, *found) if card and viewer.sees(card.group_id, card.assignee_id)}
    return [Target(card.id, card.number or str(card.id), card.subject) for card in list(by_id.values())[:MOST]]


def _products(house: House, _viewer: Viewer, text: str) -> list[Target]:
    tree = catalogue_at_hand.tree(house)
    return [
        Target(one.id, one.name, " / ".join(above.name for above in tree.path(one.id)[:-1]))
        for one in tree.search(text, most=MOST)
    ]


_OF: Final = {
    "company": _clients(Entity.COMPANY),
    "contact": _clients(Entity.CONTACT),
    "request": _requests,
    "product": _products,
}
