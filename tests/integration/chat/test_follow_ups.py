"""What follows from an answer in a chat is said there, once; whoever has none left is written to."""

from pathlib import Path
from typing import Final

import pytest

from caseline.actions import judge_ask
from caseline.actions.follow_up import run
from caseline.feedback import answers, asks, confirming, review_store, signals
from caseline.feedback.answers import Given
from caseline.feedback.asks import Ask
from caseline.feedback.reviews import Reward, Target
from caseline.feedback.signals import Came
from caseline.feedback.states import State
from tests.factories.chat_asks import Asking, asking

FOLLOW: Final = [
    {"do": "review", "targets": ["yandex"], "text": {"ru": "Расскажите другим:"}},
    {"do": "bonus", "amount": 500, "given_for": "answer", "lasts_days": 30},
]


@pytest.fixture
def made(database_url: str, tmp_path: Path) -> Asking:
    found = asking(database_url, tmp_path)
    target = Target(code="yandex", name="Яндекс Карты", address="https://yandex.ru/maps/1", reward=Reward.CLICK)
    with found.house.engine.begin() as connection:
        review_store.put(connection, target)
    return found


def answer(made: Asking, ask: Ask) -> None:
    with made.house.engine.begin() as connection:
        for question in ("quality", "speed", "courtesy"):
            gesture = confirming.Kind.GESTURE
            signals.add(connection, Came(ask_id=ask.id, at=made.now, kind=gesture, question=question, value=9))
        document = {"quality": 9, "speed": 9, "courtesy": 9}
        given = Given(ask_id=ask.id, submission="chat", at=made.now, document=document, language="ru")
        answers.add(connection, given)
        asks.judge_at(connection, ask.id, made.now)
    judge_ask.run(made.house, now=made.now)
    run(made.house, now=made.now)


def test_the_link_and_the_bonus_are_said_in_the_chat_once_and_no_letter_is_written(made: Asking) -> None:
    ask, said = made.start(document={"follow": FOLLOW})
    assert said is None
    letters = made.letters()
    with made.house.engine.begin() as connection:
        changes = {"sent_at": made.now, "expires_at": made.now}
        if ask.state == "queued":
            asks.move(connection, ask, State.SENT, by="job", now=made.now, changes=changes)

    for _ in range(2):
        answer(made, ask)

    words = [text for (text,) in made.rows("SELECT text FROM chat.outgoing ORDER BY id")]
    assert sum("Расскажите другим:" in text and "/go/" in text for text in words) == 1
    assert sum("500" in text and "06.05.2026" in text for text in words) == 1
    assert made.letters() == letters
    assert made.ask(ask.id).state == "closed"
