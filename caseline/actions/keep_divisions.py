"""Lists the divisions of the company, makes new ones, changes and removes them."""

from dataclasses import asdict, dataclass

import sqlalchemy as sa

from caseline.actions import editing
from caseline.actions.editing import Editor, Fault, Faulty, Plain, Unsure
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.people import trees
from caseline.people.stores import divisions, persons
from caseline.people.stores.divisions import Division


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a division shall be."""

    name: str
    parent_id: int | None = None
    head_id: int | None = None


def tree(house: House) -> list[tuple[Division, int]]:
    """All divisions with their depth, each followed by its parts."""
    with house.engine.connect() as connection:
        known = {one.id: one for one in divisions.every(connection)}
    return [(known[number], depth) for number, depth in trees.ordered(list(known.values()))]


def paths(house: House) -> list[tuple[Division, str]]:
    """All divisions in that order, each as the way down to it: `Service / First line`."""
    found = tree(house)
    names = {one.id: one.name for one, _depth in found}
    parents = {one.id: one.parent_id for one, _depth in found}
    return [(one, " / ".join(names[up] for up in reversed(trees.above(parents, one.id)))) for one, _depth in found]


def find(house: House, number: int) -> Division:
    """The division of that id; raises `Absent`."""
    with house.engine.connect() as connection:
        return _known(connection, number)


def plain(one: Division) -> Plain:
    """A division as plain values."""
    return {"name": one.name, "parent": one.parent_id, "head": one.head}


def add(house: House, wish: Wish, editor: Editor) -> Division:
    """Make a division; raises `Faulty`."""
    with house.engine.begin() as connection:
        divisions.hold(connection)
        number = divisions.add(connection, asdict(_checked(connection, wish, None)))
        made = _known(connection, number)
        editing.note(connection, editor, "division.added", _subject(made), None, _told(connection, made))
    return made


def change(house: House, number: int, wish: Wish, editor: Editor, *, seen: str | None = None) -> Division:
    """Change a division; raises `Faulty` and `Overtaken`."""
    with house.engine.begin() as connection:
        divisions.hold(connection)
        old = _known(connection, number)
        editing.check(seen, plain(old))
        before = _told(connection, old)
        divisions.change(connection, number, asdict(_checked(connection, wish, number)))
        changed = _known(connection, number)
        editing.note(connection, editor, "division.changed", _subject(changed), before, _told(connection, changed))
    return changed


def remove(house: House, number: int, editor: Editor, *, seen: str | None = None, agreed: bool = True) -> None:
    """Remove a division without parts; raises `Faulty`, `Overtaken`, and `Unsure` where persons belong to it."""
    with house.engine.begin() as connection:
        divisions.hold(connection)
        old = _known(connection, number)
        editing.check(seen, plain(old))
        parts = [one.name for one in divisions.every(connection) if one.parent_id == number]
        if parts:
            names = ", ".join(parts)
            raise Faulty(
                Fault(
                    "",
                    f"it has parts: move or remove them first: {names}",
                    f"сначала перенесите или удалите вложенные: {names}",
                )
            )
        if old.persons and not agreed:
            raise Unsure(
                Fault(
                    "",
                    f"persons who belong to no division afterwards, and have no head: {old.persons}",
                    f"сотрудники останутся без подразделения и без руководителя: {old.persons}",
                )
            )
        before = _told(connection, old)
        divisions.remove(connection, number)
        editing.note(connection, editor, "division.removed", _subject(old), before, None)


def _known(connection: sa.Connection, number: int) -> Division:
    found = divisions.get(connection, number)
    if found is None:
        raise Absent(f"division {number}")
    return found


def _subject(one: Division) -> str:
    return f"{one.name} ({one.id})"


def _told(connection: sa.Connection, one: Division) -> Plain:
    """As the log tells it: the division above by its name."""
    parent = None if one.parent_id is None else divisions.get(connection, one.parent_id)
    return {**plain(one), "parent": parent.name if parent else None}


def _checked(connection: sa.Connection, wish: Wish, number: int | None) -> Wish:
    known = divisions.every(connection)
    parents = {one.id: one.parent_id for one in known}
    name, faults = " ".join(wish.name.split()), []
    if not name:
        faults.append(Fault("name", "is empty: give a name", "не заполнено: укажите название"))
    if any(one.name == name and one.id != number for one in known):
        faults.append(
            Fault("name", "another division has this name: take another one", "так уже называется другое подразделение")
        )
    if wish.parent_id is not None and wish.parent_id not in parents:
        faults.append(Fault("parent", "there is none of this id: choose again", "такого подразделения нет"))
    if number is not None and trees.circular(parents, number, wish.parent_id):
        faults.append(
            Fault(
                "parent",
                "it would lie below itself: choose one that is no part of it",
                "подразделение окажется внутри себя: выберите то, что не входит в него",
            )
        )
    if wish.head_id is not None and persons.get(connection, wish.head_id) is None:
        faults.append(Fault("head", "there is no such person: choose again", "такого сотрудника нет: выберите снова"))
    if faults:
        raise Faulty(*faults)
    return Wish(name=name, parent_id=wish.parent_id, head_id=wish.head_id)
