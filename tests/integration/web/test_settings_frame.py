"""The one list and form that all reference data shares, shown by persons and divisions."""

import re
from typing import Any

import pytest

from caseline.actions import keep_divisions, keep_people, note_deed
from caseline.actions.editing import Editor
from caseline.actions.wiring import House
from caseline.people.rights import Role
from tests.factories import pages
from tests.factories.pages import Browser
from tests.factories.staff import BY, division, person

_SEEN = re.compile(r'name="seen" value="([0-9a-f]+)"')


@pytest.fixture
def admin(house: House, browser: Browser) -> Browser:
    pages.login(house, "anna")
    browser.sign_in("anna")
    return browser


def seen(browser: Browser, path: str) -> str:
    found = _SEEN.search(browser.get(path).text)
    assert found is not None
    return found[1]


def test_a_thing_is_made_found_changed_and_noted_with_what_it_was_before(house: House, admin: Browser) -> None:
    admin.get("/settings/people/new")
    answer = admin.post("/settings/people/edit", name=" Boris  Ivanov ", email="boris@example.org", active="on")
    assert answer.url.path == "/settings/people"
    assert "Saved." in answer.text
    (boris,) = keep_people.people(house)
    assert (boris.name, boris.email, boris.active) == ("Boris Ivanov", "boris@example.org", True)

    mark = seen(admin, f"/settings/people/edit?key={boris.id}")
    admin.post("/settings/people/edit", key=boris.id, seen=mark, name="Boris Ivanov", title="Engineer", active="on")

    newest = note_deed.noted(house, most=1)[0]
    assert (newest.login, newest.action, newest.subject) == ("anna", "person.changed", f"Boris Ivanov ({boris.id})")
    assert newest.data == {
        "before": {"email": "boris@example.org", "title": None},
        "after": {"email": None, "title": "Engineer"},
    }
    assert keep_people.find(house, boris.id).title == "Engineer"


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(house: House, admin: Browser) -> None:
    admin.get("/settings/people/new")
    answer = admin.post("/settings/people/edit", name="", email="no address", title="Engineer", active="on")
    assert answer.status_code == 422
    assert 'href="#field-name"' in answer.text
    assert 'value="Engineer"' in answer.text
    assert keep_people.people(house) == []

    answer = admin.post("/settings/people/edit", name="Boris", email="no address", division="999", active="on")
    assert 'id="field-division-fault"' in answer.text
    answer = admin.post("/settings/people/edit", name="Boris", email="no address", active="on")
    assert "is no mail address" in answer.text.replace("Is no", "is no")
    assert admin.post("/settings/people/edit", name="x" * 301, active="on").status_code == 422
    assert keep_people.people(house) == []


def test_whoever_comes_second_sees_what_the_first_has_saved_and_decides(house: House, admin: Browser) -> None:
    boris = person(house, "Boris")
    mark = seen(admin, f"/settings/people/edit?key={boris}")
    keep_people.change(house, boris, keep_people.Wish(name="Boris", phone="+7 1"), BY)

    mine: dict[str, Any] = {"name": "Boris", "phone": "+7 2", "active": "on", "key": boris}
    answer = admin.post("/settings/people/edit", seen=mark, **mine)
    assert answer.status_code == 409
    assert "Somebody else has saved this meanwhile" in answer.text
    assert "+7 1" in answer.text
    assert keep_people.find(house, boris).phone == "+7 1"

    found = _SEEN.search(answer.text)
    assert found is not None
    assert admin.post("/settings/people/edit", seen=found[1], **mine).status_code == 200
    assert keep_people.find(house, boris).phone == "+7 2"


def test_a_person_who_leaves_work_behind_is_asked_about(house: House, admin: Browser) -> None:
    boris = person(house, "Boris")
    pages.request(house, "a text")
    pages.assigned(house, 1, "Boris")
    mark = seen(admin, f"/settings/people/edit?key={boris}")

    answer = admin.post("/settings/people/edit", key=boris, seen=mark, name="Boris")
    assert answer.status_code == 409
    assert "open requests that stay with Boris" in answer.text
    assert keep_people.find(house, boris).active

    admin.post("/settings/people/edit", key=boris, seen=mark, name="Boris", agreed="yes")
    assert not keep_people.find(house, boris).active
    assert "Boris" not in admin.get("/settings/people").text
    assert "Boris" in admin.get("/settings/people?all=1").text


def test_two_active_persons_cannot_share_a_mail_address(house: House, admin: Browser) -> None:
    person(house, "Boris", email="b@example.org")
    admin.get("/settings/people/new")
    answer = admin.post("/settings/people/edit", name="Vera", email="B@example.org", active="on")
    assert answer.status_code == 422
    assert "Boris has this address" in answer.text


def test_divisions_are_a_tree_that_never_goes_in_a_circle(house: House, admin: Browser) -> None:
    service = division(house, "Service")
    line = division(house, "First line", parent=service)
    mark = seen(admin, f"/settings/divisions/edit?key={service}")

    answer = admin.post("/settings/divisions/edit", key=service, seen=mark, name="Service", parent=line)
    assert answer.status_code == 422
    assert "below itself" in answer.text
    assert [(one.name, depth) for one, depth in keep_divisions.tree(house)] == [("Service", 0), ("First line", 1)]


def test_a_removal_is_asked_about_first_and_says_what_stands_in_its_way(house: House, admin: Browser) -> None:
    service = division(house, "Service")
    line = division(house, "First line", parent=service)
    keep_people.add(house, keep_people.Wish(name="Boris", division_id=line), BY)

    asked = admin.get(f"/settings/divisions/remove?key={service}")
    assert "Remove Service?" in asked.text
    mark = _SEEN.search(asked.text)
    assert mark is not None
    assert admin.post("/settings/divisions/remove", key=service, seen=mark[1]).status_code == 422

    mark = _SEEN.search(admin.get(f"/settings/divisions/remove?key={line}").text)
    assert mark is not None
    assert admin.post("/settings/divisions/remove", key=line, seen=mark[1]).status_code == 409
    assert len(keep_divisions.tree(house)) == 2
    admin.post("/settings/divisions/remove", key=line, seen=mark[1], agreed="yes")
    assert [one.name for one, _depth in keep_divisions.tree(house)] == ["Service"]
    assert note_deed.noted(house, most=1)[0].data["before"]["parent"] == "Service"


def test_whoever_may_only_look_sees_facts_and_no_buttons(house: House, browser: Browser) -> None:
    boris = person(house, "Boris")
    pages.login(house, "head", Role.HEAD)
    browser.sign_in("head")
    page = browser.get(f"/settings/people/edit?key={boris}").text
    assert "Boris" in page
    assert 'action="/settings/people/edit"' not in page
    assert "/settings/people/new" not in browser.get("/settings/people").text


def test_what_is_not_there_is_answered_as_such(admin: Browser) -> None:
    for path in ("/settings/people/edit?key=77", "/settings/people/edit", "/settings/people/edit?key=x"):
        assert admin.get(path).status_code == 404, path
    assert admin.post("/settings/people/edit", key="77", name="x").status_code == 404


def test_sections_without_pages_are_not_offered(admin: Browser) -> None:
    front = admin.get("/settings").text
    for path in re.findall(r'class="tile" href="([^"]+)"', front):
        assert admin.get(path).status_code == 200, path


def test_an_editor_at_the_command_line_is_nobody_in_the_log(house: House) -> None:
    keep_people.add(house, keep_people.Wish(name="Boris"), Editor(None, BY.at))
    assert note_deed.noted(house, most=1)[0].login is None
