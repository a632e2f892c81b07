"""Lets people sort mail otherwise than the rules did: split off, moved, merged, and each of it taken back."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from caseline.actions import find_request, know_calendars, open_request, wiring
from caseline.actions.find_request import Answer
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.cards import Card, Deed, NewCard, Refused
from caseline.crm.timeline import OUR_CHANNEL, Message
from caseline.mail import thread_store, verdicts
from caseline.mail.threads import Act


def split(house: House, message_id: int, *, by: str | None, now: datetime) -> Card:
    """Make a request of its own of a message that joined another one; ids that its mail named go along."""
    intake = wiring.own_intake(house, "splitting requests")
    timelines = connect.timelines(house.settings.crm)
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=now)
        one = _message(house, connection, message_id)
        old = intake.cards.get(connection, one.record_id)
        if old is None:
            raise Refused(f"message {message_id}: its request is gone: somebody has deleted it")
        by_id = find_request.person(connection, by) if by else None
        contact = timelines.contact_of(connection, one.record_id)
        new = NewCard(
            subject=one.subject or old.subject,
            description=(one.new_text or one.text).strip() or None,
            stage=open_request.stages(connection, intake.cards)[0].code,
            channel=OUR_CHANNEL,
            contact_id=contact.id if contact else None,
            company_id=contact.company_id if contact and one.unproven is None else None,
        )
        card = intake.create(connection, new, Deed(at=now, by_id=by_id, data={"split_from": one.record_id}))
        _move(house, connection, one, _decided(Act.NEW, card.id, by, now), now)
        timelines.link(connection, card.id, [one.record_id], "split", at=now)
        return card


def join(house: House, message_id: int, key: str, *, by: str | None, now: datetime) -> Card:
    """Move a message into the timeline of another request; ids that its mail named go along."""
    intake = wiring.own_intake(house, "moving messages")
    with house.engine.begin() as connection:
        one = _message(house, connection, message_id)
        card = find_request.request(connection, intake.cards, key)
        if card.id == one.record_id:
            raise Refused(f"message {message_id} stands in {card.name} already: nothing to move")
        _move(house, connection, one, _decided(Act.JOIN, card.id, by, now), now)
        return card


def merge(house: House, key: str, into: str, *, by: str | None, now: datetime) -> Answer:
    """Let a request go on in another one: its messages and assignments move, mails that name it join the other."""
    intake = wiring.own_intake(house, "merging requests")
    timelines = connect.timelines(house.settings.crm)
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=now)
        one = find_request.request(connection, intake.cards, key)
        other = find_request.request(connection, intake.cards, into)
        parties = {found.record_id: found for found in timelines.parties(connection, [one.id, other.id])}
        if one.id == other.id:
            raise Refused(f"{one.name} cannot be merged with itself: name another")
        for card in (one, other):
            if (gone := parties[card.id].merged_into) is not None:
                raise Refused(f"{card.name} is merged into request {gone} already: name that one")
        by_id = find_request.person(connection, by) if by else None
        deed = Deed(at=now, by_id=by_id)
        timelines.merge(connection, one.id, other.id, deed)
        thread_store.move_record(connection, one.id, other.id)
        closed = [stage for stage in intake.cards.stages(connection) if stage.closed]
        if not one.stage.closed and closed and intake.move(connection, one, closed[0], deed) is None:
            raise Refused(f"{one.name}: somebody else has changed it at this moment: look at it again")
        return Answer(other, done=True)


def unmerge(house: House, key: str, *, by: str | None, now: datetime) -> list[int]:
    """Take a merge back: the messages and assignments that moved stand in their request again; answers the messages."""
    intake = wiring.own_intake(house, "unmerging requests")
    timelines = connect.timelines(house.settings.crm)
    with house.engine.begin() as connection:
        card = find_request.request(connection, intake.cards, key)
        by_id = find_request.person(connection, by) if by else None
        moved = timelines.unmerge(connection, card.id, Deed(at=now, by_id=by_id))
        if moved is None:
            raise Refused(f"{card.name} is not merged into another: nothing to take back")
        thread_store.move_messages(connection, moved, card.id)
        return moved


def _message(house: House, connection: sa.Connection, message_id: int) -> Message:
    one = connect.timelines(house.settings.crm).message(connection, message_id)
    if one is None:
        raise Refused(f"message {message_id}: there is none of this number: `caseline request show` tells them")
    if one.imported:
        raise Refused(f"message {message_id} is imported: it stays where its source has it")
    return one


def _move(house: House, connection: sa.Connection, one: Message, said: dict[str, Any], now: datetime) -> None:
    """Let a message stand where somebody says; what was said of its mail before is kept."""
    timelines, record_id = connect.timelines(house.settings.crm), said["record_id"]
    timelines.move(connection, [one.id], record_id)
    if one.mail_ref is not None:
        # Whoever answers the same old letter once more shall find where the first answer is by now.
        old = thread_store.follows(connection, one.mail_ref)
        timelines.succeed(connection, one.record_id, record_id, old, at=now)
        thread_store.overrule(connection, one.mail_ref, said)


def _decided(act: Act, record_id: int, by: str | None, now: datetime) -> dict[str, Any]:
    return verdicts.as_data(verdicts.by_person(act, record_id), record_id, at=now, by=by or "person")
