"""Changes many requests at once, each by itself: what is refused for one keeps no other from being changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from caseline.actions import change_request, find_request, move_request, note_deed, seen, wiring
from caseline.actions.change_request import Changes
from caseline.actions.move_request import Move
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm.cards import Card, Refused
from caseline.crm.field_faults import RUSSIAN, Unsaved
from caseline.people.access import Viewer

MOST: Final = 1_000
"""Requests that may be changed at once."""
_AWAY: Final = (
    (
        "It belongs to others now, and its stage is theirs to change.",
        "Обращение теперь у других: стадию меняют они.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """New values; None leaves the old ones."""

    assignee: str | None = None
    """Id of a person."""
    group: str | None = None
    """Id of a group."""
    category: str | None = None
    stage: str | None = None

    @property
    def told(self) -> dict[str, str]:
        """What is wished for, as the audit log holds it."""
        found = {"assignee": self.assignee, "group": self.group, "category": self.category, "stage": self.stage}
        return {name: value for name, value in found.items() if value is not None}


class Result(StrEnum):
    """What became of one request."""

    DONE = "done"
    PARTLY = "partly"
    """Its values were changed, its stage was not."""
    REFUSED = "refused"
    OVERTAKEN = "overtaken"
    """Somebody else changed it at the same moment."""
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one request, and why."""

    record_id: int
    name: str
    subject: str
    result: Result
    reasons: tuple[tuple[str, str], ...] = ()
    """What is wrong with its fields, in English and Russian: the words of every other way of changing it."""
    refusal: Refused | None = None
    """Any other reason."""

    def said(self, language: str, say: Callable[[Refused], str] = str) -> list[str]:
        """Why, in the language of a page; `say`: how that one says any other refusal."""
        other = [] if self.refusal is None else [say(self.refusal)]
        return [russian if language == RUSSIAN else english for english, russian in self.reasons] + other


def change(house: House, viewer: Viewer, ids: Sequence[int], wish: Wish, *, now: datetime) -> list[Outcome]:
    """Change requests one after the other, each in transactions of its own; answers what became of each, in order.

    Done twice it does nothing new: what a request has already is refused or confirmed. Raises `NotOffered` where
    requests are changed in a portal.
    """
    wiring.own_intake(house, "changing requests")
    found = [_one(house, viewer, number, wish, now) for number in dict.fromkeys(ids[:MOST])]
    done = [outcome.record_id for outcome in found if outcome.result in {Result.DONE, Result.PARTLY}]
    data: dict[str, Any] = {**wish.told, "requests": done, "refused": len(found) - len(done)}
    note_deed.note(house, viewer.name, "requests_changed", "", data, now=now)
    return found


def cards(house: House, viewer: Viewer, ids: Sequence[int]) -> list[Card]:
    """The requests among these that somebody sees, in their order."""
    port = wiring.intake(house).cards
    with house.engine.connect() as connection:
        there = (port.get(connection, number) for number in dict.fromkeys(ids[:MOST]))
        return [card for card in there if card is not None and viewer.sees(card.group_id, card.assignee_id)]


def _one(house: House, viewer: Viewer, number: int, wish: Wish, now: datetime) -> Outcome:
    try:
        with house.engine.connect() as connection:
            card = seen.request(connection, wiring.intake(house).cards, viewer, number)
    except Absent:
        return Outcome(number, str(number), "", Result.ABSENT)
    return Outcome(number, card.number or str(number), card.subject, *_changed(house, viewer, card, wish, now))


_What = tuple[Result, tuple[tuple[str, str], ...], Refused | None]


def _changed(house: House, viewer: Viewer, card: Card, wish: Wish, now: datetime) -> _What:
    result = Result.REFUSED
    try:
        if wish.assignee or wish.group or wish.category:
            if not _values(house, viewer, card.id, wish, now):
                return Result.OVERTAKEN, (), None
            result = Result.PARTLY
        if wish.stage and wish.stage != card.stage.code:
            move = Move(key=find_request.by_id(card.id), stage=wish.stage, viewer=viewer)
            if not move_request.move(house, move, now=now).done:
                return Result.OVERTAKEN if result is Result.REFUSED else result, (), None
    except Unsaved as error:
        return result, tuple((one.said("en"), one.said(RUSSIAN)) for one in error.faults), None
    except Refused as error:
        return result, (), error
    except Absent:
        # It is gone, or its new values have just taken it out of the sight of whoever asks.
        return (result, _AWAY, None) if result is Result.PARTLY else (Result.ABSENT, (), None)
    return Result.DONE, (), None


def _values(house: House, viewer: Viewer, number: int, wish: Wish, now: datetime) -> bool:
    changes = Changes(
        assignee=wish.assignee,
        group=wish.group,
        category=wish.category,
        viewer=viewer,
    )
    return change_request.change(house, find_request.by_id(number), changes, now=now).done
