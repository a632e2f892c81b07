"""Figures are what a person would count on paper, and behind each of them there are as many rows as it says."""

from dataclasses import replace
from itertools import product

import pytest

from caseline.actions import read_reports
from caseline.actions.read_reports import Asking
from caseline.actions.wiring import House
from caseline.people.access import Scope, Viewer
from caseline.people.rights import Role
from caseline.reports import periods, questions
from caseline.reports.figures import Behind, Spread
from caseline.reports.periods import Step
from caseline.reports.questions import AXES, FIGURES, About, Axis, Report, Spot
from tests.factories import histories, paper_reports
from tests.factories.histories import NOW, Visit

ZONES = ("Europe/Moscow", "Asia/Vladivostok", "UTC")
EVERYTHING = read_reports.everything()
OF_A_GROUP = Viewer(login_id=1, name="head", role=Role.HEAD, person_id=2, groups=frozenset({1}), scope=Scope.GROUPS)
ABOUTS = (
    About(),
    About(categories=("power", ""), channels=("mail", "")),
    About(groups=(2, None), persons=(1, 2)),
    About(stages=("working", "")),
)


def asked(report: Report, by: Axis, viewer: Viewer = EVERYTHING, about: About = ABOUTS[0], **more: str) -> Asking:
    zone = more.get("zone", "Europe/Moscow")
    period = periods.read(more.get("period", "200d"), "", "", zone=zone, now=NOW)
    step = Step(more["step"]) if "step" in more else None
    return Asking(viewer, questions.ask(report, period, by, step, about, now=NOW), NOW)


QUESTIONS = [
    (report, by, viewer, about)
    for report in Report
    if report is not Report.FLOW
    for by in AXES[report]
    for viewer, about in product((EVERYTHING, OF_A_GROUP), ABOUTS)
]


def test_every_figure_is_what_one_would_count_on_paper(house: House) -> None:
    requests = histories.drawn(1)
    histories.kept(house, requests)
    for report, by, viewer, about in QUESTIONS:
        for zone in ZONES if by is Axis.PERIOD else ZONES[:1]:
            asking = asked(report, by, viewer, about, zone=zone)

            answer = read_reports.answer(house, asking)

            expected = paper_reports.numbers(asking, requests)
            assert {line.key: dict(line.counts) for line in answer.lines} == expected, (
                report,
                by,
                viewer.name,
                about,
                zone,
            )
            sums = {name: sum(each[name] for each in expected.values()) for name in FIGURES[report]}
            assert dict(answer.total.counts) == sums


@pytest.mark.parametrize("report", Report)
def test_behind_every_figure_are_as_many_rows_as_it_says(house: House, report: Report) -> None:
    histories.kept(house, histories.drawn(3, 60))
    for by in AXES[report]:
        asking = asked(report, by, OF_A_GROUP, step="month")
        answer = read_reports.answer(house, asking)
        spots = [(Spot(name, line.key), n) for line in answer.lines for name, n in line.counts.items()]
        for spot, number in [*spots, *((Spot(name), n) for name, n in answer.total.counts.items())]:
            rows = read_rows(house, asking, spot)
            assert len(rows) == number == read_reports.count(house, asking, spot), (by, spot)
            assert len({row.place for row in rows}) == number
            assert [row.place for row in rows] == sorted((row.place for row in rows), reverse=True)
            assert [row.place for row in read_reports.every_row(house, asking, spot)] == [row.place for row in rows]


def read_rows(house: House, asking: Asking, spot: Spot) -> list[Behind]:
    found: list[Behind] = []
    while True:
        part = read_reports.rows(house, asking, spot, found[-1].place if found else None)
        found += part.rows
        if not part.more:
            return found


def test_the_right_requests_stand_behind_a_figure(house: House) -> None:
    requests = histories.drawn(4, 60)
    histories.kept(house, requests)
    asking = asked(Report.DEADLINES, Axis.CATEGORY)
    for line, things in paper_reports.counted(asking, requests).items():
        for figure in FIGURES[Report.DEADLINES]:
            rows = read_rows(house, asking, Spot(figure, line))
            expected = sorted(thing.one.id for thing in things if thing.figure == figure)
            assert sorted(row.record_id for row in rows) == expected


