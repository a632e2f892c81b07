"""The bell: it counts live, for whoever it is, as long as the session lasts; lists and choices of notices."""

import queue
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import pytest

from caseline.actions import change_request, know_calendars, tell_notices
from caseline.actions.change_request import Changes
from caseline.actions.wiring import House
from caseline.notices import wording
from caseline.notices.kinds import Kind, Way
from caseline.people.access import Scope
from caseline.people.rights import Role
from caseline.web.desk import live, notice_words
from caseline.web.desk.application import build
from caseline.web.language import Texts
from tests.factories import pages
from tests.factories.colleagues import Staff
from tests.factories.pages import Browser

PATIENCE = 30
"""Seconds until something has surely gone wrong."""


@pytest.fixture
def staff(house: House) -> Staff:
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=datetime.now(UTC))
    return Staff(house)


def signed_in(house: House, browser: Browser, staff: Staff, role: Role = Role.AGENT) -> int:
    """Anna, who has a person."""
    pages.login(house, "anna", role)
    person = staff.person("Anna Ivanova", role=None, email="anna@desk.example")
    staff.link("anna", person)
    browser.sign_in("anna")
    return person


def assign(house: House, record: int, person: int) -> None:
    change_request.change(house, f"id:{record}", Changes(assignee=str(person)), now=datetime.now(UTC))


@contextmanager
def listening(browser: Browser) -> Iterator["queue.Queue[str]"]:
    """What a page hears, line by line; `end` when the stream has ended."""
    heard: queue.Queue[str] = queue.Queue()

    def listen() -> None:
        with httpx.Client(base_url=browser.base, cookies=browser.client.cookies, timeout=PATIENCE) as client:
            try:
                with client.stream("GET", "/notices/stream") as answer:
                    heard.put(f"{answer.status_code} {answer.headers['content-type']}")
                    for line in answer.iter_lines():
                        heard.put(line)
            except httpx.HTTPError:
                pass
            heard.put("end")

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    yield heard
    thread.join(PATIENCE)


def until(heard: "queue.Queue[str]", line: str) -> list[str]:
    """What is heard up to this line; all that is heard where it does not come."""
    lines: list[str] = []
    while not lines or lines[-1] not in {line, "end"}:
        lines.append(heard.get(timeout=PATIENCE))
    return lines


def test_the_bell_rings_without_a_flow_and_ends_with_the_session(house: House, browser: Browser, staff: Staff) -> None:
    anna = signed_in(house, browser, staff)
    record = pages.request(house, "text")

    with listening(browser) as heard:
        assert heard.get(timeout=PATIENCE) == "200 text/event-stream; charset=utf-8"
        assert until(heard, "data: 0")[-1] == "data: 0"
        assign(house, record, anna)
        assert until(heard, "data: 1")[-1] == "data: 1"
        tell_notices.tell(house, now=datetime.now(UTC))
        browser.get("/notices")
        browser.post("/notices/read", up_to="999")
        assert until(heard, "data: 0")[-1] == "data: 0"
        browser.post("/sign-out")
        assert until(heard, "event: signed-out")[-1] == "event: signed-out"
        assert until(heard, "end")[-1] == "end"

    assert staff.told(anna) == ["assigned"]


def test_a_stream_is_for_those_who_are_signed_in(browser: Browser) -> None:
    answer = browser.get("/notices/stream")
    assert answer.url.path == "/sign-in"
    assert browser.client.get("/notices/stream", headers={"HX-Request": "true"}).status_code == 401


