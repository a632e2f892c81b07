"""Figures of feedback are what one would count on paper, and behind each are as many rows as it says."""

from collections.abc import Mapping
from itertools import product

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from caseline.actions import read_feedback
from caseline.actions.read_feedback import Asking, NoSuchFigure
from caseline.actions.wiring import House
from caseline.feedback.experiments import Outcome
from caseline.people.access import Scope, Viewer
from caseline.people.rights import Role
from caseline.reports import feedback_questions, periods
from caseline.reports.feedback_figures import Funnel, Line, Rated, Tally, Trials
from caseline.reports.feedback_questions import (
    AXES,
    BASES,
    FIGURES,
    RATED,
    Axis,
    Order,
    Report,
    Sort,
    Source,
    Spot,
    Wish,
)
from caseline.reports.periods import Step
from tests.factories import feedback_filled, paper_feedback
from tests.factories.feedback_filled import NOW
from tests.factories.served import house

__all__ = ["house"]

ALL = Viewer(login_id=0, name="", role=Role.DIRECTOR)
OF_A_GROUP = Viewer(login_id=1, name="a", role=Role.HEAD, person_id=2, groups=frozenset({1}), scope=Scope.GROUPS)
ABOUTS: tuple[Mapping[str, tuple[str, ...]], ...] = (
    {},
    {"person": ("1", "-"), "service": ("repair",)},
    {"campaign": ("2",), "division": ("2", "3"), "question": ("quality",)},
)


def asked(
    report: Report, by: Axis, viewer: Viewer = ALL, *, period: str = "60d", zone: str = "Europe/Moscow", **more: object
) -> Asking:
    days = periods.read(period, "", "", zone=zone, now=NOW)
    wish = Wish(by=by.value, **more)  # type: ignore[arg-type]
    return Asking(viewer, feedback_questions.ask(report, days, wish, now=NOW))


def counted(tally: Tally) -> dict[tuple[int, int, int], int]:
    return {(*scale, value): number for scale, values in tally.counts.items() for value, number in values.items()}


@pytest.fixture
def filled(house: House) -> list[feedback_filled.Told]:
    asks = feedback_filled.drawn(7)
    feedback_filled.kept(house, asks)
    return asks


def test_every_rating_counts_where_it_would_on_paper(house: House, filled: list[feedback_filled.Told]) -> None:
    whole = [
        (report, by, viewer, about, basis, source)
        for report, viewer, about in product(sorted(RATED), (ALL, OF_A_GROUP), ABOUTS)
        for by, basis, source in product(AXES[report], BASES[report], Source)
    ]
    tried = 0
    # Every eleventh: each value of each of them stands beside most of the others.
    for report, by, viewer, about, basis, source in whole[::11]:
        asking = asked(report, by, viewer, chosen=about, basis=basis.value, source=source.value, period="31d")
        found = read_feedback.answer(house, asking)
        assert isinstance(found, Rated)
        expected = paper_feedback.tallies(asking.question, viewer, filled)
        phones = paper_feedback.phones(asking.question, viewer, filled)
        doubts = paper_feedback.doubtful(asking.question, viewer, filled)
        lines = {line.key: line for line in found.lines}
        assert by is Axis.PERIOD or lines.keys() == {*expected, *phones, *doubts}
        for key, line in lines.items():
            case = (report, by, basis, source, viewer.name, about, key)
            assert counted(line.tally) == expected.get(key, {}), case
            assert (line.phone, line.unconfirmed) == (phones[key], doubts[key]), case
        assert found.total.tally.number == sum(sum(one.values()) for one in expected.values())
        tried += found.total.tally.number > 0
    assert tried > 25


def test_the_numbers_are_those_of_a_plain_count(house: House) -> None:
    feedback_filled.kept(house, [])

    @settings(max_examples=12)
    @given(seed=st.integers(0, 10_000), zone=st.sampled_from(("Europe/Moscow", "Asia/Vladivostok")))
    def compare(seed: int, zone: str) -> None:
        asks = feedback_filled.drawn(seed, 60)
        feedback_filled.instead(house, asks)
        for report in sorted(RATED):
            asking = asked(report, Axis.PERIOD, zone=zone)
            found = read_feedback.answer(house, asking)
            assert isinstance(found, Rated)
            expected = paper_feedback.tallies(asking.question, ALL, asks)
            assert {line.key: counted(line.tally) for line in found.lines if line.tally.number} == {
                key: one for key, one in expected.items() if one
            }
            assert found.total.unconfirmed == sum(paper_feedback.doubtful(asking.question, ALL, asks).values())
        asking = asked(Report.FUNNEL, Axis.CAMPAIGN, zone=zone)
        funnel = read_feedback.answer(house, asking)
        assert isinstance(funnel, Funnel)
        assert told(funnel) == paper_feedback.funnel(asking.question, ALL, asks)

    compare()


