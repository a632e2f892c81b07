"""Opens a request by hand, with its category, group and deadline."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import find_request, keep_upload, know_calendars, obey_rules, save_request, typed_request, wiring
from caseline.actions.field_desk import Desk
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.card_port import Cards
from caseline.crm.cards import Card, Deed, NewCard, Stage
from caseline.crm.field_faults import Unsaved
from caseline.crm.field_values import Given, Reader
from caseline.crm.intake import Intake
from caseline.crm.refusals import Told
from caseline.people.access import Viewer
from caseline.people.rights import Right

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
    fields: Mapping[str, Given] = field(default_factory=dict)
    """Any others by their keys."""
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """A request as somebody has typed it at the desk."""

    values: Mapping[str, Given]
    """By keys of fields; references by id or by their exact name."""
    viewer: Viewer
    reader: Reader = field(default_factory=Reader)


def open_request(house: House, order: Order, *, now: datetime) -> Card:
    """Make a request; raises `Refused` when something that it names does not exist, `Unsaved` where rules are unmet."""
    if not order.subject.strip():
        raise Told("a request needs a subject: say in a few words what it is about")
    intake = wiring.own_intake(house, "opening requests")
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=now)
        known = stages(connection, intake.cards)
        values: dict[str, Given | None] = {
            "subject": order.subject,
            "description": order.description,
            "category": order.category,
            "stage": find_request.stage(known, order.stage).code if order.stage else None,
            "priority": order.priority,
            "channel": order.channel,
            "group": str(find_request.group(connection, order.group)) if order.group else None,
            "assignee": str(find_request.person(connection, order.assignee)) if order.assignee else None,
            "number": order.number,
            **order.fields,
        }
        by_id = find_request.person(connection, order.by) if order.by else None
        wish = NewRequest(
            values={name: value for name, value in values.items() if value is not None},
            viewer=save_request.at_command_line(by_id),
            reader=Reader(zone=intake.clocks.zone(connection, None), language="en"),
        )
        return made(connection, house, intake, wish, now=now)


def open_typed(house: House, wish: NewRequest, *, now: datetime) -> Card:
    """Make a request as it was typed at the desk; raises `Unsaved` with all that is wrong with it."""
    intake = wiring.own_intake(house, "opening requests")
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=now)
        return made(connection, house, intake, wish, now=now)


def made(connection: sa.Connection, house: House, intake: Intake, wish: NewRequest, *, now: datetime) -> Card:
    """The same in the caller's transaction, which must be rolled back when this raises."""
    if not wish.viewer.may(Right.WORK_REQUESTS):
        raise Told("your role only looks at requests: ask an administrator for another one")
    known, fields = stages(connection, intake.cards), connect.fields(house.settings.crm)
    book = fields.book(connection)
    desk = Desk(
        connection=connection,
        cards=intake.cards,
        fields=fields,
        book=book,
        viewer=wish.viewer,
        reader=wish.reader,
    )
    typed = typed_request.read(desk, {"stage": known[0].code, "escalated": False}, wish.values)
    if typed.faults:
        raise Unsaved("the new request", typed.faults)
    stage = find_request.stage(known, str(typed.changes.get("stage") or known[0].code))
    if stage.closed:
        raise Told("stage %(code)r is a closed one: open the request in another, then close it", code=stage.code)
    keep_upload.of_fields(house, connection, typed.changes, wish.values, now=now)
    columns = fields.columns({**typed.changes, "stage": stage.code})
    direct = {name: columns.pop(name) for name in list(columns) if name in NewCard.__dataclass_fields__}
    who = {"login": wish.viewer.name} if wish.viewer.login_id else {}
    card = intake.create(
        connection, NewCard(**direct, more=columns), Deed(at=now, by_id=wish.viewer.person_id, data=who)
    )
    obey_rules.note(connection, fields, book, card)
    return card


def stages(connection: sa.Connection, cards: Cards) -> list[Stage]:
    """The stages of requests; made first where there are none."""
    found = cards.stages(connection)
    if not found:
        cards.put_stages(connection, FIRST_STAGES)
        found = cards.stages(connection)
    return found
