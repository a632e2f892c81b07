"""A request that stands above another one is named to nobody who may not see it."""

from urllib.parse import urlencode

import pytest

from caseline.actions.wiring import House
from caseline.people.rights import Role
from tests.factories import pages
from tests.factories.pages import Browser
from tests.factories.request_cards import Staff

HIDDEN = "N-HIDDEN-77"


@pytest.fixture
def child(house: House, browser: Browser) -> int:
    """A request of a group, below one of another group; somebody of the first group is signed in."""
    staff = Staff(house)
    mine, theirs = staff.group("Mine"), staff.group("Theirs")
    staff.person("Maria", mine, login="maria", role=Role.HEAD, scope="groups")
    parent, child = (pages.request(house, text) for text in ("above", "below"))
    staff.give(parent, theirs)
    staff.give(child, mine)
    staff.query("UPDATE crm.record SET number = :number WHERE id = :id", number=HIDDEN, id=parent)
    staff.query("UPDATE crm.record SET parent_id = :parent WHERE id = :id", parent=parent, id=child)
    browser.sign_in("maria")
    browser.post("/requests/columns", show=["subject", "parent"], view="all")
    return child


def places(house: House, child: int) -> list[str]:
    parent = Staff(house).query("SELECT parent_id FROM crm.record WHERE id = :id", id=child)[0][0]
    listed = urlencode([("w", f"parent:in:{parent},{child}")])
    return [
        f"/requests/{child}",
        f"/requests/{child}/fields",
        f"/requests?{listed}",
        "/requests?view=all",
        "/requests/export?view=all",
    ]


def test_a_parent_of_another_group_is_named_nowhere(house: House, browser: Browser, child: int) -> None:
    for path in places(house, child):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert HIDDEN not in answer.text, path


def test_a_parent_that_somebody_sees_is_named(house: House, browser: Browser, child: int) -> None:
    Staff(house).query("UPDATE people.login SET scope = 'all'")

    for path in places(house, child):
        assert HIDDEN in browser.get(path).text, path
