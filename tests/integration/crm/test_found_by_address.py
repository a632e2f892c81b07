"""Who sends a mail is found by indexes: a register of many clients is not read through for each mail."""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from caseline.crm import connect
from tests.factories.cards import ServiceDesk

MANY = 20_000
TIMELINES = connect.timelines("embedded")


@pytest.fixture
def register(desk: ServiceDesk) -> Iterator[sa.Connection]:
    """A register of many companies with a contact each; every third company has no mail address, every fifth no page."""
    with desk.house.engine.begin() as connection:
        for statement in (
            """
            INSERT INTO crm.company (name, email, website, created_at, modified_at)
            SELECT 'Company ' || n, CASE WHEN n % 3 > 0 THEN 'Office@Mail' || n || '.example' END,
              CASE WHEN n % 5 > 0 THEN 'https://www.Web' || n || '.example:8080/about?x' END, now(), now()
            FROM generate_series(1, :many) AS n
            """,
            """
            INSERT INTO crm.contact (name, email, company_id, created_at, modified_at)
            SELECT 'Person ' || id, 'Person' || id || '@mail' || id || '.example', id, now(), now() FROM crm.company
            """,
        ):
            connection.execute(sa.text(statement), {"many": MANY})
        yield connection


def analyse(connection: sa.Connection) -> None:
    connection.exec_driver_sql("ANALYZE crm.company, crm.contact")


def plans(connection: sa.Connection, work: Callable[[], object]) -> list[dict[str, Any]]:
    """The plans of all statements that the work sends."""
    sent: list[tuple[str, Any]] = []

    def note(*told: Any) -> None:  # noqa: ANN401 - as the library calls it
        sent.append((told[2], told[3]))

    sa.event.listen(connection, "before_cursor_execute", note)
    work()
    sa.event.remove(connection, "before_cursor_execute", note)
    found = []
    for statement, parameters in sent:
        told = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
        found.append((told if isinstance(told, list) else json.loads(told))[0]["Plan"])
    return found


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def scanned(found: list[dict[str, Any]]) -> set[str]:
    """Tables that are read through."""
    return {node["Relation Name"] for plan in found for node in nodes(plan) if node["Node Type"] == "Seq Scan"}


def used(found: list[dict[str, Any]]) -> set[str]:
    """Indexes."""
    return {node["Index Name"] for plan in found for node in nodes(plan) if "Index Name" in node}


def test_a_company_is_found_by_the_domain_of_its_mail_or_of_its_page(register: sa.Connection) -> None:
    assert TIMELINES.companies_of(register, "MAIL7.example") == [7]
    assert TIMELINES.companies_of(register, "web7.example") == [7]
    assert TIMELINES.companies_of(register, "nobody.example") == []

    # A register that was just imported has no statistics yet.
    for statistics in (False, True):
        if statistics:
            analyse(register)
        for domain in ("mail7.example", "web7.example", "nobody.example"):
            found = plans(register, lambda domain=domain: TIMELINES.companies_of(register, domain))  # type: ignore[misc]
            assert scanned(found) == set(), (domain, statistics)
            assert used(found) - {"pk_company_merge"} == {"ix_company_mail_domain", "ix_company_web_domain"}, domain

    register.execute(sa.text("UPDATE crm.company SET website = 'HTTP://mail7.EXAMPLE' WHERE id IN (4, 7, 9)"))
    assert TIMELINES.companies_of(register, "mail7.example") == [4, 7]


def test_a_contact_is_found_by_an_index(register: sa.Connection) -> None:
    for statistics in (False, True):
        if statistics:
            analyse(register)
        found = plans(register, lambda: TIMELINES.contacts(register, "person7@mail7.example"))

        assert scanned(found) == set(), statistics
        assert used(found) - {"pk_contact", "pk_contact_merge"} == {"ix_contact_email"}, statistics

    assert [one.id for one in TIMELINES.contacts(register, "PERSON7@mail7.example")] == [7]


def test_whether_a_sender_is_a_colleague_is_found_by_indexes(register: sa.Connection) -> None:
    register.execute(
        sa.text("""
        INSERT INTO crm.record (id, kind, number, subject, stage, company_id, contact_id, created_at, modified_at)
        VALUES (1, 'request', '1', 'Printer', 'new', 7, 8, now(), now())
        """)
    )
    analyse(register)

    assert not scanned(plans(register, lambda: TIMELINES.parties(register, [1], "person7@mail7.example"))) & {
        "company",
        "contact",
    }
    (found,) = TIMELINES.parties(register, [1], "person7@mail7.example")
    assert found.colleague


def test_clients_are_found_in_whichever_form_their_domain_is_kept(register: sa.Connection) -> None:
    for statement in (
        "UPDATE crm.company SET website = 'https://www.Пример.рф/о-нас' WHERE id = 5",
        "UPDATE crm.company SET email = 'office@xn--e1afmkfd.xn--p1ai' WHERE id = 7",
        "UPDATE crm.contact SET email = 'Vasya@Пример.рф' WHERE id = 11",
        "UPDATE crm.contact SET email = 'petya@xn--e1afmkfd.xn--p1ai' WHERE id = 13",
    ):
        register.execute(sa.text(statement))

    for domain in ("пример.рф", "XN--E1AFMKFD.xn--p1ai"):
        assert TIMELINES.companies_of(register, domain) == [5, 7]
        assert [one.id for one in TIMELINES.contacts(register, f"vasya@{domain}")] == [11]
        assert [one.id for one in TIMELINES.contacts_named(register, f"petya@{domain}")] == [13]
    assert TIMELINES.companies_of(register, "xn--...example") == []


def test_what_is_no_domain_is_kept_however_long_it_is(desk: ServiceDesk) -> None:
    # So mixed that no index could pack it into a row.
    long = "".join(hashlib.sha256(str(n).encode()).hexdigest() for n in range(200))

    with desk.house.engine.begin() as connection:
        made = "INSERT INTO crm.company (name, email, website, created_at, modified_at) VALUES ('C', :mail, :page, now(), now())"
        connection.execute(sa.text(made), {"mail": f"office@{long}", "page": long})

        assert TIMELINES.companies_of(connection, long) == []