def test_what_a_page_asks_for_by_itself_keeps_nobody_signed_in(house: House, browser: Browser, staff: Staff) -> None:
    signed_in(house, browser, staff)

    def minutes() -> float:
        with house.engine.connect() as connection:
            idle = "SELECT extract(epoch FROM now() - max(seen_at)) / 60 FROM people.session"
            return float(connection.exec_driver_sql(idle).scalar_one())

    staff.run("UPDATE people.session SET seen_at = now() - interval '10 minutes'")
    accept = {"Accept": "text/event-stream"}
    with browser.client.stream("GET", "/notices/stream", headers=accept) as answer:
        assert answer.status_code == 200
    assert browser.client.get("/notices", headers={"X-By-Itself": "1"}).status_code == 200
    assert minutes() > 9
    browser.get("/notices")
    assert minutes() < 9
    staff.run("UPDATE people.session SET seen_at = now() - interval '3 hours'")
    assert browser.client.get("/notices/stream", headers=accept).status_code == 204


def test_a_login_without_person_has_no_stream(house: House, browser: Browser) -> None:
    pages.login(house, "root")
    page = browser.sign_in("root")
    assert "data-stream" not in page.text
    assert browser.get("/notices/stream").status_code == 204
    assert "belongs to no person" in browser.get("/notices").text
    assert "belongs to no person" in browser.get("/me/notices").text
    assert browser.post("/me/notices", assigned="none").status_code == 404


def test_the_oldest_stream_of_a_login_ends_when_there_are_too_many(
    house: House, browser: Browser, staff: Staff
) -> None:
    signed_in(house, browser, staff)
    with listening(browser) as first:
        assert until(first, "data: 0")[-1] == "data: 0"
        others = [listening(browser) for _ in range(live.MOST)]
        heard = [other.__enter__() for other in others]
        for one in heard:
            assert until(one, "data: 0")[-1] == "data: 0"
        assert until(first, "event: elsewhere")[-1] == "event: elsewhere"
        assert until(first, "end")[-1] == "end"
        # Those that came later are still told: here, that their session has ended.
        browser.post("/sign-out")
        for one in heard:
            assert until(one, "event: signed-out")[-1] == "event: signed-out"
        for other in others:
            other.__exit__(None, None, None)


def test_whoever_leaves_makes_room(house: House, browser: Browser, staff: Staff) -> None:
    signed_in(house, browser, staff)
    application = build(house)
    with pages.listening_at(application) as address:
        for _ in range(live.MOST + 2):
            with (
                httpx.Client(base_url=address, cookies=browser.client.cookies, timeout=PATIENCE) as client,
                client.stream("GET", "/notices/stream") as answer,
            ):
                lines = answer.iter_lines()
                while next(lines) != "data: 0":
                    pass
        waited = threading.Event()
        for _ in range(PATIENCE * 10):
            if len(application.state.live) == 0:
                break
            waited.wait(0.1)
        assert len(application.state.live) == 0


def test_a_server_that_ends_does_not_wait_for_those_who_listen(house: House, browser: Browser, staff: Staff) -> None:
    signed_in(house, browser, staff)
    application = build(house)
    with pages.listening_at(application) as address:
        other = Browser(address)
        other.client.cookies = browser.client.cookies
        stream = listening(other)
        heard = stream.__enter__()
        assert until(heard, "data: 0")[-1] == "data: 0"
    assert until(heard, "end")[-1] == "end"
    stream.__exit__(None, None, None)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}/sign-in")


# ------------------------------------------------------------------------------------------------- the list


def test_a_notice_leads_to_what_it_is_about_and_is_read_then(house: House, browser: Browser, staff: Staff) -> None:
    anna = signed_in(house, browser, staff)
    record = pages.request(house, "text", subject="<b>Printer</b>")
    assign(house, record, anna)
    tell_notices.tell(house, now=datetime.now(UTC))

    page = browser.get("/notices")
    assert "&lt;b&gt;Printer&lt;/b&gt;" in page.text
    assert 'data-unread="1"' in page.text
    number = re.findall(r'href="/notices/(\d+)"', page.text)[0]
    answer = browser.client.get(f"/notices/{number}", follow_redirects=False)

    assert answer.headers["location"] == f"/requests/{record}"
    assert 'data-unread="0"' in browser.get("/notices").text
    assert "You have read everything." in browser.get("/notices?show=unread").text


