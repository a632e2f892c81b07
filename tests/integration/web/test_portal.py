"""What a portal calls: its events note ids and nothing else; its tab shows requests to whom the portal knows."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from caseline.actions import check_portal, portal_application, wiring
from caseline.actions.portal_application import Door
from caseline.actions.wiring import House
from caseline.crm.bitrix24.application import Application
from caseline.crm.bitrix24.faults import PortalStopped
from caseline.crm.cards import Deed
from caseline.crm.connect import connect
from caseline.crm.findings import Level
from caseline.db.engine import open_engine
from caseline.settings import Settings
from caseline.web.bodies import LARGEST
from caseline.web.portal.application import build
from tests.factories.in_step import InStep, in_step
from tests.factories.pages import listening_at

TOKEN = "known-to-the-portal"  # noqa: S105 - of a portal on this machine


@pytest.fixture
def step(database_url: str, tmp_path: Path) -> Iterator[InStep]:
    with in_step(database_url, tmp_path) as found:
        application = found.portal.application
        settings = Settings(
            crm="bitrix24",
            bitrix24_url=SecretStr(found.portal.webhook),
            bitrix24_event_token=SecretStr(TOKEN),
            bitrix24_app_id=application["client_id"],
            bitrix24_app_secret=SecretStr(application["client_secret"]),
            bitrix24_app_url="https://desk.example",
            bitrix24_oauth=f"{found.portal.address}/oauth/token/",
        )
        found.house = replace(found.house, settings=settings)
        yield found


@pytest.fixture
def door(step: InStep) -> Iterator[Door]:
    found = portal_application.door(step.house)
    assert found is not None
    yield found
    found.portal.close()


@pytest.fixture
def http(step: InStep, door: Door) -> Iterator[httpx.Client]:
    with client_of(build(step.house, door)) as client:
        yield client


def event(number: object, name: str = "ONCRMLEADUPDATE", token: str = TOKEN) -> dict[str, Any]:
    return {"event": name, "data[FIELDS][ID]": str(number), "ts": "1", "auth[application_token]": token}


def noted(step: InStep) -> list[tuple[str, int]]:
    return sorted((entity, number) for entity, number in step.query("SELECT entity, id FROM portal.notice"))


class TestEvents:
    def test_an_event_notes_the_id_once_however_often_it_comes(self, http: httpx.Client, step: InStep) -> None:
        for name in ("ONCRMLEADUPDATE", "ONCRMLEADADD", "ONCRMLEADUPDATE", "ONCRMLEADDELETE"):
            assert http.post("/events", data=event(7, name)).status_code == 204
        http.post("/events", data=event(8, "ONCRMCOMPANYADD"))

        assert noted(step) == [("company", 8), ("request", 7)]

    @pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x", "кириллица"])
    def test_a_wrong_token_is_turned_away_and_notes_nothing(self, http: httpx.Client, step: InStep, token: str) -> None:
        assert http.post("/events", data=event(7, token=token)).status_code == 403
        assert noted(step) == []

    def test_without_an_agreed_token_nobody_is_admitted(self, step: InStep) -> None:
        house = replace(step.house, settings=step.house.settings.model_copy(update={"bitrix24_event_token": None}))

        with client_of(build(house, None)) as client:
            assert client.post("/events", data=event(7, token="")).status_code == 403

    @pytest.mark.parametrize("number", ["", "0", "-1", "abc", "9" * 30, "7 OR 1"])
    def test_what_is_no_id_notes_nothing(self, http: httpx.Client, step: InStep, number: str) -> None:
        assert http.post("/events", data=event(number)).status_code == 204
        assert noted(step) == []

    def test_other_events_note_nothing(self, http: httpx.Client, step: InStep) -> None:
        assert http.post("/events", data=event(7, "ONCRMDEALUPDATE")).status_code == 204
        assert noted(step) == []

    def test_a_body_has_a_largest_size(self, http: httpx.Client) -> None:
        assert http.post("/events", content=b"a" * (LARGEST + 1)).status_code == 413
        assert http.post("/events", content=b"\xff\xfe=1").status_code == 400
        assert http.get("/events").status_code == 405


def test_late_repeated_and_unordered_events_end_in_what_is_true(database_url: str, tmp_path: Path) -> None:
    """Through the portal's own queue, which delays each event by chance and delivers some twice."""
    engine = open_engine(database_url)
    house = House(Settings(bitrix24_event_token=SecretStr(TOKEN)), database_url, engine, connect("embedded", engine))
    with listening_at(build(house, None)) as address:
        told: dict[str, Any] = {"handler": f"{address}/events", "application_token": TOKEN, "handler_delay": 0.2}
        with in_step(database_url, tmp_path, faults={"event_twice": 0.5}, **told) as step:
            step.sync()
            step.clock.now += timedelta(hours=1)
            numbers = [step.add(title=f"Lead {n}") for n in range(10)]
            for number in numbers:
                step.change(number, title=f"Changed {number}")
            step.delete(numbers[0])
            while noted(step) != [("request", number) for number in numbers]:
                time.sleep(0.05)

            step.sync(minutes=1)
            time.sleep(1)
            found = [step.sync(minutes=1) for _ in range(3)]

            assert step.counted() == {"created": 9}
            assert {step.card(number).subject for number in numbers[1:]} == {f"Changed {n}" for n in numbers[1:]}
            assert [one.waiting for one in found] == [0, 0, 0]
    engine.dispose()


