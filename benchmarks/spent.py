"""Seconds of each step of a benchmark, and the lines of a table that tell of them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchmarks import meter


@dataclass(frozen=True, slots=True)
class Seconds:
    """What a step took."""

    wall: float
    ours: float
    """Processor time of this process and its ended children."""
    server: float
    """Processor time of the server."""

    @property
    def cpu(self) -> float:
        """All processor time."""
        return self.ours + self.server

    def __add__(self, other: "Seconds") -> "Seconds":
        return Seconds(self.wall + other.wall, self.ours + other.ours, self.server + other.server)

    def __sub__(self, other: "Seconds") -> "Seconds":
        return Seconds(self.wall - other.wall, self.ours - other.ours, self.server - other.server)


@dataclass
class Spent:
    """Seconds of each step by its name; one that is taken several times is added up."""

    server: int
    """Its process."""
    steps: dict[str, Seconds] = field(default_factory=dict)

    @contextmanager
    def on(self, name: str) -> Iterator[None]:
        """Time a step."""
        before = self.read()
        yield
        self.steps[name] = self.steps.get(name, Seconds(0, 0, 0)) + (self.read() - before)

    def read(self) -> Seconds:
        """What was used up to now."""
        return Seconds(time.perf_counter(), meter.own_cpu_s(), meter.server_cpu_s(self.server))

    def table(self, title: str) -> Iterator[str]:
        """The steps as Markdown."""
        yield f"| {title} | seconds | CPU s, ours + server |"
        yield "|---|---:|---:|"
        for name, took in self.steps.items():
            yield f"| {name} | {took.wall:.1f} | {took.ours:.1f} + {took.server:.1f} |"
