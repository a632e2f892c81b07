"""Rules of bonuses: credits are used in the order in which they end, once each, and what is not needed goes back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a line of the ledger is."""

    CREDIT = "credit"
    RESERVE = "reserve"
    """It is kept for a record whose price is not known yet."""
    RELEASE = "release"
    """What was kept is free again."""
    APPLY = "apply"
    """A price was lowered by it."""
    REVERSE = "reverse"
    """A price is not lowered any more, because the record was cancelled."""
    EXPIRE = "expire"


class State(StrEnum):
    """How far the record is at which a bonus may be used."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What somebody was given, with what is left of it."""

    id: int
    at: datetime
    expires_at: datetime
    remaining: int
    services: frozenset[str] = frozenset()
    """What it may be used for; empty: anything."""
    applies: bool = False
    """A price is lowered by itself."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the ledger that takes from a credit (below zero) or gives back to it."""

    kind: Kind
    credit_id: int
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A record at which a bonus may be used."""

    state: State
    service: str
    made_at: datetime
    price: int | None
    """Whole units of it, as it stands on the record; None: it is not known."""


def usable(credits_: Iterable[Credit], visit: Visit, now: datetime) -> list[Credit]:
    """Credits that may be used at a visit, in the order in which they end: those that were given before it."""
    fit = (
        one
        for one in credits_
        if one.remaining > 0
        and one.expires_at > now
        and one.at <= visit.made_at
        and (not one.services or visit.service in one.services)
    )
    return sorted(fit, key=lambda one: (one.expires_at, one.id))


def take(credits_: Sequence[Credit], amount: int, kind: Kind) -> list[Line]:
    """Lines that take so much from credits, or all that they hold, in their order."""
    found = []
    for one in credits_:
        part = min(one.remaining, amount)
        if part > 0:
            found.append(Line(kind, one.id, -part))
            amount -= part
    return found


def due(visit: Visit, lines: Sequence[Line], credits_: Sequence[Credit], now: datetime) -> list[Line]:
    """The lines that a visit needs as it is now, beside those that it has; none when all is as it should be.

    As long as a price is not known the whole bonus is kept for the visit. It lowers a price once; later ones do not
    lower it again. What a visit that ends without a price has kept, and what a cancelled one has used, goes back.
    """
    held, used = outstanding(lines, Kind.RESERVE, Kind.RELEASE), outstanding(lines, Kind.APPLY, Kind.REVERSE)
    free = [Line(Kind.RELEASE, credit, amount) for credit, amount in sorted(held.items())]
    if visit.state is State.CANCELLED:
        return [*free, *(Line(Kind.REVERSE, credit, amount) for credit, amount in sorted(used.items()))]
    if used:
        return free
    if visit.price is None:
        if visit.state is State.DONE:
            return free
        return [] if held else take(_applying(credits_, visit, now), _all(credits_), Kind.RESERVE)
    given_back = [replace(one, remaining=one.remaining + held.get(one.id, 0)) for one in credits_]
    # What was kept for the visit is its own even if it has ended meanwhile.
    mine = [one for one in given_back if one.id in held]
    others = _applying([one for one in given_back if one.id not in held], visit, now)
    mine.sort(key=lambda one: (one.expires_at, one.id))
    if visit.state is State.DONE and not held:
        return []
    return [*free, *take([*mine, *others], visit.price, Kind.APPLY)]


def outstanding(lines: Sequence[Line], taking: Kind, giving: Kind) -> dict[int, int]:
    """What lines of the first kind have taken and those of the second not given back, by credit."""
    found: dict[int, int] = {}
    for one in lines:
        if one.kind in {taking, giving}:
            found[one.credit_id] = found.get(one.credit_id, 0) - one.amount
    return {credit: amount for credit, amount in found.items() if amount > 0}


def balance(credits_: Mapping[int, int], lines: Iterable[Line]) -> int:
    """What somebody has: the sum of all lines, the amounts of credits (by id) among them."""
    return sum(credits_.values()) + sum(one.amount for one in lines)


def _applying(credits_: Iterable[Credit], visit: Visit, now: datetime) -> list[Credit]:
    return [one for one in usable(credits_, visit, now) if one.applies]


def _all(credits_: Iterable[Credit]) -> int:
    return sum(one.remaining for one in credits_)
