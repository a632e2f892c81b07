"""What follows from answers: once each whatever dies in between, and what cannot be done keeps back nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

import pytest
import sqlalchemy as sa

from caseline.actions import follow_up, judge_ask, move_request
from caseline.actions.move_request import Move
from caseline.crm.cards import Card
from caseline.feedback import hooks, review_store
from caseline.feedback.asks import Ask
from caseline.feedback.reviews import Reward, Target
from caseline.people.rights import Role
from tests.factories.answered import Feedback, feedback

LAST: Final = ("UPDATE feedback.effect", "UPDATE feedback.ask")
"""What is written when all else of a transaction is."""
GOOD: Final = {"quality": 9, "speed": 9, "courtesy": 9}
EVERYTHING: Final = [
    {"do": "notice", "to": ["responsible", "head", "director"]},
    {"do": "record", "kind": "nps", "name": "Оценка %Number%: %Value%"},
    {"do": "assignment", "to": "responsible", "title": "Прочитать", "checklist": ["Прочитать", "Позвонить"]},
    {"do": "review", "targets": ["yandex"]},
    {"do": "bonus", "amount": 100, "given_for": "answer"},
    {"do": "webhook", "hook": "accounting"},
]


@pytest.fixture
def asked(database_url: str) -> Feedback:
    made = feedback(database_url)
    with made.house.engine.begin() as connection:
        address = "https://yandex.ru/maps/org/primer/1"
        review_store.put(connection, Target(code="yandex", name="Яндекс Карты", address=address, reward=Reward.CLICK))
        values = {"code": "accounting", "url": "https://accounts.example.org/in", "made_by": "t", "made_at": made.now}
        hooks.make(connection, {**values, "bonuses": True}, b"s" * 32)
    return made


@pytest.fixture
def head(asked: Feedback) -> int:
    return asked.staff.person("Head", role=Role.HEAD)


@pytest.fixture
def manager(asked: Feedback, head: int) -> int:
    number = asked.staff.person("Manager")
    asked.belongs(number, asked.division("Печи", head))
    return number


def sent(asked: Feedback, campaign: int, manager: int) -> Ask:
    card = asked.record(stage="closed", assignee_id=manager, contact_id=asked.contact())
    return asked.ask(campaign, card)


class Killed(BaseException):
    """The process is dead; nothing may catch it."""


@contextmanager
def dying(engine: sa.Engine, at: int) -> Iterator[list[int]]:
    """Kill whoever works before the statement of that number, of those that begin a transaction or end its work."""
    seen, fresh = [0], [False]

    def begun(_connection: sa.Connection) -> None:
        fresh[0] = True

    def count(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if fresh[0] or statement.startswith(LAST):
            fresh[0] = False
            seen[0] += 1
            if seen[0] == at:
                raise Killed

    sa.event.listen(engine, "begin", begun)
    sa.event.listen(engine, "before_cursor_execute", count)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "begin", begun)
        sa.event.remove(engine, "before_cursor_execute", count)


def test_killed_before_any_statement_each_thing_that_follows_is_there_once(
    asked: Feedback, head: int, manager: int
) -> None:
    campaign = asked.campaign("chat-rating-with-bonus", follow=EVERYTHING)
    asks: list[Ask] = []
    for at in range(1, 200):
        ask = sent(asked, campaign, manager)
        asked.say(ask, **GOOD)
        asks.append(ask)
        try:
            with dying(asked.house.engine, at):
                asked.judge(ask)
                follow_up.run(asked.house, now=asked.now, ask_id=ask.id)
        except Killed:
            continue
        break
    assert len(asks) > 15, "so many transactions there are, each killed at its begin and before its end"

    judge_ask.run(asked.house, now=asked.now)
    asked.follow()

    for ask in asks:
        assert asked.read(ask.id).state == "closed", asked.results(ask)
        assert all(not one.startswith("open") for one in asked.results(ask).values())
    for what, query in ONCE.items():
        counts = asked.query(query)
        assert [count for _ask, count in counts] == [1] * len(asks), what
    people = asked.query("SELECT person_id, count(*) FROM notices.notice WHERE kind = 'feedback_received' GROUP BY 1")
    assert dict(map(tuple, people)) == {head: len(asks), manager: len(asks)}
    ((letters, again),) = asked.query("SELECT count(*), count(DISTINCT occasion) FROM outbox.letter")
    assert letters == again == 2 * len(asks)


ONCE: Final = {
    "event": "SELECT data ->> 'ask', count(*) FROM crm.event WHERE type = 'feedback_received' GROUP BY 1",
    "record": "SELECT parent_id, count(*) FROM crm.record WHERE kind = 'nps' GROUP BY 1",
    "assignment": "SELECT record_id, count(*) FROM crm.assignment GROUP BY 1",
    "review": "SELECT ask_id, count(*) FROM feedback.review_ask GROUP BY 1",
    "bonus": "SELECT ask_id, count(*) FROM feedback.bonus_line GROUP BY 1",
    "answer told": "SELECT body ->> 'ask', count(*) FROM feedback.hook_call WHERE key LIKE 'feedback:%' GROUP BY 1",
    "bonus told": "SELECT body ->> 'ask', count(*) FROM feedback.hook_call WHERE key LIKE 'bonus:%' GROUP BY 1",
}


def test_what_cannot_be_done_keeps_back_nothing_else_and_is_tried_again_until_it_can(
    asked: Feedback, manager: int
) -> None:
    campaign = asked.campaign(
        "chat-rating-with-bonus",
        follow=[{"do": "webhook", "hook": "absent"}, {"do": "bonus", "amount": 100, "given_for": "answer"}],
    )
    ask = sent(asked, campaign, manager)

    done = asked.answer(ask, **GOOD)

    assert (done.done, done.failed, done.closed) == (2, 1, 0)
    assert "there is none called 'absent'; an administrator can make it" in asked.results(ask)["webhook:webhook"]
    assert asked.follow().failed == 0, "not before its pause is over"
    with asked.house.engine.begin() as connection:
        values = {"code": "absent", "url": "https://x.example.org/", "made_by": "t", "made_at": asked.now}
        hooks.make(connection, values, b"s" * 32)
    asked.now += timedelta(minutes=2)
    done = asked.follow()
    assert (done.done, done.failed, done.closed) == (1, 0, 1)


def test_a_worse_correction_opens_the_work_again_and_doubles_nothing(asked: Feedback, manager: int) -> None:
    follow: list[dict[str, Any]] = [
        {"do": "bonus", "amount": 100, "given_for": "answer"},
        {"do": "assignment", "to": "responsible", "title": "Разобрать", "when": {"grades": ["bad"]}},
    ]
    follow.append(dict(EVERYTHING[1]))  # type: ignore[call-overload]
    ask = sent(asked, asked.campaign("chat-rating-with-bonus", follow=follow), manager)
    asked.answer(ask, **GOOD)
    assert asked.query("SELECT count(*) FROM crm.assignment")[0][0] == 0
    assert asked.query("SELECT extra FROM crm.record WHERE kind = 'nps'") == [(GOOD,)]

    asked.now += timedelta(hours=1)
    for _ in range(2):
        asked.answer(ask, **{**GOOD, "speed": 1})

    assert asked.query("SELECT count(*) FROM crm.assignment")[0][0] == 1
    assert asked.query("SELECT sum(amount) FROM feedback.bonus_line")[0][0] == 100
    assert asked.query("SELECT extra FROM crm.record WHERE kind = 'nps'") == [({**GOOD, "speed": 1},)]
    assert asked.read(ask.id).state == "closed"


def test_an_absent_person_finds_the_notice_and_his_deputy_hears_it_too(
    asked: Feedback, head: int, manager: int
) -> None:
    deputy = asked.staff.person("Deputy")
    asked.staff.away(head, deputy, "2026-04-06")
    campaign = asked.campaign(
        "chat-rating-with-bonus",
        follow=[
            {"do": "notice", "to": ["head"]},
            {"do": "notice", "key": "again", "to": ["head", "responsible"]},
            {"do": "assignment", "to": "head", "author": "responsible", "title": "Посмотреть"},
        ],
    )

    asked.answer(sent(asked, campaign, manager), **GOOD)

    told = {one: asked.staff.told(one).count("feedback_received") for one in (head, deputy, manager)}
    assert told == {head: 1, deputy: 1, manager: 1}
    assert asked.query("SELECT assignee_id, by_id FROM crm.assignment") == [(deputy, manager)]


@pytest.mark.parametrize("fallback", ["above", "setting", "director", "nobody"])
def test_without_a_head_somebody_else_gives_the_assignment(database_url: str, fallback: str) -> None:
    asked = feedback(database_url, feedback_author="Fallback" if fallback == "setting" else None)
    manager, other = asked.staff.person("Manager"), asked.staff.person("Fallback")
    above = asked.division("Всё", other if fallback == "above" else None)
    asked.belongs(manager, asked.division("Печи", None, above))
    if fallback == "director":
        asked.query("UPDATE people.login SET role = 'director' WHERE person_id = :id", id=other)
    campaign = asked.campaign(
        "chat-rating-with-bonus", follow=[{"do": "assignment", "to": "responsible", "title": "Посмотреть"}]
    )

    asked.answer(sent(asked, campaign, manager), **GOOD)

    expected = None if fallback == "nobody" else other
    assert asked.query("SELECT assignee_id, by_id FROM crm.assignment") == [(manager, expected)]


def test_an_nps_record_is_moved_between_its_own_stages_whatever_requests_are_held_to(
    asked: Feedback, manager: int
) -> None:
    campaign = asked.campaign("chat-rating-with-bonus", follow=EVERYTHING[1:2])
    asked.answer(sent(asked, campaign, manager), **GOOD)
    ((number,),) = asked.query("SELECT id FROM crm.record WHERE kind = 'nps'")

    moved: Card = move_request.close(asked.house, Move(key=f"id:{number}"), now=asked.now).card

    assert (moved.stage.code, moved.stage.label) == ("positive", "Закрыт как положительный")
    assert move_request.reopen(asked.house, Move(key=f"id:{number}"), now=asked.now).card.stage.code == "new"
