"""Whoever loses a login loses its tokens, and whoever shuts others out of the own one is asked about them."""

import re
from datetime import UTC, datetime

import pytest

from caseline.actions import keep_tokens, keep_users, note_deed
from caseline.actions.editing import Faulty
from caseline.actions.keep_users import Wish
from caseline.actions.wiring import House
from caseline.people import logins
from caseline.people.rights import Role
from tests.factories import pages, programs
from tests.factories.pages import PASSWORD, Browser

OTHER = "eight quiet pages 8"
_TICK = re.compile(r'<input type="checkbox" name="tokens"( checked)?>')


@pytest.fixture
def anna(house: House, browser: Browser) -> Browser:
    pages.login(house, "anna")
    browser.sign_in("anna")
    return browser


def number(house: House, name: str = "anna") -> int:
    return next(one.id for one in keep_users.users(house) if one.name == name)


def good(browser: Browser, secret: str) -> bool:
    with programs.calling(browser.base, secret) as program:
        return program.get("/me").status_code == 200


def ended(house: House) -> list[tuple[str | None, str, object]]:
    """By whom tokens of whom were ended, and what they were called."""
    noted = [line for line in note_deed.noted(house) if line.action == "tokens_ended"]
    return [(line.login, line.subject, line.data["tokens"]) for line in noted]


def test_a_password_given_by_an_administrator_ends_the_tokens(house: House, anna: Browser) -> None:
    pages.login(house, "boris", Role.AGENT)
    secret, own = programs.token(house, "boris"), programs.token(house, "anna")
    anna.get(f"/settings/logins/edit?key={number(house, 'boris')}")

    anna.post("/settings/logins/password", key=number(house, "boris"), password=OTHER)

    assert (good(anna, secret), good(anna, own)) == (False, True)
    assert ended(house) == [("anna", "boris", ["a test"])]
    assert "tokens ended" in anna.get("/audit").text


def test_a_login_that_is_out_of_use_has_no_tokens_when_it_comes_back(house: House, anna: Browser) -> None:
    pages.login(house, "boris", Role.AGENT)
    secret, now = programs.token(house, "boris"), datetime.now(UTC)

    keep_users.change(house, "boris", Wish(active=False), by="anna", now=now)
    keep_users.change(house, "boris", Wish(active=True), by="anna", now=now)

    assert not good(anna, secret)
    assert ended(house) == [("anna", "boris", ["a test"])]


def test_another_role_leaves_the_tokens(house: House, anna: Browser) -> None:
    pages.login(house, "boris", Role.AGENT)
    secret = programs.token(house, "boris")
    keep_users.change(house, "boris", Wish(role=Role.VIEWER), by="anna", now=datetime.now(UTC))
    assert good(anna, secret)
    assert ended(house) == []


@pytest.mark.parametrize("tick", [True, False])
@pytest.mark.parametrize("path", ["/me/password", "/me/sessions/others"])
def test_whoever_shuts_others_out_of_the_own_login_says_whether_tokens_end(
    house: House, anna: Browser, path: str, tick: bool
) -> None:
    assert not _TICK.search(anna.get("/me").text)
    secret = programs.token(house, "anna")
    assert _TICK.findall(anna.get("/me").text) == [" checked", " checked"]

    values = {"tokens": "on"} if tick else {}
    if path == "/me/password":
        values |= {"current": PASSWORD, "new": OTHER, "again": OTHER}
    page = anna.post(path, **values)

    assert page.status_code == 200
    assert ("tokens have ended" in page.text) == tick
    assert good(anna, secret) != tick
    assert ended(house) == ([("anna", "anna", ["a test"])] if tick else [])


def test_a_tick_that_was_taken_away_stays_away_on_a_page_that_is_shown_again(house: House, anna: Browser) -> None:
    secret = programs.token(house, "anna")
    anna.get("/me")
    page = anna.post("/me/password", current="wrong", new=OTHER, again=OTHER)
    assert _TICK.findall(page.text) == ["", " checked"]
    page = anna.post("/me/password", current="wrong", new=OTHER, again=OTHER, tokens="on")
    assert _TICK.findall(page.text) == [" checked", " checked"]
    assert good(anna, secret)


@pytest.mark.parametrize("tick", [True, False])
def test_an_administrator_who_signs_somebody_out_says_whether_tokens_end(
    house: House, anna: Browser, tick: bool
) -> None:
    pages.login(house, "boris", Role.AGENT)
    secret, key = programs.token(house, "boris"), number(house, "boris")
    assert _TICK.findall(anna.get(f"/settings/logins/edit?key={key}").text) == [" checked"]

    anna.post("/settings/logins/sign-out", key=key, **({"tokens": "on"} if tick else {}))

    assert good(anna, secret) != tick
    assert ended(house) == ([("anna", "boris", ["a test"])] if tick else [])


def test_a_token_is_made_with_the_password_only_and_failures_count(house: House, anna: Browser) -> None:
    anna.get("/me/tokens")
    for current in ("", "wrong", "wrong", "wrong", "wrong"):
        page = anna.post("/me/tokens", name="nightly <run>", days="365", current=current)
        assert page.status_code == 422
        assert "type the password of now" in page.text
        assert 'value="nightly &lt;run&gt;"' in page.text
        assert re.search(r'value="365"\s+selected', page.text)
    assert anna.post("/me/tokens", name="nightly", days="30", current=PASSWORD).status_code == 429
    assert keep_tokens.tokens(house, number(house)) == []


def test_who_has_the_password_makes_a_token(house: House, anna: Browser) -> None:
    anna.get("/me/tokens")
    page = anna.post("/me/tokens", name="nightly", days="30", current=PASSWORD)
    assert page.status_code == 200
    assert [one.name for one in keep_tokens.tokens(house, number(house))] == ["nightly"]
    assert PASSWORD not in page.text


@pytest.mark.usefixtures("anna")
def test_a_password_that_was_replaced_meanwhile_makes_no_token(house: House) -> None:
    with house.engine.connect() as connection:
        proved = logins.password(connection, number(house))
    keep_users.change(house, "anna", Wish(password=OTHER), by=None, now=datetime.now(UTC))
    with pytest.raises(Faulty):
        keep_tokens.make(house, number(house), "late", 30, now=datetime.now(UTC), proved=proved)
    assert keep_tokens.tokens(house, number(house)) == []
