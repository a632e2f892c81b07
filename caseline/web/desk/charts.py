"""Draws charts: from named values to bars, lines and boxes with places, for a screen and for a phone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from caseline.web.desk import chart_scales
from caseline.web.desk.chart_scales import Scale
from caseline.web.desk.chart_shapes import Bar, Chart, Curve, Drawing, Label, Row, Rule, Series

WIDE: Final = 1160
NARROW: Final = 330
LETTER: Final = 6.7
"""Width of a letter, about."""
_NAME_LETTER: Final = 7.7
"""Of a name, in Russian."""
_SIDE: Final = 240
TALL: Final = 240


def both(draw: Callable[[int], Drawing]) -> tuple[Drawing, Drawing]:
    """For a screen and for a phone."""
    return draw(WIDE), draw(NARROW)


def stacked(
    title: str, description: str, rows: Sequence[Row], series: Sequence[Series], say: Callable[[float], str]
) -> Chart:
    """Lying bars; several series stand one after the other in each."""

    def draw(width: int) -> Drawing:
        frame = Frame(width, len(rows))
        room = max(map(len, (row.total for row in rows)), default=0) * LETTER + 12
        greatest = max((sum(mark.value for mark in row.marks) for row in rows), default=0)
        scale = chart_scales.linear(greatest, frame.length - room, 5 if width == WIDE else 3)
        made = frame.begun(scale, say)
        for place, row in enumerate(rows):
            y, left = frame.named(made, place, row.name), frame.left
            for one, mark in zip(series, row.marks, strict=True):
                long = scale.place(mark.value)
                if mark.value:
                    told = f"{row.name}: {one.name}, {mark.told}" if len(series) > 1 else f"{row.name}: {mark.told}"
                    made.bars.append(Bar(left, y, max(long, 1), frame.thick, one.kind, told, mark.href))
                left += long
            made.labels.append(Label(left + 5, y + frame.thick / 2 + 4, row.total, "value"))
        return made

    return Chart(title, description, series if len(series) > 1 else (), *both(draw))


def boxes(title: str, description: str, rows: Sequence[Row], say: Callable[[float], str]) -> Chart:
    """Lying boxes on a logarithmic scale of time; marks are the shares 10, 25, 50, 75 and 90 %."""

    def draw(width: int) -> Drawing:
        frame = Frame(width, len(rows))
        values = [mark.value for row in rows for mark in row.marks]
        scale = chart_scales.spans(
            min(values, default=1), max(values, default=1), frame.length - 14, 8 if width == WIDE else 5
        )
        made = frame.begun(scale, say)
        for place, row in enumerate(rows):
            y = frame.named(made, place, row.name)
            low, first, middle, third, high = (frame.left + scale.place(mark.value) for mark in row.marks)
            half = y + frame.thick / 2
            made.rules += [Rule(low, half, first, half, "whisker"), Rule(third, half, high, half, "whisker")]
            made.rules += [Rule(x, y + 3, x, y + frame.thick - 3, "whisker") for x in (low, high)]
            told = f"{row.name}: {row.total}"
            made.bars.append(Bar(first, y, max(third - first, 1), frame.thick, "box", told, row.marks[2].href))
            made.rules.append(Rule(middle, y, middle, y + frame.thick, "median"))
        return made

    return Chart(title, description, (), *both(draw))


@dataclass(frozen=True, slots=True)
class Frame:
    """How lying bars are laid out: names beside them on a screen, above them on a phone."""

    width: int
    number: int

    @property
    def wide(self) -> bool:
        """Whether it is for a screen."""
        return self.width == WIDE

    @property
    def left(self) -> float:
        """Where bars begin."""
        return _SIDE if self.wide else 4

    @property
    def length(self) -> float:
        """How much room there is for bars and what stands behind them."""
        return self.width - self.left - 4

    @property
    def thick(self) -> float:
        """Of a bar."""
        return 18

    @property
    def high(self) -> float:
        """Of a row."""
        return 28 if self.wide else 44

    def begun(self, scale: Scale, say: Callable[[float], str]) -> Drawing:
        """The drawing with its scale at the bottom."""
        bottom = self.number * self.high + 6
        made = Drawing(self.width, bottom + 22)
        for tick in scale.ticks:
            x = self.left + scale.place(tick)
            made.rules.append(Rule(x, 0, x, bottom, "grid"))
            text = say(tick)
            edge = x + len(text) * LETTER / 2 > self.width
            anchor = "end" if edge else "middle" if x > self.left + 8 or self.wide else "start"
            made.labels.append(Label(self.width - 1 if edge else x, bottom + 16, text, "tick", anchor))
        return made

    def named(self, made: Drawing, place: int, name: str) -> float:
        """Write the name of a row; answers where its bar begins."""
        top = place * self.high + 4
        room = int((self.left - 12 if self.wide else self.width - 8) / _NAME_LETTER)
        short = name if len(name) <= room else name[: room - 1].rstrip() + "…"
        cut = name if short != name else ""
        if self.wide:
            made.labels.append(Label(self.left - 8, top + 13, short, "name", "end", cut))
            return top
        made.labels.append(Label(self.left, top + 11, short, "name", "start", cut))
        return top + 17


def columns(
    title: str, description: str, rows: Sequence[Row], series: Sequence[Series], say: Callable[[float], str]
) -> Chart:
    """Standing bars over time; several series stand one upon the other."""

    def draw(width: int) -> Drawing:
        greatest = max((sum(mark.value for mark in row.marks) for row in rows), default=0)
        scale = chart_scales.linear(greatest, TALL - 16)
        made, left, pace = over_time(width, [row.name for row in rows], scale, say)
        for place, row in enumerate(rows):
            top = float(TALL)
            for one, mark in zip(series, row.marks, strict=True):
                tall = scale.place(mark.value)
                if mark.value:
                    x, told = left + place * pace + pace * 0.12, f"{row.name}: {one.name}, {mark.told}"
                    top -= max(tall, 1)
                    made.bars.append(Bar(x, top, max(pace * 0.76, 1), max(tall, 1), one.kind, told, mark.href))
        return made

    return Chart(title, description, series if len(series) > 1 else (), *both(draw))


def lines(
    title: str,
    description: str,
    rows: Sequence[Row],
    series: Sequence[Series],
    say: Callable[[float], str],
    *,
    time: bool = False,
) -> Chart:
    """Lines over time, one for each series; `time`: values are seconds. A value below 0 stands for none."""

    def draw(width: int) -> Drawing:
        greatest = max((mark.value for row in rows for mark in row.marks), default=0)
        scale = (chart_scales.times if time else chart_scales.linear)(max(greatest, 0), TALL - 16)
        made, left, pace = over_time(width, [row.name for row in rows], scale, say)
        for place, one in enumerate(series):
            points = [
                (left + (i + 0.5) * pace, TALL - scale.place(row.marks[place].value), row)
                for i, row in enumerate(rows)
                if row.marks[place].value >= 0
            ]
            made.curves.append(Curve(tuple((x, y) for x, y, _row in points), one.kind))
            # Each point can be hit and says its value; of many, they are as narrow as their step.
            for x, y, row in points:
                mark = row.marks[place]
                made.bars.append(
                    Bar(x - 3, y - 3, 6, 6, f"dot {one.kind}", f"{row.name}: {one.name}, {mark.told}", mark.href)
                )
        return made

    return Chart(title, description, series if len(series) > 1 else (), *both(draw))


def over_time(
    width: int, names: Sequence[str], scale: Scale, say: Callable[[float], str]
) -> tuple[Drawing, float, float]:
    """The drawing with its scales; where the first step begins, and how wide each is."""
    made = Drawing(width, TALL + 26)
    ticks = [say(tick) for tick in scale.ticks]
    left = max(map(len, ticks)) * LETTER + 10
    pace = (width - left - 6) / max(len(names), 1)
    for tick, text in zip(scale.ticks, ticks, strict=True):
        y = TALL - scale.place(tick)
        made.rules.append(Rule(left, y, width, y, "grid" if tick else "ground"))
        made.labels.append(Label(left - 6, y + 4, text, "tick", "end"))
    room = max(map(len, names), default=1) * LETTER + 14
    for place in chart_scales.thinned(len(names), int((width - left) / room)):
        x = left + (place + 0.5) * pace
        half = len(names[place]) * LETTER / 2
        edge = x + half > width
        made.labels.append(
            Label(width if edge else max(x, half), TALL + 18, names[place], "tick", "end" if edge else "middle")
        )
    return made, left, pace
