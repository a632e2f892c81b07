"""The page between a letter and a public review, before people and before machines that press its button."""

import re
from datetime import datetime, timedelta
from typing import Final

import httpx
import pytest

from caseline.feedback import review_store
from caseline.feedback.asks import Ask
from caseline.feedback.reviews import Reward, Target
from caseline.outbox import store
from tests.factories.answered import Feedback, feedback
from tests.factories.feedback_asks import Asking, Program

SITES: Final = {"yandex": "https://yandex.ru/maps/1", "world": "https://yandex.com/maps/2"}
GOOD: Final = {"quality": 9, "speed": 9, "courtesy": 9}
AGAIN: Final = "Please press once more in a minute"


def seen(page: httpx.Response) -> dict[str, str]:
    """What the button of a page sends."""
    found = re.search(r'name="seen" value="([^"]+)"', page.text)
    assert found is not None, page.text
    return {"seen": found[1]}


class Clock(Asking):
    """The clock of a house for programs in front of its public pages."""

    def __init__(self, asked: Feedback) -> None:
        super().__init__(asked.house)
        self.asked = asked

    def clock(self) -> datetime:
        return self.asked.now

    def later(self, **spans: float) -> None:
        self.asked.now += timedelta(**spans)


class Ways:
    """Clients who were asked for public reviews on two sites by a letter that leaves now."""

    def __init__(self, asked: Feedback) -> None:
        self.asked, self.clock = asked, Clock(asked)
        with asked.house.engine.begin() as connection:
            for code, address in SITES.items():
                review_store.put(connection, Target(code=code, name=code, address=address, reward=Reward.CLICK))
        review = {"do": "review", "targets": list(SITES)}
        bonus = {"do": "bonus", "amount": 100, "given_for": "click"}
        self.campaign = asked.campaign("chat-rating-with-bonus", follow=[review, bonus])

    def offered(self) -> tuple[Ask, list[str]]:
        """The ask, and the paths of its links as the letter has them."""
        card = self.asked.record(stage="closed", contact_id=self.asked.contact())
        ask = self.asked.ask(self.campaign, card)
        self.asked.answer(ask, **GOOD)
        ((number,),) = self.asked.query("SELECT max(id) FROM outbox.letter")
        with self.asked.house.engine.connect() as connection:
            letter = store.get(connection, number)
        assert letter is not None
        self.asked.query("UPDATE outbox.letter SET state = 'sent', done_at = :now", now=self.asked.now)
        return ask, [line[line.index("/go/") :].strip() for line in letter.text.splitlines() if "/go/" in line]

    def program(self, address: str = "192.0.2.7") -> Program:
        return Program(self.clock, address, {})

    def press(self, program: Program, link: str, after_s: float = 5) -> httpx.Response:
        """Look at the page, then press its button."""
        page = program.get(link)
        self.clock.later(seconds=after_s)
        return program.post(link, seen(page))

    def counted(self) -> tuple[int, int]:
        """(links by which somebody went, bonuses)."""
        clicked = "SELECT count(*) FROM feedback.review_ask WHERE clicked_at IS NOT NULL"
        return self.asked.query(clicked)[0][0], self.asked.query("SELECT count(*) FROM feedback.bonus_line")[0][0]


@pytest.fixture
def ways(database_url: str) -> Ways:
    return Ways(feedback(database_url))


def test_a_machine_that_comes_with_the_letter_is_kept_apart_and_the_person_counts_once(ways: Ways) -> None:
    ask, (first, second) = ways.offered()
    machine = ways.program("203.0.113.9")
    ways.clock.later(seconds=3)

    answer = ways.press(machine, first)
    for _ in range(3):  # it presses whatever there is, on the page that it gets as well
        ways.clock.later(seconds=2)
        answer = machine.post(first, seen(answer))
        assert AGAIN in answer.text
        assert 'http-equiv="refresh"' not in answer.text
    ways.press(machine, second)
    assert ways.counted() == (0, 0)

    ways.clock.later(minutes=2)
    for _ in range(2):
        answer = ways.press(ways.program(), second)
        assert 'http-equiv="refresh"' in answer.text

    assert ways.counted() == (1, 1)
    with ways.asked.house.engine.connect() as connection:
        told = [(one.clicked_at is not None, one.doubted) for one in review_store.gone(connection, ask.id)]
    assert sorted(told) == [(False, 4), (True, 1)]


def test_whoever_is_taken_for_a_machine_may_go_on_and_counts_a_minute_later(ways: Ways) -> None:
    _ask, (first, second) = ways.offered()
    person = ways.program()
    ways.clock.later(hours=1)
    person.get(second)
    ways.clock.later(seconds=10)

    answer = ways.press(person, first)

    assert AGAIN in answer.text
    assert 'href="https://' in answer.text
    ways.clock.later(seconds=61)
    assert 'http-equiv="refresh"' in person.post(first, seen(answer)).text
    assert ways.counted() == (1, 1)


def test_a_gateway_that_presses_in_letters_of_several_people_counts_nowhere(ways: Ways) -> None:
    links = [ways.offered()[1][0] for _ in range(4)]
    ways.clock.later(hours=1)
    gateway = ways.program("203.0.113.9")

    for link in links:
        gateway.get(link)
    for link in links:
        ways.press(gateway, link, after_s=2)

    assert ways.counted() == (0, 0)
