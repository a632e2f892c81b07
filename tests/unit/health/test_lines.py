"""Lines of the log for programs: one object each, and no secret in them."""

import asyncio
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from caseline.actions import prefect_environment
from caseline.health.lines import Lines, blanked
from caseline.web import health

SECRET = "hush-0123456789-hush"  # noqa: S105 - of a test


def line(message: str, *args: object, **fields: object) -> dict[str, object]:
    record = logging.LogRecord("caseline.x", logging.WARNING, "x.py", 1, message, args, None)
    record.__dict__.update(fields)
    return dict(json.loads(Lines().format(record)))


def test_a_line_is_one_object_with_its_time_in_utc() -> None:
    told = line("mail %s\nof «%s»", 7, "Пример", flow_run_name="spring", other="x")

    assert told["message"] == "mail 7\nof «Пример»"
    assert (told["level"], told["logger"], told["flow_run_name"]) == ("warning", "caseline.x", "spring")
    assert str(told["at"]).endswith("+00:00")
    assert "other" not in told
    assert "\n" not in Lines().format(logging.makeLogRecord({"msg": "a\nb"}))


@pytest.mark.parametrize(
    "text",
    [
        f"cannot reach postgresql://caseline:{SECRET}@db/x",
        f"turned away: GET /f/nps/repair/abcdefghijkl.{SECRET}",
        f"Authorization: Bearer {SECRET}",
        f"basic {SECRET}",
        f'{{"password": "{SECRET}", "user": "me"}}',
        f"token={SECRET}&x=1",
        f"CASELINE_ALERT_TOKEN: {SECRET}",
        f"api_key = '{SECRET}'",
    ],
)
def test_secrets_are_blanked_in_messages_and_tracebacks(text: str) -> None:
    assert SECRET not in blanked(text)
    record = logging.makeLogRecord({})
    try:
        int(text)
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "failed", (), sys.exc_info())
    told = json.loads(Lines().format(record))
    assert told["error"] == "ValueError"
    assert "Traceback" in told["traceback"]
    assert SECRET not in told["traceback"]


def test_what_is_no_secret_stays() -> None:
    for text in ("request 7: category repair", "https://example.org/f/nps", "tokens are 16 characters long"):
        assert blanked(text) == text


def test_lines_of_flow_runs_are_objects_where_that_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASELINE_LOG", "json")
    environment = prefect_environment.for_client(tmp_path, "http://127.0.0.1:9/api")
    code = (
        "from prefect.logging.configuration import setup_logging; from prefect.logging import get_logger;"
        f" setup_logging(); get_logger('x').warning('at postgresql://me:{SECRET}@db, which is a long line ' + 'y' * 300)"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)

    told = json.loads(done.stderr.strip().splitlines()[-1])
    assert str(told["message"]).endswith("y" * 300)
    assert (told["level"], SECRET in done.stderr) == ("warning", False)
    monkeypatch.delenv("CASELINE_LOG")
    assert not any("FORMATTER" in name for name in prefect_environment.quiet(tmp_path))
    assert "PREFECT_LOGGING_COLORS" not in os.environ


def test_answers_are_told_by_the_pattern_of_their_address(caplog: pytest.LogCaptureFixture) -> None:
    async def page(_request: Request) -> Response:
        return PlainTextResponse("x")

    middleware = health.timed("desk")
    application = Starlette(routes=[Route("/f/{secret}", page)], middleware=[middleware])

    async def ask() -> None:
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
            await client.get(f"/f/{SECRET}")
            await client.request("BREW", "/nowhere")

    asyncio.run(ask())
    assert not [one for one in caplog.records if one.name == "caseline.answers"]
    with caplog.at_level(logging.INFO, "caseline.answers"):
        asyncio.run(ask())

    told = [(one.method, one.route, one.status) for one in caplog.records if one.name == "caseline.answers"]  # type: ignore[attr-defined]
    assert told == [("GET", "/f/{secret}", "200"), ("other", "none", "404")]
    assert not any(SECRET in str(one.__dict__) for one in caplog.records if one.name == "caseline.answers")