class TestInstallation:
    def test_an_administrator_binds_both_tabs_and_the_token_is_kept_unread(
        self, http: httpx.Client, step: InStep
    ) -> None:
        answer = installed(http, step)

        assert answer.status_code == 200
        assert "Installed." in answer.text
        assert [(row.fields["PLACEMENT"], row.fields["HANDLER"]) for row in step.judge.records("placement")] == [
            ("CRM_CONTACT_DETAIL_TAB", "https://desk.example/tab"),
            ("CRM_COMPANY_DETAIL_TAB", "https://desk.example/tab"),
        ]
        (kept,) = step.query("SELECT refresh FROM portal.application")[0]
        assert step.portal.application["refresh_token"].encode() not in bytes(kept)
        installed(http, step)
        assert step.judge.number("placement") == 2

    def test_the_page_may_be_framed_by_the_portal_alone(self, http: httpx.Client, step: InStep) -> None:
        policy = installed(http, step).headers["content-security-policy"]

        assert f"frame-ancestors {step.portal.address}" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in http.post("/events").headers["content-security-policy"]

    def test_a_stranger_installs_nothing(self, http: httpx.Client, step: InStep) -> None:
        for changes in ({"AUTH_ID": "made up"}, {"AUTH_ID": ""}, {"member_id": ""}):
            assert http.post("/install", data=posted(step, **changes)).status_code == 403
        assert http.get("/install").status_code == 403
        assert step.query("SELECT * FROM portal.application") == []

    def test_another_domain_is_never_asked(self, http: httpx.Client, step: InStep) -> None:
        """Who could name the portal that says yes could be anybody."""
        fields = posted(step, AUTH_ID="made up") | {"DOMAIN": "evil.example"}

        assert http.post("/install?DOMAIN=evil.example&PROTOCOL=1", data=fields).status_code == 403

    def test_a_missing_right_is_named(self, database_url: str, tmp_path: Path) -> None:
        with in_step(database_url, tmp_path, bound=False, administrator=False) as step, served_to(step) as http:
            answer = http.post("/install?LANG=en", data=posted(step))

        assert answer.status_code == 403
        assert "Only an administrator" in answer.text

    def test_whoever_is_told_to_be_no_administrator_installs_nothing(
        self, http: httpx.Client, step: InStep, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = Application.call

        def told(self: Application, token: str, method: str, params: dict[str, Any] | None = None) -> object:
            return {"ID": "7", "ADMIN": "N"} if method == "profile" else whole(self, token, method, params)

        monkeypatch.setattr(Application, "call", told)

        assert installed(http, step).status_code == 403
        assert step.query("SELECT * FROM portal.application") == []

    def test_the_refresh_token_is_replaced_in_time(self, http: httpx.Client, step: InStep, door: Door) -> None:
        installed(http, step)
        first = step.portal.application["refresh_token"]
        now = datetime.now(UTC)

        assert not door.keep_fresh(now=now)
        assert door.keep_fresh(now=now + timedelta(days=8))

        assert step.portal.application["refresh_token"] != first
        assert door.keep_fresh(now=now + timedelta(days=16))

    def test_what_the_application_lacks_is_named(self, http: httpx.Client, step: InStep, door: Door) -> None:
        now = datetime.now(UTC)
        assert ["not installed" in text for text in door.lacks(now=now)] == [True]

        installed(http, step)
        assert door.lacks(now=now + timedelta(minutes=1)) == []

        handler = {"PLACEMENT": "CRM_COMPANY_DETAIL_TAB", "HANDLER": ""}
        step.http.post(
            f"{step.portal.address}/rest/placement.unbind",
            json=handler | {"auth": step.portal.application["access_token"]},
        )
        assert ["COMPANY" in text for text in door.lacks(now=now + timedelta(minutes=2))] == [True]

    def test_a_check_without_a_sample_leaves_the_refresh_token_alone(
        self, http: httpx.Client, step: InStep, door: Door
    ) -> None:
        installed(http, step)
        first = step.portal.application["refresh_token"]

        found = check_portal.check(door.house, check_portal.Order(), clock=lambda: datetime.now(UTC))

        (told,) = (one for one in found.findings if one.topic == "application")
        assert (told.level, "installed" in told.text) == (Level.OK, True)
        assert step.portal.application["refresh_token"] == first

    def test_under_another_secret_it_has_to_be_installed_again(
        self, http: httpx.Client, step: InStep, door: Door
    ) -> None:
        installed(http, step)
        other = Door(door.house, door.portal, (door.client[0], SecretStr("another")))

        with pytest.raises(PortalStopped, match="install it once more"):
            other.keep_fresh(now=datetime.now(UTC) + timedelta(days=8))


class TestTab:
    @pytest.fixture
    def contact(self, http: httpx.Client, step: InStep) -> int:
        installed(http, step)
        step.category("short", label="Short <b>")
        step.sync()
        number = step.add("contact", name="Anna", lastName="Berg")
        step.add(title="<script>alert(1)</script>", contactId=number)
        closed = step.add(title="Old matter", contactId=number)
        step.change(closed, stageId="CONVERTED")
        step.add(title="Of somebody else")
        step.sync(minutes=1)
        return number

    def test_it_shows_the_requests_of_the_contact_and_no_others(
        self, http: httpx.Client, step: InStep, contact: int
    ) -> None:
        page = tab(http, step, contact).text

        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script>alert" not in page
        assert page.index("alert(1)") < page.index("Old matter")
        assert "Of somebody else" not in page
        assert f'href="{step.portal.address}/crm/lead/details/1/"' in page

    def test_it_speaks_the_language_of_the_portal(self, http: httpx.Client, step: InStep, contact: int) -> None:
        assert "Решить до" in tab(http, step, contact, language="ru").text
        assert "Resolve by" in tab(http, step, contact, language="en").text

    def test_a_deadline_has_the_colour_of_its_urgency(self, http: httpx.Client, step: InStep, contact: int) -> None:
        with step.house.engine.begin() as connection:
            intake = wiring.intake(step.house)
            intake.categorise(connection, step.card(1), "short", Deed(at=step.clock.now))
        step.query("UPDATE crm.deadline SET due_at = now() + interval '1 hour', warn_at = now() + interval '1 minute'")
        assert 'class="due fine"' in tab(http, step, contact).text
        step.query("UPDATE crm.deadline SET warn_at = now()")
        assert 'class="due near"' in tab(http, step, contact).text
        step.query("UPDATE crm.deadline SET due_at = now(), clock_started_at = now()")
        assert 'class="due over"' in tab(http, step, contact).text

    def test_nobody_sees_it_without_a_token_of_the_portal(self, http: httpx.Client, step: InStep, contact: int) -> None:
        for changes in ({"AUTH_ID": "made up"}, {"AUTH_ID": ""}, {"member_id": "made up"}, {"member_id": ""}):
            answer = tab(http, step, contact, **changes)
            assert answer.status_code == 403
            assert "Old matter" not in answer.text
        assert http.get("/tab").status_code == 403

    @pytest.mark.parametrize("options", ["", "[]", "{}", '{"ID": "x"}', '{"ID": -1}', '{"ID": null}', "12"])
    def test_what_names_no_card_is_no_page(self, http: httpx.Client, step: InStep, contact: int, options: str) -> None:
        assert contact
        assert tab(http, step, 1, PLACEMENT_OPTIONS=options).status_code == 404
        assert tab(http, step, 1, PLACEMENT="CRM_DEAL_DETAIL_TAB").status_code == 404

    def test_a_portal_that_is_overloaded_is_no_reason_to_turn_anybody_away(
        self, database_url: str, tmp_path: Path
    ) -> None:
        with in_step(database_url, tmp_path, bound=False, overloaded=True) as step, served_to(step) as http:
            answer = http.post("/install?LANG=en", data=posted(step))

        assert answer.status_code == 503
        assert "does not answer at the moment" in answer.text

    def test_a_contact_without_requests_says_so(self, http: httpx.Client, step: InStep, contact: int) -> None:
        assert "no requests yet" in tab(http, step, contact + 1).text


@contextmanager
def client_of(application: Starlette) -> Iterator[httpx.Client]:
    with listening_at(application) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client


@contextmanager
def served_to(step: InStep) -> Iterator[httpx.Client]:
    """The application for a portal that a test has opened itself."""
    known = step.portal.application
    settings = Settings(
        crm="bitrix24",
        bitrix24_url=SecretStr(step.portal.webhook),
        bitrix24_app_id=known["client_id"],
        bitrix24_app_secret=SecretStr(known["client_secret"]),
    )
    door = portal_application.door(replace(step.house, settings=settings))
    with client_of(build(step.house, door)) as client:
        yield client
    assert door is not None
    door.portal.close()


def posted(step: InStep, **changes: str) -> dict[str, str]:
    """What a portal posts to a page of an application."""
    known = step.portal.application
    told = {"AUTH_ID": known["access_token"], "AUTH_EXPIRES": "3600", "REFRESH_ID": known["refresh_token"]}
    return {**told, "member_id": known["member_id"], "status": "L", "PLACEMENT": "DEFAULT", **changes}


def installed(http: httpx.Client, step: InStep) -> httpx.Response:
    return http.post("/install?LANG=en&PROTOCOL=0", data=posted(step))


def tab(http: httpx.Client, step: InStep, number: int, *, language: str = "en", **changes: str) -> httpx.Response:
    card = {"PLACEMENT": "CRM_CONTACT_DETAIL_TAB", "PLACEMENT_OPTIONS": json.dumps({"ID": str(number)})}
    return http.post(f"/tab?LANG={language}", data=posted(step, **{**card, **changes}))
