"""The limits of a portal: requests of an address, operating time of a method."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from caseline.portal_sandbox.options import Options
from caseline.portal_sandbox.refusals import Refusal

_MINUTES: Final = 10


class Rate:
    """A leaky bucket for each source address: every request adds one, every second takes some away."""

    def __init__(self, options: Options, clock: Callable[[], float]) -> None:
        self._options = options
        self._clock = clock
        self._levels: dict[str, tuple[float, float]] = {}

    def check(self, address: str) -> None:
        """Let a request in, or refuse it."""
        if self._options.overloaded:
            raise Refusal("OVERLOAD_LIMIT", "REST API is blocked due to overload", HTTPStatus.SERVICE_UNAVAILABLE)
        if not self._options.limited:
            return
        now = self._clock()
        level, since = self._levels.get(address, (0.0, now))
        level = max(0.0, level - (now - since) * self._options.requests_per_second)
        if level + 1 > self._options.burst:
            self._levels[address] = level, now
            raise too_many()
        self._levels[address] = level + 1, now


def too_many() -> Refusal:
    """The refusal of a request that comes too early."""
    return Refusal("QUERY_LIMIT_EXCEEDED", "Too many requests", HTTPStatus.SERVICE_UNAVAILABLE)


class Operating:
    """Operating time of each method for each caller: the sum over ten buckets of a minute."""

    def __init__(self, options: Options, clock: Callable[[], float]) -> None:
        self._limit = options.operating_limit
        self._minute = options.operating_minute
        self._clock = clock
        self._buckets: dict[tuple[str, str], dict[int, float]] = {}

    def used(self, caller: str, method: str) -> tuple[float, int]:
        """Seconds used, and the moment at which the oldest of them are forgotten."""
        now = self._clock()
        current = int(now / self._minute)
        buckets = self._buckets.setdefault((caller, method), {})
        for minute in [minute for minute in buckets if minute <= current - _MINUTES]:
            del buckets[minute]
        oldest = min(buckets, default=current)
        return sum(buckets.values()), int((oldest + _MINUTES) * self._minute) + 1

    def check(self, caller: str, method: str) -> None:
        """Refuse a call of a method whose time is used up; the call that crosses the limit has been completed."""
        if self.used(caller, method)[0] >= self._limit:
            words = "Method is blocked due to operation time limit"
            raise Refusal("OPERATION_TIME_LIMIT", words, HTTPStatus.TOO_MANY_REQUESTS)

    def charge(self, caller: str, method: str, seconds: float) -> None:
        """Count the time of a call."""
        buckets = self._buckets.setdefault((caller, method), {})
        current = int(self._clock() / self._minute)
        buckets[current] = buckets.get(current, 0.0) + seconds
