"""Tells the rating of a person from what mail scanners, prefetchers and previews do with the same links.

A rating *counts* when it is confirmed: by a gesture on the page (somebody pressed Save, chose another value, wrote), or
by a quiet period after the page's own script has sent the value that was clicked, with nothing around that looks like a
machine. What is not confirmed is kept and shown, and counts nowhere. Everything follows from the signals alone, so the
same signals always come to the same: one that arrives late, or twice, or a job that runs twice, changes nothing.

The rule is our own, from what scanners were seen to do: they open all links of a letter in a row, run the scripts of
pages, and send forms, also long after the person. They come soon after the letter, and show all values within a minute.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Mode(StrEnum):
    """How much is asked of a click before it counts."""

    STRICT = "strict"
    """Somebody must press Save."""
    BALANCED = "balanced"
    """A click counts after a quiet period."""
    LITERAL = "literal"
    """Every opening of a link counts, that of a scanner too: for mail that never leaves the house."""


class Kind(StrEnum):
    """What came from the outside."""

    VISIT = "visit"
    """A link was opened (GET or HEAD)."""
    SENT = "sent"
    """The page's script sent the value that was clicked."""
    GESTURE = "gesture"
    """Somebody did something on the page; without a script, pressed Save."""


class Doubt(StrEnum):
    """Why a value that a script has sent does not count by itself."""

    STRICT = "the campaign asks for a gesture"
    EARLY = "too soon after the letter"
    PREFETCH = "the browser said that it fetched ahead"
    DECOY = "a link was opened that no person sees"
    BURST = "different values within a minute"
    CROWD = "one network opened links of several people within a minute"
    CONFLICT = "another value was sent meanwhile"


@dataclass(frozen=True, slots=True)
class Rule:
    """The limits of a campaign."""

    mode: Mode = Mode.BALANCED
    first_window: timedelta = timedelta(seconds=60)
    """So long after the letter nothing is believed without a gesture."""
    quiet: timedelta = timedelta(minutes=10)
    burst: timedelta = timedelta(seconds=60)

    def __post_init__(self) -> None:
        """Raises `ValueError` for a quiet period that ends before all is seen that speaks against a value."""
        if self.quiet <= self.burst:
            raise ValueError("the quiet period must be longer than the minute in which bursts are looked for")


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that came for one ask."""

    at: datetime
    kind: Kind
    value: int | None = None
    """The value that was clicked, sent or chosen; None where there is none: a comment, the page without a value."""
    prefetch: bool = False
    """The request said that it fetches ahead, or came as HEAD."""
    decoy: bool = False
    crowd: bool = False
    """Its network opened links of three asks at least within a minute."""


class Standing(StrEnum):
    """What became of a value."""

    CLICKED = "clicked"
    """The link was opened; no more is known."""
    PROVISIONAL = "provisional"
    """It counts when the quiet period passes without a doubt."""
    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A value that counts."""

    value: int
    at: datetime
    """When it came, which decides to which day it belongs."""
    by_hand: bool
    """By a gesture; otherwise by the quiet period, after which it counts."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the signals of one ask come to at a moment."""

    confirmed: tuple[Confirmed, ...]
    """In order; the last one of each day is effective on that day."""
    standing: Standing | None
    """Of the last value that was not confirmed after the last confirmed one; None without one."""
    value: int | None = None
    doubts: frozenset[Doubt] = frozenset()
    again_at: datetime | None = None
    """When a provisional value counts unless something comes meanwhile."""

    @property
    def effective(self) -> Confirmed | None:
        """The value that counts now."""
        return self.confirmed[-1] if self.confirmed else None


_NOTHING: Final = Judgement((), None)


