"""Companies and contacts at the desk: lists, cards, edits of two at once, duplicates, merges; who may do what."""

import re
from typing import Any

import pytest

from caseline.actions.wiring import House
from caseline.crm.clients import Entity
from caseline.people.rights import Role
from tests.factories import pages
from tests.factories.clients import company, contact, do, merged, one, version
from tests.factories.pages import Browser


@pytest.fixture
def agent(house: House, browser: Browser) -> Browser:
    pages.login(house, "anna", Role.AGENT)
    browser.sign_in("anna")
    browser.get("/companies")
    return browser


def names(page: str) -> list[str]:
    return re.findall(r'<td><a href="/(?:companies|contacts)/\d+">([^<]*)</a>', page)


def test_lists_say_what_to_do_when_there_is_nothing(agent: Browser) -> None:
    assert "There are no companies yet" in agent.get("/companies").text
    assert "No contact fits" in agent.get("/contacts?q=нет").text


def test_a_list_is_paged_by_name_and_back(house: House, agent: Browser) -> None:
    do(house, "INSERT INTO crm.company (name) SELECT 'К' || lpad(n::text, 3, '0') FROM generate_series(1, 120) AS n")
    do(house, "INSERT INTO crm.company (name) VALUES ('ёлка'), ('Ель'), ('К060')")

    first = agent.get("/companies").text
    assert names(first)[:3] == ["ёлка", "Ель", "К001"]
    further = re.search(r'rel="next" href="([^"]*)"', first)
    assert further
    second = agent.get(further[1].replace("&amp;", "&")).text
    assert names(second)[0] == "К049"
    assert names(second).count("К060") == 2
    back = re.search(r'rel="prev" href="([^"]*)"', second)
    assert back
    assert names(agent.get(back[1].replace("&amp;", "&")).text) == names(first)
    assert agent.get("/companies?after=x&after_key=%00").status_code == 200


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ромашка", ["ООО «Ромашка»"]),
        ("РОМАШКА ооо", ["ООО «Ромашка»"]),
        ("4951234567", ["ООО «Ромашка»"]),
        ("8 (495) 123-45-67", ["ООО «Ромашка»"]),
        ("345-67", ["ООО «Ромашка»"]),
        ("7707083893", ["Лютик"]),
        ("office@", ["Лютик"]),
        ("%", []),
        ("' OR 1=1", []),
    ],
)
def test_companies_are_found_by_name_phone_mail_and_tax_number(
    house: House, agent: Browser, text: str, found: list[str]
) -> None:
    company(house, "ООО «Ромашка»", phone="+7 495 123-45-67")
    company(house, "Лютик", email="Office@lutik.example", tax_number="7707083893")

    page = agent.client.get("/companies", params={"q": text}).text

    assert names(page) == found


