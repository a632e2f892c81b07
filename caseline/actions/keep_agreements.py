"""Makes agreements and changes them; of two who change the same one the second is told."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions import editing, see_agreements, see_clients
from caseline.actions.editing import Editor, Fault, Faulty, Overtaken, Plain
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.agreements import EDITED, LONGEST_NUMBER, Agreement
from caseline.crm.clients import Entity
from caseline.crm.vocabulary import AgreementStatus
from caseline.people.access import Viewer
from caseline.people.rights import Right
from caseline.people.stores import divisions

_GONE: Final = (
    "there is no such one, or several: choose it from the list",
    "такого нет, или их несколько: выберите из списка",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an agreement shall be; clients that nobody found are texts."""

    number: str
    company_id: int | str | None = None
    contact_id: int | str | None = None
    service_id: int | None = None
    division_id: int | None = None
    manager_id: int | None = None
    status: AgreementStatus = AgreementStatus.NEW
    started_on: date | None = None
    finished_on: date | None = None


def make(house: House, viewer: Viewer, wish: Wish, *, now: datetime) -> int:
    """Make an agreement; answers its id. Raises `Faulty`."""
    _may_work(viewer)
    store = connect.agreements(house.settings.crm)
    with house.engine.begin() as connection:
        values = _checked(house, connection, wish, None)
        done = {"done_at": now} if wish.status is AgreementStatus.DONE else {}
        number = store.make(connection, {**values, **done}, at=now)
        made = store.get(connection, number)
        assert made is not None  # noqa: S101 - it was made in this transaction
        _tell(house, connection, viewer, (None, made), now)
    return number


def change(house: House, viewer: Viewer, agreement_id: int, wish: Wish, *, seen: int, now: datetime) -> Agreement:
    """Change an agreement that somebody has seen in a version; raises `Absent`, `Faulty`, `Overtaken`."""
    _may_work(viewer)
    store = connect.agreements(house.settings.crm)
    with house.engine.begin() as connection:
        old = see_agreements.get(house, connection, viewer, agreement_id, hold=True)
        values = _checked(house, connection, wish, old)
        if old.version != seen:
            raise Overtaken
        if all(getattr(old, name) == value for name, value in values.items()):
            return old
        done = {"done_at": now} if wish.status is AgreementStatus.DONE and old.status != wish.status else {}
        store.write(connection, agreement_id, {**values, **done}, at=now)
        new = store.get(connection, agreement_id)
        assert new is not None  # noqa: S101 - it is held
        _tell(house, connection, viewer, (old, new), now)
    return new


def plain(one: Agreement) -> Plain:
    """An agreement as the audit log tells it."""
    shown = {
        "number": one.number,
        "company": one.company,
        "contact": one.contact,
        "service": one.service,
        "division": one.division if one.division_id is not None else None,
        "manager": one.manager,
        "status": one.status.value,
        "started_on": one.started_on,
        "finished_on": one.finished_on,
    }
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in shown.items()}


def _tell(
    house: House, connection: sa.Connection, viewer: Viewer, pair: tuple[Agreement | None, Agreement], now: datetime
) -> None:
    old, new = pair
    before, after = plain(old) if old else None, plain(new)
    subject = f"{new.number} ({new.id})"
    if old:
        editing.note(connection, Editor(viewer.name, now), "agreement.changed", subject, before, after)
    else:
        editing.note(connection, Editor(viewer.name, now), "agreement.added", subject, before, after)
    data: dict[str, Any] = {"login": viewer.name, "by": viewer.person_id}
    if before is not None:
        data["fields"] = sorted(name for name in after if before.get(name) != after[name])
    connect.agreements(house.settings.crm).tell(connection, new.id, "changed" if old else "created", data, at=now)


def _checked(house: House, connection: sa.Connection, wish: Wish, old: Agreement | None) -> dict[str, Any]:
    """Columns fit to be kept; what is there already may stay, whatever it is."""
    number, faults = " ".join(wish.number.split()), []
    if not number:
        faults.append(Fault("number", "is empty: give the number", "не заполнено: укажите номер"))
    elif len(number) > LONGEST_NUMBER:
        faults.append(
            Fault(
                "number",
                f"is longer than {LONGEST_NUMBER} letters: shorten it",
                f"длиннее {LONGEST_NUMBER} символов: сократите",
            )
        )
    wanted = replace(
        wish,
        number=number,
        company_id=_client(house, connection, Entity.COMPANY, wish.company_id, faults),
        contact_id=_client(house, connection, Entity.CONTACT, wish.contact_id, faults),
    )
    faults += _unknown(house, connection, wanted, old)
    if wanted.company_id is None and wanted.contact_id is None and not any("_id" in one.field for one in faults):
        faults.append(
            Fault(
                "company_id", "no client: choose a company or a contact", "нет клиента: выберите компанию или контакт"
            )
        )
    if wish.started_on and wish.finished_on and wish.finished_on < wish.started_on:
        faults.append(
            Fault("finished_on", "is before the beginning: correct one of them", "раньше начала: исправьте одну из дат")
        )
    if faults:
        raise Faulty(*faults)
    return {name: value for name, value in asdict(wanted).items() if name in EDITED}


def _client(
    house: House, connection: sa.Connection, entity: Entity, value: int | str | None, faults: list[Fault]
) -> int | None:
    if value in {None, ""}:
        return None
    store = connect.clients(house.settings.crm)
    try:
        found = see_clients.get(connection, store, entity, value) if isinstance(value, int) else None
    except Absent:
        found = None
    if found is None:
        faults.append(Fault(f"{entity.value}_id", *_GONE))
        return None
    return found.into_id or found.id


def _unknown(house: House, connection: sa.Connection, wish: Wish, old: Agreement | None) -> list[Fault]:
    """Faults of what names a service, division or person that is not there, or not to be chosen any more."""
    store = connect.agreements(house.settings.crm)
    services = {one.id for one in store.services(connection) if one.active}
    persons = dict(connect.clients(house.settings.crm).persons(connection))
    known = {one.id for one in divisions.every(connection)}
    faults = []
    for name, fit in (("service_id", services), ("division_id", known), ("manager_id", persons)):
        value = getattr(wish, name)
        if value is None and name == "service_id":
            faults.append(Fault(name, "no service: choose one", "не указана услуга: выберите её"))
        elif value is not None and value not in fit and (old is None or value != getattr(old, name)):
            faults.append(Fault(name, *_GONE))
    return faults


def _may_work(viewer: Viewer) -> None:
    if not viewer.may(Right.WORK_REQUESTS):
        raise Absent("agreements")
