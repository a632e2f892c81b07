"""What an answer to the NPS questions leads to, from the stored answer on."""

import pytest

from caseline.crm.cards import Card
from tests.factories.answered import Feedback

FIVE = {"decision": "yes", "quality": 5, "recommend": 9, "improve": "Быстрее", "remarks": "Спасибо"}


class Nps:
    """A manager with a head, a client's record in the final stage, and its ask."""

    def __init__(self, asked: Feedback) -> None:
        self.asked, staff = asked, asked.staff
        self.head, self.manager, self.other = (staff.person(name) for name in ("Head", "Manager", "Other"))
        self.division = asked.division("Печи", self.head)
        asked.belongs(self.manager, self.division)
        self.contact = asked.contact()
        self.campaign = asked.campaign("nps-after-a-stage")
        self.card = asked.record(
            stage="closed", number="K-17", assignee_id=self.manager, contact_id=self.contact, category="usual"
        )
        self.ask = asked.ask(self.campaign, self.card, asked_by_id=self.other)

    def nps(self) -> Card:
        ((number,),) = self.asked.query("SELECT record_id FROM feedback.made_record WHERE kind = 'nps'")
        return self.asked.card(number)


@pytest.fixture
def nps(asked: Feedback) -> Nps:
    return Nps(asked)


def test_c6_an_nps_record_holds_the_answers_and_the_coefficient_and_the_manager_is_told(nps: Nps) -> None:
    done = nps.asked.answer(nps.ask, **FIVE)

    assert (done.done, done.failed, done.closed) == (4, 0, 1), nps.asked.results(nps.ask)
    card = nps.nps()
    (row,) = nps.asked.query("SELECT extra, parent_id, channel FROM crm.record WHERE id = :id", id=card.id)
    assert row[0] == {**FIVE, "decision": "Да", "nps_value": 100}
    assert (row[1], row[2], card.stage.code) == (nps.card.id, "feedback", "new")
    assert card.subject == "NPS K-17: +100"
    assert "feedback_received" in nps.asked.staff.told(nps.manager)


def test_c7_whose_stage_change_sent_the_letter_is_responsible_and_both_are_told(nps: Nps) -> None:
    nps.asked.answer(nps.ask, **FIVE)

    assert nps.nps().assignee_id == nps.other
    assert [nps.asked.staff.told(one).count("feedback_received") for one in (nps.manager, nps.other)] == [1, 1]


def test_c7_one_who_has_left_is_replaced_by_the_responsible_of_the_source_who_is_told_once(nps: Nps) -> None:
    nps.asked.query("UPDATE people.person SET active = false WHERE id = :id", id=nps.other)

    nps.asked.answer(nps.ask, **FIVE)

    assert nps.nps().assignee_id == nps.manager
    assert nps.asked.staff.told(nps.manager).count("feedback_received") == 1
    assert nps.asked.staff.told(nps.other) == []


def test_c8_the_contact_comes_from_the_source_record(nps: Nps) -> None:
    nps.asked.answer(nps.ask, **FIVE)

    assert nps.nps().contact_id == nps.contact


def test_c10_an_nps_record_starts_no_intake(nps: Nps) -> None:
    letters = nps.asked.query("SELECT count(*) FROM outbox.letter")

    nps.asked.answer(nps.ask, **{**FIVE, "improve": "printer"})

    card = nps.nps()
    assert (card.category, card.deadline, card.group_id) == (None, None, nps.card.group_id)
    assert nps.asked.query("SELECT count(*) FROM outbox.letter") == letters
    kinds = nps.asked.query("SELECT DISTINCT type FROM crm.event WHERE record_id = :id", id=card.id)
    assert {kind for (kind,) in kinds} == {"created", "assignment_made"}
    with nps.asked.house.engine.connect() as connection:
        cards = nps.asked.desk.intake.cards
        assert cards.find(connection, card.number or "") == []
        assert card.id not in {one for one, _version in cards.recent(connection, 100)}


def test_c11_the_manager_gets_an_assignment_in_the_name_of_his_head(nps: Nps) -> None:
    nps.asked.query("UPDATE feedback.ask SET asked_by_id = :id", id=nps.manager)

    nps.asked.answer(nps.ask, **FIVE)

    (one,) = nps.asked.query("SELECT * FROM crm.assignment")
    assert (one.record_id, one.assignee_id, one.by_id) == (nps.nps().id, nps.manager, nps.head)
    assert one.title == "Прочитать ответ клиента"
    assert one.due_at.isoformat() == "2026-04-08T09:00:00+00:00"  # two working days after Monday noon in Moscow
    steps = [text for (text,) in nps.asked.query("SELECT text FROM crm.assignment_item ORDER BY position")]
    assert steps == [
        "Прочитать ответ",
        "Вопросы остались: продолжить работу",
        "Вопросов нет: закрыть как положительный",
    ]
