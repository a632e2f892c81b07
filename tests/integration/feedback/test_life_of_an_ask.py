"""Whatever comes for an ask, from people, scanners, mail servers and the clock: steps, ratings and follow-ups hold.

Hypothesis plays them; what must have come of it follows from what was kept, by rules that are written here once more.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from caseline.actions import judge_ask, keep_campaigns, settle_asks, trigger_asks
from caseline.feedback import answers, asks, books, letter_states, signals
from caseline.feedback.answers import Given
from caseline.feedback.asks import Ask
from caseline.feedback.confirming import Kind
from caseline.feedback.signals import Came
from caseline.feedback.states import OPEN, State
from tests.factories.cards import ServiceDesk, moscow, service_desk

START: Final = moscow("2026-04-06 12:00")
RATING: Final = "rating"
DOCUMENT: Final = {
    "name": "Smileys",
    "kind": "smileys",
    "trigger": {"by": "stage", "closed": True},
    "channel": "mail_smileys",
    "form": "smileys",
    "schedule": {"working_days": False, "since": "00:00", "until": "00:00", "lasts_days": 10},
    "follow": [
        {"when": {"grades": ["bad"]}, "do": "notice", "to": ["head"]},
        {"do": "webhook", "hook": "accounting"},
    ],
}
VALUES: Final = st.integers(1, 5)


@pytest.fixture
def desk(database_url: str) -> Iterator[ServiceDesk]:
    made = service_desk(database_url, feedback_rest_days=0)
    with made.house.engine.begin() as connection:
        keep_campaigns.ship(connection, now=START)
        books.add(connection, "own", DOCUMENT, by="test", now=START)
        kept = books.by_code(connection, "own")
        assert kept is not None
        assert books.switch(connection, kept, START - timedelta(days=1))
    yield made
    made.house.engine.dispose()


def life(desk: ServiceDesk) -> type[RuleBasedStateMachine]:  # noqa: C901 - one machine
    class Life(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            ((contact,),) = desk.query(
                "INSERT INTO crm.contact (name, email) VALUES ('C', 'c@example.org') RETURNING id"
            )
            self.now = START
            self.card = desk.open("2026-04-06 11:00", contact_id=contact)
            self.card = desk.move(self.card, "closed", "2026-04-06 12:00")
            trigger_asks.run(desk.house, now=self.now)
            ((self.id,),) = desk.query("SELECT id FROM feedback.ask WHERE subject_id = :id", id=self.card.id)
            self.said: list[tuple[datetime, Kind, int, bool]] = []
            self.phoned: list[tuple[datetime, int]] = []
            self.bad = self.counted = False
            self.submissions = 0

        @property
        def ask(self) -> Ask:
            with desk.house.engine.connect() as connection:
                found = asks.one(connection, self.id)
            assert found is not None
            return found

        def judge(self) -> None:
            with desk.house.engine.begin() as connection:
                judge_ask.judge(desk.house, connection, self.id, now=self.now)
            self.note()

        def note(self) -> None:
            """What counts now starts what follows, whatever is corrected afterwards."""
            ask = self.ask
            self.counted = self.counted or ask.grade is not None
            self.bad = self.bad or ask.grade == "bad"

        def signal(self, kind: Kind, value: int, *, prefetch: bool = False) -> None:
            ask = self.ask
            if ask.state not in OPEN:
                return
            came = Came(ask_id=self.id, at=self.now, kind=kind, question=RATING, value=value, prefetch=prefetch)
            with desk.house.engine.begin() as connection:
                signals.add(connection, came)
                asks.judge_at(connection, self.id, self.now)
            self.said.append((self.now, kind, value, prefetch))

        @rule(seconds=st.sampled_from([1, 20, 59, 61, 300, 601, 3_600, 86_400, 3 * 86_400]))
        def time_passes(self, seconds: int) -> None:
            self.now += timedelta(seconds=seconds)

        @precondition(lambda self: self.ask.state is State.QUEUED)
        @rule(taken=st.booleans())
        def the_server_answers(self, *, taken: bool) -> None:
            with desk.house.engine.begin() as connection:
                ask = asks.hold(connection, self.id)
                assert ask is not None
                if taken:
                    assert settle_asks.sent(desk.house, connection, ask, at=self.now)
                else:
                    assert asks.move(connection, ask, State.FAILED, by="job", now=self.now, changes={"reason": "550"})

        @rule(value=VALUES, prefetch=st.booleans())
        def a_link_is_opened(self, value: int, *, prefetch: bool) -> None:
            self.signal(Kind.VISIT, value, prefetch=prefetch)
            self.judge()

        @rule(value=VALUES)
        def a_script_sends(self, value: int) -> None:
            self.signal(Kind.VISIT, value)
            self.signal(Kind.SENT, value)
            self.judge()

        @rule(value=VALUES, dies=st.booleans())
        def a_person_saves(self, value: int, *, dies: bool) -> None:
            self.signal(Kind.GESTURE, value)
            if not dies:
                self.judge()

        @rule(value=VALUES)
        def an_employee_enters(self, value: int) -> None:
            if self.ask.state in {State.CANCELLED, State.OPTED_OUT}:
                return
            self.submissions += 1
            given = Given(
                ask_id=self.id,
                submission=f"phone {self.submissions}",
                at=self.now,
                document={RATING: value},
                language="ru",
                entered_by="anna",
            )
            with desk.house.engine.begin() as connection:
                assert answers.add(connection, given)
                assert not answers.add(connection, given)
            self.phoned.append((self.now, value))
            self.judge()

        @rule()
        def the_job_comes(self) -> None:
            judge_ask.run(desk.house, now=self.now)
            self.note()
            with desk.house.engine.begin() as connection:
                letter_states.expire(connection, now=self.now, most=100)

        @precondition(lambda self: self.ask.state in OPEN)
        @rule()
        def he_wants_no_more(self) -> None:
            with desk.house.engine.begin() as connection:
                ask = asks.hold(connection, self.id)
                assert ask is not None
                assert asks.move(connection, ask, State.OPTED_OUT, by="client", now=self.now)

        @precondition(lambda self: self.card.stage.closed)
        @rule()
        def the_request_is_reopened(self) -> None:
            before = self.ask.state
            self.card = desk.move(
                desk.read(self.card), "working", f"{self.now.astimezone(START.tzinfo):%Y-%m-%d %H:%M:%S}"
            )
            trigger_asks.run(desk.house, now=self.now)
            waits = before in {State.DRAFT, State.NEEDS_DATA, State.QUEUED}
            assert self.ask.state is (State.CANCELLED if waits else before)

        @invariant()
        def steps_hang_together(self) -> None:
            rows = desk.query(
                "SELECT before, after, at FROM feedback.taken WHERE ask_id = :id ORDER BY number", id=self.id
            )
            known = {tuple(one) for one in desk.query("SELECT before, after FROM feedback.step")}
            assert rows[0].before is None
            assert all(late.before == early.after for early, late in pairwise(rows))
            assert all((one.before, one.after) in known for one in rows[1:])
            assert [one.at for one in rows] == sorted(one.at for one in rows)
            assert rows[-1].after == self.ask.state
            assert sum(one.after == "sent" for one in rows) <= 1

        @invariant()
        def gestures_count_and_of_a_day_the_last(self) -> None:
            if self.ask.state is not State.QUEUED and self.ask.state in OPEN:
                self.judge()
            rows = desk.query(
                "SELECT day, value, by_hand, at FROM feedback.rating WHERE ask_id = :id AND superseded_at IS NULL",
                id=self.id,
            )
            hands = [(at, value) for at, kind, value, _ in self.said if kind is Kind.GESTURE] + self.phoned
            by_day: dict[Any, int] = {}
            for at, value in sorted(hands, key=lambda one: one[0]):
                by_day[at.astimezone(START.tzinfo).date()] = value
            found = {row.day: row.value for row in rows if row.by_hand}
            if self.ask.state in OPEN:
                assert found == by_day
            assert len({row.day for row in rows}) == len(rows)
            scripts = {(at, value) for at, kind, value, prefetch in self.said if kind is Kind.SENT and not prefetch}
            assert all((row.at, row.value) in scripts for row in rows if not row.by_hand)

        @invariant()
        def what_follows_was_planned_once(self) -> None:
            query = "SELECT kind, key, data -> 'values' AS told FROM feedback.effect WHERE ask_id = :id ORDER BY id"
            rows = desk.query(query, id=self.id)
            telling = {"event", "correction"}
            kinds = sorted(row.kind for row in rows if row.kind not in telling)
            assert kinds == ["notice"] * self.bad + ["webhook"] * self.counted
            told = [row.told for row in rows if row.kind in telling]
            assert all(one != other for one, other in pairwise(told)), "only what counts otherwise is told again"

        def teardown(self) -> None:
            desk.query("DELETE FROM feedback.ask WHERE id = :id", id=self.id)

    return Life


@pytest.mark.timeout(280)
def test_whatever_comes_steps_ratings_and_follow_ups_hold(desk: ServiceDesk) -> None:
    quick = settings(
        max_examples=8,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate),
    )
    run_state_machine_as_test(life(desk), settings=quick)
