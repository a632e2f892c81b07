"""The figures of feedback as JSON: those of a plain count, with intervals; what was asked wrongly is said."""

from collections.abc import Iterator

import httpx
import pytest

from caseline.actions.wiring import House
from caseline.feedback.intervals import Nps
from caseline.people.rights import Role
from caseline.reports.feedback_questions import Report
from tests.factories import feedback_filled, programs

SPAN = {"first": "2026-05-01", "last": "2026-06-30"}


@pytest.fixture
def caller(house: House, desk: str) -> Iterator[httpx.Client]:
    with programs.program(house, desk, Role.HEAD) as made:
        yield made


@pytest.fixture
def asks(house: House) -> list[feedback_filled.Told]:
    found = feedback_filled.drawn(9, 200)
    feedback_filled.kept(house, found)
    return found


def test_figures_are_those_of_a_plain_count_with_their_intervals(
    caller: httpx.Client, asks: list[feedback_filled.Told]
) -> None:
    values = [
        each.value
        for one in asks
        for each in one.ratings
        if each.question == "nps" and each.superseded is None and not each.phone
    ]
    score = Nps.of({value: values.count(value) for value in set(values)})

    found = caller.get("/reports/feedback-nps", params={**SPAN, "by": "person", "basis": "happened"}).json()

    assert score.interval is not None
    figure = found["total"]["figure"]
    assert figure["value"] == pytest.approx(score.value)
    assert (figure["low"], figure["high"]) == pytest.approx((score.interval.low, score.interval.high))
    assert (figure["number"], figure["enough"]) == (len(values), len(values) >= 30)
    assert {one["value"]: one["number"] for one in found["total"]["values"]} == {
        v: values.count(v) for v in set(values)
    }
    assert (found["basis"], found["normal"], found["by"]) == ("happened", False, "person")
    assert sum(one["counts"]["unconfirmed"] for one in found["lines"]) == found["total"]["counts"]["unconfirmed"] > 0
    narrowed = caller.get("/reports/feedback-mean", params={**SPAN, "campaign": ["1"]}).json()
    assert {(one["lowest"], one["highest"]) for one in narrowed["total"]["values"]} == {(1, 5)}
    assert caller.get("/reports/feedback-mean", params=SPAN).json()["normal"] is True


def test_funnel_and_variants_are_told(caller: httpx.Client, asks: list[feedback_filled.Told]) -> None:
    funnel = caller.get("/reports/feedback-funnel", params=SPAN).json()
    assert funnel["total"]["counts"]["skipped"] == sum(one.state == "skipped" for one in asks)
    assert sum(one["number"] for one in funnel["reasons"] if one["state"] == "skipped") == sum(
        one.state == "skipped" for one in asks
    )
    (trial,) = caller.get("/reports/feedback-variants").json()["trials"]
    assert (trial["outcome"], trial["winner"], trial["planned"]) == ("running", None, 356)
    assert trial["missing"] == 356 - min(one["sent"] for one in trial["variants"])


def test_what_was_asked_wrongly_is_said_by_name_in_each_report(caller: httpx.Client) -> None:
    by_answer = {Report.NPS, Report.MEAN, Report.CSAT}
    for report in Report:
        answered = caller.get(f"/reports/{report}").json()
        assert answered["report"] == report
        assert len(answered) > 3
        for name, value in (("period", "whenever"), ("first", "2026-02-30"), ("by", "stage"), ("source", "nobody")):
            refused = caller.get(f"/reports/{report}", params={name: value})
            told = refused.json()
            assert refused.status_code == 422, (report, name)
            assert {one["field"] for one in told["errors"]} <= {name, "period"}, told
            assert "total" not in told
        told = caller.get(f"/reports/{report}", params={"basis": "answer"})
        assert told.status_code == (200 if report in by_answer else 422)
        assert report in by_answer or "use one of" in told.json()["detail"]
