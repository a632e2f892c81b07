"""What a review of an agreement leads to, from the stored answer on."""

import pytest

from caseline.feedback.asks import Ask
from caseline.people.rights import Role
from tests.factories.answered import Feedback


class Registry:
    """An agreement of a division with a head, a manager and a director above them."""

    def __init__(self, asked: Feedback) -> None:
        self.asked, staff = asked, asked.staff
        self.head, self.manager = staff.person("Head", role=Role.HEAD), staff.person("Manager")
        self.directors = [staff.person(name, role=Role.DIRECTOR) for name in ("Director", "Owner")]
        self.stranger = staff.person("Stranger", role=Role.QUALITY)
        self.division = asked.division("Обслуживание", self.head)
        self.contact = asked.contact()
        self.agreement = asked.agreement("Д-42/26", self.contact, self.manager, self.division)
        self.campaign = asked.campaign("review-registry")

    def ask(self) -> Ask:
        return self.asked.ask(
            self.campaign,
            subject="agreement",
            subject_id=self.agreement,
            contact_id=self.contact,
            responsible_id=self.manager,
            division_id=self.division,
        )

    def told(self) -> dict[int, int]:
        people = (self.manager, self.head, *self.directors, self.stranger)
        return {one: self.asked.staff.told(one).count("feedback_received") for one in people}


@pytest.fixture
def registry(asked: Feedback) -> Registry:
    return Registry(asked)


def test_b15_a_review_is_told_to_the_responsible_the_head_and_top_management(registry: Registry) -> None:
    ask = registry.ask()

    done = registry.asked.answer(ask, quality=5, manager=4, comment="Хорошо")

    assert (done.done, done.failed, done.closed) == (2, 0, 1), registry.asked.results(ask)
    everybody = (registry.manager, registry.head, *registry.directors)
    assert registry.told() == {**dict.fromkeys(everybody, 1), registry.stranger: 0}
    ((entity, grade),) = registry.asked.query(
        "SELECT entity, data ->> 'grade' FROM crm.event WHERE type = 'feedback_received' AND record_id = :id"
        " AND entity = 'agreement'",
        id=registry.agreement,
    )
    assert (entity, grade) == ("agreement", "good")
    ((subject, kind, closed, extra),) = registry.asked.query(
        "SELECT subject, kind, closed_at IS NOT NULL, extra FROM crm.record"
    )
    assert (subject, kind, closed) == ("Отзыв по договору Д-42/26", "review", True)
    assert extra == {"quality": 5, "manager": 4, "comment": "Хорошо"}
    assert registry.asked.query("SELECT count(*) FROM crm.assignment") == [(0,)]
    received = registry.asked.query("SELECT received_at FROM crm.agreement")
    assert received == [(registry.asked.now,)]


def test_b16_a_bad_one_sets_a_quality_control_assignment_for_the_head_due_in_two_working_days(
    registry: Registry,
) -> None:
    registry.asked.answer(registry.ask(), quality=5, manager=2)

    ((title, assignee, author, due, kind, stage),) = registry.asked.query(
        "SELECT a.title, a.assignee_id, a.by_id, a.due_at, r.kind, r.stage"
        " FROM crm.assignment AS a JOIN crm.record AS r ON r.id = a.record_id"
    )
    assert (title, assignee, author) == ("Контроль качества: плохой отзыв", registry.head, registry.directors[0])
    assert due.isoformat() == "2026-04-08T09:00:00+00:00"  # two working days after Monday noon in Moscow
    assert (kind, stage) == ("review", "work")
    assert set(registry.told().values()) == {0, 1}
