"""A desk as after some weeks of work: a generated archive imported, people in groups, categories, a dictionary, work."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from caseline.actions import (
    assign,
    erase_personal,
    keep_absences,
    keep_autotexts,
    keep_categories,
    keep_hooks,
    keep_people,
    keep_review_targets,
    keep_templates,
    run_import,
    sort_requests,
)
from caseline.actions.run_import import Order
from caseline.actions.wiring import House
from caseline.feedback.reviews import Reward, Target
from caseline.feedback.states import State
from caseline.outbox.autotexts import Autotext
from caseline.outbox.templates import Template
from caseline.people.rights import Role
from caseline.sample import write_export
from keywords.entries import Entry
from staging.register import Options
from tests.factories import agreements, asked_clients, pages, staff

CASES = 120


@dataclass(frozen=True)
class Filled:
    """What stands in it."""

    request: int
    """An open request with correspondence."""
    company: int
    contact: int
    assignment: int


def fill(house: House, folder: Path) -> Filled:
    """Fill a house; the login `anna` is an administrator and a person who works in a group."""
    write_export(folder / "export", cases=CASES, seed=7)
    order = Order((folder / "export",), "salesforce-sample", Options(), confirmed=True)
    run_import.go_on(run_import.start(house, order, clock=lambda: datetime.now(UTC)))
    for code, label, hours in (("delivery", "Доставка и документы", 24), ("repair", "Ремонт", 48)):
        wish = keep_categories.Wish(label=label, hours=hours)
        keep_categories.put_category(house, code, wish, now=datetime.now(UTC))
    words = (
        ("доставка", 60, "delivery"),
        ("delivery", 60, "delivery"),
        ("насос", 80, "repair"),
        ("pump", 80, "repair"),
    )
    pages.dictionary(house, *(Entry(*word) for word in words))
    sort_requests.sort(house, processes=1, now=datetime.now(UTC))
    pages.login(house, "anna", Role.ADMINISTRATOR, language="ru")
    with house.engine.begin() as connection:
        found = _found(connection)
        _employ(connection, "anna")
        _agree(connection, found)
    _furnish(house)
    given = assign.give(
        house,
        assign.Order(
            request=f"id:{found['request']}", title="Осмотреть насос", text="На месте", person=found["person"], hours=16
        ),
        now=datetime.now(UTC),
    )
    asked_clients.of_request(house, found["request"])
    _erase_somebody(house, found["contact"])
    return Filled(found["request"], found["company"], found["contact"], given.assignment.id)


def _erase_somebody(house: House, kept: int) -> None:
    """Somebody else than the contact of the request wanted his data erased."""
    with house.engine.connect() as connection:
        query = "SELECT coalesce(min(id) FILTER (WHERE id NOT IN (SELECT contact_id FROM crm.record"
        query += " WHERE contact_id IS NOT NULL)), min(id)) FROM crm.contact WHERE id <> %s"
        somebody = connection.exec_driver_sql(query, (kept,)).scalar_one()
    erase_personal.erase(house, str(somebody), by="anna", now=datetime.now(UTC))


def _furnish(house: House) -> None:
    """A line in every list of the settings."""
    somebody, other = (one.id for one in keep_people.people(house)[:2])
    service = staff.division(house, "Сервис", head=somebody)
    staff.division(house, "Первая линия", parent=service)
    today = datetime.now(UTC).date()
    away = keep_absences.Wish(
        person_id=somebody, first_day=today, last_day=today + timedelta(days=9), deputy_id=other, note="отпуск"
    )
    keep_absences.add(house, away, staff.BY)
    keep_templates.save(
        house, Template("a_sorry", "ru", "Извините", "Мы опаздываем, %ИмяКлиента%.", ""), by=None, now=datetime.now(UTC)
    )
    keep_autotexts.add(house, Autotext("Часы", "с 9 до 18", "9 to 18"), staff.BY)
    place = Target(code="maps", name="Карты", address="https://yandex.ru/maps/1", reward=Reward.CLICK)
    keep_review_targets.put(house, place, staff.BY, new=True)
    keep_hooks.make(house, keep_hooks.Wish(code="accounting", url="https://hook.example/in"), staff.BY)


def _agree(connection: sa.Connection, found: Any) -> None:  # noqa: ANN401 - a mapping of a row
    """Agreements with the client, one of which waits until the person of the login names an address."""
    login = connection.exec_driver_sql("SELECT person_id FROM people.login WHERE name = 'anna'").scalar_one()
    client = {"company_id": found["company"], "contact_id": found["contact"], "manager_id": login}
    care = agreements.service(connection, "care", label="Сопровождение сайта", every_days=60)
    audit = agreements.service(connection, "audit", "once", label="Аудит безопасности")
    campaign = agreements.campaign(connection)
    numbers = [
        agreements.agreement(connection, service, number, status=status, **client)
        for service, number, status in ((care, "Д-2026/17", "work"), (audit, "Д-2026/18", "done"), (care, "19", "new"))
    ]
    given = {"company_id": found["company"], "contact_id": found["contact"], "responsible_id": login}
    asks = [agreements.ask(connection, campaign, number, **given) for number in numbers]
    agreements.moved(connection, asks[1], State.SKIPPED, reason="no address")
    agreements.awaiting(connection, asks[0])


def _found(connection: sa.Connection) -> Any:  # noqa: ANN401 - a mapping of a row
    row = connection.exec_driver_sql("""
        SELECT r.id AS request, r.company_id AS company, r.contact_id AS contact, (
          SELECT email FROM people.person WHERE active AND email IS NOT NULL ORDER BY id LIMIT 1
        ) AS person
        FROM crm.record AS r
        WHERE r.closed_at IS NULL AND r.company_id IS NOT NULL AND r.contact_id IS NOT NULL
        ORDER BY (SELECT count(*) FROM crm.message AS m WHERE m.record_id = r.id) DESC, r.id LIMIT 1
    """)
    return row.mappings().one()


def _employ(connection: sa.Connection, login: str) -> None:
    """The person of the login works in every group, and some open requests are assigned to them."""
    connection.exec_driver_sql(
        "UPDATE people.login SET person_id = (SELECT min(id) FROM people.person WHERE active AND email IS NOT NULL)"
        " WHERE name = %s",
        (login,),
    )
    connection.exec_driver_sql(
        'INSERT INTO people.membership (group_id, person_id) SELECT g.id, l.person_id FROM people."group" AS g,'
        " people.login AS l WHERE l.name = %s",
        (login,),
    )
    connection.exec_driver_sql(
        "UPDATE crm.record SET assignee_id = l.person_id FROM people.login AS l"
        " WHERE l.name = %s AND closed_at IS NULL AND crm.record.id %% 3 = 0",
        (login,),
    )
