"""Reads a request for programs: what it holds in its fields as values, its assignments, parts of its timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from caseline.actions import seen, show_request, wiring
from caseline.actions.see_request import Earlier, Window
from caseline.actions.wiring import House
from caseline.crm import connect, field_words
from caseline.crm.cards import Card
from caseline.crm.field_values import Value
from caseline.crm.request_fields import RequestField
from caseline.crm.timeline import Assignment, Origin
from caseline.crm.vocabulary import REQUEST, Type
from caseline.people.access import Viewer


@dataclass(frozen=True, slots=True)
class Held:
    """A request with what it holds."""

    card: Card
    fields: Mapping[str, RequestField]
    """Those in use, by key."""
    values: Mapping[str, Value]
    """By key; references are ids."""
    names: Mapping[tuple[str, int], str]
    """Of what references point at, by (entity, id)."""


def held(house: House, viewer: Viewer, record_id: int) -> Held:
    """What a request holds; a field that points at a request that is not shown to this viewer holds nothing.

    Raises `Absent`.
    """
    port, cards = connect.fields(house.settings.crm), wiring.intake(house).cards
    with house.engine.connect() as connection:
        card = seen.request(connection, cards, viewer, record_id)
        known = {key: one for key, one in port.book(connection).fields.items() if one.active}
        values = dict(port.values(connection, record_id))
        wanted: dict[str, list[int]] = {}
        for key, one in known.items():
            target = values.get(key)
            if one.type is not Type.REFERENCE or not isinstance(target, int):
                continue
            other = cards.get(connection, target) if one.to == REQUEST else None
            if one.to == REQUEST and (other is None or not viewer.sees(other.group_id, other.assignee_id)):
                values[key] = None
            else:
                wanted.setdefault(str(one.to), []).append(target)
        return Held(card, known, values, port.names(connection, wanted))


def assignments(house: House, viewer: Viewer, record_id: int) -> Sequence[Assignment]:
    """The assignments of a request; raises `Absent`."""
    with house.engine.connect() as connection:
        card = seen.request(connection, wiring.intake(house).cards, viewer, record_id)
        return connect.timelines(house.settings.crm).assignments(connection, card.id)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a timeline."""

    lines: Earlier
    labels: Mapping[str, tuple[str, str]]
    """What fields are called in English and Russian, by key."""


def timeline(house: House, viewer: Viewer, record_id: int, start: int, most: int) -> Part:
    """So many lines of a timeline from a place on, the oldest first; raises `Absent`."""
    cards, timelines = wiring.intake(house).cards, connect.timelines(house.settings.crm)
    with house.engine.connect() as connection:
        card = seen.request(connection, cards, viewer, record_id)
        lines = timelines.happened(connection, card.id)
        part = tuple(lines[start : start + most])
        ids = [line.id for line in part if line.origin is Origin.MESSAGE]
        window = Window(part, start, len(lines), None, timelines.messages_of(connection, ids))
        told = Earlier(
            card=card,
            window=window,
            letters=show_request.letters(connection, list(window.messages.values())),
            stages=tuple(cards.stages(connection)),
            categories=tuple(cards.categories(connection)),
            assignments={one.id: one.title for one in timelines.assignments(connection, card.id)},
        )
        book = connect.fields(house.settings.crm).book(connection)
        return Part(told, {key: field_words.labels(one) for key, one in book.fields.items()})
