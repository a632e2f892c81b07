"""Merges requests at the desk, takes that back, and splits messages off; each after looking at what would move."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from caseline.actions import find_request, seen, sort_mail, wiring, work_request
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.actions.work_request import Asker, Faulty
from caseline.crm import connect
from caseline.crm.cards import Card
from caseline.crm.timeline import Assignment


@dataclass(frozen=True, slots=True)
class Preview:
    """What would move when a request is merged into another."""

    card: Card
    into: Card
    messages: int
    assignments: tuple[Assignment, ...]


def preview(house: House, asker: Asker, record_id: int, key: str) -> Preview:
    """What a merge would move. Raises `Refused` and `Absent`; a foreign request is one that there is not."""
    with house.engine.begin() as connection:
        card, into = _both(house, connection, asker, record_id, key)
        timelines = connect.timelines(house.settings.crm)
        moving = len(timelines.messages(connection, card.id))
        return Preview(card, into, moving, tuple(timelines.assignments(connection, card.id)))


def merge(house: House, asker: Asker, record_id: int, key: str) -> Card:
    """Let a request go on in another; answers that one. Raises as `preview` does."""
    with house.engine.begin() as connection:
        card, into = _both(house, connection, asker, record_id, key)
    named = [find_request.by_id(one.id) for one in (card, into)]
    return sort_mail.merge(house, *named, by=find_request.doer(asker.viewer), now=asker.now).card


def unmerge(house: House, asker: Asker, record_id: int) -> None:
    """Let a merged request stand by itself again. Raises `Refused`, and `Absent` where one of the two is foreign."""
    _both_seen(house, asker, record_id)
    sort_mail.unmerge(house, find_request.by_id(record_id), by=find_request.doer(asker.viewer), now=asker.now)


def split(house: House, asker: Asker, record_id: int, message_ids: Sequence[int]) -> Card:
    """Make a request of its own of messages of this one. Raises `Refused`, `Absent` and `DoneAlready`."""
    if not message_ids:
        raise Faulty("none_chosen", "no message is chosen: tick those that make the new request")
    with work_request.on(house, asker, record_id) as work:
        found = work.timelines.messages_of(work.connection, message_ids)
        if any(one.record_id != record_id for one in found.values()) or len(found) != len(set(message_ids)):
            raise Absent(f"messages of request {record_id}")
        return sort_mail.split_off(house, work.connection, message_ids, work.deed, by=asker.viewer.name)


def _both_seen(house: House, asker: Asker, record_id: int) -> None:
    with house.engine.begin() as connection:
        cards = wiring.intake(house).cards
        work_request.begin(connection, asker)
        seen.request(connection, cards, asker.viewer, record_id)
        # Taking a merge back moves messages out of the request that remains.
        into = connect.timelines(house.settings.crm).merges(connection, record_id).get(record_id)
        if into is not None:
            seen.request(connection, cards, asker.viewer, into)


def _both(house: House, connection: sa.Connection, asker: Asker, record_id: int, key: str) -> tuple[Card, Card]:
    cards = wiring.intake(house).cards
    work_request.begin(connection, asker)
    card = seen.request(connection, cards, asker.viewer, record_id)
    found = [one for one in cards.find(connection, key.strip()) if asker.viewer.sees(one.group_id, one.assignee_id)]
    if not found:
        raise Faulty("unknown", f"request {key!r}: there is none of this number: check it in the list of requests")
    if len(found) > 1:
        ids = ", ".join(str(one.id) for one in found)
        raise Faulty("several", f"request {key!r}: several have this number: {ids}", ids=ids)
    into = found[0]
    if into.id == card.id:
        raise Faulty("same", f"{card.name} cannot be merged with itself: name another")
    for one in (card, into):
        gone = find_request.remaining(connection, connect.timelines(house.settings.crm), one.id)
        if gone is not None:
            raise Faulty("merged", f"{one.name} is merged into request {gone}: name that one", into=gone)
    return card, into
