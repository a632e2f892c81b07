"""Keeps the catalogue in memory: it is read again whenever somebody has changed it."""

from typing import Final

import sqlalchemy as sa

from caseline.actions.wiring import House
from caseline.crm.catalogue import Tree
from caseline.crm.connect import catalogue

_kept: Final[dict[str, tuple[tuple[int, ...], Tree]]] = {}


def tree(house: House) -> Tree:
    """The catalogue as it is now."""
    with house.engine.connect() as connection:
        return of(house, connection)


def of(house: House, connection: sa.Connection) -> Tree:
    """The same, in a transaction that has not changed it: what nobody has committed must not be kept."""
    store = catalogue(house.settings.crm)
    stamp = store.stamp(connection)
    kept = _kept.get(house.url)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    found = store.tree(connection)
    # Read committed: between both statements somebody may have changed it.
    if store.stamp(connection) == stamp:
        _kept[house.url] = (stamp, found)
    return found
