"""What those who watch the house ask an application: does it live, can it serve, what was measured."""

import logging
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from caseline.actions.measure import Meter, Readiness
from caseline.actions.wiring import House
from caseline.health.measures import MEASURES

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOG: Final = logging.getLogger("caseline.answers")
_FORM: Final = "text/plain; version=0.0.4; charset=utf-8"
_BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Whoever makes up others must not make up a figure with each of them."""
_NONE: Final = "none"
"""What stands for the route of an address that is none of ours: addresses themselves may hold secrets."""


class _Measured(Collector):
    """The house, as monitoring reads it."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing, so that nobody measures when it is registered."""
        yield from ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """What is measured now."""
        taken = self._meter.take(now=datetime.now(UTC))
        for one in MEASURES:
            family = GaugeMetricFamily(one.name, one.told, labels=one.labels)
            for labels, value in taken.of(one.name).items():
                family.add_metric(labels, value)
            yield family
        failed = GaugeMetricFamily("caseline_measure_failed", "Measures that could not be taken", labels=("measure",))
        for name in taken.failed:
            failed.add_metric((name,), 1)
        yield failed


@dataclass(frozen=True, slots=True)
class Watched:
    """An application that is watched: what it answers, and how long its answers take."""

    routes: tuple[Route, ...]
    middleware: Middleware


def watch(house: House, name: str) -> Watched:
    """The routes for those who watch, and what measures the answers of the application `name`."""
    registry, token = CollectorRegistry(), house.settings.metrics_secret()
    registry.register(_Measured(Meter(house)))
    readiness = Readiness(house)

    async def alive(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_request: Request) -> Response:
        why = await run_in_threadpool(readiness.why, now=datetime.now(UTC))
        return JSONResponse({"status": "ok"}) if why is None else JSONResponse({"status": why}, 503)

    async def metrics(request: Request) -> Response:
        shown = request.headers.get("authorization", "").encode()
        if token is None or not secrets.compare_digest(shown, f"Bearer {token}".encode()):
            raise HTTPException(404)  # that there is such a page is nobody's business
        return Response(await run_in_threadpool(generate_latest, registry), headers={"Content-Type": _FORM})

    routes = (Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", metrics))
    return Watched(routes, timed(name, registry))


def timed(name: str, registry: CollectorRegistry | None = None) -> Middleware:
    """What measures the answers of the application `name`, and tells of each where its log is for programs."""
    registry = registry or CollectorRegistry()
    taken = Histogram(
        "caseline_request_seconds",
        "How long answers have taken, by the pattern of their address",
        ("application", "method", "route"),
        registry=registry,
        buckets=_BOUNDS,
    )
    answered = Counter(
        "caseline_answers", "Answers by their status", ("application", "route", "status"), registry=registry
    )
    return Middleware(_Timed, name=name, taken=taken, answered=answered)


class _Timed:
    """Measures how long an answer takes until its last byte."""

    def __init__(self, app: "ASGIApp", name: str, taken: Histogram, answered: Counter) -> None:
        self._app, self._name, self._taken, self._answered = app, name, taken, answered

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), "500"

        async def noted(message: "Message") -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            route = _pattern(scope)
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._taken.labels(self._name, method, route).observe(time.perf_counter() - began)
            self._answered.labels(self._name, route, status).inc()
            if _LOG.isEnabledFor(logging.INFO):
                took = round(time.perf_counter() - began, 4)
                told = {"application": self._name, "method": method, "route": route, "status": status, "seconds": took}
                _LOG.info("answered", extra=told)


def _pattern(scope: "Scope") -> str:
    """The pattern of the address: its own would hold keys and secrets."""
    route = scope.get("route")
    if isinstance(route, Route | Mount):
        return route.path
    return _NONE
