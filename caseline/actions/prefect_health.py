"""Asks a Prefect server on this machine, over HTTP, whether it and its worker are well."""

from datetime import datetime

import httpx


def answers(api_url: str) -> bool:
    """Whether the server has started."""
    answer = _ask("GET", f"{api_url}/health")
    return answer is not None and answer.is_success


def works(api_url: str, pool: str, *, since: datetime) -> bool:
    """Whether a worker of the pool has said since then that it lives."""
    answer = _ask("POST", f"{api_url}/work_pools/{pool}/workers/filter")
    if answer is None or not answer.is_success:
        return False
    beats = (worker["last_heartbeat_time"] for worker in answer.json() if worker["status"] == "ONLINE")
    return any(datetime.fromisoformat(beat) >= since for beat in beats)


def _ask(method: str, url: str) -> httpx.Response | None:
    """The answer; None while nobody answers. No proxy stands between us and ourselves."""
    try:
        with httpx.Client(trust_env=False, timeout=5) as client:
            return client.request(method, url, json={} if method == "POST" else None)
    except httpx.TransportError:
        return None
