"""What `caseline up` tells a Prefect server: runs that died with their worker, and no others; deployments, when needed."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from caseline.actions import ask_prefect, bring_up, process_table
from tests.factories.pages import listening_at

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
NOBODY = 2**22 + 1
"""A number that no process has."""


class Server:
    """A Prefect server that knows some runs and workers."""

    def __init__(self) -> None:
        self.runs: dict[str, dict[str, Any]] = {}
        self.workers: list[str] = []
        self.deployments = 0

    def run(
        self, name: str, state: str, process: object, *, minutes_ago: float = 5, deployment: str | None = "d"
    ) -> None:
        self.runs[name] = {
            "id": name,
            "deployment_id": deployment,
            "state_type": state,
            "infrastructure_pid": process,
            "state": {"timestamp": (NOW - timedelta(minutes=minutes_ago)).isoformat()},
        }

    async def filter(self, _request: Request) -> JSONResponse:
        return JSONResponse([one for one in self.runs.values() if one["state_type"] in {"RUNNING", "PENDING"}])

    async def set_state(self, request: Request) -> JSONResponse:
        self.runs[request.path_params["id"]]["state_type"] = (await request.json())["state"]["type"]
        return JSONResponse({"status": "ACCEPT"})

    async def at_work(self, _request: Request) -> JSONResponse:
        return JSONResponse([{"name": name, "status": "ONLINE"} for name in self.workers])

    async def count(self, _request: Request) -> JSONResponse:
        return JSONResponse(self.deployments)

    @property
    def crashed(self) -> set[str]:
        return {name for name, run in self.runs.items() if run["state_type"] == "CRASHED"}


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def api(server: Server) -> Iterator[str]:
    routes = [
        Route("/api/flow_runs/filter", server.filter, methods=["POST"]),
        Route("/api/flow_runs/{id}/set_state", server.set_state, methods=["POST"]),
        Route("/api/deployments/count", server.count, methods=["POST"]),
        Route("/api/work_pools/{pool}/workers/filter", server.at_work, methods=["POST"]),
    ]
    with listening_at(Starlette(routes=routes)) as address:
        yield f"{address}/api"


def test_runs_whose_process_is_gone_are_crashed_and_others_left_alone(server: Server, api: str) -> None:
    server.run("runs", "RUNNING", str(os.getpid()))
    server.run("died", "RUNNING", str(NOBODY))
    server.run("never started", "PENDING", None)
    server.run("about to start", "PENDING", None, minutes_ago=-0.1)
    server.run("is starting", "PENDING", str(os.getpid()))
    server.run("by hand, without a deployment", "RUNNING", str(NOBODY), deployment=None)
    server.run("of a worker that names no number", "RUNNING", "container-7")

    count = ask_prefect.crash_dead(
        api, "died", before=NOW, lives=lambda number: process_table.birth(number) is not None
    )

    assert server.crashed == {"died", "never started"}
    assert count == 2


def test_workers_of_other_machines_are_told_from_our_own(server: Server, api: str) -> None:
    server.workers = ["caseline", "straight-flamingo"]

    assert ask_prefect.working(api, "caseline") == 2
    assert ask_prefect.working(api, "caseline", but="caseline") == 1


def test_deployments_are_told_again_to_a_server_that_has_lost_some(server: Server, api: str) -> None:
    server.deployments = 11

    assert ask_prefect.has_deployments(api, 11)
    assert not ask_prefect.has_deployments(api, 12)
    assert not ask_prefect.has_deployments("http://127.0.0.1:9/api", 1)


def test_deployments_have_another_mark_when_something_else_is_paused() -> None:
    file = bring_up._deployments()

    assert bring_up._mark(file, ["b", "a"]) == bring_up._mark(file, ["a", "b"]) != bring_up._mark(file, ["a"])
    assert "import-legacy" in bring_up._named(file)


def test_a_server_that_does_not_answer_is_no_fault() -> None:
    away = "http://127.0.0.1:9/api"

    assert ask_prefect.crash_dead(away, "died", before=NOW, lives=lambda _number: False) == 0
