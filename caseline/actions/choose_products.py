"""Lets requests be about products of the catalogue, and no longer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import catalogue_at_hand, seen, wiring
from caseline.actions.wiring import House
from caseline.crm.card_port import Cards
from caseline.crm.cards import Card, Deed
from caseline.crm.catalogue import Product, Tree, folded
from caseline.crm.connect import cards, catalogue
from caseline.crm.refusals import Told
from caseline.people.access import Viewer
from caseline.people.rights import Right

GONE: Final = "the catalogue has no such product any more: choose another one"
OUT_OF_USE: Final = "%(name)s is no longer in use: choose another product"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A product of a request."""

    path: tuple[Product, ...]
    """From the uppermost group down to the product."""
    usable: bool

    @property
    def product(self) -> Product:
        """The product itself."""
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a request is about."""

    card: Card
    products: tuple[Chosen, ...]
    """By their paths."""
    tree: Tree
    done: bool = True
    """False: what was asked for had been done already."""

    @property
    def depth(self) -> int:
        """Levels that the longest path has."""
        return max((len(one.path) for one in self.products), default=0)


def of_request(house: House, viewer: Viewer, record_id: int) -> Choice:
    """The products of a request; raises `Absent`."""
    with house.engine.connect() as connection:
        card = seen.request(connection, cards(house.settings.crm), viewer, record_id)
        return of_card(house, connection, card)


def of_card(house: House, connection: sa.Connection, card: Card) -> Choice:
    """The products of a request that somebody may see, in the caller's transaction, which has not changed them."""
    return _choice(house, connection, card)


def add(house: House, viewer: Viewer, record_id: int, product_id: int, *, now: datetime) -> Choice:
    """Let a request be about a product of any level; raises `Absent`, and `Refused` for one that is not in use.

    It is an addition to a set: whoever adds another product at the same time is not in the way. The version of the
    request rises, and its event log tells of `product_added`.
    """
    return _change(house, viewer, record_id, product_id, now=now, given=True)


def remove(house: House, viewer: Viewer, record_id: int, product_id: int, *, now: datetime) -> Choice:
    """Let a request no longer be about a product; raises `Absent`. Its event log tells of `product_removed`."""
    return _change(house, viewer, record_id, product_id, now=now, given=False)


def _change(house: House, viewer: Viewer, record_id: int, product_id: int, *, now: datetime, given: bool) -> Choice:
    held = wiring.own_intake(house, "choosing products of requests").cards
    store = catalogue(house.settings.crm)
    with house.engine.begin() as connection:
        card = _workable(connection, held, viewer, record_id)
        # A product is not taken out of use while it is being chosen.
        store.hold(connection)
        tree = catalogue_at_hand.of(house, connection)
        if product_id not in tree:
            raise Told(GONE)
        if given and not tree.usable(product_id):
            raise Told(OUT_OF_USE, name=tree.words(product_id))
        done = (store.give if given else store.take)(connection, record_id, product_id)
        if done:
            event = "product_added" if given else "product_removed"
            data = {"product": product_id, "name": tree.words(product_id), "login": viewer.name}
            card = _raise_version(connection, held, card, Deed(at=now, by_id=viewer.person_id, event=event, data=data))
        return _choice(house, connection, card, done=done)


def _workable(connection: sa.Connection, held: Cards, viewer: Viewer, record_id: int) -> Card:
    if not viewer.may(Right.WORK_REQUESTS):
        raise seen.Absent(f"request {record_id}")
    return seen.request(connection, held, viewer, record_id)


def _raise_version(connection: sa.Connection, held: Cards, card: Card, deed: Deed) -> Card:
    """Note on the request that its products are others; who edits other things of it meanwhile is waited for."""
    now: Card | None = card
    while now is not None:
        written = held.write(connection, now, {}, deed)
        if written is not None:
            return written
        now = held.get(connection, card.id)
    raise seen.Absent(f"request {card.id}")


def _choice(house: House, connection: sa.Connection, card: Card, *, done: bool = True) -> Choice:
    tree = catalogue_at_hand.of(house, connection)
    known = [one for one in catalogue(house.settings.crm).of_record(connection, card.id) if one in tree]
    paths = sorted(map(tree.path, known), key=lambda path: [(one.position, folded(one.name)) for one in path])
    return Choice(card, tuple(Chosen(path, tree.usable(path[-1].id)) for path in paths), tree, done)
