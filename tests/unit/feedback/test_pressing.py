"""Which presses on the way to a public review are those of a person."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from caseline.feedback import pressing
from caseline.feedback.confirming import Doubt, Kind, Mode, Rule, Signal

LEFT = datetime(2026, 4, 6, 9, tzinfo=UTC)
USUAL = Rule()
MINE, OTHER = pressing.key(1), pressing.key(2)


def doubts(after_s: float, rule: Rule = USUAL, *, letters: bool = True, **others: float) -> frozenset[Doubt]:
    """Of a press so long after the letter; `others`: when the other link was opened."""
    press = Signal(LEFT + timedelta(seconds=after_s), Kind.GESTURE)
    came = {MINE: [press], OTHER: [Signal(LEFT + timedelta(seconds=one), Kind.VISIT) for one in others.values()]}
    return pressing.doubts(rule, [LEFT] if letters else None, came, press, 1)


@given(st.floats(-600, 3600), st.floats(1, 600))
def test_what_comes_with_the_letter_is_nobody_and_what_comes_later_or_in_a_chat_is_somebody(
    after_s: float, window_s: float
) -> None:
    rule = Rule(first_window=timedelta(seconds=window_s))

    early = timedelta(seconds=after_s) < rule.first_window
    assert doubts(after_s, rule) == ({Doubt.EARLY} if early else frozenset())
    assert doubts(after_s, rule, letters=False) == frozenset()
    assert doubts(after_s, Rule(Mode.LITERAL, rule.first_window)) == frozenset()


@given(st.floats(0, 300))
def test_whoever_walks_from_link_to_link_is_a_machine_until_a_minute_has_passed(apart_s: float) -> None:
    near = timedelta(seconds=apart_s) <= timedelta(seconds=60)

    assert doubts(1000, other=1000 - apart_s) == ({Doubt.BURST} if near else frozenset())


def test_a_network_that_opens_links_of_several_people_and_what_fetches_ahead_are_machines() -> None:
    press = Signal(LEFT + timedelta(hours=1), Kind.GESTURE, prefetch=True)
    seen = Signal(LEFT + timedelta(minutes=59, seconds=30), Kind.VISIT, crowd=True)

    assert pressing.doubts(Rule(), [LEFT], {MINE: [seen, press]}, press, 1) == {Doubt.PREFETCH, Doubt.CROWD}
    assert pressing.doubts(Rule(), [], {MINE: [seen]}, Signal(LEFT + timedelta(hours=2), Kind.GESTURE), 1) == {
        Doubt.EARLY
    }, "a letter that has not left was read by nobody"
