"""Who gets in, how sessions end, and that nobody else's page can act in somebody's name."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from caseline.actions import keep_users, sign_in
from caseline.actions.keep_users import BadLogin, Wish
from caseline.actions.sign_in import Attempt, NotSignedIn
from caseline.actions.wiring import House
from caseline.people.rights import Role
from tests.factories import pages
from tests.factories.pages import PASSWORD, Browser

NOW = datetime(2026, 6, 8, 9, 0, tzinfo=UTC)


def test_a_page_asks_who_it_is_and_then_shows_itself(house: House, browser: Browser) -> None:
    pages.login(house, "anna")

    asked = browser.get("/audit")
    assert asked.url.path == "/sign-in"
    shown = browser.post("/sign-in", name="Anna ", password=PASSWORD, next="/audit")

    assert (shown.status_code, shown.url.path) == (200, "/audit")
    assert "signed in" in shown.text


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example/", "/\\evil.example", "\tjavascript:1"])
def test_signing_in_never_leads_to_another_host(house: House, browser: Browser, elsewhere: str) -> None:
    pages.login(house, "anna")
    browser.get("/sign-in")
    browser.client.follow_redirects = False

    answer = browser.post("/sign-in", name="anna", password=PASSWORD, next=elsewhere)

    assert answer.headers["location"] == "/"


def test_after_a_form_of_a_session_that_has_ended_the_page_above_it_is_opened(house: House, browser: Browser) -> None:
    pages.login(house, "anna")
    browser.get("/sign-in")
    browser.client.follow_redirects = False

    answer = browser.post("/sign-in", name="anna", password=PASSWORD, next="/requests/5/stage?back=/x/y")

    assert answer.headers["location"] == "/requests/5"


def test_a_wrong_password_and_an_unknown_name_look_the_same(house: House, browser: Browser) -> None:
    pages.login(house, "anna")

    wrong, unknown = browser.sign_in("anna", "something else"), browser.sign_in("nobody", "something else")

    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.text.replace("anna", "") == unknown.text.replace("nobody", "")


def test_after_five_failures_even_the_right_password_has_to_wait(house: House) -> None:
    pages.login(house, "anna")
    for _ in range(5):
        with pytest.raises(NotSignedIn, match="wrong"):
            sign_in.sign_in(house, Attempt(name="anna", password=PASSWORD[1:], address="10.0.0.1"), now=NOW)

    right = Attempt(name="ANNA", password=PASSWORD, address="10.0.0.2")
    with pytest.raises(NotSignedIn, match="wait"):
        sign_in.sign_in(house, right, now=NOW)
    assert sign_in.sign_in(house, right, now=NOW + sign_in.SPAN + timedelta(seconds=1))


def lock_out(house: House, name: str, *, address: str = "10.0.0.1") -> None:
    for _ in range(sign_in.TRIES):
        with pytest.raises(NotSignedIn, match="wrong"):
            sign_in.sign_in(house, Attempt(name=name, password=PASSWORD[1:], address=address), now=datetime.now(UTC))


def test_strangers_lock_nobody_out_of_a_browser_in_which_he_has_signed_in(
    house: House, desk: str, browser: Browser
) -> None:
    pages.login(house, "anna")
    browser.sign_in("anna")
    browser.post("/sign-out")
    lock_out(house, "anna")
    other = Browser(desk)

    assert other.sign_in("anna").status_code == 429
    assert browser.sign_in("Anna").url.path == "/"


def test_in_such_a_browser_five_failures_are_the_most_too(house: House, browser: Browser) -> None:
    pages.login(house, "anna")
    browser.sign_in("anna")
    browser.post("/sign-out")

    failed = [browser.sign_in("anna", "not the password").status_code for _ in range(6)]

    assert failed == [401] * 5 + [429]
    assert browser.sign_in("anna").status_code == 429
    elsewhere = Attempt(name="anna", password=PASSWORD, address="10.0.0.9")
    assert sign_in.sign_in(house, elsewhere, now=datetime.now(UTC)), "what fails there locks nobody out elsewhere"


def test_the_mark_of_a_browser_is_for_one_name_and_one_password(house: House, browser: Browser) -> None:
    for name in ("anna", "boris"):
        pages.login(house, name)
    browser.sign_in("anna")
    mark = browser.client.cookies["caseline-known"]
    lock_out(house, "anna")
    lock_out(house, "boris", address="10.0.0.2")

    def tries(name: str, known: str) -> str:
        attempt = Attempt(name=name, password=PASSWORD, address="10.0.0.3", known=known)
        try:
            return "in" if sign_in.sign_in(house, attempt, now=datetime.now(UTC)) else ""
        except NotSignedIn as error:
            return error.code

    nonce, _, proof = mark.partition(".")
    forged = ("", ".", "x", f"{nonce}.", f"x{nonce}.{proof}", f"{nonce}.{proof[:-1]}", f".{proof}", "\ud800.\ud800")
    assert [tries("anna", known) for known in forged] == ["wait"] * len(forged)
    assert tries("boris", mark) == "wait"
    with house.engine.begin() as connection:
        kept = connection.execute(sa.text("SELECT password FROM people.login WHERE name = 'boris'")).scalar_one()
        connection.execute(sa.text("UPDATE people.login SET password = :kept WHERE name = 'anna'"), {"kept": kept})
    assert tries("anna", mark) == "wait"


def test_a_session_ends_by_itself_and_keeps_no_token_in_the_database(house: House) -> None:
    pages.login(house, "anna")
    token = sign_in.sign_in(house, Attempt(name="anna", password=PASSWORD, address=""), now=NOW)

    assert sign_in.session(house, token, now=NOW + timedelta(hours=1)) is not None
    assert sign_in.session(house, token, now=NOW + timedelta(hours=3, minutes=1)) is None  # idle for two
    for hour in range(1, 12):
        sign_in.session(house, token, now=NOW + timedelta(hours=hour))
    assert sign_in.session(house, token, now=NOW + timedelta(hours=12)) is None  # twelve are the most
    with house.engine.connect() as connection:
        (kept,) = connection.execute(sa.text("SELECT token::text || form_token || agent FROM people.session")).scalars()
    assert token not in kept


def test_another_password_role_or_state_ends_all_sessions(house: House) -> None:
    pages.login(house, "anna")
    pages.login(house, "ben")  # somebody has to stay an administrator
    for wish in (Wish(role=Role.VIEWER), Wish(password=PASSWORD + "!"), Wish(active=False)):
        keep_users.change(
            house, "anna", Wish(active=True, role=Role.ADMINISTRATOR, password=PASSWORD), by=None, now=NOW
        )
        token = sign_in.sign_in(house, Attempt(name="anna", password=PASSWORD, address=""), now=NOW)
        keep_users.change(house, "anna", wish, by=None, now=NOW)
        assert sign_in.session(house, token, now=NOW) is None


def test_signing_out_ends_the_session(house: House, browser: Browser) -> None:
    pages.login(house, "anna")
    browser.sign_in("anna")
    token = browser.client.cookies["caseline"]

    browser.post("/sign-out")

    assert sign_in.session(house, token, now=datetime.now(UTC)) is None
    assert browser.get("/audit").url.path == "/sign-in"


def test_a_form_of_another_origin_or_without_its_token_is_refused(house: House, browser: Browser) -> None:
    pages.login(house, "anna")
    browser.sign_in("anna")

    without = browser.post("/sign-out", token="")
    foreign = browser.client.post(
        "/sign-out", data={"form_token": browser.token}, headers={"Origin": "https://evil.example"}
    )
    fetched = browser.client.post(
        "/sign-out", data={"form_token": browser.token}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert [answer.status_code for answer in (without, foreign, fetched)] == [403, 403, 403]
    assert browser.get("/audit").status_code == 200
    assert browser.get("/audit").text.count("was turned away") == 3


@pytest.mark.parametrize("password", ["short", "password12345", "йцукенгшщз1", "aaaaaaaaaaaaaa", "anna-anna-anna"])
def test_passwords_that_are_guessed_first_are_refused(house: House, password: str) -> None:
    with pytest.raises(BadLogin, match="password"):
        keep_users.add(house, "anna", Wish(role=Role.VIEWER, password=password), by=None, now=NOW)


def test_what_was_typed_survives_the_end_of_a_session(house: House, browser: Browser) -> None:
    pages.login(house, "anna")
    browser.sign_in("anna")
    with house.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM people.session"))

    answer = browser.post("/keywords/new", keyword="возврат", weight="50")

    assert answer.status_code in {401, 403}
    assert "still there" in answer.text or "not lost" in answer.text
