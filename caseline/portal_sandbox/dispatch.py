"""Runs a method for a caller: rights, operating time, times of the answer."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from random import Random
from typing import Final, NamedTuple

from caseline.portal_sandbox import moments
from caseline.portal_sandbox.call import Call, Caller, Method
from caseline.portal_sandbox.limits import Operating
from caseline.portal_sandbox.listing import Page
from caseline.portal_sandbox.methods import every
from caseline.portal_sandbox.php import Params, Value
from caseline.portal_sandbox.portal import Portal
from caseline.portal_sandbox.refusals import Refusal

_FORBIDDEN: Final = HTTPStatus.FORBIDDEN
_FAILED: Final = HTTPStatus.INTERNAL_SERVER_ERROR
_logger: Final = logging.getLogger(__name__)


class Done(NamedTuple):
    """What a method has answered."""

    result: Value
    total: int | None
    next: int | None
    time: Params

    @property
    def body(self) -> Params:
        """The answer as it is sent."""
        said: Params = {"result": self.result}
        if self.next is not None:
            said["next"] = self.next
        if self.total is not None:
            said["total"] = self.total
        return said | {"time": self.time}


@dataclass(slots=True)
class Schedule:
    """Of the calls of one request, one after the other: what one has taken too long is made up by the next."""

    due: float
    """When the last one ends."""


class Dispatch:
    """All methods of a portal."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._options = portal.options
        self._clock = portal.clock
        self._operating = Operating(portal.options, portal.clock)
        self._chance = Random(f"{portal.options.seed}/latency")

    async def run(self, caller: Caller, name: str, params: Params, schedule: Schedule | None = None) -> Done:
        """Call a method; a refusal is raised."""
        method = self._allowed(caller, name)
        self._portal.store.count(f"method:{name}")
        self._operating.check(caller.key, name)
        started = self._clock()
        if self._options.latency:
            await self._take(self._pause(name), schedule or Schedule(started))
        try:
            answered = method(Call(self._portal, caller, _small(params, name)))
        except Refusal:
            raise
        except Exception:
            _logger.exception("%s failed", name)
            raise Refusal("INTERNAL_SERVER_ERROR", "Internal server error", _FAILED) from None
        finally:
            finished = self._clock()
            cost = _seconds(self._options.costs, name)
            self._operating.charge(caller.key, name, cost or finished - started)
        time = times(started, finished)
        operating, time["operating_reset_at"] = self._operating.used(caller.key, name)
        time["operating"] = round(operating, 6)
        if isinstance(answered, Page):
            rows = {answered.wrap: answered.rows} if answered.wrap else answered.rows
            return Done(rows, answered.total, answered.next, time)
        return Done(answered, None, None, time)

    async def _take(self, seconds: float, schedule: Schedule) -> None:
        """Time passes until `seconds` after the call before; what computing costs is not added to them."""
        schedule.due += seconds
        await asyncio.sleep(max(0.0, schedule.due - self._clock()))

    def _pause(self, name: str) -> float:
        pauses = self._options.latency
        pause = pauses.get(name, pauses.get("default", 0.0))
        return self._chance.uniform(*pause) if isinstance(pause, tuple) else pause

    def _allowed(self, caller: Caller, name: str) -> Method:
        if (method := every.METHODS.get(name)) is None:
            raise Refusal("ERROR_METHOD_NOT_FOUND", "Method not found!", HTTPStatus.NOT_FOUND)
        scope = every.scope(name)
        if scope and not scope & caller.scopes:
            words = "The request requires higher privileges than provided by the webhook token"
            raise Refusal("insufficient_scope", words, _FORBIDDEN)
        if name in every.FOR_APPLICATIONS and not caller.application:
            raise Refusal("WRONG_AUTH_TYPE", "Application context required", _FORBIDDEN)
        return method


def _seconds(by_name: Mapping[str, float], name: str) -> float:
    return by_name.get(name, by_name.get("default", 0.0)) if by_name else 0.0


def times(started: float, finished: float) -> Params:
    """The times of an answer."""
    taken = finished - started
    return {
        "start": started,
        "finish": finished,
        "duration": taken,
        "processing": taken,
        "date_start": moments.shown(started),
        "date_finish": moments.shown(finished),
    }


def _small(params: Params, name: str) -> Params:
    """Parameters with names in small letters, where the method does not care about them."""
    return params if name in every.EXACT else {key.lower(): value for key, value in params.items()}
