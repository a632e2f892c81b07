"""Keeps in memory what administrators have set up for requests: it is read again whenever somebody has changed it."""

from dataclasses import dataclass, replace
from typing import Final

import sqlalchemy as sa

from caseline.actions import wiring
from caseline.actions.wiring import House
from caseline.crm.cards import Category, Stage
from caseline.crm.connect import fields
from caseline.crm.field_port import Book, Ways
from caseline.crm.vocabulary import REQUEST
from caseline.people import store as people
from caseline.people.store import Named


@dataclass(frozen=True, slots=True)
class Setup:
    """What requests are set up with."""

    stages: tuple[Stage, ...]
    categories: tuple[Category, ...]
    """Those out of use among them."""
    groups: tuple[Named, ...]
    book: Book
    ways: Ways


_kept: Final[dict[str, tuple[tuple[int, ...], Setup]]] = {}


def of(house: House, connection: sa.Connection, kind: str = REQUEST) -> Setup:
    """All of it as it is now, in a transaction that has not changed it: what nobody has committed must not be kept.

    Records of another kind have stages of their own, and none of the rules and ways that are made for requests.
    """
    found = _of_requests(house, connection)
    if kind == REQUEST:
        return found
    stages = wiring.intake(house).cards.stages(connection, kind)
    return replace(found, stages=tuple(stages), ways=frozenset(), book=replace(found.book, rules=()))


def _of_requests(house: House, connection: sa.Connection) -> Setup:
    port = fields(house.settings.crm)
    stamp = port.stamp(connection)
    kept = _kept.get(house.url)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    cards = wiring.intake(house).cards
    found = Setup(
        stages=tuple(cards.stages(connection)),
        categories=tuple(cards.categories(connection)),
        groups=tuple(people.all_groups(connection)),
        book=port.book(connection),
        ways=port.ways(connection),
    )
    # Read committed: while it was read somebody may have changed it.
    if port.stamp(connection) == stamp:
        _kept[house.url] = (stamp, found)
    return found
