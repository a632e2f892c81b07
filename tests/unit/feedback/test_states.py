"""The states of an ask: all are reached, and what is over stays over unless a person repairs it."""

import itertools

from caseline.feedback import states
from caseline.feedback.states import FINAL, OPEN, STEPS, State


def reached(start: State) -> set[State]:
    found, ahead = {start}, [start]
    while ahead:
        now = ahead.pop()
        for then in State:
            if states.may(now, then) and then not in found:
                found.add(then)
                ahead.append(then)
    return found


def test_every_state_is_reached_from_a_new_ask() -> None:
    assert reached(State.DRAFT) == set(State)


def test_an_ask_does_not_step_from_a_state_into_the_same() -> None:
    assert all(now is not then for now, then in STEPS)


def test_what_is_over_goes_on_only_by_repair_by_phone_or_by_a_correction() -> None:
    on = {(now, then) for now, then in STEPS if now in FINAL}

    after_all = {(State.FAILED, State.SENT)}  # its letter was tried again
    assert {then for _now, then in on - after_all} == {State.DRAFT, State.ANSWERED, State.OPTED_OUT, State.CANCELLED}
    assert not {then for now, then in on if now in {State.CANCELLED, State.OPTED_OUT}}


def test_nothing_is_sent_without_having_been_queued_and_nobody_answers_backwards() -> None:
    assert {now for now, then in STEPS if then is State.SENT} == {State.QUEUED, State.FAILED}
    order = [State.SENT, State.VISITED, State.ANSWERING, State.ANSWERED]
    assert not [pair for pair in itertools.combinations(order, 2) if states.may(pair[1], pair[0])]


def test_a_link_is_open_from_the_letter_on_and_not_after_an_end_without_an_answer() -> None:
    assert {one for one in State if one not in OPEN} == {
        State.DRAFT,
        State.NEEDS_DATA,
        State.AWAITING_ADDRESS,
        State.QUEUED,
        State.SKIPPED,
        State.FAILED,
        State.EXPIRED,
        State.OPTED_OUT,
        State.CANCELLED,
    }
