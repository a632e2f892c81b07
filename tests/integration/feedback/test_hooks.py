"""Other systems that are down, slow, lost or lead elsewhere: they are told once they are there, and nobody waits."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from caseline.actions import send_hooks
from caseline.actions.send_hooks import Sent
from caseline.feedback import hooks
from tests.factories.answered import Feedback, feedback
from tests.factories.pages import listening_at

SECRET: Final = b"s" * 32


@pytest.fixture
def asked(database_url: str) -> Feedback:
    return feedback(database_url, hooks_near=True)


class Elsewhere:
    """A system that answers as a test says."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.answer: Callable[[], Response] = lambda: Response(status_code=200)

    async def take(self, request: Request) -> Response:
        self.keys.append(request.headers["idempotency-key"])
        return self.answer()


@contextmanager
def listening() -> Iterator[tuple[str, Elsewhere]]:
    there = Elsewhere()
    routes = [Route("/{any:path}", there.take, methods=["GET", "POST"])]
    with listening_at(Starlette(routes=routes)) as address:
        yield address, there


def hook(asked: Feedback, code: str, url: str) -> None:
    with asked.house.engine.begin() as connection:
        hooks.make(connection, {"code": code, "url": url, "made_by": "t", "made_at": asked.now}, SECRET)


def queue(asked: Feedback, code: str, key: str) -> bool:
    with asked.house.engine.begin() as connection:
        found = hooks.find(connection, code)
        assert found is not None
        return hooks.queue(connection, found.id, key, {"event": "test"}, now=asked.now)


def send(asked: Feedback, minutes: float = 0) -> Sent:
    asked.now += timedelta(minutes=minutes)
    return send_hooks.run(asked.house, clock=lambda: asked.now)


def results(asked: Feedback) -> list[Any]:
    return asked.query("SELECT key, attempts, done_at IS NOT NULL, result FROM feedback.hook_call ORDER BY id")


def test_what_is_queued_twice_is_told_once_and_what_fails_is_told_later(asked: Feedback) -> None:
    with listening() as (address, there):
        hook(asked, "one", f"{address}/in?x=1")
        assert [queue(asked, "one", "a"), queue(asked, "one", "a")] == [True, False]
        for status in (500, 404, 301):
            there.answer = lambda status=status: Response(status_code=status)  # type: ignore[misc]
            assert send(asked, 200) == Sent(sent=0, failed=1)
        assert results(asked) == [
            ("a", 3, False, "Unreachable: it answered 301; only 200 to 299 means that it was taken")
        ]
        there.answer = lambda: RedirectResponse(f"{address}/other", 307)
        send(asked, 200)
        assert len(there.keys) == 4, "nobody is led elsewhere"

        there.answer = lambda: Response(status_code=202)
        assert send(asked, 200).sent == 1
        assert send(asked, 200) == Sent()

    assert set(there.keys) == {"a"}
    assert results(asked)[0][2:] == (True, "taken: 202")


def test_one_that_is_down_keeps_back_no_other(asked: Feedback) -> None:
    with listening() as (address, there):
        hook(asked, "down", "http://127.0.0.1:1/in")
        hook(asked, "up", f"{address}/in")
        for number in range(3):
            queue(asked, "down", f"d{number}")
            queue(asked, "up", f"u{number}")

        assert send(asked) == Sent(sent=3, failed=1)
        assert there.keys == ["u0", "u1", "u2"]


def test_while_a_slow_one_is_waited_for_no_transaction_is_open_and_nobody_else_sends_it(asked: Feedback) -> None:
    busy = []

    def slow() -> Response:
        with asked.house.engine.connect() as connection:
            query = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in %'"
            )
            busy.append(connection.execute(sa.text(query)).scalar_one())
        busy.append(send(asked).sent)
        time.sleep(0.2)
        return Response(status_code=200)

    with listening() as (address, there):
        there.answer = slow
        hook(asked, "slow", f"{address}/in")
        queue(asked, "slow", "a")

        assert send(asked).sent == 1

    assert busy == [0, 0]
    assert there.keys == ["a"]


def test_whoever_dies_while_sending_has_it_sent_again_by_the_same_key(
    asked: Feedback, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening() as (address, there):
        hook(asked, "one", f"{address}/in")
        queue(asked, "one", "a")

        def die(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(hooks, "done", die)
            with pytest.raises(KeyboardInterrupt):
                send(asked)
        assert send(asked, 1) == Sent(), "it is still the other's"
        assert send(asked, 2).sent == 1

    assert there.keys == ["a", "a"]


def test_private_networks_are_refused_unless_a_setting_allows_them(database_url: str) -> None:
    asked = feedback(database_url)
    with listening() as (address, there):
        hook(asked, "near", f"{address}/in")
        queue(asked, "near", "a")

        assert send(asked).failed == 1

    assert there.keys == []
    assert "127.0.0.1 is 127.0.0.1, in a private network; CASELINE_HOOKS_NEAR=true allows that" in results(asked)[0][3]


def test_after_two_weeks_nobody_tries_until_somebody_says_so(asked: Feedback) -> None:
    with listening() as (address, there):
        there.answer = lambda: Response(status_code=500)
        hook(asked, "one", f"{address}/in")
        queue(asked, "one", "a")
        asked.query("UPDATE feedback.hook_call SET attempts = 59")
        send(asked)
        assert send(asked, 60 * 24) == Sent()

        there.answer = lambda: Response(status_code=200)
        with asked.house.engine.begin() as connection:
            (one,) = hooks.every(connection)
            assert hooks.again(connection, one.id, now=asked.now) == 1
        assert send(asked).sent == 1
