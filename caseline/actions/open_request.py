"""Opens a request by hand, with its category, group and deadline."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import find_request, know_calendars, wiring
from caseline.actions.wiring import House
from caseline.crm.card_port import Cards
from caseline.crm.cards import Card, Deed, NewCard, Refused, Stage

FIRST_STAGES: Final = (
    Stage(code="new", label="Новое", position=10),
    Stage(code="working", label="В работе", position=20),
    Stage(code="waiting", label="Ждём клиента", pauses=True, position=30),
    Stage(code="closed", label="Закрыто", closed=True, position=40),
)
"""What an empty register begins with; an import brings the stages of its source instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A request as somebody tells it: people, groups and stages by name."""

    subject: str
    description: str | None = None
    category: str | None = None
    stage: str | None = None
    priority: str | None = None
    channel: str | None = None
    group: str | None = None
    assignee: str | None = None
    number: str | None = None
    by: str | None = None


def open_request(house: House, order: Order, *, now: datetime) -> Card:
    """Make a request; raises `Refused` when something that it names does not exist."""
    if not order.subject.strip():
        raise Refused("a request needs a subject: say in a few words what it is about")
    intake = wiring.own_intake(house, "opening requests")
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=now)
        first, *others = stages(connection, intake.cards)
        stage = find_request.stage([first, *others], order.stage) if order.stage else first
        if stage.closed:
            raise Refused(f"stage {stage.code!r} is a closed one: open the request in another, then close it")
        new = NewCard(
            subject=order.subject.strip(),
            description=order.description,
            stage=stage.code,
            priority=order.priority,
            channel=order.channel,
            category=order.category,
            group_id=find_request.group(connection, order.group) if order.group else None,
            assignee_id=find_request.person(connection, order.assignee) if order.assignee else None,
            number=order.number,
        )
        by_id = find_request.person(connection, order.by) if order.by else None
        return intake.create(connection, new, Deed(at=now, by_id=by_id))


def stages(connection: sa.Connection, cards: Cards) -> list[Stage]:
    """The stages of requests; made first where there are none."""
    found = cards.stages(connection)
    if not found:
        cards.put_stages(connection, FIRST_STAGES)
        found = cards.stages(connection)
    return found
