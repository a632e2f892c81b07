"""A login that belongs to no person: pages say that it is told nothing and has nothing of its own, and what helps."""

import pytest

from caseline.actions.wiring import House
from caseline.people.rights import Role
from tests.factories import pages
from tests.factories.colleagues import Staff
from tests.factories.pages import Browser

PLACES = ("/notices", "/me/notices", "/me", "/", "/assignments?list=mine", "/requests?view=mine")
TOLD = "Your login belongs to no person: you are told nothing, and no requests or assignments count as yours."


@pytest.mark.parametrize("path", PLACES)
def test_an_administrator_is_led_to_where_the_person_is_named(house: House, browser: Browser, path: str) -> None:
    pages.login(house, "anna", Role.ADMINISTRATOR)
    browser.sign_in("anna")

    page = browser.get(path).text

    assert TOLD in page
    link = page.split(TOLD)[1].split('href="')[1].split('"', maxsplit=1)[0]
    form = browser.get(link).text
    assert 'name="person"' in form
    assert "<h1>anna" in form


@pytest.mark.parametrize("path", PLACES)
def test_others_are_told_whom_to_ask_and_nothing_is_said_to_whoever_has_a_person(
    house: House, browser: Browser, path: str
) -> None:
    pages.login(house, "anna", Role.AGENT)
    browser.sign_in("anna")

    page = browser.get(path).text
    assert TOLD in page
    assert "An administrator can name the person: Settings, Logins, anna." in page

    staff = Staff(house)
    staff.link("anna", staff.person("Anna", role=None))
    assert "belongs to no person" not in browser.get(path).text
