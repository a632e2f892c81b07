"""Lets people sort mail otherwise than the rules did: split off, moved, merged, and each of it taken back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions import find_request, know_calendars, obey_rules, open_request, wiring, writers
from caseline.actions.find_request import Answer
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.card_port import Cards
from caseline.crm.cards import Card, Deed, NewCard
from caseline.crm.refusals import Told
from caseline.crm.timeline import OUR_CHANNEL, Contact, Message
from caseline.crm.timeline_port import Timelines
from caseline.crm.vocabulary import MessageKind
from caseline.mail import message, raw_store, senders, thread_store, verdicts
from caseline.mail.threads import Act

_HEAD: Final = 1 << 20
"""Bytes of a mail that are read for its sender."""


def split(house: House, message_id: int, *, by: str | None, now: datetime) -> Card:
    """Make a request of its own of a message that joined another one; ids that its mail named go along."""
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=now)
        by_id = find_request.person(connection, by) if by else None
        return split_off(house, connection, [message_id], Deed(at=now, by_id=by_id), by=by)


def split_off(
    house: House, connection: sa.Connection, message_ids: Sequence[int], deed: Deed, *, by: str | None
) -> Card:
    """The same of several messages of one request, in the caller's transaction; the first makes the new request."""
    intake = wiring.own_intake(house, "splitting requests")
    timelines = connect.timelines(house.settings.crm)
    chosen = [_message(timelines, connection, each) for each in sorted(set(message_ids))]
    one = chosen[0]
    old = intake.cards.get(connection, one.record_id)
    if old is None:
        raise Told("message %(number)s: its request is gone: somebody has deleted it", number=one.id)
    if other := next((each for each in chosen if each.record_id != old.id), None):
        raise Told(
            "message %(number)s is none of %(name)s: split messages of one request", number=other.id, name=old.name
        )
    # In one order everywhere: contacts before requests, and these before messages, which a merge moves in any order.
    contact, certain = _contact(house, connection, timelines, one, deed.at)
    intake.cards.hold(connection)
    timelines.hold(connection, [old.id])
    for each in chosen:
        _hold(timelines, connection, each)
    if _alone(connection, timelines, chosen):
        raise Told(
            "message %(number)s is all that %(name)s consists of: `caseline mail move` or `caseline request"
            " merge` bring it into another",
            number=one.id,
            name=old.name,
        )
    new = NewCard(
        subject=one.subject or old.subject,
        description=(one.new_text or one.text).strip() or None,
        stage=open_request.stages(connection, intake.cards)[0].code,
        channel=OUR_CHANNEL,
        contact_id=contact.id if contact else None,
        company_id=contact.company_id if contact and certain else None,
    )
    told = replace(deed, data={**deed.data, "split_from": old.id})
    card = intake.create(connection, new, told)
    obey_rules.note_new(connection, house, card)
    for each in chosen:
        act = Act.NEW if each is one else Act.JOIN
        _move(timelines, connection, each, _decided(act, card.id, None, by, deed.at), deed)
    timelines.link(connection, card.id, [old.id], "split", at=deed.at)
    return card


def _contact(
    house: House, connection: sa.Connection, timelines: Timelines, one: Message, now: datetime
) -> tuple[Contact | None, bool]:
    """Whose the new request is, and whether that is certain enough for a company.

    It is of whoever wrote the mail; of a letter of ours or a comment, whose the old one was.
    """
    certain = one.unproven is None
    old = timelines.contact_of(connection, one.record_id)
    raw_id = raw_store.of_mail(connection, one.mail_ref) if one.kind is MessageKind.MAIL_IN and one.mail_ref else None
    mail = None if raw_id is None else message.read(raw_store.head(connection, raw_id, _HEAD), whole=False)
    writer = None if mail is None else writers.writer(mail, house)
    if mail is None or writer is None:
        return old, certain
    certain = certain and writer is mail.sender
    known = timelines.contacts(connection, writer.address)
    # Several may share an address.
    if old is not None and old.id in {each.id for each in known}:
        return old, certain
    return senders.contact_of(connection, timelines, writer, proven=certain, at=now).contact, certain


def _alone(connection: sa.Connection, timelines: Timelines, chosen: Sequence[Message]) -> bool:
    """Whether nothing but these messages makes their request."""
    opened = any(one.mail_ref is not None and thread_store.opened(connection, one.mail_ref) for one in chosen)
    return opened and len(timelines.messages(connection, chosen[0].record_id)) == len(chosen)


def join(
    house: House, message_id: int, key: str, *, assignment_id: int | None = None, by: str | None, now: datetime
) -> Card:
    """Move a message into the timeline of another request, or onto an assignment; ids that its mail named go along.

    Where it stood on an assignment of that request before, it does again.
    """
    intake = wiring.own_intake(house, "moving messages")
    timelines = connect.timelines(house.settings.crm)
    with house.engine.begin() as connection:
        by_id = find_request.person(connection, by) if by else None
        # In one order everywhere: requests before messages.
        card = find_request.standing(connection, intake.cards, timelines, key)
        one = _message(timelines, connection, message_id)
        _hold(timelines, connection, one)
        if card.id == one.record_id and assignment_id in {None, one.assignment_id}:
            raise Told(
                "message %(number)s stands in %(name)s already: nothing to move", number=message_id, name=card.name
            )
        before = thread_store.stood_on(connection, one.mail_ref) if one.mail_ref is not None else []
        found = timelines.requests_of(connection, [*before, *([assignment_id] if assignment_id else [])])
        if assignment_id is None:
            assignment_id = next((each for each in before if found.get(each) == card.id), None)
        elif found.get(assignment_id) != card.id:
            raise Told(
                "assignment %(number)s is none of %(name)s: `caseline request show` tells its own",
                number=assignment_id,
                name=card.name,
            )
        said = _decided(Act.JOIN, card.id, assignment_id, by, now)
        _move(timelines, connection, one, said, Deed(at=now, by_id=by_id))
        return card


