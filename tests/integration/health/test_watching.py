"""Those who watch the house learn whether it lives, whether it can serve, and what waits where."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from starlette.applications import Starlette

from caseline.actions import measure
from caseline.actions.measure import KEPT, READY_KEPT, Meter, Readiness
from caseline.actions.wiring import House
from caseline.health import taking
from caseline.health.measures import MEASURES, Measure
from caseline.settings import SettingsError
from caseline.web.desk.application import build as desk
from caseline.web.public.application import build as public
from tests.factories import pages

TOKEN = "of-those-who-watch-0123456789"  # noqa: S105 - of a test
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.fixture
def watched(house: House) -> House:
    return replace(house, settings=house.settings.model_copy(update={"metrics_token": SecretStr(TOKEN)}))


@pytest.fixture(params=[desk, public], ids=["desk", "public"])
def served(watched: House, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    application: Starlette = request.param(watched)
    with pages.listening_at(application) as base, httpx.Client(base_url=base, timeout=30) as client:
        yield client


def told(client: httpx.Client) -> dict[str, list[tuple[dict[str, str], float]]]:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    found: dict[str, list[tuple[dict[str, str], float]]] = {}
    for family in text_string_to_metric_families(answer.text):
        for one in family.samples:
            found.setdefault(one.name, []).append((dict(one.labels), one.value))
    return found


def test_every_measure_can_be_taken_in_an_empty_house(house: House) -> None:
    taken = taking.take(house.engine, now=NOW)

    assert taken.failed == {}
    ages = [one for one in MEASURES if one.name.endswith("_age_seconds") and not one.labels]
    assert len(ages) >= 5
    assert {taken.one(one.name) for one in ages} == {0.0}
    assert set(taken.of("caseline_events_behind")) == {("bonus",), ("feedback",), ("notices",), ("prefect",)}


def test_what_waits_is_counted_and_how_long(house: House) -> None:
    with house.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO mail.raw (sha256, size, stored_at) VALUES (sha256('a'), 1, now())")
        connection.execute(
            sa.text("INSERT INTO mail.mail (raw_id, received_at) SELECT id, :then FROM mail.raw"),
            {"then": NOW - timedelta(minutes=7)},
        )
        connection.execute(
            sa.text(
                "INSERT INTO crm.event (entity, record_id, type, at)"
                " SELECT 'request', n, 'created', :then FROM generate_series(1, 3) AS n"
            ),
            {"then": NOW - timedelta(minutes=2)},
        )

    taken = taking.take(house.engine, now=NOW)

    assert taken.one("caseline_mail_waiting") == 1
    assert taken.one("caseline_mail_age_seconds") == 7 * 60
    assert taken.of("caseline_events_behind")["notices",] == 3
    assert taken.of("caseline_events_age_seconds")["feedback",] == 2 * 60


def test_a_measure_that_fails_costs_only_itself(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "LONGEST_MS", 50)
    slow = Measure("slow", "sleeps", "SELECT pg_sleep(20)::text::int")
    broken = Measure("broken", "asks for a table that is none", "SELECT count(*) FROM nowhere WHERE :now IS NOT NULL")
    writes = Measure("writes", "writes", "DELETE FROM crm.event RETURNING id")
    last = Measure("last", "works", "SELECT 7")

    taken = taking.take(house.engine, now=NOW, measures=(slow, broken, writes, last))

    assert set(taken.failed) == {"slow", "broken", "writes"}
    assert "read-only" in taken.failed["writes"]
    assert taken.one("last") == 7
    assert taken.one("slow") is None


def test_several_that_watch_cost_no_more_than_one(house: House) -> None:
    meter = Meter(house)
    first = meter.take(now=NOW)

    assert meter.take(now=NOW + KEPT / 2) is first
    assert meter.take(now=NOW + KEPT) is not first


def test_it_says_whether_it_lives_and_can_serve(
    served: httpx.Client, watched: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measure, "READY_KEPT", timedelta())
    assert served.get("/healthz").json() == {"status": "ok"}
    assert served.get("/readyz").json() == {"status": "ok"}

    with watched.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE caseline_version SET version_num = '0001'")
    answer = served.get("/readyz")
    assert answer.status_code == 503
    assert "migration 0001" in answer.json()["status"]
    assert served.get("/healthz").status_code == 200


def test_strangers_who_ask_again_and_again_do_not_reach_the_database(house: House) -> None:
    readiness, asked = Readiness(house), []
    sa.event.listen(house.engine, "before_cursor_execute", lambda *_any: asked.append(1))
    assert readiness.why(now=NOW) is None
    once = len(asked)

    assert once > 0
    assert readiness.why(now=NOW + READY_KEPT / 2) is None
    assert len(asked) == once
    assert readiness.why(now=NOW + READY_KEPT) is None
    assert len(asked) > once


def test_methods_that_somebody_makes_up_make_no_figures(served: httpx.Client) -> None:
    for number in range(5):
        served.request(f"MADEUP{number}", "/healthz")
    methods = {labels["method"] for labels, _ in told(served)["caseline_request_seconds_count"]}
    assert methods == {"other"}


def test_a_database_that_is_gone_is_said(house: House) -> None:
    nobody = sa.create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none", connect_args={"connect_timeout": 2})
    assert "does not answer" in str(measure.unready(replace(house, engine=nobody)))


def test_figures_are_for_those_who_have_the_token(served: httpx.Client) -> None:
    assert served.get("/metrics").status_code == 404
    assert served.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}x"}).status_code == 404
    assert "caseline_outbox_age_seconds" in told(served)


def test_where_no_token_is_set_nobody_reads_them(house: House) -> None:
    with pages.listening_at(desk(house)) as base:
        assert httpx.get(f"{base}/metrics", headers={"Authorization": "Bearer None"}).status_code == 404


def test_a_token_that_can_be_guessed_is_refused(house: House) -> None:
    guessed = house.settings.model_copy(update={"metrics_token": SecretStr("short")})
    with pytest.raises(SettingsError, match="openssl rand"):
        desk(replace(house, settings=guessed))


def test_times_of_answers_are_kept_by_pattern_and_hold_no_secrets(watched: House) -> None:
    secret = "b" * 43
    with pages.listening_at(public(watched)) as base, httpx.Client(base_url=base, timeout=30) as client:
        for _ in range(3):
            client.get(f"/f/smileys/request/{'a' * 22}.{secret}")
        client.get(f"/{secret}")
        text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
        found = told(client)

    assert secret not in text
    counts = {labels["route"]: value for labels, value in found["caseline_request_seconds_count"]}
    (page,) = [route for route in counts if route.startswith("/f/")]
    assert counts[page] == 3
    assert counts["none"] == 1
    statuses = {labels["status"]: value for labels, value in found["caseline_answers_total"] if labels["route"] == page}
    assert statuses == {"404": 3}
