"""Calls the API of the desk as a program does, again and again until it knows what became of a call."""

import threading
import time
from dataclasses import dataclass
from typing import Any, Final

import httpx

from soak.site import Site

_PATIENCE_S: Final = 12.0
_PAUSE_S: Final = 0.7
_SERVERS_FAULT: Final = 500
_CONFLICT: Final = 409


class Stopped(Exception):
    """The run has ended while somebody waited for an answer."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A program with a token."""

    site: Site
    token: str
    stop: threading.Event

    def try_once(self, method: str, path: str, body: Any = None, key: str = "") -> httpx.Response | None:  # noqa: ANN401
        """The answer; None where nobody knows whether it was done."""
        headers = {"Authorization": f"Bearer {self.token}"} | ({"Idempotency-Key": key} if key else {})
        try:
            answer = httpx.request(
                method,
                f"{self.site.address('desk')}/api/v1{path}",
                json=body,
                headers=headers,
                timeout=_PATIENCE_S,
                trust_env=False,
            )
        except httpx.HTTPError:
            return None
        return None if answer.status_code >= _SERVERS_FAULT else answer

    def until_known(self, method: str, path: str, body: Any = None, key: str = "") -> httpx.Response:  # noqa: ANN401
        """Call until there is an answer: for calls that may be repeated. Raises `Stopped`."""
        while True:
            answer = self.try_once(method, path, body, key)
            if answer is not None:
                return answer
            if self.stop.is_set():
                raise Stopped
            time.sleep(_PAUSE_S)

    def once(self, path: str, body: dict[str, Any], key: str) -> httpx.Response | None:
        """Let something be done once, under a key; the answer, or None where an earlier call has done it."""
        answer = self.until_known("POST", path, body, key)
        return None if answer.status_code == _CONFLICT else answer
