"""What was made of an answer follows it when it is corrected, and nothing that people have done is undone."""

from datetime import timedelta
from typing import Any, Final

import pytest

from caseline.actions import move_request
from caseline.actions.move_request import Move
from caseline.crm.cards import Card
from caseline.crm.embedded.fields import EmbeddedFields
from caseline.feedback.asks import Ask
from tests.factories.answered import Feedback, feedback

GOOD: Final = {"quality": 9, "speed": 9, "courtesy": 9}


@pytest.fixture
def asked(database_url: str) -> Feedback:
    return feedback(database_url)


def corrected(asked: Feedback, ask: Ask, **values: Any) -> None:  # noqa: ANN401 - values of whatever kind
    asked.now += timedelta(hours=1)
    done = asked.answer(ask, **values)
    assert done.failed == 0, asked.results(ask)


def nps(asked: Feedback) -> tuple[Ask, Card]:
    """An answer that warns others, and the record made of it."""
    card = asked.record(stage="closed", assignee_id=asked.staff.person("Employee"), contact_id=asked.contact())
    ask = asked.ask(asked.campaign("nps-after-a-stage"), card)
    asked.answer(ask, decision="no", quality=2, recommend=1, improve="Всё")
    ((number,),) = asked.query("SELECT id FROM crm.record WHERE kind = 'nps'")
    return ask, asked.card(number)


def held(asked: Feedback, card: Card) -> dict[str, Any]:
    return dict(asked.query("SELECT extra FROM crm.record WHERE id = :id", id=card.id)[0][0])


def test_values_coefficient_and_name_of_a_record_follow_a_correction_that_is_better(asked: Feedback) -> None:
    ask, card = nps(asked)
    assert card.subject.endswith("−100")
    assert held(asked, card)["nps_value"] == -100

    corrected(asked, ask, decision="yes", quality=5, recommend=10, improve="")

    assert asked.card(card.id).subject.endswith("+100")
    now_so = held(asked, card)
    assert (now_so["nps_value"], now_so["quality"], now_so["recommend"]) == (100, 5, 10)
    assert not now_so.get("improve"), "what was taken back is not held any more"
    assert asked.read(ask.id).state == "closed"
    told = "SELECT data ->> 'grade_before', data ->> 'grade', data ? 'kept' FROM crm.event WHERE type = :type AND record_id = :id"
    assert asked.query(told, type="feedback_corrected", id=card.id) == [("bad", "good", False)]
    assert asked.query(told, type="feedback_corrected", id=ask.subject_id) == [("bad", "good", False)]

    for back in (1, 10, 1):  # as often as it is corrected, and to what it was before
        corrected(asked, ask, decision="yes", quality=5, recommend=back)
    assert held(asked, card)["nps_value"] == -100
    assert asked.card(card.id).subject.endswith("−100")
    assert len(asked.query(told, type="feedback_corrected", id=card.id)) == 4
    asked.judge(ask)
    assert asked.follow().done == 0, "what was told is not told again"


def test_a_correction_undoes_nothing_that_somebody_has_done(asked: Feedback) -> None:
    ask, card = nps(asked)
    move_request.close(asked.house, Move(key=f"id:{card.id}"), now=asked.now)
    asked.query("UPDATE crm.record SET subject = 'Позвонить вечером' WHERE id = :id", id=card.id)

    corrected(asked, ask, decision="yes", quality=5, recommend=8)

    now_so = asked.card(card.id)
    assert (now_so.stage.code, now_so.subject) == ("positive", "Позвонить вечером")
    assert held(asked, card)["nps_value"] == 0
    told = "SELECT data ->> 'kept' FROM crm.event WHERE type = 'feedback_corrected' AND record_id = :id"
    assert asked.query(told, id=card.id) == [("true",)]
    assert asked.query("SELECT count(*) FROM crm.assignment")[0][0] == 1


def test_the_review_of_an_agreement_is_opened_and_settled_by_what_counts_until_somebody_works_on_it(
    asked: Feedback,
) -> None:
    manager, contact, division = asked.staff.person("Manager"), asked.contact(), asked.division("Окна")
    number = asked.agreement("Д-1", contact, manager, division)
    follow = [{"do": "notice", "to": ["responsible"]}]
    ask = asked.ask(
        asked.campaign("review-registry", follow=follow, form="chat"),
        subject="agreement",
        subject_id=number,
        contact_id=contact,
        responsible_id=manager,
    )
    asked.answer(ask, **GOOD)
    stage = "SELECT id, stage, closed_at IS NOT NULL FROM crm.record WHERE kind = 'review'"
    ((card, *shut),) = asked.query(stage)
    assert shut == ["received", True]

    corrected(asked, ask, **{**GOOD, "speed": 1})
    assert asked.query(stage) == [(card, "work", False)]
    corrected(asked, ask, **GOOD)
    assert asked.query(stage) == [(card, "received", True)]
    corrected(asked, ask, **{**GOOD, "speed": 1})
    assert asked.query(stage) == [(card, "work", False)]

    move_request.move(asked.house, Move(key=f"id:{card}", stage="settled"), now=asked.now)
    corrected(asked, ask, **GOOD)
    corrected(asked, ask, **{**GOOD, "speed": 2})
    assert asked.query(stage) == [(card, "settled", True)]
    assert asked.query("SELECT extra ->> 'speed' FROM crm.record WHERE kind = 'review'") == [("2",)]


def test_a_record_that_somebody_changes_just_then_is_corrected_when_it_is_tried_again(
    asked: Feedback, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, card = nps(asked)
    with monkeypatch.context() as patched:
        patched.setattr(EmbeddedFields, "write", lambda *_: None)
        asked.now += timedelta(hours=1)
        done = asked.answer(ask, decision="yes", quality=5, recommend=10)
    assert (done.done, done.failed) == (0, 1)
    assert "it is tried again" in asked.results(ask)["correction:1"]
    assert held(asked, card)["nps_value"] == -100

    asked.now += timedelta(minutes=2)
    assert asked.follow().done == 1
    assert held(asked, card)["nps_value"] == 100
