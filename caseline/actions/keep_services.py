"""Keeps the services that agreements are about; those that are there stay, for links and asks name them."""

from dataclasses import dataclass

import sqlalchemy as sa

from caseline.actions import editing
from caseline.actions.editing import Editor, Fault, Faulty, Plain
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.agreements import LONGEST_LABEL, Service
from caseline.crm.vocabulary import ServiceKind
from caseline.feedback.links import slug

LONGEST_PERIOD = 3_650
"""Days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a service shall be."""

    label: str
    kind: ServiceKind
    every_days: int | None = None
    active: bool = True


def services(house: House) -> list[Service]:
    """All services by name."""
    with house.engine.connect() as connection:
        return connect.agreements(house.settings.crm).services(connection)


def find(house: House, service_id: int) -> Service:
    """The service of that id; raises `Absent`."""
    with house.engine.connect() as connection:
        return _known(house, connection, service_id)


def plain(one: Service) -> Plain:
    """A service as plain values."""
    return {"label": one.label, "kind": one.kind.value, "every_days": one.every_days, "active": one.active}


def add(house: House, code: str, wish: Wish, editor: Editor) -> int:
    """Make a service; answers its id. Raises `Faulty`."""
    faults = _faults(wish)
    if not slug(code):
        faults.append(
            Fault(
                "code",
                "it stands in links: write small Latin letters and digits with dashes between them, 40 at most",
                "он стоит в ссылках: строчные латинские буквы и цифры через дефис, не длиннее 40",
            )
        )
    if faults:
        raise Faulty(*faults)
    with house.engine.begin() as connection:
        values = {"code": code, **_columns(wish)}
        number = connect.agreements(house.settings.crm).make_service(connection, values, at=editor.at)
        if number is None:
            raise Faulty(Fault("code", "another service has it: take another", "такой код уже есть у другой услуги"))
        made = _known(house, connection, number)
        editing.note(connection, editor, "service.added", f"{made.label} ({code})", None, plain(made))
    return number


def change(house: House, service_id: int, wish: Wish, editor: Editor, *, seen: str | None = None) -> None:
    """Change all but the code of a service; raises `Absent`, `Faulty` and `Overtaken`."""
    if faults := _faults(wish):
        raise Faulty(*faults)
    with house.engine.begin() as connection:
        old = _known(house, connection, service_id, hold=True)
        editing.check(seen, plain(old))
        connect.agreements(house.settings.crm).write_service(connection, service_id, _columns(wish), at=editor.at)
        new = _known(house, connection, service_id)
        editing.note(connection, editor, "service.changed", f"{new.label} ({new.code})", plain(old), plain(new))


def _columns(wish: Wish) -> dict[str, object]:
    label = " ".join(wish.label.split())
    return {"label": label, "kind": wish.kind.value, "every_days": wish.every_days, "active": wish.active}


def _faults(wish: Wish) -> list[Fault]:
    faults, label = [], " ".join(wish.label.split())
    if not label:
        faults.append(Fault("label", "is empty: give a name", "не заполнено: укажите название"))
    if len(label) > LONGEST_LABEL:
        faults.append(
            Fault("label", f"make it {LONGEST_LABEL} letters at most", f"сократите до {LONGEST_LABEL} символов")
        )
    if wish.every_days is not None and not 1 <= wish.every_days <= LONGEST_PERIOD:
        faults.append(
            Fault(
                "every_days",
                f"give 1 to {LONGEST_PERIOD} days, or nothing",
                f"укажите от 1 до {LONGEST_PERIOD} дней или оставьте пустым",
            )
        )
    return faults


def _known(house: House, connection: sa.Connection, service_id: int, *, hold: bool = False) -> Service:
    found = connect.agreements(house.settings.crm).service(connection, service_id, hold=hold)
    if found is None:
        raise Absent(f"service {service_id}")
    return found
