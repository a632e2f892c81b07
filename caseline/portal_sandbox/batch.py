"""`batch`: up to fifty commands, one after the other, each committed by itself."""

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from caseline.portal_sandbox import php
from caseline.portal_sandbox.call import Caller
from caseline.portal_sandbox.dispatch import Dispatch, Schedule, times
from caseline.portal_sandbox.php import Params, Value
from caseline.portal_sandbox.portal import Portal
from caseline.portal_sandbox.refusals import Refusal

LONGEST: Final = 50
_REFERENCE: Final = re.compile(r"\$result((?:\[[^\]]*\])+)")
_FAILED_THOUGH_DONE: Final = {"error": "INTERNAL_SERVER_ERROR", "error_description": "Internal server error"}


class Cut(Exception):
    """The request has reached its ceiling: what was executed stays, and nobody is told."""


@dataclass(slots=True)
class Trouble:
    """What befalls a batch: after how many commands it ends, which of them is said to have failed."""

    cut_after: int | None = None
    denied: int | None = None


@dataclass(slots=True)
class _Answers:
    result: Params = field(default_factory=dict)
    error: Params = field(default_factory=dict)
    total: Params = field(default_factory=dict)
    next: Params = field(default_factory=dict)
    time: Params = field(default_factory=dict)


class Batch:
    """Runs the commands of one request."""

    def __init__(self, portal: Portal, dispatch: Dispatch, caller: Caller, ends: float) -> None:
        self._portal = portal
        self._dispatch = dispatch
        self._caller = caller
        self._ends = ends
        self._answers = _Answers()
        self._schedule = Schedule(portal.clock())

    async def run(self, params: Params, trouble: Trouble) -> Params:
        """The body of the answer."""
        started = self._portal.clock()
        self._schedule.due = started
        given = {key.lower(): value for key, value in params.items()}
        halt = php.text(given.get("halt")) not in {"", "0", "false"}
        for at, (key, command) in enumerate(php.mapping(given.get("cmd")).items()):
            if self._portal.clock() >= self._ends or at == trouble.cut_after:
                raise Cut
            if not await self._one(at, key, php.text(command), denied=at == trouble.denied) and halt:
                break
        if self._portal.clock() >= self._ends:
            raise Cut
        found = self._answers
        result = {
            "result": php.array(found.result),
            "result_error": php.array(found.error),
            "result_total": php.array(found.total),
            "result_next": php.array(found.next),
            "result_time": php.array(found.time),
        }
        return {"result": result, "time": times(started, self._portal.clock())}

    async def _one(self, at: int, key: str, command: str, *, denied: bool) -> bool:
        """Run a command and keep its answer; whether it went well."""
        answers = self._answers
        try:
            name, params = self._read(at, command)
            done = await self._dispatch.run(self._caller, name, params, self._schedule)
        except Refusal as refusal:
            self._portal.store.count(f"rejected:{refusal.code}")
            answers.error[key] = refusal.body
            return False
        answers.time[key] = done.time
        if denied:
            answers.error[key] = dict(_FAILED_THOUGH_DONE)
            return False
        answers.result[key] = done.result
        if done.total is not None:
            answers.total[key] = done.total
        if done.next is not None:
            answers.next[key] = done.next
        return True

    def _read(self, at: int, command: str) -> tuple[str, Params]:
        if at >= LONGEST:
            raise Refusal("ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded")
        method, _, query = command.partition("?")
        name = method.strip().strip("/").lower().removesuffix(".json")
        if name == "batch":
            words = "Method is not allowed for batch usage"
            raise Refusal("ERROR_BATCH_METHOD_NOT_ALLOWED", words, HTTPStatus.METHOD_NOT_ALLOWED)
        params = php.parse(query)
        if "$result" in query or "%24result" in query:
            params = self._resolved(params)
        return name, params

    def _resolved(self, value: Value) -> Value:
        """Values with references replaced; any text that begins like one is taken for one."""
        if isinstance(value, dict):
            return {key: self._resolved(inner) for key, inner in value.items()}
        if not isinstance(value, str) or (match := _REFERENCE.match(value)) is None:
            return value
        found: Value = self._answers.result
        for key in match[1][1:-1].split("]["):
            found = php.mapping(found).get(key)
        return found
