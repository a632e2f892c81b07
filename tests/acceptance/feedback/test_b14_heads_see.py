"""B14: by the setting of the house a head sees all reviews, or those of his own divisions, in every place alike."""

import pytest

from caseline.actions import read_feedback, show_asks
from caseline.actions.read_feedback import Asking
from caseline.actions.seen import Absent
from caseline.listing.asks import Wanted
from caseline.people.access import Viewer
from caseline.people.rights import Role
from caseline.reports import feedback_questions, periods
from caseline.reports.feedback_questions import Report, Spot, Wish
from tests.factories.answered import Feedback, feedback


@pytest.mark.parametrize("heads_see", ["all", "own"])
def test_a_head_finds_what_he_may_see_in_the_registry_and_in_the_reports(database_url: str, heads_see: str) -> None:
    asked = feedback(database_url, heads_see=heads_see)
    campaign, reviews = asked.campaign("review-registry"), {}
    heads = {name: asked.staff.person(name, role=Role.HEAD) for name in ("North", "South")}
    director = asked.staff.person("Director", role=Role.DIRECTOR)
    for number, (name, head) in enumerate(heads.items(), 1):
        manager, contact = asked.staff.person(f"Manager {name}"), asked.contact()
        division = asked.division(name, head)
        agreement = asked.agreement(f"Д-{number}", contact, manager, division)
        ask = asked.ask(
            campaign,
            subject="agreement",
            subject_id=agreement,
            contact_id=contact,
            responsible_id=manager,
            division_id=division,
        )
        asked.answer(ask, quality=5, manager=4)
        reviews[name] = ask.id

    own = {name: {reviews[name]} if heads_see == "own" else set(reviews.values()) for name in heads}
    for name, head in heads.items():
        assert _seen(asked, asked.staff.viewer(head)) == own[name]
    assert _seen(asked, asked.staff.viewer(director)) == set(reviews.values())


def _seen(asked: Feedback, viewer: Viewer) -> set[int]:
    """Asks that somebody finds; the registry, the page of an ask and the rows of a report must agree."""
    registry = {row.id for row in show_asks.listed(asked.house, viewer, Wanted(most=50)).rows}
    pages = set()
    for (number,) in asked.query("SELECT id FROM feedback.ask"):
        try:
            pages.add(show_asks.show(asked.house, viewer, number, now=asked.now).ask.id)
        except Absent:
            continue
    days = periods.read("60d", "", "", zone="Europe/Moscow", now=asked.now)
    question = feedback_questions.ask(Report.MEAN, days, Wish(), now=asked.now)
    asking = Asking(viewer, question)
    order = feedback_questions.Order()
    rows = {row.ask_id for row in read_feedback.rows(asked.house, asking, Spot("all"), order, 0).rows}
    assert read_feedback.count(asked.house, asking, Spot("all")) == 2 * len(rows)
    assert registry == pages == rows
    return registry
