"""Gives requests of a group to its members, as the group shares them out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from caseline.crm.cards import Card, Deed, NewCard
from caseline.people.stores import presence
from caseline.people.turns import Choice, Turns

if TYPE_CHECKING:
    from caseline.crm.intake import Intake


@dataclass(frozen=True, slots=True)
class Shared:
    """What becomes of a request: columns to write, and what its event tells of them. Empty: nothing."""

    values: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)


def new(intake: "Intake", connection: sa.Connection, card: NewCard, deed: Deed) -> tuple[NewCard, Deed]:
    """A request that is being made, with whoever it goes to; one that names a person already stays as it is."""
    if not intake.shares or card.group_id is None or card.assignee_id is not None:
        return card, deed
    shared = _shared(intake, connection, card.group_id, deed.at)
    return replace(card, **shared.values), replace(deed, data={**deed.data, **shared.told})


def known(
    intake: "Intake", connection: sa.Connection, card: Card, at: datetime, *, by_hand: Turns = Turns.HAND
) -> Shared:
    """Whom an open request that nobody has goes to; it is locked first, as by everybody who changes it.

    `by_hand`: the rule for groups whose requests are given by hand.
    """
    if not intake.shares or card.group_id is None or card.assignee_id is not None or not card.open:
        return Shared()
    intake.cards.lock(connection, [card.id])
    return _shared(intake, connection, card.group_id, at, by_hand=by_hand)


def _shared(
    intake: "Intake", connection: sa.Connection, group_id: int, at: datetime, *, by_hand: Turns = Turns.HAND
) -> Shared:
    def load(persons: Sequence[int]) -> Mapping[int, int]:
        return intake.cards.open_of(connection, persons)

    def day() -> date:
        return today(intake, connection, at)

    choice = presence.take_turn(connection, group_id, day, load, by_hand=by_hand)
    return Shared() if choice is None else Shared({"assignee_id": choice.person}, _told(choice))


def _told(choice: Choice) -> Mapping[str, Any]:
    told: dict[str, Any] = {"assignee_id": choice.person, "assigned": "turn"}
    return told if choice.turn == choice.person else told | {"instead_of": choice.turn}


def today(intake: "Intake", connection: sa.Connection, at: datetime) -> date:
    """The date that a moment has where the house's default calendar counts."""
    return at.astimezone(ZoneInfo(intake.clocks.newest(connection, None).calendar.zone)).date()
