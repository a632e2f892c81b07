"""One person among machines that open the same links: what counts is what he has said, or nothing."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from caseline.feedback import answers, asks
from caseline.feedback.answers import Given
from caseline.feedback.states import State
from tests.factories import feedback_asks, scanners
from tests.factories.feedback_asks import Asking, asking
from tests.factories.scanners import MACHINES, WITH_THE_LETTER, Person

__all__ = ["asking"]
starts = st.one_of(st.integers(0, 130), st.integers(0, 2_000)).map(float)
machines = st.lists(st.tuples(starts, st.sampled_from(sorted(MACHINES))), max_size=4)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(others=machines, start=starts, value=st.integers(1, 5), scripts=st.booleans(), stays=st.booleans())
@example(others=[(30.0, "browser")], start=5.0, value=4, scripts=True, stays=True)
@example(others=[(0.0, "all_links"), (900.0, "browser")], start=120.0, value=5, scripts=True, stays=False)
@example(others=[(0.0, "slow_presser")], start=70.0, value=5, scripts=False, stays=True)
@example(others=[(700.0, "presser")], start=100.0, value=5, scripts=True, stays=False)
def test_what_counts_is_what_the_person_has_said(
    asking: Asking, others: list[tuple[float, str]], start: float, value: int, scripts: bool, stays: bool
) -> None:
    asking.now += timedelta(days=1)
    one, application = asking.sent(), asking.application()
    person = Person(feedback_asks.Program(asking, "203.0.113.9", {}, application), one, value, scripts, stays)
    actors = [(start, person.steps())]
    for number, (at, name) in enumerate(others):
        machine = feedback_asks.Program(asking, f"198.51.{number}.7", {}, application)
        actors.append((min(at, 30) if name in WITH_THE_LETTER else at, MACHINES[name](machine, one)))

    scanners.play(asking, actors)
    for _ in range(2):
        asking.later(minutes=11)
        asking.job()

    if person.pressed or (start >= 60 and not others):
        assert one.counted == {"rating": value}
        assert one.ask.state is State.ANSWERED
    else:
        # He has not pressed Save although machines were about: then nothing counts, and never another's value.
        assert one.counted in ({}, {"rating": value})
    assert all(one.value == value for one in one.ratings)


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_machines_alone_make_no_rating(asking: Asking, name: str) -> None:
    asking.later(hours=2)
    one = asking.sent()
    asking.later(hours=0 if name in WITH_THE_LETTER else 2)

    scanners.play(asking, [(0.0, MACHINES[name](asking.client(), one))])
    asking.later(hours=1)
    asking.job()

    assert one.ratings == []
    assert one.ask.state in {State.SENT, State.VISITED, State.ANSWERING}
    assert one.follows == []
    assert asking.rows("SELECT count(*) FROM feedback.signal") != [(0,)]
    assert asking.rows("SELECT * FROM feedback.opt_out") == []


def test_who_presses_at_once_is_asked_to_press_again_and_stands_as_not_confirmed(asking: Asking) -> None:
    one, machine = asking.sent(), asking.client()
    asking.later(hours=2)

    page = machine.get(f"{one.path}/1")
    pressed = machine.save(page, one.path, looks=0.2, rating="1", comment="kept all the same")
    asking.later(hours=1)
    asking.job()

    assert "Please press “Save” once more" in pressed.text
    assert "kept all the same</textarea>" in pressed.text
    assert (one.counted, one.ask.state) == ({}, State.ANSWERING)
    assert one.said["comment"] == "kept all the same"
    again = machine.save(pressed, one.path, rating="1")
    assert again.status_code == 303
    assert one.counted == {"rating": 1}


def test_a_rating_that_a_person_has_pressed_is_changed_by_no_script(asking: Asking) -> None:
    one, person = asking.sent(), asking.client()
    asking.later(hours=2)
    person.save(person.get(f"{one.path}/5"), one.path, rating="5")

    scanners.play(asking, [(30.0, MACHINES["browser"](asking.client(address="198.51.100.7"), one))])
    asking.later(hours=1)
    asking.job()

    assert one.counted == {"rating": 5}
    assert [rating.value for rating in one.ratings] == [5]


def test_what_an_employee_has_entered_by_phone_is_changed_by_no_script(asking: Asking) -> None:
    one, machine, person = asking.sent(), asking.client(address="198.51.100.9"), asking.client()
    asking.later(minutes=5)
    phoned = Given(
        ask_id=one.id, submission="phone-01", at=asking.now, document={"rating": 5}, language="ru", entered_by="anna"
    )
    with asking.house.engine.begin() as connection:
        answers.add(connection, phoned)
        asks.judge_at(connection, one.id, asking.now)
    asking.job()
    told = []
    for _ in range(2):  # it comes again when what it has sent first would be ripe
        asking.later(minutes=15)
        told.append(machine.script(machine.get(f"{one.path}/1"), f"{one.path}/1").json())
    asking.later(minutes=11)
    asking.job()

    assert (told, one.counted) == ([{"told": "press"}] * 2, {"rating": 5})
    person.save(person.get(one.path), one.path, rating="2")
    assert 2 in [rating.value for rating in one.ratings if rating.superseded_at is None], "he himself changes it"


def test_a_machine_that_walks_through_the_links_and_presses_is_known_at_the_second_one(asking: Asking) -> None:
    one, machine, person = asking.sent(), asking.client(), asking.client(address="203.0.113.4")
    asking.later(hours=2)
    first, page = machine.get(f"{one.path}/1"), machine.get(f"{one.path}/2")
    pressed = machine.save(page, one.path, rating="2")
    assert "Please press “Save” once more" in pressed.text
    assert "Please press “Save” once more" in machine.save(first, one.path, rating="1").text
    assert one.ratings == []

    assert person.save(person.get(f"{one.path}/5"), one.path, rating="5").status_code == 303

    assert one.counted == {"rating": 5}, "somebody else is not meant"
    assert machine.save(pressed, one.path, rating="4").status_code == 303, "nor who has only clicked wrongly at first"
