"""Lists persons of the house, makes new ones and changes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from caseline.actions import editing, find_request
from caseline.actions.editing import Editor, Fault, Faulty, Plain, Unsure
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.refusals import Told
from caseline.outbox import addresses
from caseline.outbox.faults import OutboxFault
from caseline.people import logins, store
from caseline.people.stores import divisions, persons
from caseline.people.stores.persons import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person shall be."""

    name: str
    email: str | None = None
    phone: str | None = None
    title: str | None = None
    division_id: int | None = None
    active: bool = True
    groups: tuple[int, ...] = ()


def people(house: House) -> list[Person]:
    """All persons by name, those who left included."""
    with house.engine.connect() as connection:
        return persons.every(connection)


def find(house: House, number: int) -> Person:
    """The person of that id; raises `Absent`."""
    with house.engine.connect() as connection:
        return _known(connection, number)


def named(house: House, key: str) -> Person:
    """The person of that mail address, name or id, those who left included; raises `Refused`."""
    with house.engine.connect() as connection:
        active = [one.id for one in store.persons(connection, key)]
        every = persons.every(connection)
    found = [one for one in every if one.id in active]
    found = found or [one for one in every if key in {one.name, str(one.id), one.email}]
    if not found:
        raise Told("person %(key)r: there is none: `caseline person list` shows all", key=key)
    if len(found) > 1:
        raise Told("person %(key)r: several have this name: give the id", key=key)
    return found[0]


def groups_named(house: House, keys: Sequence[str]) -> tuple[int, ...]:
    """Ids of groups by name or id, empty keys left out; raises `Refused`."""
    with house.engine.connect() as connection:
        return tuple(find_request.group(connection, key) for key in keys if key)


def changed(person: Person, changes: Mapping[str, Any]) -> Wish:
    """What a person is, with some of it changed; an empty text means none."""
    values: dict[str, Any] = {name: getattr(person, name) for name in Wish.__slots__}
    return Wish(**values | {name: None if value == "" else value for name, value in changes.items()})


def plain(person: Person) -> Plain:
    """A person as plain values."""
    return {
        "name": person.name,
        "email": person.email,
        "phone": person.phone,
        "title": person.title,
        "division": person.division,
        "active": person.active,
        "groups": list(person.group_names),
    }


def add(house: House, wish: Wish, editor: Editor) -> Person:
    """Make a person; raises `Faulty`."""
    with house.engine.begin() as connection:
        values = _values(connection, wish, None)
        number = persons.add(connection, values, now=editor.at)
        persons.put_groups(connection, number, wish.groups)
        made = _known(connection, number)
        editing.note(connection, editor, "person.added", _subject(made), None, plain(made))
    return made


def change(
    house: House, number: int, wish: Wish, editor: Editor, *, seen: str | None = None, agreed: bool = True
) -> Person:
    """Change a person; raises `Faulty`, `Overtaken`, and `Unsure` where somebody leaves who still has work."""
    with house.engine.begin() as connection:
        old = _known(connection, number, hold=True)
        editing.check(seen, plain(old))
        values = _values(connection, wish, old)
        if old.active and not wish.active and not agreed:
            _warn(house, connection, old)
        if any(getattr(old, name) != value for name, value in values.items()):
            persons.change(connection, number, values, now=editor.at)
        if set(old.groups) != set(wish.groups):
            persons.put_groups(connection, number, wish.groups)
        changed = _known(connection, number)
        editing.note(connection, editor, "person.changed", _subject(changed), plain(old), plain(changed))
    return changed


def _known(connection: sa.Connection, number: int, *, hold: bool = False) -> Person:
    found = persons.get(connection, number, hold=hold)
    if found is None:
        raise Absent(f"person {number}")
    return found


def _subject(person: Person) -> str:
    return f"{person.name} ({person.id})"


def _values(connection: sa.Connection, wish: Wish, old: Person | None) -> dict[str, Any]:
    faults = []
    name = " ".join(wish.name.split())
    if not name:
        faults.append(Fault("name", "is empty: give a name", "не заполнено: укажите имя"))
    email = wish.email or None
    if email is not None and (old is None or email != old.email or (wish.active and not old.active)):
        faults += _faults_of_mail(connection, email, wish, old)
    if wish.division_id is not None and divisions.get(connection, wish.division_id) is None:
        faults.append(Fault("division", "there is none of this id: choose another", "такого подразделения нет"))
    if set(wish.groups) - {one.id for one in store.all_groups(connection)}:
        faults.append(Fault("groups", "one of them is gone: choose again", "одной из групп больше нет: выберите снова"))
    if faults:
        raise Faulty(*faults)
    return {
        "name": name,
        "email": email,
        "phone": wish.phone or None,
        "title": wish.title or None,
        "division_id": wish.division_id,
        "active": wish.active,
    }


def _faults_of_mail(connection: sa.Connection, email: str, wish: Wish, old: Person | None) -> list[Fault]:
    try:
        addresses.checked(email)
    except OutboxFault:
        return [
            Fault("email", "is no mail address: write name@example.org", "это не адрес: запишите как name@example.org")
        ]
    others = [one for one in persons.of_mail(connection, email) if old is None or one != old.id]
    if not others or not wish.active:
        return []
    other = _known(connection, others[0]).name
    return [
        Fault(
            "email", f"{other} has this address: give another", f"этот адрес уже у сотрудника {other}: укажите другой"
        )
    ]


def _warn(house: House, connection: sa.Connection, old: Person) -> None:
    """Raise `Unsure` for what a person leaves behind."""
    found = []
    count = connect.cards(house.settings.crm).open_of(connection, [old.id]).get(old.id, 0)
    if count:
        found.append(
            Fault(
                "active",
                f"open requests that stay with {old.name} until somebody takes them over: {count}",
                f"открытые обращения останутся за сотрудником {old.name}, пока их не передадут: {count}",
            )
        )
    found += [
        Fault(
            "active",
            f"the login {login.name} stays: switch it off in the logins, too",
            f"учётная запись {login.name} продолжит действовать: отключите и её в разделе «Учётные записи»",
        )
        for login in logins.of_person(connection, old.id)
    ]
    if found:
        raise Unsure(*found)
