"""Speaks with the Prefect server of this machine: is it well, does its worker live, which runs are at work."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx


def answers(api_url: str) -> bool:
    """Whether the server has started."""
    answer = _ask("GET", f"{api_url}/health")
    return answer is not None and answer.is_success


def works(api_url: str, pool: str, *, since: datetime) -> bool:
    """Whether a worker of the pool has said since then that it lives."""
    answer = _ask("POST", f"{api_url}/work_pools/{pool}/workers/filter", {})
    if answer is None or not answer.is_success:
        return False
    beats = (worker["last_heartbeat_time"] for worker in answer.json() if worker["status"] == "ONLINE")
    return any(datetime.fromisoformat(beat) >= since for beat in beats)


def working(api_url: str, pool: str, *, but: str = "") -> int:
    """How many workers of the pool live, but for one of that name."""
    answer = _ask("POST", f"{api_url}/work_pools/{pool}/workers/filter", {})
    found = answer.json() if answer is not None and answer.is_success else []
    return sum(one["status"] == "ONLINE" and one["name"] != but for one in found)


def runs(api_url: str, state: str, *, name: str | None = None) -> list[dict[str, Any]]:
    """Flow runs in a state, of 200 at most."""
    wanted: dict[str, Any] = {"type": {"any_": [state]}}
    if name is not None:
        wanted["name"] = {"any_": [name]}
    answer = _ask("POST", f"{api_url}/flow_runs/filter", {"flow_runs": {"state": wanted}})
    return list(answer.json()) if answer is not None and answer.is_success else []


def has_automation(api_url: str, name: str) -> bool:
    """Whether an automation is there and switched on."""
    answer = _ask("POST", f"{api_url}/automations/filter", {"automations": {"name": {"any_": [name]}}})
    found = answer.json() if answer is not None and answer.is_success else []
    return any(one["enabled"] for one in found)


def has_deployments(api_url: str, number: int) -> bool:
    """Whether the server has at least so many."""
    answer = _ask("POST", f"{api_url}/deployments/count", {})
    return answer is not None and answer.is_success and int(answer.json()) >= number


def pause(api_url: str, name: str) -> bool:
    """Start no more runs of a deployment (`flow/deployment`) by its schedule; whether the server has done so."""
    found = _ask("GET", f"{api_url}/deployments/name/{name}")
    if found is None or not found.is_success:
        return False
    answer = _ask("POST", f"{api_url}/deployments/{found.json()['id']}/pause_deployment")
    return answer is not None and answer.is_success


def crash_running(api_url: str, message: str) -> int:
    """Mark the flow runs that are at work as Crashed, so that they can be retried; answers how many there were."""
    wanted = {"flow_runs": {"state": {"type": {"any_": ["RUNNING", "PENDING"]}}}}
    answer = _ask("POST", f"{api_url}/flow_runs/filter", wanted)
    runs = answer.json() if answer is not None and answer.is_success else []
    for run in runs:
        _crash(api_url, run["id"], message)
    return len(runs)


def crash_dead(api_url: str, message: str, *, before: datetime, lives: Callable[[int], bool]) -> int:
    """Mark the runs of deployments whose process has died as Crashed; answers how many there were.

    As long as nobody says so, they keep the place of the next run of their deployment. `lives`: whether a process of
    that number does; a run that waits without one had a worker that died before it could start it. Runs that came into
    their state after `before` are left alone.
    """
    wanted = {"flow_runs": {"state": {"type": {"any_": ["RUNNING", "PENDING"]}}}}
    answer = _ask("POST", f"{api_url}/flow_runs/filter", wanted)
    found = answer.json() if answer is not None and answer.is_success else []
    dead = [one for one in found if one.get("deployment_id") and _is_dead(one, before, lives)]
    for run in dead:
        _crash(api_url, run["id"], message)
    return len(dead)


def _is_dead(run: dict[str, Any], before: datetime, lives: Callable[[int], bool]) -> bool:
    if datetime.fromisoformat(run["state"]["timestamp"]) >= before:
        return False
    process = str(run.get("infrastructure_pid") or "")
    return not lives(int(process)) if process.isdigit() else not process and run["state_type"] == "PENDING"


def _crash(api_url: str, run_id: str, message: str) -> None:
    state = {"state": {"type": "CRASHED", "name": "Crashed", "message": message}, "force": True}
    _ask("POST", f"{api_url}/flow_runs/{run_id}/set_state", state)


def _ask(method: str, url: str, body: dict[str, Any] | None = None) -> httpx.Response | None:
    """The answer; None while nobody answers. No proxy stands between us and ourselves."""
    try:
        with httpx.Client(trust_env=False, timeout=10) as client:
            return client.request(method, url, json=body)
    except httpx.TransportError:
        return None
