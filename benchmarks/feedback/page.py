"""The figures of feedback as they stand in the document."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from benchmarks.feedback.pages import CLIENTS, PEOPLE, Calls, Crowd, Pages
from benchmarks.feedback.rounds import Idle
from benchmarks.feedback.triggering import NEWS, Spent, Triggered

TRIGGER_S: Final = 30
RATIO: Final = 0.5
P99_MS: Final = 300
_GROWS: Final = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What asking took, on a register of each size, and the bare statements on the large one."""

    small: Triggered
    large: Triggered
    limit: Spent
    alike: Spent


@dataclass(frozen=True, slots=True)
class Rounds:
    """Idle rounds of a small register and of a large one."""

    sizes: tuple[int, int]
    small: Sequence[Idle]
    large: Sequence[Idle]


def asked(found: Asked) -> Iterator[str]:
    """Asking about all."""
    large, small = found.large, found.small
    yield f"| {large.requests:,} closed requests, each asked about | seconds | CPU s, ours + server | CPU x bare |"
    yield "|---|---:|---:|---:|"
    named = (
        ("bare INSERT ... SELECT of as many rows, all indexes", found.limit),
        ("the same into the table itself, references and steps kept, two states", found.alike),
        ("caseline, `trigger-feedback`", large.all),
    )
    for name, one in named:
        ratio = one.cpu_s / found.limit.cpu_s
        yield f"| {name} | {one.seconds:.1f} | {one.own_cpu_s:.1f} + {one.server_cpu_s:.1f} | {ratio:.1f} |"
    yield ""
    yield _goal(f"all of them in at most {TRIGGER_S} s", large.all.seconds, TRIGGER_S, "{:.1f} s", more=_cpu(large.all))
    again = f"{large.again.seconds * 1000:.0f} ms; {small.again.seconds * 1000:.0f} ms of {small.requests:,}"
    yield f"- the round after it, which finds nothing new: {again}"
    grown = large.news.cpu_s / small.news.cpu_s
    text = f"{NEWS:,} more, where {large.requests:,} were asked about, at most {_GROWS} x where {small.requests:,} were"
    yield _goal(text, grown, _GROWS, "{:.2f} in CPU", more=f"{large.news.seconds:.2f} s")


def rounds(found: Rounds) -> Iterator[str]:
    """What rounds cost when there is nothing to do."""
    small, large = found.sizes
    heads = ("ms at", "pages at")
    yield f"| rounds with nothing to do | {' | '.join(f'{head} {size:,}' for head in heads for size in found.sizes)} |"
    yield "|---|---:|---:|---:|---:|"
    for before, after in zip(found.small, found.large, strict=True):
        yield f"| {before.name} | {before.ms:.0f} | {after.ms:.0f} | {before.pages:,} | {after.pages:,} |"
    grown = sum(one.pages for one in found.large) / max(1, sum(one.pages for one in found.small))
    yield ""
    yield f"- {large / small:.0f} x the history: {grown:.1f} x the pages of 8 kB that all rounds together look at"


def pages(found: Pages) -> Iterator[str]:
    """The public pages under load."""
    alike = found.alike
    heads = "statements | calls/s | bare, calls/s | of its rate | CPU ms | bare, CPU ms"
    yield f"| {CLIENTS} clients who never rest | {heads} |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    ratios = []
    for name, work, kind in (("opening a page", alike.look, "look"), ("answering", alike.save, "save")):
        both = [getattr(one, kind) for one in found.pairs]
        ours, bare = (_middle([one[place] for one in both]) for place in (0, 1))
        ratios.append(median(one[0].rate / one[1].rate for one in both))
        cells = f"{ours.rate:.0f} | {bare.rate:.0f} | {ratios[-1]:.2f} | {ours.cpu_ms:.1f} | {bare.cpu_ms:.1f}"
        yield f"| {name} | {work.statements} | {cells} |"
    yield ""
    yield f"- at least {RATIO} of the bare rate: {'met' if min(ratios) >= RATIO else 'NOT met'} ({min(ratios):.2f})"
    yield _crowd(f"{PEOPLE} people at once", found.people)
    yield _crowd("the same while one address asks without rest", found.flooded)
    told = ", ".join(f"{count:,} x {status}" for status, count in sorted(found.flooded.flooded.items()))
    yield f"- that address was answered with {told}"


def _crowd(name: str, one: Crowd) -> str:
    more = f"p50 {one.p50_ms:.0f} ms, {one.calls:,} calls, {one.rate:.0f} a second, {one.failed} failed"
    return _goal(f"{name}: 99 % of their calls in at most {P99_MS} ms", one.p99_ms, P99_MS, "{:.0f} ms", more=more)


def _goal(text: str, value: float, most: float, form: str, *, more: str) -> str:
    return f"- {text}: {'met' if value <= most else 'NOT met'} ({form.format(value)}, {more})"


def _cpu(one: Spent) -> str:
    return f"{one.cpu_s:.1f} s of CPU"


def _middle(calls: Sequence[Calls]) -> Calls:
    return Calls(median(one.rate for one in calls), median(one.cpu_ms for one in calls))
