"""Extra fields, rules, people, companies and viewers for tests of saving requests."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions import keep_rules, save_request
from caseline.actions.editing import Editor
from caseline.actions.save_request import Saved, Wish
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm import tables as crm
from caseline.crm.cards import Card
from caseline.crm.field_rules import Condition, Effect, Op, Rule
from caseline.crm.field_values import Given, Reader
from caseline.crm.request_fields import RequestField
from caseline.crm.vocabulary import Type
from caseline.people import tables as people
from caseline.people.access import Scope, Viewer
from caseline.people.rights import Role

NOW: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ADMIN: Final = Editor("admin", NOW)
READER: Final = Reader(zone="Europe/Moscow", language="en")
AGENT: Final = Viewer(login_id=7, name="anna", role=Role.AGENT)


def in_groups(*groups: int, person_id: int | None = None) -> Viewer:
    """An agent who sees requests of these groups only."""
    return Viewer(
        login_id=8, name="petr", role=Role.AGENT, person_id=person_id, groups=frozenset(groups), scope=Scope.GROUPS
    )


def field(house: House, name: str, kind: Type = Type.TEXT, **more: Any) -> str:  # noqa: ANN401 - of a field
    """Make or change an extra field; answers its key."""
    made = replace(RequestField(name=name, type=kind, label=name, extra=True), **more)
    with house.engine.begin() as connection:
        connect.fields(house.settings.crm).put_field(connection, made)
    return made.key


def require(house: House, key: str, when: str = "", *values: str) -> int:
    """Require a field, always or when another one is one of these values."""
    conditions = (Condition(field=when, op=Op.IN, values=values),) if when else ()
    rule = Rule(effect=Effect.REQUIRE, field=key, conditions=conditions)
    return keep_rules.put_rule(house, rule, ADMIN)


def show(house: House, key: str, when: str, *values: str) -> int:
    """Show a field only when another one is one of these values."""
    rule = Rule(effect=Effect.SHOW, field=key, conditions=(Condition(field=when, op=Op.IN, values=values),))
    return keep_rules.put_rule(house, rule, ADMIN)


def row(house: House, table: sa.Table, **values: Any) -> int:  # noqa: ANN401 - of a row
    """Insert a row; answers its id."""
    with house.engine.begin() as connection:
        made: int = connection.execute(sa.insert(table).values(**values).returning(table.c.id)).scalar_one()
    return made


def person(house: House, name: str, **more: Any) -> int:  # noqa: ANN401 - of a person
    """Somebody who works here."""
    return row(house, people.person, name=name, **more)


def group(house: House, name: str) -> int:
    """A group of people."""
    return row(house, people.group, name=name)


def company(house: House, name: str) -> int:
    """A firm."""
    return row(house, crm.company, name=name)


def save(house: House, card: Card, values: Mapping[str, Given], **more: Any) -> Saved:  # noqa: ANN401 - of a wish
    """Save as an agent."""
    wish = Wish(record_id=card.id, values=values, viewer=AGENT, reader=READER)
    return save_request.save(house, replace(wish, **more), now=NOW)


def held(house: House, card: Card) -> dict[str, Any]:
    """What a request holds now."""
    with house.engine.connect() as connection:
        found = connect.fields(house.settings.crm).values(connection, card.id)
    return {key: value for key, value in found.items() if value is not None}


def violated(house: House, card: Card) -> list[str]:
    """Which obligatory fields a request is known to leave empty."""
    with house.engine.connect() as connection:
        return connect.fields(house.settings.crm).violated(connection, card.id)


def events(house: House, card: Card, kind: str) -> list[dict[str, Any]]:
    """What the event log tells of a request."""
    with house.engine.connect() as connection:
        query = sa.select(crm.event.c.data).where(crm.event.c.record_id == card.id, crm.event.c.type == kind)
        return list(connection.execute(query.order_by(crm.event.c.id)).scalars())
