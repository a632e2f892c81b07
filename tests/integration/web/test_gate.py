"""What every change must be, the headers of every answer, and what happens to nonsense."""

import itertools

import pytest

from caseline.actions.wiring import House
from caseline.web.desk.application import HEADERS
from caseline.web.desk.routes import PAGES
from tests.factories import pages
from tests.factories.pages import Browser


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