def test_a_notice_of_somebody_else_is_absent(house: House, browser: Browser, staff: Staff) -> None:
    signed_in(house, browser, staff)
    boris = staff.person("Boris")
    assign(house, pages.request(house, "text"), boris)
    tell_notices.tell(house, now=datetime.now(UTC))

    assert browser.get("/notices/1").status_code == 404
    browser.get("/notices")
    browser.post("/notices/read", up_to="999")
    with house.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT read_at FROM notices.notice").scalar_one() is None


def test_a_notice_of_a_request_that_is_not_shown_any_more_is_not_shown(
    house: House, browser: Browser, staff: Staff
) -> None:
    anna = signed_in(house, browser, staff)
    record = pages.request(house, "text", subject="Confidential")
    assign(house, record, anna)
    tell_notices.tell(house, now=datetime.now(UTC))
    staff.run("UPDATE crm.record SET assignee_id = NULL")
    staff.run("UPDATE people.login SET scope = :scope", scope=Scope.GROUPS.value)

    page = browser.get("/notices")

    assert "Confidential" not in page.text
    assert 'data-unread="0"' in page.text
    assert browser.get("/notices/1").status_code == 404


def test_a_long_list_is_read_in_pages(house: House, browser: Browser, staff: Staff) -> None:
    anna = signed_in(house, browser, staff)
    record = pages.request(house, "text")
    staff.run(
        "INSERT INTO notices.notice (event_id, person_id, kind, record_id, at)"
        " SELECT n, :person, 'client_answered', :record, now() FROM generate_series(1, 120) AS n",
        person=anna,
        record=record,
    )
    seen: list[str] = []
    page = browser.get("/notices")
    assert "99+" in page.text
    while True:
        seen += re.findall(r'href="/notices/(\d+)"', page.text)
        further = re.search(r'href="(/notices\?before=\d+[^"]*)"', page.text)
        if further is None:
            break
        page = browser.get(further[1].replace("&amp;", "&"))
    assert len(seen) == len(set(seen)) == 120


def test_what_somebody_chooses_is_kept_and_stands_in_the_audit_log(
    house: House, browser: Browser, staff: Staff
) -> None:
    anna = signed_in(house, browser, staff, Role.ADMINISTRATOR)
    browser.get("/me/notices")

    page = browser.post("/me/notices", assigned="none", mentioned="mail", client_answered="nonsense", foreign="mail")

    assert "Saved." in page.text
    assert re.search(r'name="assigned" value="none" checked', page.text)
    assert re.search(r'name="mentioned" value="mail" checked', page.text)
    assert re.search(r'name="client_answered" value="page" checked', page.text)
    told = r"chose what to be told.*I am made responsible for a request.*In the page.*Not at all"
    assert re.search(told, browser.get("/audit").text, re.DOTALL)
    assert "Nothing was changed." in browser.post("/me/notices", assigned="none").text
    assign(house, pages.request(house, "text"), anna)
    assert tell_notices.tell(house, now=datetime.now(UTC)) == 0


@pytest.mark.parametrize("role", list(Role))
def test_everybody_has_own_notices(house: House, browser: Browser, staff: Staff, role: Role) -> None:
    signed_in(house, browser, staff, role)
    for path in ("/notices", "/me/notices", "/assignments"):
        assert browser.get(path).status_code == 200


def test_every_kind_and_way_has_words_in_both_languages() -> None:
    assert set(notice_words.KINDS) == set(Kind)
    assert set(notice_words.WAYS) == set(Way)
    for word in (*notice_words.KINDS.values(), *notice_words.WAYS.values()):
        assert re.search("[а-я]", Texts("ru").say(word)), word
    details = {"title": "T", "stage": "S", "by": "B", "state": "cancelled", "instead_of": "I"}
    for kind in Kind:
        for language in ("ru", "en", "de"):
            for said in (wording.said(kind, language, details), wording.said(kind, language, {})):
                assert said
                assert "{" not in said
