"""The card of a request gives it to whoever of the group is next."""

import re

from caseline.actions import keep_groups
from caseline.actions.wiring import House
from caseline.people.rights import Role
from caseline.people.turns import Turns
from tests.factories import pages
from tests.factories.pages import Browser
from tests.factories.staff import BY, person

_VERSION = re.compile(r'name="version" value="(\d+)"')


def version(browser: Browser, number: int) -> str:
    found = _VERSION.search(browser.get(f"/requests/{number}").text)
    assert found is not None
    return found[1]


def test_assign_automatically_gives_it_to_the_next_and_the_timeline_says_so(house: House, browser: Browser) -> None:
    members = tuple(person(house, name) for name in ("Boris", "Vera"))
    wish = keep_groups.Wish(name="Line", turns=Turns.HAND, members=members)
    group = keep_groups.make(house, wish, BY).id
    number = pages.request(house, "a text")
    pages.login(house, "anna", Role.AGENT)
    browser.sign_in("anna")

    assert "/share" not in browser.get(f"/requests/{number}").text
    browser.post(f"/requests/{number}/people", version=version(browser, number), group=group, assignee="nobody")
    assert "Assign automatically" in browser.get(f"/requests/{number}").text

    page = browser.post(f"/requests/{number}/share", version=version(browser, number))
    assert "Assigned by turn to Boris" in page.text
    assert browser.post(f"/requests/{number}/share", version="1").status_code == 409
    assert (
        "Assigned by turn to Vera" in browser.post(f"/requests/{number}/share", version=version(browser, number)).text
    )


def test_a_group_that_takes_turns_gives_what_is_handed_to_it_to_the_next(house: House, browser: Browser) -> None:
    wish = keep_groups.Wish(name="Line", turns=Turns.TURN, members=(person(house, "Boris"),))
    group = keep_groups.make(house, wish, BY).id
    number = pages.request(house, "a text")
    pages.login(house, "anna", Role.AGENT)
    browser.sign_in("anna")
    page = browser.post(f"/requests/{number}/people", version=version(browser, number), group=group, assignee="nobody")
    assert "Line, Boris" in page.text
