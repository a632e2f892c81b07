"""Flow runs, started and looked at as an operator does: through the API of Prefect's server."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import httpx
from prefect.client.schemas.objects import State
from prefect.flow_engine import run_flow

from caseline.sample import ExportSummary
from flows.import_legacy import import_legacy
from flows.options import ImportOptions

MAPPING = "salesforce-sample"
FOREIGN = (
    *("Beginning flow run", "View at", "Finished in state", "Running hook", "Hook", "Worker", "Flow run", "Reported"),
    *("Running 1 deployment", "Executing deployment", "Deployment step", "All deployment", "Process exited", "Check"),
)


class Api:
    """What the operator's browser asks the server, read without our code."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=url, timeout=60, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def get(self, path: str) -> Any:  # noqa: ANN401 - whatever the server says
        return self._http.get(path).raise_for_status().json()

    def post(self, path: str, body: dict[str, Any]) -> Any:  # noqa: ANN401 - whatever the server says
        return self._http.post(path, json=body).raise_for_status().json()

    def last_run(self) -> dict[str, Any]:
        run: dict[str, Any] = self.post("/flow_runs/filter", {"sort": "EXPECTED_START_TIME_DESC", "limit": 1})[0]
        return run

    def task_runs(self, run_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.post("/task_runs/filter", {"flow_runs": {"id": {"any_": [run_id]}}})
        return found

    def artifacts(self, run_id: str) -> dict[str, Any]:
        """Contents by key; of several with one key the newest."""
        wanted = {"artifacts": {"flow_run_id": {"any_": [run_id]}}, "sort": "CREATED_DESC"}
        return {artifact["key"]: artifact["data"] for artifact in reversed(self.post("/artifacts/filter", wanted))}

    def our_lines(self, run_id: str, *, patience_s: float = 30) -> list[str]:
        """The log of a run that has ended, oldest first, without Prefect's own lines.

        The server gets the log some seconds late, so the line with which the flow ends is waited for.
        """
        deadline = time.monotonic() + patience_s
        lines = self._log(run_id)
        while not any(name == "prefect.flow_runs" and line.startswith("Finished") for name, line in lines):
            assert time.monotonic() < deadline, lines
            time.sleep(0.3)
            lines = self._log(run_id)
        return [line for _name, line in lines if not line.startswith(FOREIGN)]

    def _log(self, run_id: str) -> list[tuple[str, str]]:
        body = {"logs": {"flow_run_id": {"any_": [run_id]}}, "sort": "TIMESTAMP_ASC", "limit": 200}
        return [(line["name"], line["message"]) for line in self.post("/logs/filter", body)]


@dataclass
class Seen:
    """An import that was run as a flow, as it was seen from outside."""

    sample: ExportSummary
    state: State[Any]
    run: dict[str, Any]
    progress: list[float] = field(default_factory=list)
    """Values of the progress artifact in the order in which they were seen."""


def run(**options: object) -> State[Any]:
    """Run the flow in this process; answers the state in which it ended."""
    given = {"options": ImportOptions.model_validate({"mapping": MAPPING, **options})}
    return cast("State[Any]", run_flow(import_legacy, parameters=given, return_type="state"))


@contextmanager
def watching(api: Api) -> Iterator[list[float]]:
    """Look at the progress artifact all the time; gives what was seen, each value once."""
    values: list[float] = []
    done = threading.Event()

    def look() -> None:
        own = Api(api.url)
        while not done.wait(0.05):
            found = own.post("/artifacts/filter", {"artifacts": {"type": {"any_": ["progress"]}}})
            if found and found[0]["data"] not in values:
                values.append(found[0]["data"])
        own.close()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield values
    finally:
        done.set()
        thread.join()
