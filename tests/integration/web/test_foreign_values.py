"""What forms and filters offer comes from requests that somebody sees; the id of a hidden parent stands nowhere."""

import pytest

from caseline.actions.wiring import House
from caseline.people.rights import Role
from tests.factories import pages
from tests.factories.pages import Browser
from tests.factories.request_cards import Staff

HIDDEN = 777_701
"""The id of a request of another group; a number that stands in no page by chance."""


@pytest.fixture
def own(house: House, browser: Browser) -> int:
    """A request of a group, below one of another group; somebody of the first group is signed in."""
    staff = Staff(house)
    mine, theirs = staff.group("Mine"), staff.group("Theirs")
    staff.person("Maria", mine, login="maria", role=Role.HEAD, scope="groups")
    own = pages.request(house, "below")
    staff.query(f"ALTER TABLE crm.record ALTER COLUMN id RESTART WITH {HIDDEN}")
    assert pages.request(house, "above") == HIDDEN
    staff.give(own, mine)
    staff.give(HIDDEN, theirs)
    staff.query("UPDATE crm.record SET type = 'Our type', reason = 'Our reason' WHERE id = :id", id=own)
    staff.query("UPDATE crm.record SET type = 'Secret type', reason = 'Secret reason' WHERE id = :id", id=HIDDEN)
    staff.query(
        "INSERT INTO crm.field_definition (entity, name, type, label) VALUES ('request', 'Sort', 'list', 'Sort')"
    )
    staff.query("""UPDATE crm.record SET extra = '{"Sort": "Our sort"}' WHERE id = :id""", id=own)
    staff.query("""UPDATE crm.record SET extra = '{"Sort": "Secret sort"}' WHERE id = :id""", id=HIDDEN)
    staff.query("UPDATE crm.record SET parent_id = :parent WHERE id = :id", parent=HIDDEN, id=own)
    browser.sign_in("maria")
    return own


FILTERS = (
    "/requests/filter?key=type&op=in",
    "/requests/filter?key=reason&op=in",
    "/requests/filter?key=extra.Sort&op=in",
)


def test_lists_offer_values_of_requests_that_somebody_sees(house: House, browser: Browser, own: int) -> None:
    forms = (f"/requests/{own}/fields", "/requests/new")
    for path in (*FILTERS, *forms):
        page = browser.get(path).text
        assert "Our " in page, path
        assert "Secret" not in page, path

    Staff(house).query("UPDATE people.login SET scope = 'all'")
    for path in (*FILTERS, *forms):
        assert "Secret" in browser.get(path).text, path


def parent(house: House, number: int) -> int | None:
    found: int | None = Staff(house).query("SELECT parent_id FROM crm.record WHERE id = :id", id=number)[0][0]
    return found


def test_the_form_of_fields_holds_no_id_of_a_hidden_parent_and_leaves_it_alone(
    house: House, browser: Browser, own: int
) -> None:
    for path in (f"/requests/{own}", f"/requests/{own}/fields"):
        assert str(HIDDEN) not in browser.get(path).text, path
    form = {"f:subject": "new", "b:subject": "a letter", "f:parent": "", "b:parent": ""}
    version = Staff(house).version(own)

    browser.post(f"/requests/{own}/fields", version=version, **form)

    assert parent(house, own) == HIDDEN
    assert Staff(house).query("SELECT subject FROM crm.record WHERE id = :id", id=own) == [("new",)]
    # With a version that is gone, the differences are told: the parent is none of them.
    answer = browser.post(f"/requests/{own}/fields", version=version, **{**form, "f:subject": "newer"})
    assert answer.status_code == 409
    assert str(HIDDEN) not in answer.text


def test_a_parent_that_somebody_sees_takes_the_place_of_a_hidden_one(house: House, browser: Browser, own: int) -> None:
    other = pages.request(house, "another")
    Staff(house).query("UPDATE crm.record SET group_id = (SELECT group_id FROM crm.record WHERE id = :own) WHERE id = :id",
        own=own, id=other)  # fmt: skip
    browser.get(f"/requests/{own}/fields")

    browser.post(
        f"/requests/{own}/fields", version=Staff(house).version(own), **{"f:parent": str(other), "b:parent": ""}
    )

    assert parent(house, own) == other
