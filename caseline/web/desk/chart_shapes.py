"""What charts are made of: values with names before they are drawn, shapes with places afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, or the box of a spread."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    """Class, which gives it its colour."""
    title: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    kind: str


@dataclass(frozen=True, slots=True)
class Label:
    """A short text."""

    x: float
    y: float
    text: str
    kind: str = ""
    anchor: str = "start"
    whole: str = ""
    """All of it, where it is cut."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through points."""

    points: tuple[tuple[float, float], ...]
    kind: str

    @property
    def path(self) -> str:
        """As SVG writes it."""
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in self.points)


@dataclass(slots=True)
class Drawing:
    """A chart of one width."""

    width: float
    height: float
    rules: list[Rule] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mark:
    """A value of a chart, as it is told and where it leads."""

    value: float
    told: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A name with a value of each series; or with the five values of a spread."""

    name: str
    marks: Sequence[Mark]
    total: str = ""
    """What stands at the end of a bar."""


@dataclass(frozen=True, slots=True)
class Series:
    """What a colour means."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart in both widths."""

    title: str
    description: str
    series: Sequence[Series]
    wide: Drawing
    narrow: Drawing