def merge(house: House, key: str, into: str, *, by: str | None, now: datetime) -> Answer:
    """Let a request go on in another one: its messages and assignments move, mails that name it join the other."""
    intake = wiring.own_intake(house, "merging requests")
    timelines = connect.timelines(house.settings.crm)
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=now)
        intake.cards.hold(connection)
        one, other = _both(connection, intake.cards, timelines, key, into)
        by_id = find_request.person(connection, by) if by else None
        deed = Deed(at=now, by_id=by_id)
        closed = [stage for stage in intake.cards.stages(connection) if stage.closed]
        if not one.stage.closed and closed:
            moved = intake.move(connection, one, closed[0], deed)
            if moved is None:
                raise Told("%(name)s: somebody else has changed it at this moment: look at it again", name=one.name)
            obey_rules.note_new(connection, house, moved)
        timelines.merge(connection, one.id, other.id, deed)
        thread_store.move_record(connection, one.id, other.id)
        return Answer(other, done=True)


def _both(connection: sa.Connection, cards: Cards, timelines: Timelines, key: str, into: str) -> tuple[Card, Card]:
    """Two requests that stand by themselves; no mail comes into them until the transaction ends."""
    named = [find_request.request(connection, cards, each) for each in (key, into)]
    if named[0].id == named[1].id:
        raise Told("%(name)s cannot be merged with itself: name another", name=named[0].name)
    timelines.hold(connection, [card.id for card in named])
    for card in named:
        find_request.unmerged(connection, timelines, card)
    one, other = (cards.get(connection, card.id) or card for card in named)
    return one, other


def unmerge(house: House, key: str, *, by: str | None, now: datetime) -> list[int]:
    """Take a merge back: the messages and assignments that moved stand in their request again; answers the messages.

    So does what was written on these assignments since. Of merges one after the other the last is taken back first.
    """
    intake = wiring.own_intake(house, "unmerging requests")
    timelines = connect.timelines(house.settings.crm)
    with house.engine.begin() as connection:
        card = find_request.request(connection, intake.cards, key)
        by_id = find_request.person(connection, by) if by else None
        into = _into(connection, timelines, card.id)
        timelines.hold(connection, [card.id, *([into] if into is not None else [])])
        if into is None or _into(connection, timelines, card.id) != into:
            raise Told("%(name)s is not merged into another: nothing to take back", name=card.name)
        further = _into(connection, timelines, into)
        if further is not None:
            raise Told(
                "%(name)s is merged into request %(into)s, which is merged into request %(further)s itself:"
                " `caseline request unmerge id:%(into)s` comes first",
                name=card.name,
                into=into,
                further=further,
            )
        moved = timelines.unmerge(connection, card.id, Deed(at=now, by_id=by_id)) or []
        thread_store.move_messages(connection, moved, card.id)
        return moved


def _into(connection: sa.Connection, timelines: Timelines, record_id: int) -> int | None:
    return timelines.merges(connection, record_id).get(record_id)


def _message(timelines: Timelines, connection: sa.Connection, message_id: int) -> Message:
    one = timelines.message(connection, message_id)
    if one is None:
        raise Told(
            "message %(number)s: there is none of this number: `caseline request show` tells them", number=message_id
        )
    if one.imported:
        raise Told("message %(number)s is imported: it stays where its source has it", number=message_id)
    return one


def _hold(timelines: Timelines, connection: sa.Connection, one: Message) -> None:
    """Nobody else moves a message until the transaction ends; raises `Refused` where somebody just has."""
    now = timelines.message(connection, one.id, hold=True)
    if now is None or (now.record_id, now.assignment_id) != (one.record_id, one.assignment_id):
        raise Told("message %(number)s: somebody else has moved it at this moment: look at it again", number=one.id)


def _move(timelines: Timelines, connection: sa.Connection, one: Message, said: dict[str, Any], deed: Deed) -> None:
    """Let a message stand where somebody says; what was said of its mail before is kept."""
    record_id = said["record_id"]
    timelines.move(connection, one.id, record_id, said["assignment_id"], deed)
    if one.mail_ref is not None:
        # Whoever answers the same old letter once more shall find where the first answer is by now.
        old = thread_store.follows(connection, one.mail_ref)
        timelines.succeed(connection, one.record_id, record_id, old, deed)
        thread_store.overrule(connection, one.mail_ref, said)


def _decided(act: Act, record_id: int, assignment_id: int | None, by: str | None, now: datetime) -> dict[str, Any]:
    return verdicts.as_data(verdicts.by_person(act, record_id, assignment_id), record_id, at=now, by=by or "person")
