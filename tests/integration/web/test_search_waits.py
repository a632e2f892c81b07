"""The table says how many requests its search cannot find yet."""

from datetime import UTC, datetime

from caseline.actions import index_texts
from caseline.actions.wiring import House
from tests.factories import pages
from tests.factories.pages import Browser


def test_the_table_says_how_many_requests_its_search_cannot_find_yet(house: House, browser: Browser) -> None:
    pages.login(house, "ann")
    browser.sign_in("ann")
    pages.request(house, "Насос перегревается", subject="the pump")
    index_texts.index(house, now=datetime.now(UTC))
    assert "cannot be found by" not in browser.get("/requests?q=насосы").text
    assert "the pump" in browser.get("/requests?q=насосы").text

    with house.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE crm.search_state SET waiting = 2")

    assert "2 requests cannot be found by their words yet" in browser.get("/requests?q=насосы").text
    assert "cannot be found by" not in browser.get("/requests").text
