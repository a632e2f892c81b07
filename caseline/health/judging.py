"""Rules by which measures are in order or not: how long what may wait, and what to do where it waits longer."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from caseline.crm.findings import Finding, error, ok, warning
from caseline.health.measures import Taken

_MINUTE: Final = 60
_RUNS: Final = "look at its runs in the Prefect UI; without Prefect, run by hand: "


@dataclass(frozen=True, slots=True)
class _Wait:
    """Something that may wait for a while."""

    measure: str
    topic: str
    what: str
    longest_s: int
    remedy: str


_WAITS: Final = (
    _Wait(
        "caseline_outbox_age_seconds",
        "outbox",
        "the oldest letter that is due",
        15 * _MINUTE,
        f"deployment send-outbox: {_RUNS}caseline outbox send; `caseline outbox list` names the reason",
    ),
    _Wait(
        "caseline_mail_age_seconds",
        "incoming mail",
        "the oldest mail that is not sorted",
        15 * _MINUTE,
        f"deployment ingest-mail: {_RUNS}caseline mail fetch",
    ),
    _Wait(
        "caseline_asks_age_seconds",
        "feedback",
        "the oldest client who is due to be asked",
        60 * _MINUTE,
        f"deployment trigger-feedback: {_RUNS}caseline feedback run",
    ),
    _Wait(
        "caseline_followups_age_seconds",
        "follow-ups",
        "the oldest consequence of an answer",
        30 * _MINUTE,
        f"deployment trigger-feedback: {_RUNS}caseline feedback run; its log names what failed",
    ),
    _Wait(
        "caseline_webhooks_age_seconds",
        "webhooks",
        "the oldest call of another system",
        60 * _MINUTE,
        "see Settings, Webhooks at the desk: it shows what the other system has answered, and tries again by a button",
    ),
)
_EVENTS_S: Final = 30 * _MINUTE


def judge(taken: Taken) -> Iterator[Finding]:
    """What is wrong, or may be, with what waits; a line for each thing that is in order, too."""
    for wait in _WAITS:
        age = taken.one(wait.measure)
        if age is None:
            continue
        if age > wait.longest_s:
            yield error(wait.topic, f"{wait.what} has waited {_told(age)}", wait.remedy)
        else:
            yield ok(wait.topic, "nothing waits" if not age else f"{wait.what} has waited {_told(age)}")
    yield _events(taken)
    yield from _imports(taken)
    yield from _apart(taken)
    for measure, why in taken.failed.items():
        yield warning("measures", f"{measure} could not be measured: {why}", "see whether the database is overloaded")


def _events(taken: Taken) -> Finding:
    late = {name: age for (name,), age in taken.of("caseline_events_age_seconds").items() if age > _EVENTS_S}
    if not late:
        return ok("event log", "all who read it are up to date")
    told = ", ".join(f"{name} is {_told(age)} behind" for name, age in sorted(late.items()))
    return error("event log", told, "start `caseline up`, or a worker: the deployments that read it run every minute")


def _imports(taken: Taken) -> Iterator[Finding]:
    silent, running = taken.one("caseline_import_silent_runs"), taken.one("caseline_import_open_runs")
    if silent:
        yield warning(
            "imports",
            f"{silent:.0f} of them are not finished, and nobody works on them",
            "press Retry on the run in the Prefect UI, or type the same `caseline import` again: it goes on",
        )
    elif running is not None:
        yield ok("imports", f"{running:.0f} are at work" if running else "none is at work")


def _apart(taken: Taken) -> Iterator[Finding]:
    apart = taken.of("caseline_mail_apart")
    if quarantined := apart.get(("quarantine",)):
        yield warning(
            "quarantine",
            f"{quarantined:.0f} mails could not be taken in",
            "`caseline mail list --quarantine` says why; mended, `caseline mail retry NUMBER`",
        )
    if held := taken.of("caseline_outbox_letters").get(("held",)):
        yield warning(
            "held letters",
            f"{held:.0f} letters wait for somebody to release them",
            "`caseline outbox list --state held`",
        )


def _told(seconds: float) -> str:
    minutes = int(seconds // _MINUTE)
    if minutes < 1:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if days else f"{hours} h {minutes} min" if hours else f"{minutes} min"
