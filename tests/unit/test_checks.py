"""The audit: every locked package stands in the list of licences, what is argued for is left out, silence is no praise."""

import json
from importlib.metadata import distributions
from typing import Final

import httpx
import pytest
from packaging.utils import canonicalize_name
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from checks import code, licences, packages, releases
from tests.factories import pages

LINES: Final = tuple(
    line.partition(" ;")[0]
    for lock in licences.LOCKS
    for line in (licences.ROOT / lock).read_text("utf-8").splitlines()
)


def test_every_locked_package_is_listed_with_its_licence() -> None:
    listed = licences.listed()

    assert {name: use for name, (_, use) in listed.items()} == licences.locked()
    assert [name for name, (licence, _) in listed.items() if licence.strip() in {"", licences.UNKNOWN}] == []


def test_the_list_says_what_installed_packages_say() -> None:
    listed = licences.listed()
    here = {canonicalize_name(one.name): one.version for one in distributions()}
    pinned = {line.partition("==")[0]: line.partition("==")[2] for line in LINES}
    said = {name: licences.of(name) for name in listed if here.get(canonicalize_name(name)) == pinned[name]}

    assert {name: listed[name][0] for name in said} == said
    assert len(said) > 150, "those that the tests run with are installed"


def test_a_finding_is_argued_for_at_its_line_with_a_reason() -> None:
    at = {"filename": "caseline/actions/back_up.py", "test_id": "B603"}
    lines = (code.ROOT / at["filename"]).read_text(encoding="utf-8").splitlines()
    number = next(number for number, line in enumerate(lines, 1) if "noqa: S603 - " in line)

    assert code.argued({**at, "line_range": [number, number + 2]})
    assert not code.argued({**at, "line_range": [number + 1]})
    assert not code.argued({**at, "test_id": "B602", "line_range": [number]})
    assert code.argued({"filename": "./caseline/sample/chance.py", "test_id": "B311", "line_range": [1]})
    assert not code.argued({"filename": "staging/load.py", "test_id": "B311", "line_range": [1]})


def test_known_faults_are_told_and_what_nobody_looked_at_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    fault = {"id": "PYSEC-0000-1", "fix_versions": ["2.1"]}
    found = [
        {"name": "one", "version": "2.0", "vulns": [fault]},
        {"name": "two", "version": "1.0", "vulns": []},
        {"name": "three", "skip_reason": "not found"},
    ]

    assert packages.told("x.lock", json.dumps({"dependencies": found}), "") == [
        "x.lock: one 2.0: PYSEC-0000-1, mended in 2.1"
    ]
    said = capsys.readouterr().out
    assert "NOT CHECKED for known faults: 1 of 3" in said
    assert "three" in said
    assert "2 packages checked" in said
    assert packages.told("x.lock", "", "first\nConnectionError: no route") == []
    assert "NOT CHECKED" in (said := capsys.readouterr().out)
    assert "no route" in said
    faults = packages.told("x.lock", "", "/usr/bin/python: No module named pip_audit")
    assert "make audit" in faults[0]


def test_an_index_tells_the_faults_of_pins_that_are_the_newest_and_the_others_are_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    fault = {"id": "PYSEC-0000-2", "summary": "it burns", "withdrawn": None}
    pins = {
        "good": "1.0",
        "bad": "2.0",
        "old": "3.0",
        "silent": "4.0",
        "odd": "5.0",
        "words": "6.0",
        "list": "7.0",
        "nameless": "8.0",
    }
    answers = {
        "good": {"info": {"version": "1.0"}, "vulnerabilities": [{**fault, "withdrawn": "2026-01-01T00:00:00Z"}]},
        "bad": {"info": {"version": "2.0"}, "vulnerabilities": [fault]},
        "old": {"info": {"version": "3.1"}, "vulnerabilities": [fault]},
        "silent": httpx.ConnectError("no route"),
        "odd": {"info": {"version": "5.0"}, "vulnerabilities": None},
        "words": {"info": {"version": "6.0"}, "vulnerabilities": ["burns"]},
        "list": [fault],
        "nameless": {"info": {"version": "8.0"}, "vulnerabilities": [{"summary": "it burns"}]},
    }

    assert releases.told(pins, answers) == ["bad 2.0: PYSEC-0000-2: it burns"]
    said = capsys.readouterr().out
    assert "2 of 8 packages checked" in said
    assert "newest release alone: old 3.0 (3.1)\n" in said
    assert "says nothing: silent, odd, words, list, nameless\n" in said


@pytest.mark.parametrize("by_version", [True, False])
def test_an_index_is_asked_about_every_pinned_package(by_version: bool) -> None:
    asked: list[str] = []
    pins = {**releases.pinned(), "pycrypto": "2.6.1"}

    async def answer(request: Request) -> Response:
        name = request.path_params["name"]
        if not by_version and "version" in request.path_params:
            return Response(status_code=404)
        asked.append(name)
        known = [{"id": "X-1", "link": "nowhere"}] if name in {"SQLAlchemy", "pycrypto"} else []
        return JSONResponse({"info": {"version": pins[name]}, "vulnerabilities": known})

    routes = [Route("/pypi/{name}/{version}/json", answer), Route("/pypi/{name}/json", answer)]
    with pages.listening_at(Starlette(routes=routes)) as index:
        faults = list(releases.vulnerable(index))

    assert sorted(asked) == sorted(pins)
    assert faults == [f"SQLAlchemy {pins['SQLAlchemy']}: X-1: nowhere"]


def test_an_index_that_knows_no_faults_at_all_is_not_believed(capsys: pytest.CaptureFixture[str]) -> None:
    async def answer(_request: Request) -> Response:
        return JSONResponse({"info": {"version": "2.6.1"}, "vulnerabilities": []})

    with pages.listening_at(Starlette(routes=[Route("/pypi/{rest:path}", answer)])) as index:
        assert list(releases.vulnerable(index)) == []
    assert "NOT CHECKED" in capsys.readouterr().out
