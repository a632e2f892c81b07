"""Rare refusals on Russian pages: told in Russian, with the record, the field and what helps."""

import pytest

from caseline.actions.wiring import House
from caseline.people.rights import Role
from tests.factories import pages
from tests.factories.pages import Browser


@pytest.fixture(autouse=True)
def own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_MAIL_ADDRESS", "support@example.org")


@pytest.fixture
def russian(house: House, browser: Browser) -> Browser:
    pages.login(house, "anna", Role.ADMINISTRATOR, language="ru")
    browser.sign_in("anna")
    return browser


def test_what_is_refused_of_many_is_told_in_russian(house: House, russian: Browser) -> None:
    number = pages.request(house, "text")
    russian.get("/requests")

    page = russian.post("/requests/change/apply", ids=str(number), back="/requests", stage="нигде").text

    assert "«Стадия»: значения «нигде» нет в списке: выберите из new, " in page
    assert "there is none" not in page


def test_an_outsider_whom_nobody_knows_is_refused_in_russian(house: House, russian: Browser) -> None:
    number = pages.request(house, "text")
    russian.get(f"/requests/{number}")

    page = russian.post(
        f"/requests/{number}/assignments", title="Замер", text="Измерить", who="outside", contact="Никто", once="1"
    ).text

    assert "Контакта «Никто» нет: укажите адрес почты, и он будет создан" in page
    assert "there is none" not in page
