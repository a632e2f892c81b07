"""Rules by which work finds a person: whose turn it is in a group, who has least, who stands in, who is whose head."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from caseline.people import trees


class Turns(StrEnum):
    """How the requests of a group are shared out."""

    HAND = "hand"
    """Somebody takes or gives them."""
    TURN = "turn"
    """Members take turns."""
    LOAD = "load"
    """Whoever has the fewest open requests gets the next."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Who is there on a day."""

    active: Collection[int]
    """Persons who work here at all."""
    away: Mapping[int, int | None]
    """Those who are absent on the day, with their deputies."""

    def stand_in(self, person: int) -> int | None:
        """The person, or while away the deputy, or the deputy's deputy; None when nobody of them is there."""
        seen: set[int] = set()
        at: int | None = person
        while at is not None and at not in seen:
            if at in self.active and at not in self.away:
                return at
            seen.add(at)
            # Who has left has no deputy any more: nobody keeps that one up to date.
            at = self.away.get(at) if at in self.active else None
        return None


@dataclass(frozen=True, slots=True)
class Choice:
    """Who gets the next request."""

    person: int
    turn: int
    """The member whose turn it is; another one where a deputy steps in."""


def in_turn(members: Sequence[int], last: int | None, presence: Presence) -> Choice | None:
    """The next member after `last`, by id and round again; whose turn nobody can take is passed over."""
    order = sorted(set(members))
    start = next((place for place, member in enumerate(order) if last is not None and member > last), 0)
    for member in (*order[start:], *order[:start]):
        person = presence.stand_in(member)
        if person is not None:
            return Choice(person, member)
    return None


def least_loaded(members: Sequence[int], load: Mapping[int, int], presence: Presence) -> Choice | None:
    """Whoever has the fewest open requests; the lower id where several have as few."""
    there = [Choice(person, member) for member in sorted(set(members)) if (person := presence.stand_in(member))]
    return min(there, key=lambda one: (load.get(one.person, 0), one.person), default=None)


def head_of(
    person: int, division: int | None, parents: Mapping[int, int | None], heads: Mapping[int, int | None]
) -> list[int]:
    """Heads of a person, nearest first: of the own division and of those above it; nobody is his own head."""
    found = [heads.get(one) for one in (() if division is None else trees.above(parents, division))]
    return list(dict.fromkeys(head for head in found if head is not None and head != person))


def present_head(candidates: Sequence[int], person: int, presence: Presence) -> int | None:
    """The nearest head who is there, or his deputy; who only stands in for the person himself is passed over."""
    for head in candidates:
        found = presence.stand_in(head)
        if found is not None and found != person:
            return found
    return None
