"""One person among mail scanners: what counts is the person's value, in whatever order all of them come."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseline.feedback import confirming
from caseline.feedback.confirming import Confirmed, Doubt, Judgement, Kind, Mode, Rule, Signal, Standing

LETTER = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = LETTER + timedelta(days=9)
RULE = Rule()


def at(seconds: float) -> datetime:
    return LETTER + timedelta(seconds=seconds)


def visit(seconds: float, value: int | None, *, prefetch: bool = False, decoy: bool = False) -> Signal:
    return Signal(at(seconds), Kind.VISIT, value, prefetch=prefetch, decoy=decoy)


def click(seconds: float, value: int) -> list[Signal]:
    """A link is opened, and the script of the page sends its value soon after."""
    return [visit(seconds, value), Signal(at(seconds + 1.5), Kind.SENT, value)]


def save(seconds: float, value: int | None) -> Signal:
    return Signal(at(seconds), Kind.GESTURE, value)


def judge(signals: Sequence[Signal], *, rule: Rule = RULE, now: datetime = LATER) -> Judgement:
    return confirming.judge(rule, [LETTER], signals, now)


def test_one_click_counts_after_the_quiet_period() -> None:
    signals = click(3_600, 4)

    waiting = judge(signals, now=at(3_700))
    assert (waiting.standing, waiting.value, waiting.effective) == (Standing.PROVISIONAL, 4, None)
    assert waiting.again_at == at(3_601.5) + RULE.quiet
    assert judge(signals, now=waiting.again_at).effective == Confirmed(4, at(3_601.5), by_hand=False)


def test_a_bare_visit_is_shown_and_counts_nowhere() -> None:
    found = judge([visit(3_600, 4)])

    assert (found.standing, found.value, found.effective, found.again_at) == (Standing.CLICKED, 4, None, None)


def test_nothing_has_come() -> None:
    assert judge([]) == Judgement((), None)
    assert judge(click(100, 3), now=LETTER) == Judgement((), None)


def test_a_gesture_counts_at_once_and_at_any_time() -> None:
    assert judge([save(1, 2)], now=at(1)).effective == Confirmed(2, at(1), by_hand=True)
    scanner = [one for value in range(1, 6) for one in click(value, value)]
    assert judge([*scanner, save(5, 2)], now=at(6)).effective == Confirmed(2, at(5), by_hand=True)


def test_a_gesture_changes_a_value_that_counts_and_a_script_does_not() -> None:
    signals = [*click(3_600, 4), save(90_000, 2), *click(95_000, 5)]

    found = judge(signals)

    assert [(one.value, one.by_hand) for one in found.confirmed] == [(4, False), (2, True)]


def test_a_comment_alone_confirms_no_value() -> None:
    assert judge([visit(3_600, None), save(3_700, None)]).confirmed == ()


@pytest.mark.parametrize(
    ("signals", "doubt"),
    [
        (click(20, 4), Doubt.EARLY),
        ([*click(3_600, 4), visit(3_640, 5)], Doubt.BURST),
        ([visit(3_560, 5), *click(3_600, 4)], Doubt.BURST),
        ([*click(3_600, 4), *click(3_900, 2)], Doubt.CONFLICT),
        ([*click(3_600, 4), visit(3_700, None, decoy=True)], Doubt.DECOY),
        ([visit(3_600, 4), Signal(at(3_602), Kind.SENT, 4, prefetch=True)], Doubt.PREFETCH),
        ([visit(3_600, 4), Signal(at(3_602), Kind.SENT, 4, crowd=True)], Doubt.CROWD),
    ],
)
def test_what_looks_like_a_machine_waits_for_a_hand(signals: list[Signal], doubt: Doubt) -> None:
    found = judge(signals)

    assert found.standing is Standing.UNCONFIRMED
    assert found.doubts == {doubt}
    assert (found.effective, found.again_at) == (None, None)
    by_hand = judge([*signals, save(50_000, 3)])
    assert by_hand.effective == Confirmed(3, at(50_000), by_hand=True)


def test_a_scanner_that_comes_later_does_not_take_a_lone_value_away() -> None:
    late = [one for value in range(1, 6) for one in click(3_800 + 3 * value, value)]

    found = judge([*click(3_600, 4), *late])

    assert [(one.value, one.by_hand) for one in found.confirmed] == [(4, False)]


def test_who_clicks_the_same_twice_is_believed_from_the_first_time() -> None:
    found = judge([*click(3_600, 4), *click(3_700, 4)])

    assert found.confirmed == (Confirmed(4, at(3_601.5), by_hand=False),)


def test_a_strict_campaign_believes_hands_only() -> None:
    strict = Rule(mode=Mode.STRICT)

    assert judge(click(3_600, 4), rule=strict).doubts == {Doubt.STRICT}
    assert judge([*click(3_600, 4), save(3_610, 4)], rule=strict).effective == Confirmed(4, at(3_610), by_hand=True)


def test_a_literal_campaign_believes_every_opening_but_what_says_that_it_is_none() -> None:
    literal = Rule(mode=Mode.LITERAL)

    assert judge([visit(5, 1), visit(6, 2, prefetch=True)], rule=literal).confirmed == (
        Confirmed(1, at(5), by_hand=False),
    )


def test_a_quiet_period_must_be_longer_than_a_burst() -> None:
    with pytest.raises(ValueError, match="quiet period"):
        Rule(quiet=timedelta(seconds=60))


# Scanners, as they were seen. Each comes at some time after the letter, also again long after the person.
START = st.floats(0, 200_000)
STEP = st.floats(0.05, 8)


@st.composite
def opener(draw: st.DrawFn) -> list[Signal]:
    """Opens all links in a row; some look at the heads first, some find the hidden link."""
    start, step, heads, decoy = draw(START), draw(STEP), draw(st.booleans()), draw(st.booleans())
    found = [visit(start + step * value, value) for value in range(1, 6)]
    if heads:
        found += [visit(start + step * value - 0.02, value, prefetch=True) for value in range(1, 6)]
    return [*found, visit(start, None, decoy=True)] if decoy else found


@st.composite
def runner(draw: st.DrawFn) -> list[Signal]:
    """Opens all links in a row in a browser that runs the script of the page."""
    start, step = draw(START), draw(STEP)
    return [one for value in range(1, 6) for one in click(start + step * value, value)]


@st.composite
def preview(draw: st.DrawFn) -> list[Signal]:
    """A chat that fetches one link, to show a picture of it."""
    return [visit(draw(START), draw(st.integers(1, 5)), prefetch=draw(st.booleans()))]


SCANNERS = st.lists(st.one_of(opener(), runner(), preview()), max_size=4)


@given(st.integers(1, 5), st.floats(0, 200_000), SCANNERS, st.randoms(use_true_random=False))
def test_whoever_presses_save_is_believed_whatever_scanners_do(
    value: int, seconds: float, scanners: list[list[Signal]], order: object
) -> None:
    signals = [*click(seconds, value), save(seconds + 9, value), *(one for each in scanners for one in each)]
    order.shuffle(signals)  # type: ignore[attr-defined]

    assert judge(signals).confirmed[-1] == Confirmed(value, at(seconds + 9), by_hand=True)


@given(st.integers(1, 5), st.floats(0, 200_000), SCANNERS)
def test_whoever_only_clicks_is_believed_or_asked_to_save_and_never_taken_for_a_scanner(
    value: int, seconds: float, scanners: list[list[Signal]]
) -> None:
    found = judge([*click(seconds, value), *(one for each in scanners for one in each)])

    assert [one.value for one in found.confirmed] in ([value], [])
    assert found.confirmed or found.standing is Standing.UNCONFIRMED


@given(SCANNERS)
def test_scanners_alone_confirm_nothing(scanners: list[list[Signal]]) -> None:
    assert judge([one for each in scanners for one in each]).confirmed == ()


@given(st.integers(1, 5), st.floats(0, 200_000), SCANNERS, st.lists(st.floats(0, 220_000), max_size=6))
def test_what_counts_once_is_never_taken_back(
    value: int, seconds: float, scanners: list[list[Signal]], looks: list[float]
) -> None:
    """The job that confirms may look at any time, and as often as it likes."""
    signals = [*click(seconds, value), *(one for each in scanners for one in each)]

    seen: tuple[Confirmed, ...] = ()
    for look in sorted(looks):
        found = judge(signals, now=at(look)).confirmed
        assert found[: len(seen)] == seen
        seen = found


def test_what_comes_with_the_reminder_is_believed_as_little_as_what_comes_with_the_letter() -> None:
    reminder = at(3 * 86_400)
    letters = [LETTER, reminder]
    machine, person = click(3 * 86_400 + 5, 1), click(3 * 86_400 + 600, 4)

    found = confirming.judge(RULE, letters, machine, reminder + timedelta(days=1))
    assert (found.effective, found.doubts) == (None, frozenset({Doubt.EARLY}))
    assert confirming.judge(RULE, [LETTER], machine, reminder + timedelta(days=1)).effective is not None

    counted = confirming.judge(RULE, letters, person, reminder + timedelta(days=1)).effective
    assert counted is not None
    assert counted.value == 4
