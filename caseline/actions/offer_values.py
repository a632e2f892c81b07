"""Offers what a condition or a change of requests can name: values of a field, people, groups, companies by name."""

from typing import Final

from caseline.actions import list_requests, wiring
from caseline.actions.wiring import House
from caseline.crm.request_fields import RequestField
from caseline.listing import conditions, kinds
from caseline.listing.kinds import Kind
from caseline.listing.stores import labels
from caseline.people.access import Viewer

Offer = tuple[str, str]
"""A value as conditions write it, and how people call it."""
MOST: Final = 20


def fields(house: House) -> dict[str, RequestField]:
    """All fields that lists know, by key."""
    with house.engine.connect() as connection:
        return list_requests.fields(house, connection)


def values(house: House, viewer: Viewer, field: RequestField) -> list[Offer]:
    """All values of a field that has few of them, as far as somebody may know of them; none where people must type."""
    cards = wiring.intake(house).cards
    with house.engine.connect() as connection:
        if field.key == "stage":
            return [(stage.code, stage.label) for stage in cards.stages(connection)]
        if field.key == "category":
            return [(category.code, category.label) for category in cards.categories(connection)]
        if field.key == "group":
            return [(str(number), name) for number, name in labels.groups(connection)]
        if field.key == "assignee":
            return [(str(number), name) for number, name in labels.persons(connection)]
        if kinds.kind(field) not in {Kind.CHOICE, Kind.MANY}:
            return []
        found = dict.fromkeys((*field.choices, *labels.in_use(connection, viewer, field)))
        return [(value, value) for value in found]


def named(house: House, field: RequestField, text: str) -> list[Offer]:
    """Companies or contacts of about this name."""
    if not text.strip():
        return []
    with house.engine.connect() as connection:
        return [(str(number), name) for number, name in labels.like(connection, field.key, text, MOST)]


def names(house: House, viewer: Viewer, field: RequestField, ids: list[str]) -> list[Offer]:
    """The names of chosen companies or contacts."""
    with house.engine.connect() as connection:
        found = labels.names(connection, viewer, field.key, conditions.ids(ids))
    return [(str(number), name) for number, name in found.items()]
