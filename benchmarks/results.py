"""Draws conclusions from laps: medians over the runs, ratios to the anchors, goals met or not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import Final

from benchmarks.race import Lap

TITLES: Final = {
    "raw": "raw COPY into text columns (the limit)",
    "expert": "bare expert: COPY + typed INSERT..SELECT, 6 indexes",
    "duties": "same duties as ours, SQL script by hand",
    "dlt": "dlt from Arrow, csv loader",
    "pandas": "pandas.to_sql (scaled from 20,000 rows)",
    "ours": "caseline, 1 loader + 2 converters",
    "counted": "caseline, with the time spent on stages counted",
    "row by row": "caseline, each reference checked by trigger",
    "trusting": "caseline, foreign keys NOT ENFORCED meanwhile",
    "damaged": "caseline, 1 % of the rows unreadable",
    "rehearsal": "caseline, dry run",
    "flow": "caseline as a Prefect flow run",
    "profile": "caseline, 1 loader + 1 converter",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A contender over all runs (medians)."""

    name: str
    seconds: float
    client_cpu_s: float
    server_cpu_s: float
    peak_mb: float
    rows: int
    load: float
    extra: dict[str, object]

    @property
    def title(self) -> str:
        """What it is, for people."""
        return TITLES[self.name]

    @property
    def cpu_s(self) -> float:
        """Processor time of both sides."""
        return self.client_cpu_s + self.server_cpu_s


Standings = Mapping[str, Standing]


def standings(runs: Sequence[Sequence[Lap]]) -> dict[str, Standing]:
    """By contender; the laps of the expert before and after ours count as one, with their mean."""
    by_name: dict[str, list[list[Lap]]] = {}
    for laps in runs:
        here: dict[str, list[Lap]] = {}
        for lap in laps:
            here.setdefault(lap.name.removesuffix(" again"), []).append(lap)
        for name, same in here.items():
            by_name.setdefault(name, []).append(same)
    return {name: _standing(name, groups) for name, groups in by_name.items()}


def _standing(name: str, groups: Sequence[Sequence[Lap]]) -> Standing:
    def middle(value: Callable[[Lap], float]) -> float:
        return median(mean(map(value, group)) for group in groups)

    last = groups[-1][-1]
    run_s = {"run_s": middle(lambda lap: float(lap.extra["run_s"]))} if "run_s" in last.extra else {}
    return Standing(
        name,
        middle(lambda lap: lap.seconds),
        middle(lambda lap: lap.client_cpu_s),
        middle(lambda lap: lap.server_cpu_s),
        middle(lambda lap: lap.peak_mb),
        last.rows,
        middle(lambda lap: lap.load),
        last.extra | run_s,
    )


@dataclass(frozen=True, slots=True)
class Goal:
    """Something that the import should reach."""

    text: str
    limit: float
    contender: str
    anchor: str
    """Contender it is measured against; empty: the peak memory in MB is looked at."""
    run_only: bool = False
    """The time from the opening of the run to its end counts, without what is around it."""

    def reached(self, found: Standings) -> tuple[float, float] | None:
        """The ratio in time and the ratio in processor time (or the megabytes, twice); None when not measured."""
        if self.contender not in found or (self.anchor and self.anchor not in found):
            return None
        ours = found[self.contender]
        if not self.anchor:
            return ours.peak_mb, ours.peak_mb
        anchor = found[self.anchor]
        if self.run_only:
            return float(str(ours.extra["run_s"])) / float(str(anchor.extra["run_s"])), ours.cpu_s / anchor.cpu_s
        return ours.seconds / anchor.seconds, ours.cpu_s / anchor.cpu_s


GOALS: Final = (
    Goal("at most 1.25 x the script with the same duties", 1.25, "ours", "duties"),
    Goal("at most 2.0 x the bare expert", 2.0, "ours", "expert"),
    Goal("stretch: at most 1.5 x the bare expert", 1.5, "ours", "expert"),
    Goal("faster than dlt", 1.0, "ours", "dlt"),
    Goal("our process at most 300 MB", 300.0, "ours", ""),
    Goal("1 % unreadable rows: at most 2 x the clean file", 2.0, "damaged", "ours"),
    Goal("dry run faster than the import", 1.0, "rehearsal", "ours"),
    Goal("Prefect's share, start and pages of the flow run aside, at most 5 %", 1.05, "flow", "ours", run_only=True),
)
