"""Shows how an import goes on: a live line on a terminal, a plain line now and then elsewhere."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from caseline.cli import screen

if TYPE_CHECKING:
    from rich.console import Console

    from staging.report import Progress

Clock = Callable[[], float]

SPEED_OVER: Final = 15.0
"""Seconds over which the speed is measured."""
GUESS_FROM: Final = 0.03
"""Share from which the time left is guessed."""
LINE_EVERY: Final = 10.0
"""Seconds between two plain lines, ..."""
LINE_AT: Final = 0.05
"""... unless so much has been done before."""


class Gauge:
    """Turns what the staging tables say into figures for people; `expected` 0 means that nobody has counted."""

    def __init__(self, expected: int, clock: Clock = time.monotonic) -> None:
        self._expected = expected
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()
        self.settled = self.failed = self._guess = 0
        self.part = ""

    def see(self, progress: "Progress") -> None:
        """Take in how far the run is."""
        now = self._clock()
        self._seen.append((now, progress.settled))
        while now - self._seen[0][0] > SPEED_OVER:
            self._seen.popleft()
        self.settled, self.failed = progress.settled, progress.failed
        self.part = progress.part or "finishing"
        if not self._expected and progress.bytes_loaded:
            self._guess = round(progress.read * progress.bytes_total / progress.bytes_loaded)

    @property
    def about(self) -> int:
        """Rows that there will be at the end, as far as one can tell."""
        return max(self._expected, self._guess, self.settled)

    @property
    def share(self) -> float:
        """Done, from 0 to 1."""
        return self.settled / self.about if self.about else 0.0

    @property
    def speed(self) -> float:
        """Rows a second of late."""
        (start, before), (end, now) = self._seen[0], self._seen[-1]
        return (now - before) / (end - start) if end > start else 0.0

    @property
    def words(self) -> str:
        """All figures in one line."""
        if not self.settled:
            return f"reading, about {self.about:,} rows to settle"
        speed = self.speed
        rows = f"{self.settled:,} of about {self.about:,}"
        guess = self.share >= GUESS_FROM and speed >= 1
        left = f"  {screen.seconds((self.about - self.settled) / speed)} left" if guess else ""
        return f"{rows}  {speed:,.0f}/s{left}  {self.failed:,} failed"


@contextmanager
def display(expected: int) -> "Iterator[Callable[[Progress], None]]":
    """What to hand to the import as its watcher; everything goes to stderr."""
    console, gauge = screen.beside(), Gauge(expected)
    if console.is_terminal:
        with _live(console, gauge) as watch:
            yield watch
    else:
        yield Lines(console, gauge).see


@contextmanager
def _live(console: "Console", gauge: Gauge) -> "Iterator[Callable[[Progress], None]]":
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(None), TextColumn("{task.fields[words]}"))
    with Bars(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=1.0, words="")

        def watch(progress: "Progress") -> None:
            gauge.see(progress)
            bar.update(task, completed=gauge.share, description=gauge.part, words=gauge.words)

        yield watch


class Lines:
    """A plain line every ten seconds or five per cent."""

    def __init__(self, console: "Console", gauge: Gauge, clock: Clock = time.monotonic) -> None:
        self._console, self._gauge, self._clock = console, gauge, clock
        self._at, self._share = clock(), 0.0

    def see(self, progress: "Progress") -> None:
        """Take in how far the run is, and perhaps say it."""
        gauge = self._gauge
        gauge.see(progress)
        if self._clock() - self._at < LINE_EVERY and gauge.share - self._share < LINE_AT:
            return
        self._at, self._share = self._clock(), gauge.share
        self._console.print(f"{gauge.part}: {gauge.words}, {gauge.share:.0%} done", soft_wrap=True)
