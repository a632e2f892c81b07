"""Merging companies and contacts: what moves, how imports and mails find the one that remains, taking it back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from caseline.actions import keep_clients, merge_clients, open_request, see_clients
from caseline.actions.wiring import House, open_house
from caseline.crm import connect
from caseline.crm.cards import Refused
from caseline.crm.clients import Alike, Entity
from caseline.crm.embedded.stores import client_merges, clients
from caseline.crm.port import Incoming
from caseline.db.metadata import metadata
from caseline.settings import load
from tests.factories.clients import ANNA, company, contact, do, merged, one, version

COMPANY, CONTACT = Entity.COMPANY, Entity.CONTACT
TIMELINES = connect.timelines("embedded")


@pytest.fixture
def house(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("CASELINE_DATABASE_URL", database_url)
    with open_house(load()) as opened:
        yield opened


def request(house: House, **values: int) -> int:
    order = open_request.Order(subject="насос", channel="mail")
    number = open_request.open_request(house, order, now=datetime.now(UTC)).id
    for name, value in values.items():
        do(house, f"UPDATE crm.record SET {name} = :value WHERE id = :id", value=value, id=number)
    return number


def test_everything_that_can_point_at_a_client_moves_with_it() -> None:
    for entity, table in clients.TABLES.items():
        pointing = {
            key.parent
            for other in metadata.tables.values()
            for key in other.foreign_keys
            if key.column.table is table and not other.name.endswith("_merge")
        }
        assert pointing == set(client_merges.POINTING[entity].values())


def test_requests_messages_assignments_and_people_go_along(house: House) -> None:
    old, new = company(house, "Ромашка"), company(house, "ООО Ромашка", phone="8 495 123-45-67")
    ivan = contact(house, "Иван", company_id=old, email="ivan@old.example")
    twin = contact(house, "Иван Иванов", company_id=new, email="ivan@new.example")
    below = company(house, "Филиал", parent_id=old)
    number = request(house, company_id=old, contact_id=ivan)
    do(house, "INSERT INTO people.person (id, name) VALUES (7, 'Олег')")
    do(house, "UPDATE crm.company SET owner_id = 7 WHERE id = :id", id=old)
    do(
        house,
        "INSERT INTO crm.message (record_id, kind, text, sent_at) VALUES (:id, 'mail_in', 'письмо', now())",
        id=number,
    )
    do(
        house,
        "INSERT INTO crm.assignment (record_id, title, text, contact_id, created_at)"
        " VALUES (:id, 'Выезд', '', :contact, now())",
        id=number,
        contact=ivan,
    )
    before = one(house, "SELECT version FROM crm.record WHERE id = :id", id=number)

    merged(house, COMPANY, old, new)
    merged(house, CONTACT, ivan, twin)

    assert one(house, "SELECT company_id FROM crm.record WHERE id = :id", id=number) == new
    assert one(house, "SELECT contact_id FROM crm.record WHERE id = :id", id=number) == twin
    assert one(house, "SELECT version FROM crm.record WHERE id = :id", id=number) == before
    assert one(house, "SELECT parent_id FROM crm.company WHERE id = :id", id=below) == new
    assert one(house, "SELECT contact_id FROM crm.assignment") == twin
    assert one(house, "SELECT owner_id FROM crm.company WHERE id = :id", id=new) == 7
    assert one(house, "SELECT count(*) FROM crm.message WHERE record_id = :id", id=number) == 1
    shown = see_clients.shown(house, ANNA, CONTACT, twin)
    assert [each.title for each in shown.assignments] == ["Выезд"]
    assert [each.name for each in see_clients.shown(house, ANNA, COMPANY, new).merged] == ["Ромашка"]
    assert one(house, "SELECT count(*) FROM people.audit WHERE action = 'clients_merged'") == 2


def test_a_mail_from_the_old_address_finds_the_one_that_remains(house: House) -> None:
    firm = company(house, "Ромашка", email="office@romashka.example")
    other = company(house, "Ромашка плюс")
    old = contact(house, "Иван", email="ivan@old.example")
    new = contact(house, "Иван Иванов", email="ivan@new.example", company_id=other)
    number = request(house, contact_id=old)
    merged(house, CONTACT, old, new)
    merged(house, COMPANY, firm, other)

    with house.engine.begin() as connection:
        assert [each.id for each in TIMELINES.contacts(connection, "IVAN@old.example")] == [new]
        assert TIMELINES.companies_of(connection, "romashka.example") == [other]
        assert [each.id for each in TIMELINES.contacts_named(connection, "Иван")] == []
        contact_of = TIMELINES.contact(connection, old)
        assert contact_of is not None
        assert contact_of.id == new
        (party,) = TIMELINES.parties(connection, [number], "ivan@old.example")
        assert party.requester


def test_a_later_delta_of_an_import_is_led_to_the_one_that_remains(house: House) -> None:
    old, new = company(house, "Ромашка"), company(house, "ООО Ромашка")
    do(house, "UPDATE crm.company SET source = 'old', origin = 'c1' WHERE id = :id", id=old)
    merged(house, COMPANY, old, new)
    seen = version(house, COMPANY, old)
    crm = connect.connect("embedded", house.engine, None)
    extra = sa.literal({}, sa.JSON).cast(sa.dialects.postgresql.JSONB).label("extra")

    def take(fields: tuple[str, ...], entity: str, crm_id: int, **values: object) -> None:
        is_new = crm_id != old
        columns: list[Any] = [sa.literal(value).label(name) for name, value in values.items()]
        head: list[Any] = [
            sa.literal(1).label("ref"),
            sa.literal(crm_id, sa.BigInteger).label("crm_id"),
            sa.literal(is_new).label("is_new"),
            sa.literal(seen, sa.BigInteger).label("version"),
        ]
        incoming = Incoming(
            entity=entity,
            source="old",
            rows=sa.select(*head, *columns, extra),
            fields=fields,
            expected=1,
            changed=0 if is_new else 1,
        )
        with house.engine.begin() as connection:
            taken = crm.take_in(connection, incoming)
            assert taken.refused == ()

    take(("name", "company_id"), "contact", 900, origin="k1", name="Пётр", company_id=old)
    assert one(house, "SELECT company_id FROM crm.contact WHERE id = 900") == new
    # The one that is gone takes its own deltas quietly, and changes nothing of the one that remains.
    take(("name",), "company", old, origin="c1", name="Ромашка 2")
    assert one(house, "SELECT name FROM crm.company WHERE id = :id", id=old) == "Ромашка 2"
    assert one(house, "SELECT name FROM crm.company WHERE id = :id", id=new) == "ООО Ромашка"


def test_what_is_empty_is_filled_and_what_differs_is_chosen(house: House) -> None:
    old = company(house, "Ромашка", phone="1", website="a.example", tax_number="7707083893")
    new = company(house, "ООО Ромашка", phone="2", website="b.example")
    do(house, """UPDATE crm.company SET extra = '{"Город": "Тула"}' WHERE id = :id""", id=old)

    found = merge_clients.preview(house, ANNA, COMPANY, old, new)
    assert (set(found.filled), set(found.differing)) == ({"tax_number"}, {"name", "phone", "website"})
    merged(house, COMPANY, old, new, "website", "tax_number", "id")

    client = see_clients.shown(house, ANNA, COMPANY, new).client
    values = [client.values[name] for name in ("name", "phone", "website", "tax_number")]
    assert values == ["ООО Ромашка", "2", "a.example", "7707083893"]
    assert client.extra == {"Город": "Тула"}


def test_a_merge_is_taken_back_with_what_moved(house: House) -> None:
    first, second, third = (company(house, name) for name in ("А", "Б", "В"))
    do(house, "UPDATE crm.company SET phone = '8 495 123-45-67' WHERE id = :id", id=first)
    numbers = [request(house, company_id=each) for each in (first, second, third)]
    merged(house, COMPANY, first, second)
    merged(house, COMPANY, second, third)
    assert one(house, "SELECT count(*) FROM crm.record WHERE company_id = :id", id=third) == 3
    assert see_clients.shown(house, ANNA, COMPANY, first).client.into_id == third

    merge_clients.unmerge(house, ANNA, COMPANY, second, now=datetime.now(UTC))
    assert see_clients.shown(house, ANNA, COMPANY, first).client.into_id == second
    merge_clients.unmerge(house, ANNA, COMPANY, first, now=datetime.now(UTC))

    with house.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT id, company_id FROM crm.record ORDER BY id"))
        assert [tuple(row) for row in rows] == list(zip(numbers, (first, second, third), strict=True))
    assert see_clients.shown(house, ANNA, COMPANY, second).client.values["phone"] is None
    with pytest.raises(Refused):
        merge_clients.unmerge(house, ANNA, COMPANY, first, now=datetime.now(UTC))


def test_of_two_who_merge_the_same_pair_each_way_one_is_refused(house: House) -> None:
    for _round in range(3):
        old, new = company(house, "А"), company(house, "Б")

        def merge(pair: tuple[int, int]) -> str:
            try:
                seen = (pair[0], 1), (pair[1], 1)
                merge_clients.merge(house, ANNA, COMPANY, seen, taken=(), now=datetime.now(UTC))
            except Refused:
                return "refused"
            return "merged"

        with ThreadPoolExecutor(2) as pool:
            done = sorted(pool.map(merge, [(old, new), (new, old)]))

        assert done == ["merged", "refused"]
        assert one(house, "SELECT count(*) FROM crm.company_merge WHERE gone_id IN (:a, :b)", a=old, b=new) == 1


def test_nonsense_is_refused(house: House) -> None:
    old, new = company(house, "А"), company(house, "Б")
    with pytest.raises(Refused, match="one and the same"):
        merge_clients.preview(house, ANNA, COMPANY, old, old)
    merged(house, COMPANY, old, new)
    with pytest.raises(Refused, match="already"):
        merge_clients.preview(house, ANNA, COMPANY, old, new)
    with pytest.raises(Refused, match="was merged"):
        keep_clients.change(house, ANNA, (COMPANY, old, 1), {"name": "В"}, {}, datetime.now(UTC))


def test_duplicates_are_found_by_mail_phone_and_tax_number(house: House) -> None:
    one_ = company(house, "А", phone="8 (495) 123-45-67", tax_number="77 0708 3893", email="Office@a.example")
    other = company(house, "Б", phone="+7 495 1234567", tax_number="7707083893", email="office@A.example")
    company(house, "В", phone="8 495 765-43-21")

    (twin,) = see_clients.shown(house, ANNA, COMPANY, one_).twins
    assert (twin.id, set(twin.by)) == (other, set(Alike))
    for by in Alike:
        groups, more = merge_clients.groups(house, ANNA, COMPANY, by)
        assert ([[each.id for each in group.members] for group in groups], more) == ([[one_, other]], False)

    merge_clients.part(house, ANNA, COMPANY, (other, one_), now=datetime.now(UTC))
    assert see_clients.shown(house, ANNA, COMPANY, one_).twins == []
    assert all(merge_clients.groups(house, ANNA, COMPANY, by)[0] == [] for by in Alike)


def test_phones_of_an_import_are_read_when_somebody_asks_and_again_when_they_change(house: House) -> None:
    do(
        house,
        "INSERT INTO crm.contact (name, phone, mobile) SELECT 'К' || n, '8 495 123-45-' || (10 + n % 50), NULL"
        " FROM generate_series(1, 100) AS n",
    )
    assert merge_clients.know_phones(house) == 100
    assert merge_clients.know_phones(house) == 0
    groups, _ = merge_clients.groups(house, ANNA, CONTACT, Alike.PHONE, most=60)
    assert {group.number for group in groups} == {2}
    do(house, "UPDATE crm.contact SET phone = NULL WHERE name = 'К1'")
    assert merge_clients.know_phones(house) == 1
    assert one(house, "SELECT count(number) FROM crm.phone") == 99
