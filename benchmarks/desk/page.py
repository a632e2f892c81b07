"""Shows how long the pages of the desk take, with their goals, as Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from benchmarks.desk.measuring import Crowd, Taken
from benchmarks.desk.probes import Probe

RATIO: Final = 3.0
"""What the first page of the table may take of its bare statements."""
TABLE: Final = "/requests?w=open::"
CARD: Final = "/requests/1"
_NAMES: Final = {TABLE: "first page, preset open", CARD: "card"}


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that was measured."""

    machine: str
    sizes: Mapping[str, str]
    made: Mapping[str, float]
    taken: tuple[Taken, ...]
    absent: tuple[str, ...]
    bare: Mapping[str, tuple[int, float]]
    """Statements that a page runs, and what they take without it, by its address."""
    crowd: Crowd
    cold: tuple[Taken, ...] = ()


def once(probe: Probe) -> Probe:
    """The same, every address once."""
    return replace(probe, rounds=1)


def with_cold(figures: Figures, cold: Sequence[Taken]) -> Figures:
    """The figures with those from cold caches."""
    return replace(figures, cold=tuple(cold))


def lines(figures: Figures) -> Iterator[str]:
    """All of it."""
    yield figures.machine
    yield ""
    yield ", ".join(f"{value} {name}" for name, value in figures.sizes.items()) + "; all of it generated."
    yield ""
    yield from _table(figures.taken)
    yield ""
    yield from (f"- {line}" for line in _findings(figures))
    if figures.cold:
        yield "\nAfter a start with nothing in memory, every address once:\n"
        yield from _table([replace(one, goal_ms=None) for one in figures.cold])
    slow = [(one.name, place) for one in figures.taken if one.met is False for place in one.slowest]
    if slow:
        yield "\nThe slowest page of each kind that misses its goal:\n"
        yield from (f"- {name}: {place}" for name, place in slow)


def _table(taken: Sequence[Taken]) -> Iterator[str]:
    yield "| pages | asked | p50 ms | p95 ms | goal | | CPU ms, desk + database | kB sent |"
    yield "|---|---:|---:|---:|---:|---|---:|---:|"
    for one in taken:
        goal = f"{one.goal_ms:,.0f}" if one.goal_ms is not None else "-"
        said = {True: "met", False: "NOT met", None: ""}[one.met]
        failed = f"{one.failed} failed" if one.failed else ""
        said = ", ".join(filter(None, (said, failed)))
        cpu = f"{one.cpu_ms:.0f} + {one.server_ms:.0f}" if one.cpu_ms else "-"
        figures = f"{len(one.ms)} | {one.p50:,.0f} | {one.p95:,.0f} | {goal} | {said}"
        yield f"| {one.name} | {figures} | {cpu} | {one.kilobytes:.0f} |"


def _findings(figures: Figures) -> Iterator[str]:
    crowd = figures.crowd
    rate = crowd.pages / crowd.seconds
    yield (
        f"{crowd.users} users at once who never rest, {crowd.pages:,} pages: {rate:.0f} a second,"
        f" p50 {crowd.taken.p50:,.0f} ms, p95 {crowd.taken.p95:,.0f} ms, {crowd.taken.failed} failed"
    )
    by_name = {one.name: one for one in figures.taken}
    for path, (number, bare_ms) in figures.bare.items():
        ratio = by_name[_NAMES[path]].p50 / bare_ms
        goal = f"; goal at most {RATIO:.0f}: {'met' if ratio <= RATIO else 'NOT met'}" if path == TABLE else ""
        yield f"{_NAMES[path]}: {ratio:.1f} times its {number} bare statements ({bare_ms:.1f} ms){goal}"
    for name, seconds in figures.made.items():
        yield f"{name} in {seconds:,.1f} s"
    if figures.absent:
        yield f"not there to be measured: {', '.join(figures.absent)}"
