"""Lists who is away, and enters, changes and removes absences with their deputies."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Final

import sqlalchemy as sa

from caseline.actions import editing
from caseline.actions.editing import Editor, Fault, Faulty, Plain
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.people.stores import absences, persons
from caseline.people.stores.absences import Absence

_LONGEST: Final = timedelta(days=3 * 366)
"""Three years, as the longest leave that there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an absence shall be."""

    person_id: int
    first_day: date
    last_day: date
    deputy_id: int | None = None
    note: str = ""


def listed(house: House) -> list[Absence]:
    """All absences, the latest first."""
    with house.engine.connect() as connection:
        return absences.every(connection)


def find(house: House, number: int) -> Absence:
    """The absence of that id; raises `Absent`."""
    with house.engine.connect() as connection:
        return _known(connection, number)


def plain(one: Absence) -> Plain:
    """An absence as plain values."""
    return {
        "person": one.person,
        "first_day": one.first_day.isoformat(),
        "last_day": one.last_day.isoformat(),
        "deputy": one.deputy,
        "note": one.note,
    }


def add(house: House, wish: Wish, editor: Editor) -> Absence:
    """Enter an absence; raises `Faulty`."""
    with house.engine.begin() as connection:
        _check(connection, wish, None)
        made = _known(connection, absences.add(connection, asdict(wish)))
        editing.note(connection, editor, "absence.added", _subject(made), None, plain(made))
    return made


def change(house: House, number: int, wish: Wish, editor: Editor, *, seen: str | None = None) -> Absence:
    """Change an absence; raises `Faulty` and `Overtaken`."""
    with house.engine.begin() as connection:
        old = _known(connection, number, hold=True)
        editing.check(seen, plain(old))
        _check(connection, wish, old)
        absences.change(connection, number, asdict(wish))
        changed = _known(connection, number)
        editing.note(connection, editor, "absence.changed", _subject(changed), plain(old), plain(changed))
    return changed


def remove(house: House, number: int, editor: Editor, *, seen: str | None = None) -> None:
    """Remove an absence; raises `Overtaken`."""
    with house.engine.begin() as connection:
        old = _known(connection, number, hold=True)
        editing.check(seen, plain(old))
        absences.remove(connection, number)
        editing.note(connection, editor, "absence.removed", _subject(old), plain(old), None)


def _known(connection: sa.Connection, number: int, *, hold: bool = False) -> Absence:
    found = absences.get(connection, number, hold=hold)
    if found is None:
        raise Absent(f"absence {number}")
    return found


def _subject(one: Absence) -> str:
    return f"{one.person} ({one.id})"


def _check(connection: sa.Connection, wish: Wish, old: Absence | None) -> None:
    faults = []
    if persons.get(connection, wish.person_id, hold=True) is None:
        faults.append(Fault("person", "there is no such person: choose again", "такого сотрудника нет: выберите снова"))
    if wish.last_day < wish.first_day:
        faults.append(
            Fault(
                "last_day", "is before the first day: correct one of them", "раньше первого дня: исправьте одну из дат"
            )
        )
    elif wish.last_day - wish.first_day > _LONGEST:
        faults.append(
            Fault("last_day", "is more than three years later: correct it", "больше трёх лет: исправьте дату")
        )
    if wish.deputy_id == wish.person_id:
        faults.append(
            Fault("deputy", "nobody stands in for himself: choose somebody else", "нельзя замещать самого себя")
        )
    elif wish.deputy_id is not None and not _works(connection, wish.deputy_id):
        faults.append(Fault("deputy", "does not work here any more: choose again", "уже не работает: выберите другого"))
    same = [
        one
        for one in absences.of_person(connection, wish.person_id)
        if (old is None or one.id != old.id) and one.first_day <= wish.last_day and one.last_day >= wish.first_day
    ]
    if same and not faults:
        days = f"{same[0].first_day} – {same[0].last_day}"
        faults.append(
            Fault(
                "first_day",
                f"is entered already for {days}: change that one",
                f"на эти дни отсутствие уже внесено ({days}): измените его",
            )
        )
    if faults:
        raise Faulty(*faults)


def _works(connection: sa.Connection, number: int) -> bool:
    found = persons.get(connection, number)
    return found is not None and found.active
