"""A Prefect server tells the desk of runs: operators are written to once an hour, and nobody else may tell anything."""

import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import jinja2
import pytest
import sqlalchemy as sa
from prefect.settings import PREFECT_API_URL, temporary_settings
from pydantic import SecretStr

from caseline.actions import tell_operators
from caseline.actions.wiring import House
from caseline.health.alerts import Alert
from caseline.settings import SettingsError
from caseline.web.alerts import PATH
from caseline.web.desk.application import build
from tasks import furnish
from tests.factories import pages

NOW = datetime(2026, 12, 1, 12, 30, tzinfo=UTC)
RUN = {
    "run": "salesforce 2026-11",
    "flow": "import-legacy",
    "state": "Failed",
    "message": "The database at postgresql://me:hidden@db/x does not answer",
    "page": "http://127.0.0.1:4200/runs/flow-run/1",
}


@pytest.fixture
def told(house: House) -> House:
    settings = {"operators": "night@example.org, day@example.org", "mail_address": "support@example.org"}
    return replace(house, settings=house.settings.model_copy(update=settings))


@pytest.fixture
def desk(told: House) -> Iterator[httpx.Client]:
    token = tell_operators.token(told.settings.home)
    shown = {"Authorization": f"Bearer {token}"}
    with pages.listening_at(build(told)) as base, httpx.Client(base_url=base, headers=shown, timeout=30) as client:
        yield client


def letters(house: House) -> list[tuple[str, str, str]]:
    query = sa.text("""
        SELECT r.address, l.subject, l.body FROM outbox.letter AS l JOIN outbox.recipient AS r ON r.letter_id = l.id
        WHERE l.occasion LIKE 'run %' ORDER BY l.id
    """)
    with house.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_each_operator_is_written_to_once_an_hour_without_secrets(told: House, desk: httpx.Client) -> None:
    first, second = desk.post(PATH, json=RUN), desk.post(PATH, json=RUN | {"run": "another"})

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    written = letters(told)
    assert [(to, subject) for to, subject, _ in written] == [
        ("night@example.org", "import-legacy: не удался"),
        ("day@example.org", "import-legacy: не удался"),
    ]
    assert all(RUN["page"] in body and "salesforce 2026-11" in body and "Retry" in body for *_, body in written)
    assert not any("hidden" in body for *_, body in written)
    assert desk.post(PATH, json=RUN | {"state": "Late"}).status_code == 200
    assert len(letters(told)) == 4


def test_an_hour_later_they_are_told_again(told: House) -> None:
    alert = Alert(run="a", flow="sync-bitrix24", state="Crashed")
    first = tell_operators.write(told, alert, now=NOW)
    assert tell_operators.write(told, alert, now=NOW + timedelta(minutes=20)) == first
    assert set(tell_operators.write(told, alert, now=NOW + timedelta(hours=1))).isdisjoint(first)


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer x", "Basic x"])
def test_who_shows_no_token_finds_no_such_page(told: House, desk: httpx.Client, shown: str) -> None:
    assert desk.post(PATH, json=RUN, headers={"Authorization": shown}).status_code == 404
    assert desk.get(PATH).status_code in {404, 405}
    assert letters(told) == []


def test_what_is_no_run_is_refused(told: House, desk: httpx.Client) -> None:
    refused = [b"", b"{", b"[]", b'{"run": 1}', b'{"run": "a", "flow": "b", "state": "Late", "page": "javascript:1"}']
    assert [desk.post(PATH, content=one).status_code for one in refused] == [422] * len(refused)
    assert desk.post(PATH, content=b" " * 70_000).status_code == 413
    assert letters(told) == []


def test_where_nobody_is_named_nobody_is_written_to(house: House) -> None:
    assert tell_operators.write(house, Alert(run="a", flow="b", state="Failed"), now=NOW) == []
    assert letters(house) == []


def test_a_token_that_is_too_short_is_said_when_the_desk_starts(house: House) -> None:
    short = replace(house, settings=house.settings.model_copy(update={"alert_token": SecretStr("short")}))
    with pytest.raises(SettingsError, match="CASELINE_ALERT_TOKEN: it is shorter than 16 characters"):
        build(short)


def test_the_token_is_made_once_and_read_by_nobody_else(house: House) -> None:
    token = tell_operators.token(house.settings.home)
    assert tell_operators.token(house.settings.home) == token
    file = house.settings.home / "prefect" / "alert-token"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(token) == 48


def test_what_prefect_fills_in_is_what_the_desk_takes(told: House, desk: httpx.Client) -> None:
    class Named:
        def __init__(self, **fields: object) -> None:
            self.__dict__.update(fields)

    nasty = 'a "quoted" \\ </script>\n{{ run }} ' + "é"
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:4200/api"}):
        template = furnish.payload()
    run = Named(name=nasty, id="1-2", state=Named(name="Crashed", message=None))
    filled = jinja2.Template(template).render(flow_run=run, flow=Named(name="notify"))

    assert desk.post(PATH, content=filled.encode()).status_code == 200
    assert {subject for _, subject, _ in letters(told)} == {"notify: прерван"}
    assert all("http://127.0.0.1:4200/runs/flow-run/1-2" in body for *_, body in letters(told))
