"""Looks at the Prefect server of a home: does it answer, does a worker live, do runs stand still."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from caseline.actions import ask_prefect, prefect_environment, running_services
from caseline.crm.findings import Finding, error, ok, warning

AUTOMATION: Final = "crash-silent-runs"
TOLD: Final = ("tell-of-failed-runs", "tell-of-late-runs")
_SERVICES: Final = ("desk", "public", "server", "worker")
_UP: Final = "type: caseline up"


def examine(home: Path, operators: str) -> Iterator[Finding]:
    """A line for each service that was started here, and what the server tells; `operators` is the setting."""
    running = running_services.read(home)
    if not running.processes:
        yield warning("services", "caseline up does not run in this home", f"{_UP}, unless they run elsewhere")
        return
    for name in _SERVICES:
        process = running.alive(name)
        if process is not None:
            yield ok(name, f"runs as process {process.pid}")
        else:
            yield error(name, "does not run", f"{_UP}; its log: {home / 'log' / name}.log")
    if running.alive("server"):
        yield from _server(running.api_url, operators)


def _server(api_url: str, operators: str) -> Iterator[Finding]:
    if not ask_prefect.answers(api_url):
        yield error("prefect", f"the server does not answer at {api_url}", f"caseline down, then {_UP}")
        return
    works = ask_prefect.working(api_url, prefect_environment.POOL)
    if works:
        yield ok("workers", f"{works} of the pool {prefect_environment.POOL} live")
    else:
        yield error("workers", f"none of the pool {prefect_environment.POOL} lives", _UP)
    yield from _runs(api_url, works=works)
    told = [name for name in TOLD if ask_prefect.has_automation(api_url, name)]
    if len(told) < len(TOLD):
        yield warning("operators", "nobody is told of failed and late runs: an automation is missing or off", _UP)
    elif not operators.strip():
        remedy = "CASELINE_OPERATORS=ADDRESS,ADDRESS says who gets a letter"
        yield warning("operators", "nobody is named who is told of failed and late runs", remedy)
    else:
        yield ok("operators", "are told of failed and late runs")


def _runs(api_url: str, *, works: int) -> Iterator[Finding]:
    running, late = ask_prefect.runs(api_url, "RUNNING"), ask_prefect.runs(api_url, "SCHEDULED", name="Late")
    if not ask_prefect.has_automation(api_url, AUTOMATION):
        remedy = f"{_UP}: it makes it again and switches it on"
        yield warning("silent runs", f"nobody ends them: the automation {AUTOMATION} is missing or off", remedy)
    if running and not works:
        remedy = f"{_UP}; after two minutes without a sign of life they become Crashed: then press Retry"
        yield error("runs", f"Running without a worker: {_named(running)}", remedy)
    elif late:
        yield warning("runs", f"late: {_named(late)}", f"wait, or if that lasts: {_UP}")
    else:
        yield ok("runs", f"{len(running)} at work, none late")


def _named(runs: list[dict[str, Any]]) -> str:
    names = [run["name"] for run in runs[:3]]
    return ", ".join(names) + (f" and {len(runs) - len(names)} more" if len(runs) > len(names) else "")