def test_a_company_is_made_with_its_contact_and_shown_with_what_looks_wrong(house: House, agent: Browser) -> None:
    agent.post("/companies/new", name="<b>Ромашка</b>", tax_number="7707083894", phone="8 495 123 45 67")
    number = one(house, "SELECT id FROM crm.company")
    agent.get(f"/contacts/new?company={number}")
    done = agent.post("/contacts/new", name="Иван", company_id=f"Ромашка ({number})", email="ivan@x.example")
    assert done.status_code == 200

    page = agent.get(f"/companies/{number}").text

    assert "&lt;b&gt;Ромашка" in page
    assert "looks wrong" in page
    assert "Иван" in page
    assert f'href="/requests/new?company={number}"' in page
    assert one(house, "SELECT count(*) FROM people.audit WHERE action IN ('company.added', 'contact.added')") == 2
    assert one(house, "SELECT count(*) FROM crm.event WHERE type = 'created' AND entity = 'company'") == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": " "}, "A name is needed"),
        ({"name": "x", "email": "no address"}, "is no mail address"),
        ({"name": "x", "parent_id": "Никто"}, "there is no such one"),
        ({"name": "x", "parent_id": "Никто (999)"}, "there is no such one"),
        ({"name": "x", "owner_id": "999"}, "there is no such one"),
        ({"name": "x" * 1001}, "is longer than 1000 letters"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_remedy(
    house: House, agent: Browser, values: dict[str, str], words: str
) -> None:
    answer = agent.post("/companies/new", **{"address": "ул. Мира", **values})
    assert answer.status_code == 422
    assert words in answer.text
    assert "ул. Мира" in answer.text
    assert one(house, "SELECT count(*) FROM crm.company") == 0


def test_who_saves_second_sees_what_the_first_has_written(house: House, agent: Browser) -> None:
    number = company(house, "Ромашка", phone="1")
    form = agent.get(f"/companies/{number}/edit").text
    seen = re.search(r'name="version" value="(\d+)"', form)
    assert seen
    do(house, "UPDATE crm.company SET phone = '2' WHERE id = :id", id=number)

    answer = agent.post(f"/companies/{number}/edit", name="Ромашка", phone="3", version=seen[1])

    assert answer.status_code == 409
    assert "The other one has written: 2" in answer.text
    assert 'value="3"' in answer.text
    again = re.search(r'name="version" value="(\d+)"', answer.text)
    assert again
    assert agent.post(f"/companies/{number}/edit", name="Ромашка", phone="3", version=again[1]).status_code == 200
    assert one(house, "SELECT phone FROM crm.company WHERE id = :id", id=number) == "3"


def test_what_an_import_brought_does_not_stand_in_the_way_of_other_edits(house: House, agent: Browser) -> None:
    number = company(house, "Ромашка")
    do(house, "UPDATE crm.company SET email = 'a@x; b@x', extra = '{\"Город\": \"Тула\"}' WHERE id = :id", id=number)
    seen = version(house, Entity.COMPANY, number)
    answer = agent.post(f"/companies/{number}/edit", name="Лютик", email="a@x; b@x", version=str(seen))
    assert answer.status_code == 200
    assert "Тула" in answer.text
    assert one(house, "SELECT extra->>'Город' FROM crm.company WHERE id = :id", id=number) == "Тула"


def test_extra_fields_are_typed_and_refused_by_their_type(house: House, agent: Browser) -> None:
    do(
        house,
        "INSERT INTO crm.field_definition (entity, name, type, label, choices) VALUES"
        " ('company', 'Staff', 'integer', 'Сотрудников', '[]'), ('company', 'Since', 'date', 'Клиент с', '[]'),"
        """ ('company', 'Kind', 'list', 'Вид', '["опт", "розница"]'), ('company', 'Vip', 'boolean', 'VIP', '[]')""",
    )
    number = company(house, "Ромашка")
    fields = {"extra.Staff": "1 200", "extra.Since": "2024-05-01", "extra.Kind": "опт", "extra.Vip": "yes"}
    agent.get(f"/companies/{number}/edit")
    card = agent.post(f"/companies/{number}/edit", name="Ромашка", version="1", **fields).text
    kept = one(house, "SELECT extra FROM crm.company WHERE id = :id", id=number)
    assert kept == {"Staff": 1200, "Since": "2024-05-01", "Kind": "опт", "Vip": True}
    assert "2024-05-01" in card
    wrong = {**fields, "extra.Staff": "many"}
    answer = agent.post(f"/companies/{number}/edit", name="Ромашка", version="2", **wrong)
    assert answer.status_code == 422
    assert "Сотрудников: " in answer.text
    emptied = {**fields, "extra.Staff": "", "extra.Kind": ""}
    agent.post(f"/companies/{number}/edit", name="Ромашка", version="2", **emptied)
    kept = one(house, "SELECT extra FROM crm.company WHERE id = :id", id=number)
    assert kept == {"Since": "2024-05-01", "Vip": True}


def test_columns_of_an_import_that_nobody_has_described_stand_folded_below_the_others(
    house: House, agent: Browser
) -> None:
    do(
        house,
        "INSERT INTO crm.field_definition (entity, name, type, label, choices, source) VALUES"
        " ('company', 'Staff', 'integer', 'Сотрудников', '[]', 'old'),"
        " ('company', 'CreatedById', 'text', 'CreatedById', '[]', 'old')",
    )
    number = company(house, "Ромашка")
    do(
        house,
        'UPDATE crm.company SET extra = \'{"Staff": 12, "CreatedById": "005x", "Unknown": "y"}\' WHERE id = :id',
        id=number,
    )

    shown, _, folded = agent.get(f"/companies/{number}").text.partition('<details class="kept-fields">')

    assert "Сотрудников" in shown
    assert "CreatedById" not in shown
    assert all(f"<dt>{name}</dt>" in folded.partition("</details>")[0] for name in ("CreatedById", "Unknown"))
    assert "kept-fields" not in agent.get(f"/companies/{company(house, 'Лютик')}").text


def test_words_of_companies_are_written_as_people_write_them(house: House, browser: Browser) -> None:
    pages.login(house, "olga", Role.AGENT, language="ru")
    browser.sign_in("olga")
    company(house, "Ромашка")

    assert "Тот же ИНН" in browser.get("/companies/duplicates").text
    assert '<th scope="col">Название</th>' in browser.get("/companies").text
    contact(house, "Иван", email="ivan@x.example")
    assert '<th scope="col">Имя</th>' in browser.get("/contacts").text


def test_the_requests_of_a_client_are_those_that_somebody_may_see(house: House, browser: Browser) -> None:
    number = company(house, "Ромашка")
    mine, other = pages.request(house, "x", "моя просьба"), pages.request(house, "y", "чужая просьба")
    do(house, "UPDATE crm.record SET company_id = :id", id=number)
    do(house, "INSERT INTO people.person (id, name) VALUES (7, 'Олег')")
    do(house, "UPDATE crm.record SET assignee_id = 7 WHERE id = :id", id=mine)
    pages.login(house, "oleg", Role.AGENT)
    do(house, "UPDATE people.login SET person_id = 7, scope = 'groups' WHERE name = 'oleg'")
    browser.sign_in("oleg")
    page = browser.get(f"/companies/{number}").text
    assert "моя просьба" in page
    assert "чужая просьба" not in page
    assert other
    assert names(browser.get("/companies").text) == ["Ромашка"]


def test_a_company_does_not_stand_above_itself(house: House, agent: Browser) -> None:
    top = company(house, "Холдинг")
    below = company(house, "Завод", parent_id=top)
    answer = agent.post(f"/companies/{top}/edit", name="Холдинг", parent_id=str(below), version="1")
    assert answer.status_code == 422
    assert "no part of itself" in answer.text


def test_a_merge_is_seen_before_it_is_done_and_taken_back_on_the_card(house: House, agent: Browser) -> None:
    old, new = company(house, "Ромашка", phone="1", email="a@x.example"), company(house, "ООО Ромашка", phone="2")
    assert f"/companies/{new}/merge?other={old}" in agent.get(f"/companies/{new}/merge?q=ромашка").text
    page = agent.get(f"/companies/{new}/merge?other={old}").text
    assert "“Ромашка” goes on in “ООО Ромашка”" in page
    assert "“ООО Ромашка” goes on in “Ромашка”" in agent.get(f"/companies/{new}/merge?other={old}&keep=other").text
    given: dict[str, Any] = {"gone": old, "into": new, "gone_version": 1, "into_version": 1, "take": ["phone"]}

    card = agent.post(f"/companies/{new}/merge", **given).text

    assert "Merged. Everything" in card
    assert names(agent.get("/companies").text) == ["ООО Ромашка"]
    assert str(agent.get(f"/companies/{old}").url).endswith(f"/companies/{new}?merged={old}")
    assert one(house, "SELECT phone FROM crm.company WHERE id = :id", id=new) == "1"
    assert agent.post(f"/companies/{new}/merge", **given).status_code == 422
    back = agent.post(f"/companies/{old}/unmerge").text
    assert "Taken back" in back
    assert one(house, "SELECT phone FROM crm.company WHERE id = :id", id=new) == "2"
    assert agent.get("/audit").status_code == 403


def test_duplicates_are_listed_and_told_apart(house: House, agent: Browser) -> None:
    first, second = (contact(house, name, email="ivan@x.example") for name in ("Иван", "Ваня"))
    page = agent.get("/contacts/duplicates").text
    assert "ivan@x.example" in page
    assert f"/contacts/{first}/merge?other={second}" in page
    assert "Perhaps the same" in agent.get(f"/contacts/{second}").text
    done = agent.post(f"/contacts/{first}/apart", other=str(second), by="mail")
    assert "no duplicates are suspected" in done.text
    assert "Perhaps the same" not in agent.get(f"/contacts/{second}").text
    for by in ("mail", "phone", "tax_number", "nonsense"):
        assert agent.get(f"/companies/duplicates?by={by}").status_code == 200


def test_who_only_looks_changes_nothing(house: House, browser: Browser) -> None:
    old, new = company(house, "А"), company(house, "Б")
    merged(house, Entity.COMPANY, old, new)
    pages.login(house, "vera", Role.VIEWER)
    browser.sign_in("vera")
    card = browser.get(f"/companies/{new}")
    assert card.status_code == 200
    for words in ("Edit", "Take back", "New request"):
        assert words not in card.text
    for path in ("new", f"{new}/edit", f"{new}/merge", f"{new}/apart", f"{old}/unmerge"):
        assert browser.post(f"/companies/{path}", name="В").status_code == 403
    assert browser.get("/companies/999").status_code == 404
    assert browser.get("/contacts/999").status_code == 404
