"""Products of requests: chosen from leaf, middle and root, by lists and by typing; who may, and what is told of it."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from caseline.actions import choose_products, keep_catalogue
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm.cards import Refused
from caseline.people.access import Scope, Viewer
from caseline.people.rights import Role
from tests.factories import catalogues, pages
from tests.factories.pages import Browser

PATHS = ("Насосы / Центробежные / НЦ-45", "Насосы / Шестерённые / НЦ-45", "Лебёдки / Центробежные / ЛЦ-1")
ALL = Viewer(login_id=1, name="anna", role=Role.AGENT)
STRANGER = Viewer(login_id=2, name="boris", role=Role.AGENT, scope=Scope.GROUPS)
HX = {"HX-Request": "true"}


def now() -> datetime:
    return datetime.now(UTC)


def selected(page: str) -> list[str]:
    return re.findall(r'<option value="\d+" selected>([^<]*)</option>', page)


@pytest.fixture
def agent(house: House, browser: Browser) -> Browser:
    pages.login(house, "anna", Role.AGENT)
    browser.sign_in("anna")
    return browser


@pytest.mark.parametrize("depth", [1, 3, 7])
def test_a_product_is_chosen_from_leaf_middle_and_root(house: House, agent: Browser, depth: int) -> None:
    path = catalogues.alike(depth)[-2]
    catalogues.brought(house, *catalogues.alike(depth))
    names = path.split(" / ")
    request = pages.request(house, "ничего не качает")
    for level in {1, (depth + 1) // 2, depth}:
        wanted = " / ".join(names[:level])
        lists = [("level", str(catalogues.number(house, wanted)) if n == level else "") for n in range(1, depth + 1)]
        query = "&".join(f"{key}={value}" for key, value in [("request", str(request)), ("before", ""), *lists])

        piece = agent.client.get(f"/products/pick?{query}", headers=HX).text

        assert [one.split(" — ")[0] for one in selected(piece)] == names[:level]
        agent.get(f"/requests/{request}/products")
        agent.post(f"/requests/{request}/products/add", product=str(catalogues.number(house, wanted)))
        chosen = choose_products.of_request(house, ALL, request).products
        assert wanted in {" / ".join(one.name for one in each.path) for each in chosen}


def test_without_scripts_a_search_leads_to_the_product(house: House, agent: Browser) -> None:
    number, *_ = catalogues.brought(house, *PATHS)
    request = pages.request(house, "не качает")

    page = agent.get(f"/products/pick?request={request}&q=насос 45").text

    assert f"/products/pick?request={request}&amp;product={number}" in page
    assert selected(agent.get(f"/products/pick?request={request}&product={number}").text) == [
        "Насосы",
        "Центробежные",
        "НЦ-45",
    ]


def test_typing_finds_by_words_of_several_levels(house: House, agent: Browser) -> None:
    first, second, _ = catalogues.brought(house, *PATHS)

    page = agent.client.get("/products/search?q=45 насос", headers=HX).text

    assert re.findall(r'data-value="(\d+)"', page) == [str(first), str(second)]
    assert "Nothing has this name" in agent.client.get("/products/search?q=%25", headers=HX).text


def test_a_request_is_about_several_products_and_its_log_tells_of_each(house: House, agent: Browser) -> None:
    first, second, _ = catalogues.brought(house, *PATHS)
    request = pages.request(house, "не качает")
    agent.get(f"/requests/{request}/products")
    for number in (first, second, second):
        agent.post(f"/requests/{request}/products/add", product=str(number))
    agent.post(f"/requests/{request}/products/remove", product=str(first))

    page = agent.get(f"/requests/{request}/products").text

    assert "Шестерённые" in page
    assert [one.product.id for one in choose_products.of_request(house, ALL, request).products] == [second]
    with house.engine.connect() as connection:
        log = sa.text("SELECT type, data->>'name' FROM crm.event WHERE type LIKE 'product%' ORDER BY id")
        assert [tuple(row) for row in connection.execute(log)] == [
            ("product_added", PATHS[0]),
            ("product_added", PATHS[1]),
            ("product_removed", PATHS[0]),
        ]
        version = connection.execute(sa.text("SELECT version FROM crm.record WHERE id = :id"), {"id": request})
        assert version.scalar_one() == 4


def test_two_who_choose_at_the_same_time_are_not_in_each_others_way(house: House) -> None:
    numbers = catalogues.brought(house, *(f"Товар {n}" for n in range(8)))
    request = pages.request(house, "не качает")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: choose_products.add(house, ALL, request, one, now=now()), numbers))

    assert len(choose_products.of_request(house, ALL, request).products) == 8


def test_what_somebody_may_not_see_or_change_is_absent(house: House, browser: Browser) -> None:
    number, *_ = catalogues.brought(house, *PATHS)
    request = pages.request(house, "не качает")
    viewer = Viewer(login_id=3, name="vera", role=Role.VIEWER)
    for who in (STRANGER, viewer):
        with pytest.raises(Absent):
            choose_products.add(house, who, request, number, now=now())
    with pytest.raises(Absent):
        choose_products.of_request(house, STRANGER, request)
    pages.login(house, "vera", Role.VIEWER)
    browser.sign_in("vera")
    page = browser.get(f"/requests/{request}/products")
    assert page.status_code == 200
    assert 'id="picker"' not in page.text
    assert browser.post(f"/requests/{request}/products/add", product=str(number)).status_code == 403
    assert browser.get("/requests/999999/products").status_code == 404


def test_what_is_out_of_use_is_not_offered_and_stays_where_it_was_chosen(house: House, agent: Browser) -> None:
    number, *_ = catalogues.brought(house, *PATHS)
    request = pages.request(house, "не качает")
    choose_products.add(house, ALL, request, number, now=now())
    top = catalogues.number(house, "Насосы")
    keep_catalogue.use(house, "test", top, active=False, version=1, now=now())

    page = agent.get(f"/requests/{request}/products").text

    assert "not in use" in page
    assert "Шестерённые" not in page
    with pytest.raises(Refused, match="no longer in use"):
        choose_products.add(house, ALL, request, number, now=now())
    answer = agent.post(f"/requests/{request}/products/add", product=str(number))
    assert answer.status_code == 422
    assert "is no longer in use: choose another product" in answer.text
    assert agent.post(f"/requests/{request}/products/add", product="").status_code == 422