def told(funnel: Funnel) -> dict[str, dict[str, int]]:
    return {line.key: {name: n for name, n in line.counts.items() if n} for line in funnel.lines}


def test_the_funnel_counts_every_ask_at_one_end(house: House, filled: list[feedback_filled.Told]) -> None:
    for by, viewer, about in product(AXES[Report.FUNNEL], (ALL, OF_A_GROUP), ABOUTS[:2]):
        asking = asked(Report.FUNNEL, by, viewer, chosen=about)
        found = read_feedback.answer(house, asking)

        assert isinstance(found, Funnel)
        expected = paper_feedback.funnel(asking.question, viewer, filled)
        assert {key: counts for key, counts in told(found).items() if counts} == expected, (by, viewer.name, about)
        total = found.total.counts
        ends = sum(total[name] for name in ("answered", "phone", *feedback_questions.ENDS))
        assert ends == total["asked"] + total["skipped"]
        reasons = sum(one.number for one in found.reasons)
        assert reasons == sum(total[name] for name in feedback_questions.REASONED)


@pytest.mark.usefixtures("filled")
def test_behind_every_figure_are_as_many_rows_as_it_says(house: House) -> None:
    for report, by in ((Report.NPS, Axis.PERIOD), (Report.CSAT, Axis.QUESTION)):
        asking = asked(report, by, OF_A_GROUP, step=Step.MONTH)
        found = read_feedback.answer(house, asking)
        assert isinstance(found, Rated)
        for line in found.lines:
            numbers = of_line(report, line)
            assert numbers.keys() == set(FIGURES[report])
            for figure, number in numbers.items():
                spot = Spot(figure, line.key)
                rows = list(read_feedback.every_row(house, asking, spot, Order()))
                assert len(rows) == number == read_feedback.count(house, asking, spot), (by, spot)
                assert {row.confirmed for row in rows} <= {figure != "unconfirmed"}
                assert [row.at for row in rows] == sorted((row.at for row in rows), reverse=True)


def of_line(report: Report, line: Line) -> dict[str, int]:
    score, best = line.tally.nps, line.tally.best
    numbers = {"all": line.tally.number, "phone": line.phone, "unconfirmed": line.unconfirmed}
    if report is Report.NPS:
        return numbers | {"promoters": score.promoters, "passives": score.passives, "detractors": score.detractors}
    return numbers | {"best": best.hits, "other": best.number - best.hits}


@pytest.mark.usefixtures("filled")
def test_behind_every_figure_of_the_funnel_are_as_many_asks(house: House) -> None:
    asking = asked(Report.FUNNEL, Axis.PERSON)
    funnel = read_feedback.answer(house, asking)
    assert isinstance(funnel, Funnel)
    for one in funnel.lines:
        for figure, number in one.counts.items():
            assert read_feedback.count(house, asking, Spot(figure, one.key)) == number, (figure, one.key)
    for why in funnel.reasons:
        assert read_feedback.count(house, asking, Spot(why.state, None, why.reason)) == why.number
    with pytest.raises(NoSuchFigure):
        read_feedback.count(house, asking, Spot("promoters"))


def test_rows_tell_record_value_words_and_person_in_any_order(house: House, filled: list[feedback_filled.Told]) -> None:
    asking = asked(Report.NPS, Axis.PERIOD, source="both")
    expected = sorted(
        (each.value, f"R-{one.id:04}")
        for one in filled
        for each in one.ratings
        if each.question == "nps" and each.superseded is None and each.at < asking.question.period.until
    )
    part = read_feedback.rows(house, asking, Spot("all"), Order(Sort.VALUE, rising=True), 0)
    assert [row.value for row in part.rows] == [value for value, _number in expected][: len(part.rows)]
    every = list(read_feedback.every_row(house, asking, Spot("all"), Order(Sort.RECORD)))
    assert sorted((row.value, row.number) for row in every) == expected
    assert [row.subject_id for row in every] == sorted((row.subject_id for row in every), reverse=True)
    by_id = {one.id: one for one in filled}
    for row in every:
        one = by_id[row.ask_id]
        assert (row.comment or "", row.by_phone) == (one.comment, one.phone)
        assert row.person == (feedback_filled.PERSONS[one.person - 1] if one.person else None)
        assert (row.lowest, row.highest, row.question) == (0, 10, "Would you recommend us?")
    assert part.unconfirmed
    assert not any(row.confirmed for row in part.unconfirmed)