def judge(rule: Rule, letters: Sequence[datetime], signals: Sequence[Signal], now: datetime) -> Judgement:
    """What the signals come to; those that lie after `now` are not known yet. Their order does not matter.

    `letters`: when the letter and its reminder left, for scanners come with each.
    """
    known = sorted((one for one in signals if one.at <= now), key=lambda one: (one.at, _ORDER[one.kind]))
    if rule.mode is Mode.LITERAL:
        return _literal(known)
    confirmed = _by_hand(known)
    sent = [one for one in known if one.kind is Kind.SENT and one.value is not None]
    if not confirmed:
        return _before_a_hand(rule, letters, known, sent, now)
    # From here on only a hand changes anything: scanners come back, and late.
    first = confirmed[0].at
    early = _before_a_hand(rule, letters, [one for one in known if one.at < first], sent, first)
    return Judgement((*early.confirmed, *confirmed), None)


_ORDER: Final = {Kind.VISIT: 0, Kind.SENT: 1, Kind.GESTURE: 2}


def _literal(known: Sequence[Signal]) -> Judgement:
    counted = [one for one in known if one.value is not None and not one.prefetch and not one.decoy]
    made = tuple(Confirmed(one.value, one.at, one.kind is Kind.GESTURE) for one in counted if one.value is not None)
    return Judgement(made, None)


def _by_hand(known: Sequence[Signal]) -> tuple[Confirmed, ...]:
    """Values that were confirmed by gestures. One without a value of its own confirms nothing: a page may have none."""
    made = [one for one in known if one.kind is Kind.GESTURE and one.value is not None]
    return tuple(Confirmed(one.value, one.at, by_hand=True) for one in made if one.value is not None)


def _before_a_hand(
    rule: Rule, letters: Sequence[datetime], known: Sequence[Signal], sent: Sequence[Signal], now: datetime
) -> Judgement:
    """What scripts have sent, up to the first gesture."""
    waiting: Signal | None = None
    last, doubts = None, frozenset[Doubt]()
    for one in sent:
        # What is ripe counts: what scripts send later changes nothing.
        if one.at > now or (waiting is not None and one.at - waiting.at >= rule.quiet):
            break
        found = _doubts(rule, letters, known, one)
        if not found and waiting is not None and waiting.value != one.value:
            found, waiting = (
                frozenset({Doubt.CONFLICT}),
                None,
            )  # nobody knows which was the person: both wait for a hand
        elif not found and waiting is None and Doubt.CONFLICT not in doubts:
            waiting = one
        last, doubts = one, doubts | found
    if waiting is not None:
        return _waiting(rule, waiting, now)
    if last is not None:
        return Judgement((), Standing.UNCONFIRMED, last.value, doubts)
    clicked = [one for one in known if one.value is not None and not one.prefetch and not one.decoy]
    return Judgement((), Standing.CLICKED, clicked[-1].value) if clicked else _NOTHING


def _waiting(rule: Rule, waiting: Signal, now: datetime) -> Judgement:
    assert waiting.value is not None  # noqa: S101 - only such wait
    ripe = waiting.at + rule.quiet
    if now >= ripe:
        return Judgement((Confirmed(waiting.value, waiting.at, by_hand=False),), None)
    return Judgement((), Standing.PROVISIONAL, waiting.value, again_at=ripe)


def early(rule: Rule, letters: Sequence[datetime], at: datetime) -> bool:
    """Whether something came too soon after the letter before it, or before any."""
    before = [one for one in letters if one <= at]
    return not before or at - max(before) < rule.first_window


def _doubts(rule: Rule, letters: Sequence[datetime], known: Sequence[Signal], one: Signal) -> frozenset[Doubt]:
    """What speaks against a value that a script has sent."""
    near = [other for other in known if abs(other.at - one.at) <= rule.burst]
    here = [other for other in near if other.value == one.value]
    found = {
        Doubt.STRICT: rule.mode is Mode.STRICT,
        Doubt.EARLY: early(rule, letters, one.at),
        Doubt.PREFETCH: one.prefetch,
        Doubt.DECOY: any(other.decoy for other in known if abs(other.at - one.at) < rule.quiet),
        Doubt.BURST: any(other.value is not None for other in near if other not in here),
        Doubt.CROWD: any(other.crowd for other in here),
    }
    return frozenset(doubt for doubt, there in found.items() if there)
