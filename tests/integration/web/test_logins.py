"""Logins in the settings, the page of the own login, and the second step of signing in."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from caseline.actions import keep_users, note_deed, sign_in
from caseline.actions.keep_users import BadLogin, Wish
from caseline.actions.wiring import House
from caseline.people import one_time
from caseline.people.access import Scope
from caseline.people.rights import Role
from tests.factories import pages
from tests.factories.pages import PASSWORD, Browser
from tests.factories.staff import person

_SEEN = re.compile(r'name="seen" value="([0-9a-f]+)"')
_KEY = re.compile(r'name="key" value="([A-Z2-7]{32})"')
_CODES = re.compile(r"<li><code>([a-z0-9-]+)</code></li>")
OTHER = "eight quiet pages 8"


@pytest.fixture
def admin(house: House, browser: Browser) -> Browser:
    pages.login(house, "anna")
    browser.sign_in("anna")
    return browser


def number(house: House, name: str) -> int:
    return next(one.id for one in keep_users.users(house) if one.name == name)


def form(house: House, browser: Browser, name: str, **changes: str) -> dict[str, object]:
    one = next(each for each in keep_users.users(house) if each.name == name)
    found = _SEEN.search(browser.get(f"/settings/logins/edit?key={one.id}").text)
    assert found is not None
    values = {"role": one.role.value, "scope": one.scope.value, "language": one.language, "zone": one.zone}
    values |= {"active": "on"} if one.active else {}
    return {"key": one.id, "seen": found[1], **values, **changes}


def test_a_login_is_made_for_a_person_who_then_sees_the_own_groups_only(house: House, admin: Browser) -> None:
    boris = person(house, "Boris")
    admin.get("/settings/logins/new")
    values = {"role": "agent", "scope": "groups", "language": "ru", "zone": "Asia/Yekaterinburg", "active": "on"}
    answer = admin.post("/settings/logins/edit", name="boris", password=OTHER, person=str(boris), **values)
    assert "Saved." in answer.text
    made = next(one for one in keep_users.users(house) if one.name == "boris")
    assert (made.role, made.scope, made.person_id, made.zone) == (Role.AGENT, Scope.GROUPS, boris, "Asia/Yekaterinburg")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "two words"}, "name"),
        ({"name": "anna"}, "name"),
        ({"password": "short"}, "password"),
        ({"zone": "Mars/North"}, "zone"),
        ({"role": "king"}, "role"),
        ({"person": "999"}, "person"),
    ],
)
def test_a_bad_login_is_refused_at_its_field(house: House, admin: Browser, changes: dict[str, str], field: str) -> None:
    values = {"name": "boris", "password": OTHER, "role": "agent", "scope": "all", "language": "ru"}
    admin.get("/settings/logins/new")
    answer = admin.post("/settings/logins/edit", **{**values, "zone": "Europe/Moscow", "active": "on", **changes})
    assert answer.status_code == 422
    assert f'id="field-{field}-fault"' in answer.text
    assert OTHER not in answer.text
    assert len(keep_users.users(house)) == 1


def test_the_last_administrator_cannot_be_locked_out(house: House, admin: Browser) -> None:
    for changes in ({"role": "viewer"}, {"active": ""}):
        values = {name: value for name, value in form(house, admin, "anna", **changes).items() if value != ""}
        answer = admin.post("/settings/logins/edit", **values)  # type: ignore[arg-type]
        assert answer.status_code == 422
        assert "is the last administrator" in answer.text
    with pytest.raises(BadLogin, match="last administrator"):
        keep_users.change(house, "anna", Wish(active=False), by=None, now=datetime.now(UTC))


def test_two_administrators_who_dismiss_each_other_at_once_leave_one(house: House) -> None:
    for name in ("anna", "ben"):
        pages.login(house, name)

    def dismiss(name: str) -> bool:
        try:
            keep_users.change(house, name, Wish(active=False), by=None, now=datetime.now(UTC))
        except BadLogin:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(dismiss, ("anna", "ben"))) == [False, True]


def test_a_new_password_from_the_administrator_ends_sessions_and_is_in_no_log(house: House, admin: Browser) -> None:
    pages.login(house, "boris", Role.AGENT)
    other = Browser(admin.base)
    other.sign_in("boris")
    admin.get(f"/settings/logins/edit?key={number(house, 'boris')}")
    admin.post("/settings/logins/password", key=number(house, "boris"), password=OTHER)
    assert other.get("/keywords").url.path == "/sign-in"
    assert other.sign_in("boris", OTHER).url.path == "/"
    assert OTHER not in str(note_deed.noted(house))
    assert admin.post("/settings/logins/password", key=number(house, "boris"), password=PASSWORD[:5]).status_code == 422

    admin.post("/settings/logins/sign-out", key=number(house, "boris"))
    assert other.get("/keywords").url.path == "/sign-in"
    other.client.close()


def test_the_own_password_needs_the_old_one_and_ends_other_sessions(admin: Browser) -> None:
    other = Browser(admin.base)
    other.sign_in("anna")
    admin.get("/me")
    assert admin.post("/me/password", current="wrong", new=OTHER, again=OTHER).status_code == 422
    assert admin.post("/me/password", current=PASSWORD, new=OTHER, again="x").status_code == 422
    assert admin.post("/me/password", current=PASSWORD, new="short", again="short").status_code == 422
    assert other.get("/me").url.path == "/me"

    assert admin.post("/me/password", current=PASSWORD, new=OTHER, again=OTHER).status_code == 200
    assert admin.get("/me").url.path == "/me"
    assert other.get("/me").url.path == "/sign-in"
    assert other.sign_in("anna", OTHER).url.path == "/"
    other.client.close()


def test_wrong_passwords_on_the_own_page_count_like_those_at_the_door(admin: Browser) -> None:
    admin.get("/me")
    for _ in range(sign_in.TRIES):
        assert admin.post("/me/password", current="wrong", new=OTHER, again=OTHER).status_code == 422
    assert admin.post("/me/password", current=PASSWORD, new=OTHER, again=OTHER).status_code == 429
    assert Browser(admin.base).sign_in("anna").status_code == 429


def test_own_sessions_are_listed_and_ended_and_those_of_others_are_not_there(house: House, admin: Browser) -> None:
    pages.login(house, "boris", Role.AGENT)
    second, foreign = Browser(admin.base), Browser(admin.base)
    second.sign_in("anna")
    foreign.sign_in("boris")
    with house.engine.connect() as connection:
        rows = connection.execute(
            sa.text(
                "SELECT encode(s.token, 'hex') FROM people.session s JOIN people.login l ON l.id = login_id WHERE l.name = 'boris'"
            )
        )
        (boris,) = rows.scalars()
    page = admin.get("/me").text
    (other,) = re.findall(r'action="/me/sessions/end">.*?name="key" value="([0-9a-f]{64})"', page, re.DOTALL)
    assert admin.post("/me/sessions/end", key=boris).status_code == 404
    assert admin.post("/me/sessions/end", key="zz").status_code == 404
    admin.post("/me/sessions/end", key=other)
    assert second.get("/me").url.path == "/sign-in"
    assert foreign.get("/me").url.path == "/me"
    for one in (second, foreign):
        one.client.close()


def with_second_step(admin: Browser) -> tuple[str, list[str]]:
    """Switch it on; answers the key and the codes for emergencies."""
    found = _KEY.search(admin.get("/me?second=1").text)
    assert found is not None
    code = one_time.code(found[1], one_time.step(datetime.now(UTC)) - 1)
    answer = admin.post("/me/second-step", key=found[1], code=code, current=PASSWORD)
    return found[1], _CODES.findall(answer.text)


def test_the_second_step_is_asked_for_after_the_password_and_opens_nothing_before(house: House, admin: Browser) -> None:
    key, codes = with_second_step(admin)
    assert len(codes) == one_time.EMERGENCIES
    other = Browser(admin.base)

    asked = other.sign_in("anna")
    assert asked.url.path == "/sign-in/code"
    assert "caseline" not in other.client.cookies
    assert other.get("/me").url.path == "/sign-in"
    other.get("/sign-in/code")
    assert other.post("/sign-in/code", code="000000").status_code == 401
    code = one_time.code(key, one_time.step(datetime.now(UTC)))
    assert other.post("/sign-in/code", code=code, next="/me").url.path == "/me"

    third = Browser(admin.base)
    third.sign_in("anna")
    assert third.post("/sign-in/code", code=code).status_code == 401  # a code is good once
    assert third.post("/sign-in/code", code=codes[0]).url.path == "/"
    fourth = Browser(admin.base)
    fourth.sign_in("anna")
    assert fourth.post("/sign-in/code", code=codes[0]).status_code == 401
    assert {"second_step_on", "emergency_code_used"} <= {line.action for line in note_deed.noted(house)}
    assert key not in str(note_deed.noted(house))
    for one in (other, third, fourth):
        one.client.close()


def test_wrong_codes_count_with_wrong_passwords(admin: Browser) -> None:
    key, _codes = with_second_step(admin)
    other = Browser(admin.base)
    other.sign_in("anna", "wrong")
    other.sign_in("anna")
    for _ in range(sign_in.TRIES - 1):
        assert other.post("/sign-in/code", code="000000").status_code == 401
    code = one_time.code(key, one_time.step(datetime.now(UTC)))
    assert other.post("/sign-in/code", code=code).status_code == 429
    assert other.sign_in("anna").status_code == 429
    other.client.close()


def test_the_second_step_cannot_be_begun_with_a_wrong_code_or_ended_without_the_password(
    house: House, admin: Browser
) -> None:
    found = _KEY.search(admin.get("/me?second=1").text)
    assert found is not None
    assert admin.post("/me/second-step", key=found[1], code="000000", current=PASSWORD).status_code == 422
    assert admin.post("/me/second-step", key="nonsense", code="000000", current=PASSWORD).status_code == 404
    assert keep_users.with_second_step(house) == frozenset()

    with_second_step(admin)
    assert admin.post("/me/second-step/end", current="wrong").status_code == 422
    assert len(keep_users.with_second_step(house)) == 1
    assert len(_CODES.findall(admin.post("/me/second-step/codes", current=PASSWORD).text)) == one_time.EMERGENCIES
    admin.post("/me/second-step/end", current=PASSWORD)
    assert keep_users.with_second_step(house) == frozenset()
    assert Browser(admin.base).sign_in("anna").url.path == "/"


def test_an_administrator_takes_the_second_step_of_somebody_else_away(house: House, admin: Browser) -> None:
    pages.login(house, "boris", Role.AGENT)
    other = Browser(admin.base)
    other.sign_in("boris")
    with_second_step(other)
    admin.get(f"/settings/logins/edit?key={number(house, 'boris')}")
    admin.post("/settings/logins/second-step", key=number(house, "boris"))
    assert keep_users.with_second_step(house) == frozenset()
    other.client.close()
