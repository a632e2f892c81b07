"""Several asks about one request, one of them by hand, are followed by one record, assignment, review link and bonus."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Final

import pytest
import sqlalchemy as sa

from caseline.actions import follow_up, judge_ask
from caseline.crm.cards import Card
from caseline.feedback import review_store
from caseline.feedback.asks import Ask
from caseline.feedback.reviews import Reward, Target
from tests.factories.answered import Feedback, feedback

ONE: Final = {
    "record": "SELECT count(*) FROM crm.record WHERE kind = 'nps'",
    "assignment": "SELECT count(*) FROM crm.assignment",
    "bonus": "SELECT count(*) FROM feedback.bonus_line",
    "review": "SELECT count(DISTINCT ask_id) FROM feedback.review_ask",
}
FOLLOW: Final[list[dict[str, Any]]] = [
    {"do": "record", "kind": "nps", "name": "NPS %Number%: %Value%"},
    {"do": "assignment", "to": "responsible", "title": "Прочитать"},
    {"do": "bonus", "amount": 100, "given_for": "answer"},
    {"do": "review", "targets": ["yandex"]},
    {"do": "notice", "to": ["responsible"]},
]


@pytest.fixture
def asked(database_url: str) -> Feedback:
    made = feedback(database_url)
    address = "https://yandex.ru/maps/org/primer/1"
    with made.house.engine.begin() as connection:
        review_store.put(connection, Target(code="yandex", name="Яндекс Карты", address=address, reward=Reward.CLICK))
    return made


def card_of(asked: Feedback) -> Card:
    return asked.record(
        stage="closed", number="K-1", assignee_id=asked.staff.person("Manager"), contact_id=asked.contact()
    )


def counts(asked: Feedback) -> dict[str, int]:
    return {what: asked.query(query)[0][0] for what, query in ONE.items()}


def held(asked: Feedback) -> dict[str, Any]:
    ((extra,),) = asked.query("SELECT extra FROM crm.record WHERE kind = 'nps'")
    return {key: extra.get(key) for key in ("recommend", "nps_value", "improve")}


def test_the_second_answer_brings_the_record_of_the_first_up_to_date(asked: Feedback) -> None:
    card, campaign = card_of(asked), asked.campaign("nps-after-a-stage", follow=FOLLOW)
    copy = asked.campaign("nps-after-a-stage", follow=FOLLOW)
    first = asked.ask(campaign, card)
    others = [asked.ask(campaign, card, period="by hand 2026-04-06"), asked.ask(copy, card)]
    asked.answer(first, decision="yes", quality=5, recommend=10, improve="Ничего")
    assert counts(asked) == dict.fromkeys(ONE, 1)

    for ask, recommend, value in zip(others, (1, 8), (-100, 0), strict=True):
        asked.now += timedelta(hours=1)
        done = asked.answer(ask, decision="no", quality=5, recommend=recommend)
        assert (done.failed, done.closed) == (0, 1)
        assert held(asked) == {"recommend": recommend, "nps_value": value, "improve": None}
        said = asked.results(ask)
        assert all("an earlier ask" in said[f"{what}:{what}"] for what in ONE)
        assert said["notice:notice"] == "told 1 of 1", "each answer is told"
    assert counts(asked) == dict.fromkeys(ONE, 1)

    asked.now += timedelta(hours=1)
    asked.answer(first, decision="yes", quality=5, recommend=9)
    assert held(asked)["nps_value"] == 100, "what was said last counts, by whichever link"
    assert counts(asked) == dict.fromkeys(ONE, 1)


def test_what_the_first_answer_did_not_bring_the_second_does(asked: Feedback) -> None:
    card = card_of(asked)
    campaign = asked.campaign("nps-after-a-stage", follow=[{**one, "when": {"grades": ["bad"]}} for one in FOLLOW])
    asked.answer(asked.ask(campaign, card), decision="yes", quality=5, recommend=10)
    assert counts(asked) == dict.fromkeys(ONE, 0)

    asked.answer(asked.ask(campaign, card, period="by hand 2026-04-06"), decision="no", quality=1, recommend=1)

    assert counts(asked) == dict.fromkeys(ONE, 1)


def test_of_answers_that_come_at_the_same_moment_each_thing_follows_once(asked: Feedback) -> None:
    card, campaign = card_of(asked), asked.campaign("nps-after-a-stage", follow=FOLLOW)
    asks: list[Ask] = [asked.ask(campaign, card, period=f"by hand {day}") for day in range(4)]
    for one in asks:
        asked.say(one, decision="yes", quality=5, recommend=10)

    def judge_and_follow(ask: Ask) -> None:
        with asked.house.engine.begin() as connection:
            judge_ask.judge(asked.house, connection, ask.id, now=asked.now)
        follow_up.run(asked.house, now=asked.now, ask_id=ask.id)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(judge_and_follow, asks))
    asked.now += timedelta(hours=1)
    assert asked.follow().failed == 0
    assert counts(asked) == dict.fromkeys(ONE, 1)
    assert {asked.read(one.id).state for one in asks} == {"closed"}


def test_the_database_holds_one_record_whoever_writes(asked: Feedback) -> None:
    card, campaign = card_of(asked), asked.campaign("nps-after-a-stage", follow=FOLLOW)
    first, second = asked.ask(campaign, card), asked.ask(campaign, card, period="by hand 2026-04-06")
    asked.answer(first, decision="yes", quality=5, recommend=10)
    twin = (
        "INSERT INTO feedback.made_record (ask_id, kind, record_id, scope)"
        " SELECT :ask, kind, 0, scope FROM feedback.made_record"
    )
    with pytest.raises(sa.exc.IntegrityError, match="uq_made_record_scope"):
        asked.query(twin, ask=second.id)


def test_each_period_of_an_agreement_has_its_own_review(asked: Feedback) -> None:
    contact, manager = asked.contact(), asked.staff.person("Manager")
    number = asked.agreement("Д-1", contact, manager, asked.division("Окна"))
    follow = [{"do": "notice", "to": ["responsible"]}, {"do": "assignment", "to": "responsible", "title": "Разобрать"}]
    campaign = asked.campaign("review-registry", follow=follow, form="chat")
    about: dict[str, Any] = {"subject": "agreement", "subject_id": number, "contact_id": contact}
    for period in ("2026-01-06", "2026-04-06"):
        ask = asked.ask(campaign, period=period, responsible_id=manager, **about)
        asked.answer(ask, quality=9, speed=9, courtesy=9)

    assert asked.query("SELECT count(*) FROM crm.record WHERE kind = 'review'") == [(2,)]
    assert asked.query("SELECT count(*) FROM crm.assignment") == [(2,)]
