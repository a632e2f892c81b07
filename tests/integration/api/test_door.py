"""Who may call the API, and what it says of calls that it does not take."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from caseline.actions import keep_users
from caseline.actions.keep_users import Wish
from caseline.actions.wiring import House
from caseline.people.rights import Role
from caseline.people.stores import deeds
from caseline.people.stores.deeds import Wanted
from tests.factories import pages, programs
from tests.factories.pages import PASSWORD, Browser


def problem(answer: httpx.Response, status: int) -> dict[str, object]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    said: dict[str, object] = answer.json()
    assert said["status"] == status
    return said


@pytest.mark.parametrize("sent", [None, "Bearer", "Bearer nobody", "Basic YTpi", f"Bearer {'x' * 5000}"])
def test_nobody_calls_without_a_good_token(desk: str, sent: str | None) -> None:
    answer = httpx.get(f"{desk}/api/v1/me", headers={"Authorization": sent} if sent else {})

    assert "token" in str(problem(answer, 401)["detail"])
    assert answer.headers["www-authenticate"] == 'Bearer realm="caseline"'


def test_a_token_acts_as_its_login(house: House, desk: str) -> None:
    answer = programs.program(house, desk, Role.AGENT).get("/me")

    assert answer.json()["login"] == "program-agent"
    assert "work_requests" in answer.json()["rights"]
    assert answer.headers["cache-control"] == "no-store"


def test_a_token_ends_with_its_time_with_its_login_and_when_it_is_ended(house: House, desk: str) -> None:
    pages.login(house, "robot", Role.AGENT)
    now = datetime.now(UTC)
    past = programs.calling(desk, programs.token(house, "robot", now=now - timedelta(days=31)))
    good = programs.calling(desk, programs.token(house, "robot"))
    assert past.get("/me").status_code == 401
    assert good.get("/me").status_code == 200

    keep_users.change(house, "robot", Wish(active=False), by=None, now=now)

    assert good.get("/me").status_code == 401


def test_no_secret_is_kept_or_logged(house: House, desk: str) -> None:
    pages.login(house, "robot", Role.AGENT)
    secret = programs.token(house, "robot")
    programs.calling(desk, secret).get("/me")

    with house.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT t::text FROM people.api_token AS t").scalars().all()
        noted = [str(line) for line in deeds.noted(connection, Wanted(), before=None, most=50)]

    assert secret not in "".join([*kept, *noted])
    assert any("token_made" in line for line in noted)


def test_addresses_and_methods_that_there_are_not_are_problems_too(house: House, desk: str) -> None:
    caller = programs.program(house, desk)
    problem(caller.get("/nothing"), 404)
    assert "GET" in caller.delete("/me").headers["allow"]
    problem(caller.delete("/me"), 405)


def test_somebody_makes_sees_and_ends_own_tokens_at_the_desk(house: House, desk: str) -> None:
    for name in ("anna", "boris"):
        pages.login(house, name, Role.VIEWER)
    anna, boris = Browser(desk), Browser(desk)
    anna.sign_in("anna")
    boris.sign_in("boris")
    assert "There is no token yet." in anna.get("/me/tokens").text
    assert anna.post("/me/tokens", name=" ", days="30", current=PASSWORD).status_code == 422

    page = anna.post("/me/tokens", name="<b>nightly</b>", days="30", current=PASSWORD).text
    secret = page.partition('<code class="secret">')[2].partition("</code>")[0]

    assert "&lt;b&gt;nightly" in page
    assert secret not in anna.get("/me/tokens").text
    caller = programs.calling(desk, secret)
    assert caller.get("/me").json()["login"] == "anna"
    boris.get("/me/tokens")
    boris.post("/me/tokens/1/end")
    assert caller.get("/me").status_code == 200
    anna.post("/me/tokens/1/end")
    assert caller.get("/me").status_code == 401
