"""Lists the groups that requests are assigned to, makes new ones and changes them."""

from dataclasses import dataclass

import sqlalchemy as sa

from caseline.actions import editing, wiring
from caseline.actions.editing import Editor, Fault, Faulty, Plain, Unsure
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm.refusals import Told
from caseline.people import store
from caseline.people.store import Named
from caseline.people.stores import groups as stored
from caseline.people.stores import persons
from caseline.people.stores.groups import Group
from caseline.people.turns import Turns


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a group shall be; None leaves the old value."""

    name: str | None = None
    turns: Turns | None = None
    active: bool | None = None
    members: tuple[int, ...] | None = None


def groups(house: House) -> list[Named]:
    """All groups by name."""
    with house.engine.connect() as connection:
        return store.all_groups(connection)


def with_members(house: House) -> list[Group]:
    """All groups with their members, by name."""
    with house.engine.connect() as connection:
        return stored.every(connection)


def find(house: House, number: int) -> Group:
    """The group of that id; raises `Absent`."""
    with house.engine.connect() as connection:
        return _known(connection, number)


def plain(group: Group) -> Plain:
    """A group as plain values."""
    return {
        "name": group.name,
        "turns": group.turns.value,
        "active": group.active,
        "members": list(group.member_names),
    }


def add(house: House, name: str) -> Named:
    """Make a group; raises `Refused` when there is one of this name."""
    name = " ".join(name.split())
    if not name:
        raise Told("a group needs a name: say one")
    with house.engine.begin() as connection:
        if store.groups(connection, name):
            raise Told("group %(name)r: there is one of this name already: use it, or take another name", name=name)
        return store.add_group(connection, name)


def make(house: House, wish: Wish, editor: Editor) -> Group:
    """Make a group with all that a wish says; raises `Faulty`."""
    with house.engine.begin() as connection:
        _check(connection, wish, None)
        values = {"name": " ".join((wish.name or "").split()), "turns": (wish.turns or Turns.HAND).value}
        number = stored.add(connection, values | {"active": wish.active is not False}, now=editor.at)
        stored.put_members(connection, number, wish.members or ())
        made = _known(connection, number)
        editing.note(connection, editor, "group.added", _subject(made), None, plain(made))
    return made


def change(
    house: House, number: int, wish: Wish, editor: Editor, *, seen: str | None = None, agreed: bool = True
) -> Group:
    """Change a group; raises `Faulty`, `Overtaken`, and `Unsure` where categories route to one that is given up."""
    with house.engine.begin() as connection:
        old = _known(connection, number, hold=True)
        editing.check(seen, plain(old))
        _check(connection, wish, old)
        if old.active and wish.active is False and not agreed:
            _warn(house, connection, old)
        wanted = {
            "name": None if wish.name is None else " ".join(wish.name.split()),
            "turns": wish.turns,
            "active": wish.active,
        }
        values = {name: value for name, value in wanted.items() if value is not None and value != getattr(old, name)}
        if values:
            stored.change(connection, number, values, now=editor.at)
        if wish.members is not None and set(wish.members) != set(old.members):
            stored.put_members(connection, number, wish.members)
        changed = _known(connection, number)
        editing.note(connection, editor, "group.changed", _subject(changed), plain(old), plain(changed))
    return changed


def _known(connection: sa.Connection, number: int, *, hold: bool = False) -> Group:
    found = stored.get(connection, number, hold=hold)
    if found is None:
        raise Absent(f"group {number}")
    return found


def _subject(group: Group) -> str:
    return f"{group.name} ({group.id})"


def _check(connection: sa.Connection, wish: Wish, old: Group | None) -> None:
    faults = []
    name = " ".join((wish.name or "").split())
    if not name and (old is None or wish.name is not None):
        faults.append(Fault("name", "is empty: give a name", "не заполнено: укажите название"))
    # Imports bring groups of one name from several sources; whoever types a name wants one that can be told apart.
    if name and (old is None or name != old.name) and name in {one.name for one in store.all_groups(connection)}:
        faults.append(
            Fault("name", "another group has this name: take another one", "так уже называется другая группа")
        )
    known = {one.id for one in persons.every(connection)} if wish.members else set()
    if set(wish.members or ()) - known:
        faults.append(Fault("members", "one of them is gone: choose again", "одного из сотрудников больше нет"))
    if faults:
        raise Faulty(*faults)


def _warn(house: House, connection: sa.Connection, old: Group) -> None:
    routed = [one.label for one in wiring.intake(house).cards.categories(connection) if one.group_id == old.id]
    if routed:
        names = ", ".join(routed)
        raise Unsure(
            Fault(
                "active",
                f"these categories still bring their requests here: {names}",
                f"сюда по-прежнему направляют обращения категории: {names}",
            )
        )
