"""Decides when a line about an import's progress is due, and words it; knows neither Prefect nor the clock."""

from dataclasses import dataclass, field
from typing import Final

from caseline.actions.foresee_import import Outlook
from staging.report import Progress

STEP: Final = 2
"""Percent between two lines."""
_TOO_SHORT_S: Final = 0.5
"""A rate over less time than this would be chance."""


@dataclass
class Milestones:
    """Follows one attempt at an import; `begun_s` and `now_s` are readings of one monotonic clock, in seconds."""

    outlook: Outlook
    begun_s: float
    _next: int = field(init=False)

    def __post_init__(self) -> None:
        self._next = int(self.percent(self.outlook.settled)) // STEP * STEP + STEP

    def percent(self, settled: int) -> float:
        """Share done, from 0 to 100; the number of rows is a guess, so 100 is left to the end of the run."""
        expected = self.outlook.records
        return min(100 * settled / expected, 99.0) if expected else 0.0

    def due(self, progress: Progress, *, now_s: float) -> str | None:
        """The line to write now, or None as long as no further step is reached."""
        percent = self.percent(progress.settled)
        if percent < self._next:
            return None
        self._next = int(percent) // STEP * STEP + STEP
        return self._line(progress, percent, now_s - self.begun_s)

    def _line(self, progress: Progress, percent: float, spent_s: float) -> str:
        expected, settled = self.outlook.records, progress.settled
        words = [f"{percent:.0f} %: {settled:,} of about {max(expected, settled):,} rows"]
        if spent_s > _TOO_SHORT_S and settled > self.outlook.settled:
            rate = (settled - self.outlook.settled) / spent_s
            left_s = max(expected - settled, 0) / rate
            words += [f"{rate:,.0f} rows/s", f"about {duration(left_s)} left" if left_s >= 1 else "nearly done"]
        words += [f"{progress.failed:,} FAILED", f"now {progress.part}" if progress.part else "closing"]
        return ", ".join(words)


def duration(seconds: float) -> str:
    """A time span as people say it: 42 s, 3 min 05 s, 2 h 10 min."""
    whole = round(seconds)
    if whole < 60:  # noqa: PLR2004 - seconds in a minute
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"