def test_durations_are_spread_as_on_paper_and_their_sum_is_the_life_of_the_requests(house: House) -> None:
    requests = histories.drawn(5)
    histories.kept(house, requests)
    asking = asked(Report.STAGES, Axis.STAGE, period="2000d")
    answer = read_reports.answer(house, asking)
    counted = paper_reports.counted(asking, requests)
    for line in answer.lines:
        visits = [thing.visit for thing in counted[line.key] if thing.visit]
        same(line.elapsed, [lasted(visit) for visit in visits])
        same(line.business, [visit.business for visit in visits if visit.business is not None])

    left = [visit for one in requests for visit in one.visits if visit.left]
    closed = [one for one in requests if one.stage == "closed"]
    of_closed = [visit for one in closed for visit in one.visits]
    assert sum(map(lasted, of_closed)) == sum(int((one.modified - one.created).total_seconds()) for one in closed)
    assert answer.total.elapsed is not None
    assert answer.total.elapsed.total == sum(map(lasted, left))
    assert answer.uncounted == sum(visit.business is None for visit in left)


def lasted(visit: Visit) -> int:
    assert visit.left is not None
    return int((visit.left - visit.entered).total_seconds())


def same(spread: Spread | None, seconds: list[int]) -> None:
    if not seconds:
        assert spread is None
        return
    assert spread is not None
    assert (spread.number, spread.total) == (len(seconds), sum(seconds))
    for share, found in (
        (0.1, spread.p10),
        (0.25, spread.p25),
        (0.5, spread.median),
        (0.75, spread.p75),
        (0.9, spread.p90),
    ):
        assert found == pytest.approx(between(sorted(seconds), share))


def between(ordered: list[int], share: float) -> float:
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


@pytest.mark.parametrize(("step", "zone"), [("day", "UTC"), ("week", "Asia/Vladivostok"), ("month", "Europe/Moscow")])
def test_what_comes_and_goes_is_counted_bucket_by_bucket(house: House, step: str, zone: str) -> None:
    requests = histories.drawn(6)
    histories.kept(house, requests)
    for viewer, about in product((EVERYTHING, OF_A_GROUP), ABOUTS[:3]):
        asking = asked(Report.FLOW, Axis.PERIOD, viewer, about, step=step, zone=zone)
        those = [one for one in requests if paper_reports.shown(one, asking)]
        answer = read_reports.answer(house, asking)
        parts = periods.buckets(asking.question.period, asking.question.step)
        assert [line.key for line in answer.lines] == [part.key for part in parts]
        for line, part in zip(answer.lines, parts, strict=True):
            gone = {one.id: at for one in those if (at := paper_reports.ended(one)) is not None}
            assert line.counts == {
                "created": sum(part.since <= one.created < part.until for one in those),
                "closed": sum(part.since <= at < part.until for at in gone.values()),
                "backlog": sum(one.created < part.until <= gone.get(one.id, part.until) for one in those),
            }
        assert answer.total.counts["backlog"] == answer.lines[-1].counts["backlog"]


@pytest.mark.parametrize("report", Report)
def test_an_empty_register_has_empty_reports(house: House, report: Report) -> None:
    for by in AXES[report]:
        answer = read_reports.answer(house, asked(report, by))
        assert not any(answer.total.counts.values())
        assert by is Axis.PERIOD or not answer.lines


def test_two_open_requests_of_one_client_count_for_their_own_persons(house: House) -> None:
    one, other = histories.drawn(7, 2)
    for told_of, person in ((one, 1), (other, 3)):
        told_of.person, told_of.stage, told_of.closed = person, "new", None
        told_of.tasks, told_of.visits, told_of.stopped = [], [], None
    histories.kept(house, [one, other])

    answer = read_reports.answer(house, asked(Report.WORKLOAD, Axis.PERSON))

    assert {line.label: line.counts["open"] for line in answer.lines} == {"Person 1": 1, "Person 3": 1}


def test_whoever_may_see_no_requests_counts_none(house: House) -> None:
    histories.kept(house, histories.drawn(8, 20))
    nobody = replace(OF_A_GROUP, groups=frozenset(), person_id=None)
    for report in Report:
        answer = read_reports.answer(house, asked(report, AXES[report][0], nobody))
        assert not any(answer.total.counts.values())


def test_a_figure_that_there_is_not_has_no_rows(house: House) -> None:
    asking = asked(Report.FLOW, Axis.PERIOD)
    for spot in (Spot("visits"), Spot("created", "2001-01-01"), Spot("backlog", "nonsense")):
        with pytest.raises(read_reports.NoSuchFigure):
            read_reports.rows(house, asking, spot, None)
