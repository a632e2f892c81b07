"""Every page with every role, the headers of every answer, and what happens to nonsense."""

import itertools
import re

import pytest

from caseline.actions.wiring import House
from caseline.people import rights
from caseline.people.rights import Role
from caseline.web.desk.application import HEADERS
from caseline.web.desk.page import Page
from caseline.web.desk.routes import PAGES
from tests.factories import pages
from tests.factories.pages import Browser


def _path(page: Page) -> str:
    return re.sub(r"\{\w+:key\}", "999999", page.path)


def _visit(browser: Browser, page: Page, token: str | None = None) -> int:
    answer = browser.post(_path(page), token=token) if page.method == "POST" else browser.get(_path(page))
    return answer.status_code if answer.url.path != "/sign-in" or page.path == "/sign-in" else 401


@pytest.mark.parametrize("role", list(Role))
def test_every_page_opens_for_the_roles_that_have_its_right_and_for_no_other(
    house: House, browser: Browser, role: Role
) -> None:
    pages.login(house, "somebody", role)
    token = ""
    for page in PAGES:
        if page.path == "/sign-out":
            continue
        if "caseline" not in browser.client.cookies:
            browser.sign_in("somebody")
            token = browser.token
        allowed = page.needs is None or rights.may(role, page.needs)
        status = _visit(browser, page, token)
        assert status != 401 or page.path == "/sign-in", (page.method, page.path, role)
        assert (status != 403) == allowed, (page.method, page.path, role)


def test_nobody_sees_more_than_the_sign_in_without_a_login(browser: Browser) -> None:
    browser.get("/sign-in")
    for page in PAGES:
        status = _visit(browser, page)
        assert page.public or status == 401, (page.method, page.path)


def test_every_change_is_a_post_and_needs_more_than_being_signed_in() -> None:
    for page in PAGES:
        harmless = page.public or page.path in {"/sign-out", "/keywords", "/keywords/try", "/keywords/forms"}
        harmless |= page.path.startswith("/me/")  # what somebody does with the own login
        assert page.method == "GET" or harmless or page.needs is not None, page.path
    for (path, method), same in itertools.groupby(sorted((page.path, page.method) for page in PAGES)):
        assert len(list(same)) == 1, (path, method)


def test_every_answer_carries_the_headers_that_keep_it_safe(house: House, browser: Browser) -> None:
    pages.login(house, "anna")
    browser.sign_in("anna")
    for path in ("/", "/sign-in", "/keywords", "/nowhere", "/static/desk.css", "/keywords/999999"):
        answer = browser.get(path)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, path
    assert browser.get("/").headers["cache-control"] == "no-store"
    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    text = browser.get("/").text
    assert text.count("<script") == text.count('<script src="/static/')


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(house: House, browser: Browser) -> None:
    pages.login(house, "anna")
    browser.get("/sign-in")
    browser.client.follow_redirects = False

    answer = browser.post("/sign-in", name="anna", password=pages.PASSWORD)

    session = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("caseline="))
    assert "HttpOnly" in session
    assert "SameSite=lax" in session


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nowhere", 404),
        ("/keywords/abc", 404),
        ("/keywords/12345678901234567890123", 404),
        ("/keywords?page=-1", 200),
        ("/keywords?page=zzz", 200),
    ],
)
def test_nonsense_is_answered_with_a_page(house: House, browser: Browser, path: str, status: int) -> None:
    pages.login(house, "anna")
    browser.sign_in("anna")

    answer = browser.get(path)

    assert answer.status_code == status
    assert "Traceback" not in answer.text


def test_more_than_a_page_takes_is_refused(house: House, browser: Browser) -> None:
    pages.login(house, "anna")
    browser.sign_in("anna")

    assert browser.post("/sign-in", name="x" * 20_000, password=pages.PASSWORD).status_code == 413
