"""Does what an operator or systemd does: brings up again what has died, and presses Retry on an import that crashed."""

import random
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import httpx
import psutil

from soak.ledger import Ledger
from soak.site import SERVICES, Site

_PATIENCE_S: Final = 15.0
_ENDED: Final = {"CRASHED", "FAILED", "CANCELLED"}


@dataclass
class Supervisor:
    """One who looks after the house."""

    site: Site
    ledger: Ledger
    dice: random.Random
    stop: threading.Event
    say: Callable[[str], None]
    run_id: str = ""
    """The flow run of the import."""
    state: str = ""
    """Its state, as it was last seen."""
    retries: int = 0
    brought_up: int = 0
    in_vain: int = 0

    def work(self) -> None:
        """Until the run is over."""
        while not self.stop.wait(self.dice.uniform(1, 4)):
            if self.missing():
                self.bring_up()
            self.look_at_the_import()

    def missing(self) -> list[str]:
        """What does not run."""
        there = self.site.services()
        gone = [name for name in SERVICES if name not in there]
        return gone if self.site.database() is not None else ["database", *gone]

    def bring_up(self) -> bool:
        """Type `caseline up`; whether it came to its end."""
        gone = ", ".join(self.missing())
        done = self.site.up()
        good = done.returncode == 0
        self.brought_up += good
        self.in_vain += not good
        words = (done.stderr or done.stdout).strip().splitlines()
        self.ledger.note("up", code=done.returncode, gone=gone, said=[] if good else words[-12:])
        self.say(f"up after {gone}: {'good' if good else (words or ['?'])[-1][:160]}")
        return good

    def begin_import(self, options: dict[str, Any]) -> None:
        """Start the deployment, as the page of Prefect does."""
        found = self._ask("GET", "/deployments/name/import-legacy/import-legacy")
        made = self._ask("POST", f"/deployments/{found['id']}/create_flow_run", {"parameters": {"options": options}})
        self.run_id = made["id"]

    def look_at_the_import(self) -> None:
        """Press Retry where it has crashed."""
        if not self.run_id:
            return
        with suppress(httpx.HTTPError, psutil.Error):
            self.state = self._ask("GET", f"/flow_runs/{self.run_id}")["state_type"]
            if self.state in _ENDED:
                again = {"type": "SCHEDULED", "name": "AwaitingRetry", "message": "Retry from the Prefect UI"}
                self._ask("POST", f"/flow_runs/{self.run_id}/set_state", {"state": again, "force": False})
                self.retries += 1
                self.ledger.note("retry", after=self.state)

    def _ask(self, method: str, path: str, body: Any = None) -> Any:  # noqa: ANN401 - JSON
        port = self.site.remembered().get("port") or self.site.ports.server
        address = f"http://127.0.0.1:{port}/api{path}"
        return httpx.request(method, address, json=body, timeout=_PATIENCE_S, trust_env=False).raise_for_status().json()
