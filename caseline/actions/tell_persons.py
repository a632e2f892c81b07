"""Tells persons in front of the page of an ask from machines, as far as what they send tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from caseline.actions.open_ask import Sight
from caseline.feedback import asks, confirming, letter_states, signals
from caseline.feedback.page_marks import Mark
from caseline.feedback.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who comes, as far as it is kept."""

    net: str | None = None
    """As `signals.net` has it."""
    agent: str | None = None
    prefetch: bool = False
    """It said that it fetches ahead, or came as HEAD."""


def visited(connection: sa.Connection, found: Sight, visitor: Visitor, *, now: datetime) -> None:
    """It was shown to a person, unless something speaks for a machine."""
    ask, rule = found.ask, found.campaign.rule
    if ask.state is not State.SENT or visitor.prefetch or _early(connection, found, now):
        return
    came = [one for group in signals.of(connection, ask.id).values() for one in group]
    near = [one for one in came if now - one.at <= rule.burst]
    different = {one.value for one in near if one.value is not None}
    if len(different) > 1 or any(one.crowd for one in near):
        return
    asks.move(connection, ask, State.VISITED, by="client", now=now)


def walks(
    connection: sa.Connection, found: Sight, given: Mapping[str, str], mark: Mark, visitor: Visitor, *, now: datetime
) -> bool:
    """Whether Save looks like that of a machine which goes from link to link and presses what there is.

    It takes the value of the link as it is, and either comes with the letter, or has opened links of other values
    within the minute. A person of whom this is true presses once more, on a page that has no value of a link.
    """
    rated = found.rated
    said = {key: text.strip() for key, text in given.items() if text.strip()}
    if mark.value is None or rated is None or said != {rated.key: str(mark.value)}:
        return False
    rule = found.campaign.rule
    if _early(connection, found, now):
        return True
    since = now - rule.burst
    return len(signals.opened(connection, found.ask.id, net=visitor.net, agent=visitor.agent, since=since)) > 1


def _early(connection: sa.Connection, found: Sight, now: datetime) -> bool:
    return confirming.early(found.campaign.rule, letter_states.left(connection, found.ask), now)
