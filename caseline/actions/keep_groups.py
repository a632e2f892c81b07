"""Lists the groups that requests are assigned to, and makes new ones."""

from caseline.actions.wiring import House
from caseline.crm.cards import Refused
from caseline.people import store
from caseline.people.store import Named


def groups(house: House) -> list[Named]:
    """All groups by name."""
    with house.engine.connect() as connection:
        return store.all_groups(connection)


def add(house: House, name: str) -> Named:
    """Make a group; raises `Refused` when there is one of this name."""
    name = " ".join(name.split())
    if not name:
        raise Refused("a group needs a name: say one")
    with house.engine.begin() as connection:
        if store.groups(connection, name):
            raise Refused(f"group {name!r}: there is one of this name already: use it, or take another name")
        return store.add_group(connection, name)
