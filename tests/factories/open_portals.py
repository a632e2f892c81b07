"""A sandbox portal as a test calls it, with the judge of its store."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import httpx

from caseline.portal_sandbox import Judge, Running

Said: TypeAlias = Any
"""Whatever a portal answers."""


@dataclass(frozen=True)
class Opened:
    """A portal that serves."""

    running: Running
    http: httpx.Client
    judge: Judge

    def call(self, method: str, **params: object) -> Said:
        """The whole answer of a call that must go well."""
        answer = self.http.post(method, json=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def result(self, method: str, **params: object) -> Said:
        """The result of a call that must go well."""
        return self.call(method, **params)["result"]

    def error(self, method: str, **params: object) -> tuple[int, str | int]:
        """Status and code of a refusal."""
        answer = self.http.post(method, json=params)
        return answer.status_code, answer.json()["error"]

    def batch(self, cmd: object, **params: object) -> Said:
        """The result of a batch."""
        return self.result("batch", cmd=cmd, **params)


Open: TypeAlias = Callable[..., Opened]
"""Opens a portal with options."""
