"""Charts stay inside their frames, and their scales have ticks that people would choose."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseline.web.desk import chart_scales, charts
from caseline.web.desk.chart_shapes import Chart, Drawing, Mark, Row, Series

SERIES = [Series("good", "Met"), Series("bad", "Missed")]
values = st.floats(0, 1e9, allow_nan=False)
names = st.text("абвгдежзик ABC", max_size=60)


@pytest.mark.parametrize(
    ("greatest", "ticks"),
    [
        (0, (0, 1)),
        (1, (0, 1)),
        (3, (0, 1, 2, 3)),
        (7, (0, 2, 4, 6, 8)),
        (100, (0, 20, 40, 60, 80, 100)),
        (101, (0, 50, 100, 150)),
        (49_870, (0, 10_000, 20_000, 30_000, 40_000, 50_000)),
    ],
)
def test_ticks_are_round_whole_numbers(greatest: float, ticks: tuple[float, ...]) -> None:
    assert chart_scales.linear(greatest, 100).ticks == ticks


def test_ticks_of_durations_are_minutes_hours_and_days() -> None:
    assert chart_scales.times(100 * 60, 1).ticks == (0, 1800, 3600, 5400, 7200)
    assert chart_scales.times(9 * 86_400, 1).ticks == tuple(2 * 86_400 * i for i in range(6))
    assert chart_scales.times(40_000 * 86_400, 1).top >= 40_000 * 86_400


@given(greatest=values, length=st.floats(1, 2_000), value=values)
def test_a_scale_keeps_values_inside_and_in_order(greatest: float, length: float, value: float) -> None:
    for scale in (chart_scales.linear(greatest, length), chart_scales.times(greatest, length)):
        assert scale.top >= greatest * (1 - 1e-9)
        assert len(scale.ticks) <= 7
        assert 0 <= scale.place(value) <= length * (1 + 1e-9)
        assert scale.place(0) == 0
        assert math.isclose(scale.place(scale.top), length)


@given(least=values, more=values, length=st.floats(1, 2_000))
def test_a_scale_of_spans_holds_the_least_and_the_greatest(least: float, more: float, length: float) -> None:
    scale = chart_scales.spans(least, least + more, length)
    places = [scale.place(tick) for tick in scale.ticks]
    assert all(one < other for one, other in pairwise(places))
    assert places[0] == 0
    assert places[-1] <= length * (1 + 1e-9)
    assert 0 <= scale.place(least) <= scale.place(least + more) <= length * (1 + 1e-9)


def test_labels_are_thinned_to_what_fits() -> None:
    assert list(chart_scales.thinned(5, 10)) == [0, 1, 2, 3, 4]
    assert list(chart_scales.thinned(30, 10)) == list(range(0, 30, 3))
    assert list(chart_scales.thinned(0, 0)) == []


def outside(drawing: Drawing) -> list[object]:
    """What does not lie in the frame of a drawing."""
    bars = [
        bar
        for bar in drawing.bars
        if not (-1 <= bar.x <= bar.x + bar.width <= drawing.width + 1)
        or not (-4 <= bar.y <= bar.y + bar.height <= drawing.height + 1)
    ]
    labels = [
        label for label in drawing.labels if not (-1 <= label.x <= drawing.width + 1 and 0 <= label.y <= drawing.height)
    ]
    points = [
        (x, y)
        for curve in drawing.curves
        for x, y in curve.points
        if not (0 <= x <= drawing.width and -1 <= y <= drawing.height)
    ]
    return [*bars, *labels, *points]


def widths(chart: Chart) -> tuple[float, float]:
    return chart.wide.width, chart.narrow.width


@given(st.lists(st.tuples(names, values, values), min_size=1, max_size=60))
def test_charts_stay_inside_their_frames(given_: list[tuple[str, float, float]]) -> None:
    rows = [
        Row(name, [Mark(one, f"{one:.0f}", "/x"), Mark(two, f"{two:.0f}")], f"{one + two:.0f}")
        for name, one, two in given_
    ]

    for draw in (charts.stacked, charts.columns, charts.lines):
        chart = draw("Title", "Told", rows, SERIES, lambda value: f"{value:.0f}")
        assert widths(chart) == (charts.WIDE, charts.NARROW)
        assert outside(chart.wide) + outside(chart.narrow) == []


@given(st.lists(st.tuples(names, st.lists(values, min_size=5, max_size=5)), min_size=1, max_size=20))
def test_boxes_stay_inside_their_frames(given_: list[tuple[str, list[float]]]) -> None:
    rows = [Row(name, [Mark(value, "") for value in sorted(five)]) for name, five in given_]

    chart = charts.boxes("Title", "Told", rows, lambda value: f"{value:.0f} s")

    assert widths(chart) == (charts.WIDE, charts.NARROW)
    assert outside(chart.wide) + outside(chart.narrow) == []


def test_a_bar_says_its_name_series_and_value_and_leads_behind_it() -> None:
    rows = [Row("Pumps", [Mark(3, "3", "/met"), Mark(0, "0", "/missed")], "3")]

    chart = charts.stacked("Deadlines", "Told", rows, SERIES, str)

    (bar,) = chart.wide.bars  # nothing is drawn of nothing
    assert (bar.title, bar.href, bar.kind) == ("Pumps: Met, 3", "/met", "good")
    assert chart.series == SERIES


def test_a_name_that_is_too_long_is_cut_and_said_whole() -> None:
    long = "Рекламация по качеству изделия после ввода в эксплуатацию"
    chart = charts.stacked("Title", "Told", [Row(long, [Mark(1, "1")], "1")], SERIES[:1], str)

    (label,) = [one for one in chart.wide.labels if one.kind == "name"]
    assert label.text.endswith("…")
    assert label.whole == long


def test_what_is_not_known_interrupts_no_line() -> None:
    rows = [Row("a", [Mark(5, "5")]), Row("b", [Mark(-1, "")]), Row("c", [Mark(7, "7")])]

    chart = charts.lines("Title", "Told", rows, SERIES[:1], str, time=True)

    assert len(chart.wide.curves[0].points) == len(chart.wide.bars) == 2


def test_nothing_can_be_drawn() -> None:
    for chart in (charts.boxes("Title", "Told", [], str), charts.columns("Title", "Told", [], SERIES, str)):
        assert widths(chart) == (charts.WIDE, charts.NARROW)
        assert not any((*chart.wide.bars, *chart.wide.curves, *chart.narrow.bars, *chart.narrow.curves))
        assert outside(chart.wide) + outside(chart.narrow) == []
