"""Assignments at the desk: lists, the page of one with its checklist, and who may see and do what."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from caseline.actions import assign, know_calendars, show_assignments, work_assignment
from caseline.actions.assign import Order
from caseline.actions.wiring import House
from caseline.crm.timeline import AssignmentState
from caseline.listing.assignments import Wanted, Whose
from caseline.people.access import Scope
from caseline.people.rights import Role
from tests.factories import pages
from tests.factories.colleagues import Staff
from tests.factories.pages import Browser

NOW = datetime.now(UTC)


@pytest.fixture
def staff(house: House) -> Staff:
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=NOW)
    return Staff(house)


def signed_in(house: House, browser: Browser, staff: Staff, role: Role = Role.AGENT) -> int:
    """Anna, who has a person."""
    pages.login(house, "anna", role)
    person = staff.person("Anna Ivanova", role=None)
    staff.link("anna", person)
    browser.sign_in("anna")
    return person


def give(house: House, record: int, person: int, title: str = "Look", **fields: object) -> int:
    order = Order(request=f"id:{record}", title=title, text="Please look", person=str(person), **fields)  # type: ignore[arg-type]
    return assign.give(house, order, now=NOW).assignment.id


def late(staff: Staff, number: int) -> None:
    staff.run("UPDATE crm.assignment SET due_at = now() - interval '1 hour' WHERE id = :id", id=number)


def test_steps_that_are_left_are_told_anew_with_the_checklist(house: House, browser: Browser, staff: Staff) -> None:
    anna = signed_in(house, browser, staff)
    number = give(house, pages.request(house, "text"), anna, checklist=["buy", "bring"])
    page = browser.get(f"/assignments/{number}").text
    assert "2 steps of the checklist are not done yet." in page

    browser.client.headers["HX-Request"] = "true"
    steps = re.findall(r'id="step-(\d+)"', page)
    left = [browser.post(f"/assignments/{number}/steps/{step}", token=browser.token, done="1").text for step in steps]

    assert "1 step of the checklist is not done yet." in left[0]
    assert "not done yet" not in left[1]
    assert all(answer.count('id="steps-left" hx-swap-oob="true"') == 1 for answer in left)


def test_an_assignment_is_given_ticked_and_ended_in_the_page(house: House, browser: Browser, staff: Staff) -> None:
    anna = signed_in(house, browser, staff)
    record = pages.request(house, "text", subject="Printer")

    browser.get(f"/assignments/new?request={record}")
    fields: dict[str, Any] = {"title": "Toner", "text": "Bring it", "for": "inside", "person": anna, "hours": "8"}
    page = browser.post("/assignments", request=record, checklist="buy\n\nbring\n", **fields)

    assert page.url.path.startswith("/assignments/")
    assert "The assignment was given." in page.text
    assert page.text.count('aria-checked="false"') == 2
    steps = re.findall(r'id="step-(\d+)"', page.text)
    page = browser.post(f"{page.url.path}/steps/{steps[0]}", done="1")
    assert 'aria-checked="true"' in page.text
    assert "Anna Ivanova, " in page.text
    page = browser.post(f"{page.url.path}/end", state="done", remark="All <b>there</b>")
    assert "All &lt;b&gt;there&lt;/b&gt;" in page.text
    assert "Open it again" in page.text
    page = browser.post(f"{page.url.path}/reopen")
    assert "Not needed" in page.text


def test_the_request_tells_which_step_was_ticked(house: House, browser: Browser, staff: Staff) -> None:
    anna = signed_in(house, browser, staff)
    record = pages.request(house, "text")
    number = give(house, record, anna, checklist=["read the <b>meter</b>", "bring it"])
    step = re.findall(r'id="step-(\d+)"', browser.get(f"/assignments/{number}").text)[0]

    for done in ("1", ""):
        browser.post(f"/assignments/{number}/steps/{step}", done=done)

    page = browser.get(f"/requests/{record}").text
    assert "A step of a checklist is done" in page
    assert "A step of a checklist is not done after all" in page
    assert page.count("read the &lt;b&gt;meter&lt;/b&gt;") == 2
    assert "bring it" not in page


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("title", "", "Title: say in 1 to 250"),
        ("title", "x" * 251, "Title: say in 1 to 250"),
        ("text", " ", "Description: say"),
        ("person", "", "Person: choose"),
        ("hours", "0", "Deadline: give whole"),
        ("hours", "soon", "Deadline: give whole"),
        ("checklist", "x" * 501, "Checklist: at most"),
        ("checklist", "x\n" * 101, "Checklist: at most"),
        ("person", "999999", "no longer as you saw it"),
        ("for", "outside", "Outsider: give"),
    ],
)
def test_a_wrong_form_names_the_field_and_keeps_what_was_typed(
    house: House, browser: Browser, staff: Staff, field: str, value: str, told: str
) -> None:
    anna = signed_in(house, browser, staff)
    record = pages.request(house, "text")
    browser.get(f"/assignments/new?request={record}")
    good = {"title": "Toner <1>", "text": "Bring", "for": "inside", "person": str(anna), "hours": "", "checklist": "a"}

    page = browser.post("/assignments", request=record, **(good | {field: value}))

    assert page.status_code == 422
    assert told in page.text
    assert field in {"title", "for"} or "Toner &lt;1&gt;" in page.text


def test_the_lists_hold_what_they_say(house: House, staff: Staff) -> None:
    group, other = staff.group("First"), staff.group("Second")
    anna = staff.person("Anna", groups=(group,))
    boris = staff.person("Boris")
    mine, theirs = pages.request(house, "a"), pages.request(house, "b")
    staff.run("UPDATE crm.record SET group_id = :g WHERE id = :id", g=group, id=mine)
    staff.run("UPDATE crm.record SET group_id = :g WHERE id = :id", g=other, id=theirs)
    own = give(house, theirs, anna, "own", hours=8)
    of_group = give(house, mine, boris, "of group")
    given = give(house, theirs, boris, "given", by=str(anna))
    foreign = give(house, theirs, boris, "foreign", hours=4)
    late(staff, foreign)
    ended = give(house, mine, anna, "ended")
    assign.end(house, ended, AssignmentState.DONE, by=None, now=NOW)

    def listed(person: int, **wanted: object) -> list[int]:
        viewer = staff.viewer(person)
        found = show_assignments.listed(house, viewer, Wanted(**wanted), now=datetime.now(UTC))  # type: ignore[arg-type]
        assert found.total == len(found.rows)
        return [row.id for row in found.rows]

    assert listed(anna, whose=Whose.MINE) == [own]
    assert listed(anna, whose=Whose.GROUPS) == [of_group]
    assert listed(anna, whose=Whose.GIVEN) == [given]
    assert listed(anna) == [foreign, own, of_group, given]
    assert listed(anna, overdue_at=datetime.now(UTC)) == [foreign]
    assert listed(anna, state=AssignmentState.DONE) == [ended]
    assert listed(anna, state=None) == [ended, foreign, given, of_group, own]
    assert listed(anna, assignee_id=boris) == [foreign, of_group, given]
    assert listed(anna, external=True) == []
    assert listed(anna, due_before=datetime.now(UTC) + timedelta(days=365)) == [foreign, own]
    narrow = staff.person("Narrow", scope=Scope.GROUPS, groups=(group,))
    assert listed(narrow) == [of_group]
    assert listed(narrow, state=None) == [ended, of_group]


def test_pages_of_a_list_hold_each_assignment_once(house: House, browser: Browser, staff: Staff) -> None:
    anna = signed_in(house, browser, staff)
    record = pages.request(house, "text")
    first = give(house, record, anna)
    staff.run(
        "INSERT INTO crm.assignment (record_id, title, text, assignee_id, due_at, created_at)"
        " SELECT record_id, 'n' || n, 'x', assignee_id,"
        " CASE WHEN n % 3 > 0 THEN now() + make_interval(hours => n / 4) END, now()"
        " FROM crm.assignment, generate_series(1, 120) AS n WHERE id = :id",
        id=first,
    )
    for address in ("/assignments?list=mine", "/assignments?list=mine&state=any"):
        seen: list[str] = []
        page = browser.get(address)
        while True:
            seen += re.findall(r'href="/assignments/(\d+)"', page.text)
            further = re.search(r'href="(/assignments\?[^"]*after=[^"]*)"', page.text)
            if further is None:
                break
            page = browser.get(further[1].replace("&amp;", "&"))
        assert len(seen) == len(set(seen)) == 121


def test_a_mark_that_is_none_begins_at_the_beginning(house: House, browser: Browser, staff: Staff) -> None:
    anna = signed_in(house, browser, staff)
    give(house, pages.request(house, "text"), anna)
    for mark in ("x", "1~x", "1~2026-01-01T00:00:00", "99999999999999999999~", "'--"):
        assert (
            browser.get(
                "/assignments",
            ).status_code
            == 200
        )
        assert "Look" in browser.client.get("/assignments", params={"list": "mine", "after": mark}).text
    for bad in ({"list": "x"}, {"state": "x"}, {"who": "x"}, {"who": "9" * 30}, {"due": "x"}):
        assert browser.client.get("/assignments", params=bad).status_code == 200


DEEDS = ("steps", "steps/1", "steps/1/remove", "notes", "answer", "end", "reopen", "resend", "address")


@pytest.mark.parametrize("role", list(Role))
def test_a_foreign_assignment_is_answered_as_one_that_is_absent(
    house: House, browser: Browser, staff: Staff, role: Role
) -> None:
    anna = signed_in(house, browser, staff, role)
    staff.run("UPDATE people.login SET scope = 'groups'")
    number = give(house, pages.request(house, "text"), staff.person("Boris", role=None))
    browser.get("/")

    absent, foreign = browser.get("/assignments/999"), browser.get(f"/assignments/{number}")
    assert (absent.status_code, foreign.status_code) == (404, 404)
    assert foreign.text == absent.text
    for deed in DEEDS:
        answer = browser.post(f"/assignments/{number}/{deed}", text="x", state="done", steps="x", address="a@b.example")
        assert answer.status_code == 404, deed
    assert anna


@pytest.mark.parametrize("role", list(Role))
def test_who_works_on_it_sees_it_and_what_its_request_is_called_and_may_end_it(
    house: House, browser: Browser, staff: Staff, role: Role
) -> None:
    anna = signed_in(house, browser, staff, role)
    staff.run("UPDATE people.login SET scope = 'groups'")
    record = pages.request(house, "the secret text", subject="What it is called")
    number = give(house, record, anna, checklist=["one"])

    page = browser.get(f"/assignments/{number}")

    assert "What it is called" in page.text
    assert "the secret text" not in page.text
    assert f'href="/requests/{record}"' not in page.text
    assert browser.post(f"/assignments/{number}/end", state="done").status_code == 200


@pytest.mark.parametrize("role", [Role.VIEWER, Role.QUALITY, Role.MARKETER, Role.DIRECTOR])
def test_who_only_looks_changes_nothing(house: House, browser: Browser, staff: Staff, role: Role) -> None:
    signed_in(house, browser, staff, role)
    record = pages.request(house, "text")
    number = give(house, record, staff.person("Boris", role=None), checklist=["one"])

    page = browser.get(f"/assignments/{number}")

    assert "disabled" in page.text
    assert "Not needed" not in page.text
    for deed in DEEDS:
        answer = browser.post(f"/assignments/{number}/{deed}", text="x", state="done", steps="x", address="a@b.example")
        assert answer.status_code == 403, deed
    assert browser.get(f"/assignments/new?request={record}").status_code == 403


def test_many_who_tick_at_once_lose_nothing_and_the_first_is_named(house: House, staff: Staff) -> None:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    people = [staff.person(name) for name in ("Anna", "Boris", "Vera", "Gleb")]
    number = give(house, pages.request(house, "text"), people[0], checklist=[f"step {n}" for n in range(12)])
    viewers = [staff.viewer(person) for person in people]
    items = [item.id for item in show_assignments.show(house, viewers[0], number).items]

    def tick(turn: int) -> bool:
        viewer = viewers[turn % len(viewers)]
        return work_assignment.tick(house, viewer, number, items[turn % len(items)], done=True, now=NOW)

    with ThreadPoolExecutor(4) as ticking:
        first = list(ticking.map(tick, [n for n in range(12) for _ in range(1)] * 4))

    sight = show_assignments.show(house, viewers[0], number)
    assert sight.ticked == 12
    assert sum(first) == 12
    with house.engine.connect() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM crm.event WHERE type = 'assignment_step_done'")
        assert count.scalar_one() == 12


def test_a_checklist_of_what_has_ended_stays_as_it_is(house: House, browser: Browser, staff: Staff) -> None:
    anna = signed_in(house, browser, staff)
    number = give(house, pages.request(house, "text"), anna, checklist=["one"])
    step = re.findall(r'id="step-(\d+)"', browser.get(f"/assignments/{number}").text)[0]
    assign.end(house, number, AssignmentState.CANCELLED, by=None, now=NOW)

    page = browser.post(f"/assignments/{number}/steps/{step}", done="1")

    assert page.status_code == 409
    assert "Nothing was changed" in page.text
    assert 'aria-checked="true"' not in page.text


def test_a_note_calls_somebody_and_stays_in_the_house(house: House, browser: Browser, staff: Staff) -> None:
    anna = signed_in(house, browser, staff)
    number = give(house, pages.request(house, "text"), anna)
    page = browser.post(f"/assignments/{number}/notes", text="Have a look, @boris")
    assert "Have a look, @boris" in page.text
    assert browser.post(f"/assignments/{number}/notes", text=" ").status_code == 422
    with house.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT kind, public, author_id FROM crm.message").one()
    assert tuple(kept) == ("comment", False, anna)
