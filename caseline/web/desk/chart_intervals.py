"""Draws values with the intervals in which the true ones lie: dots with error bars, lying or standing over time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from caseline.web.desk import chart_scales, charts
from caseline.web.desk.chart_shapes import Bar, Chart, Drawing, Label, Rule
from caseline.web.desk.charts import LETTER, TALL, WIDE, Frame

_DOT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranged:
    """A named value with its interval."""

    name: str
    value: float | None
    """None: there is nothing to show, only the name stands."""
    low: float | None = None
    high: float | None = None
    told: str
    """All of it in words."""
    short: str
    """The value alone, which stands beside it."""
    href: str | None = None
    faint: bool = False
    """Of too few to be judged."""


@dataclass(frozen=True, slots=True)
class Extent:
    """From where to where a scale reaches, and how its ticks are said."""

    low: float
    high: float
    say: Callable[[float], str]


def lying(title: str, description: str, rows: Sequence[Ranged], extent: Extent) -> Chart:
    """A row for each value, one below the other."""

    def draw(width: int) -> Drawing:
        frame = Frame(width, len(rows))
        room = max((len(row.short) for row in rows), default=0) * LETTER + 14
        scale = chart_scales.between(extent.low, extent.high, frame.length - room, 8 if width == WIDE else 4)
        made = frame.begun(scale, extent.say)
        for place, row in enumerate(rows):
            y = frame.named(made, place, row.name) + frame.thick / 2
            if row.value is None:
                continue
            x, ends = frame.left + scale.place(row.value), _ends(row)
            first, last = (frame.left + scale.place(end) for end in ends)
            told = f"{row.name}: {row.told}"
            made.bars.append(Bar(frame.left, y - 9, frame.length - room, 18, "hit", told, row.href))
            made.bars.append(Bar(x - _DOT, y - _DOT, 2 * _DOT, 2 * _DOT, _kind("dot first", row), row.told))
            made.rules.append(Rule(first, y, last, y, _kind("whisker", row)))
            made.rules += [Rule(end, y - 5, end, y + 5, _kind("whisker", row)) for end in (first, last)]
            made.labels.append(Label(max(x + _DOT, last) + 6, y + 4, row.short, "value"))
        return made

    return Chart(title, description, (), *charts.both(draw))


def standing(title: str, description: str, rows: Sequence[Ranged], extent: Extent) -> Chart:
    """A column for each value, one after the other in time."""

    def draw(width: int) -> Drawing:
        scale = chart_scales.between(extent.low, extent.high, TALL - 16)
        made, left, pace = charts.over_time(width, [row.name for row in rows], scale, extent.say)
        for place, row in enumerate(rows):
            if row.value is None:
                continue
            x, y = left + (place + 0.5) * pace, TALL - scale.place(row.value)
            bottom, top = (TALL - scale.place(end) for end in _ends(row))
            half = min(5.0, max(pace / 4, 1))
            told, long = f"{row.name}: {row.told}", 2 * half - 2
            made.bars.append(Bar(x - pace / 2, 8, pace, TALL - 8, "hit", told, row.href))
            made.bars.append(Bar(x - half + 1, y - half + 1, long, long, _kind("dot first", row), row.told))
            made.rules.append(Rule(x, bottom, x, top, _kind("whisker", row)))
            made.rules += [Rule(x - half, end, x + half, end, _kind("whisker", row)) for end in (bottom, top)]
        return made

    return Chart(title, description, (), *charts.both(draw))


def _ends(row: Ranged) -> tuple[float, float]:
    assert row.value is not None  # noqa: S101 - others are not drawn
    return (row.value if row.low is None else row.low, row.value if row.high is None else row.high)


def _kind(kind: str, row: Ranged) -> str:
    return f"{kind} faint" if row.faint else kind