def test_variants_count_people_and_say_nothing_before_the_planned_number(
    house: House, filled: list[feedback_filled.Told]
) -> None:
    found = read_feedback.answer(house, asked(Report.VARIANTS, Axis.VARIANT))

    assert isinstance(found, Trials)
    (trial,) = found.trials
    assert (trial.name, trial.planned) == ("Smileys on closure", 356)
    for arm in trial.arms:
        people: dict[object, list[feedback_filled.Told]] = {}
        for one in filled:
            if str(one.variant) == arm.key and one.sent:
                people.setdefault(one.contact or -one.id, []).append(one)
        answered = [some for some in people.values() if any(one.answered and not one.phone for one in some)]
        visited = [some for some in people.values() if any(one.visited for one in some)]
        assert (arm.sent, arm.answered, arm.visited) == (len(people), len(answered), len(visited))
        for figure, number in (("sent", None), ("answered", None)):
            rows = read_feedback.count(house, asked(Report.VARIANTS, Axis.VARIANT), Spot(figure, arm.key))
            assert rows >= (number or arm.answered)
    verdict = trial.verdict
    assert verdict is not None
    assert verdict.outcome is Outcome.RUNNING
    assert verdict.missing == 356 - min(arm.sent for arm in trial.arms)
    part = read_feedback.answer(house, asked(Report.VARIANTS, Axis.VARIANT, OF_A_GROUP))
    assert isinstance(part, Trials)
    assert part.trials[0].verdict is None


def test_a_house_without_feedback_has_reports_without_figures(house: House) -> None:
    for report in Report:
        found = read_feedback.answer(house, asked(report, AXES[report][0]))
        if isinstance(found, Rated):
            assert (found.total.tally.number, found.total.tally.nps.value, found.normal) == (0, None, False)
        elif isinstance(found, Funnel):
            assert not any(found.total.counts.values())
        else:
            assert found.trials == []


_MANY = """
INSERT INTO feedback.ask (id, public_id, campaign_id, form_version_id, subject, subject_id, period, service, channel,
  language, state, happened_at, state_at, state_by, answered_at, responsible_id)
SELECT n, 'many ' || n, 2, 2, 'request', n, 'once', 'repair', 'mail_link', 'ru', 'answered',
  timestamptz '2026-06-10' - n * interval '20 minutes', now(), 'job',
  timestamptz '2026-06-10' - n * interval '20 minutes', 1 + mod(n, 4)
FROM generate_series(10001, 50000) AS n;
INSERT INTO feedback.rating (ask_id, question, day, value, lowest, highest, by_hand, at)
SELECT id, 'nps', (answered_at AT TIME ZONE 'UTC')::date, mod(id, 11), 0, 10, true, answered_at
FROM feedback.ask WHERE id > 10000;
INSERT INTO feedback.answer (ask_id, submission, at, document, language, complete)
SELECT id, '1', answered_at, '{}', 'ru', true FROM feedback.ask WHERE id > 10000;
INSERT INTO feedback.moved (ask_id, before, after, at, by)
SELECT id, 'sent', 'answered', answered_at, 'client' FROM feedback.ask WHERE id > 10000;
INSERT INTO feedback.signal (ask_id, at, kind, question, value)
SELECT id, answered_at, 'visit', 'nps', mod(id, 11) FROM feedback.ask WHERE id > 10000;
"""


@pytest.mark.usefixtures("filled")
def test_no_report_reads_more_than_its_period(house: House) -> None:
    with house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ALTER TABLE feedback.ask DISABLE TRIGGER USER")
        for statement in filter(str.strip, _MANY.split(";\n")):
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("VACUUM ANALYZE")
    for report, basis in (*product(sorted(RATED), ("answer", "happened")), (Report.FUNNEL, "happened")):
        with feedback_filled.scanned(house) as tables:
            read_feedback.answer(house, asked(report, Axis.PERSON, period="7d", basis=basis))

        assert tables.isdisjoint({"ask", "rating", "signal", "answer", "moved"}), (report, basis, tables)
    with house.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM feedback.rating")).scalar_one() > 40_000
