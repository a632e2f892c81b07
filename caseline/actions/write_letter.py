"""Writes a letter about a request: queued with its Message-ID and standing in the timeline, both or neither."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import keep_upload, wiring
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.cards import Card, Deed
from caseline.crm.timeline import Assignment, Message, NewMessage
from caseline.crm.timeline_port import Timelines
from caseline.crm.vocabulary import MessageKind
from caseline.mail import message as mails
from caseline.mail import raw_store
from caseline.outbox import showing, template_book, templates
from caseline.outbox import store as outbox
from caseline.outbox.letters import Address, Attachment, Letter, Nature, NewLetter, Parent, State
from caseline.outbox.minting import Thread
from caseline.outbox.pictures import Picture
from caseline.outbox.tags import Tag
from caseline.outbox.templates import Words
from caseline.outbox.thread_index import ROOT
from caseline.timing import zones

_HEAD: Final = 1 << 20
"""Bytes of an answered mail that are read for what its headers name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is to be written, to whom, and why."""

    card: Card
    template: str
    to: Address
    values: Mapping[Tag, str]
    assignment: Assignment | None = None
    nature: Nature = Nature.PERSONAL
    occasion: str | None = None
    by_id: int | None = None
    secret_links: Sequence[str] = ()
    """Secret parts that stand in `values`."""
    ordered: bool = False
    of_one_house: bool = False
    """These two as in `NewLetter`."""
    files: Sequence[Attachment] = ()
    language: str | None = None
    """Of its words; None: that of the house."""
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    """Those that may stand in its HTML, by their names."""
    unsubscribe: str | None = None
    """As in `NewLetter`."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody writes, with files."""

    text: str
    files: Sequence[Attachment] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A letter that was written."""

    letter_id: int
    message_id: int | None
    """In the timeline; None: the letter was cancelled at once, beyond the limits, and nobody has written anything."""
    state: State
    new: bool
    """It was not there already for the same occasion."""


def write(house: House, connection: sa.Connection, draft: Draft, *, now: datetime) -> Written:
    """Queue a letter and keep it in the timeline, in the caller's transaction; it leaves after the commit.

    It answers the last message of its thread, the client's or the assignment's, so that mailers show them together.
    Raises `OutboxFault` and writes nothing for an address that cannot be written to.
    """
    timelines = connect.timelines(house.settings.crm)
    assignment_id = draft.assignment.id if draft.assignment else None
    words = worded(house, connection, draft, now=now)
    new = NewLetter(
        thread=Thread(draft.card.id, assignment_id),
        to=[draft.to],
        subject=words.subject,
        text=words.text,
        html=words.html,
        imported=False,
        nature=draft.nature,
        parent=_parent(connection, timelines.messages(connection, draft.card.id), assignment_id),
        sender_name=house.settings.mail_name,
        occasion=draft.occasion,
        ordered=draft.ordered,
        of_one_house=draft.of_one_house,
        attachments=[*draft.files, *standing(words)],
        secret_links=told(words, draft.secret_links, draft.unsubscribe),
        unsubscribe=draft.unsubscribe,
    )
    letter_id = outbox.queue(connection, new, wiring.mint(house, connection, now=now), now=now)
    letter = outbox.get(connection, letter_id)
    assert letter is not None  # noqa: S101 - it was queued in this transaction
    message_id, fresh = _keep(house, connection, timelines, letter, draft, now)
    return Written(letter_id, message_id, letter.state, fresh)


def worded(house: House, connection: sa.Connection, draft: Draft, *, now: datetime) -> Words:
    """The words of a letter, with everything filled in."""
    template = template_book.ready(connection, draft.template, draft.language or house.settings.mail_language)
    values = {**common(house, connection, draft.card), Tag.DATE: local(house, connection, now, hours=False)}
    return templates.render(template, {**values, **draft.values}, draft.pictures)


def standing(words: Words) -> list[Attachment]:
    """The pictures that stand in the HTML of a letter, as it takes them along."""
    return [Attachment(one.file_name, one.content_type, one.content, one.cid) for one in words.pictures]


def told(words: Words, secret_links: Sequence[str], more: str | None = None) -> list[str]:
    """Which secret parts a letter really tells."""
    whole = f"{words.subject} {words.text} {words.html} {more}"
    return [one for one in secret_links if one in whole]


def _keep(
    house: House, connection: sa.Connection, timelines: Timelines, letter: Letter, draft: Draft, now: datetime
) -> tuple[int | None, bool]:
    """Let the letter stand in the timeline; answers the id of its message, and whether the letter is new."""
    mail_id = letter.message_id.strip("<>")
    if draft.occasion is not None:  # else it is new; read only now, as somebody else may have written it meanwhile
        for one in timelines.messages(connection, draft.card.id):
            if one.mail_id == mail_id:
                return one.id, False
    if letter.state is State.CANCELLED:
        return None, True
    new = NewMessage(
        record_id=draft.card.id,
        kind=MessageKind.MAIL_OUT,
        sent_at=now,
        text=showing.shown(letter.text, letter.secret_links),
        subject=letter.subject,
        sender=_line(letter.sender),
        recipients=_line(draft.to),
        sender_address=letter.sender.address,
        told=[draft.to.address],
        mail_id=mail_id,
        # A mailer may leave nothing else of it in an answer.
        thread_id=b64encode(letter.thread_index[:ROOT]).decode(),
        author_id=draft.by_id,
        assignment_id=letter.thread.assignment_id,
        automatic=None if draft.nature is Nature.PERSONAL else draft.nature.value,
        attachments=keep_upload.kept(house, connection, [one for one in letter.attachments if not one.cid], now=now),
    )
    return timelines.append(connection, new, Deed(at=now, by_id=draft.by_id, data={"letter": letter.id})), True


def common(house: House, connection: sa.Connection, card: Card) -> dict[Tag, str]:
    """Values of tags that every letter about a request may ask for."""
    due = card.deadline
    shown = local(house, connection, due.due_at, due.calendar_id) if due else ""
    return {
        Tag.NUMBER: card.number or str(card.id),
        Tag.SUBJECT: card.subject,
        Tag.CLIENT_NAME: card.contact or "",
        Tag.COMPANY: card.company or "",
        Tag.GROUP: card.group or "",
        Tag.CATEGORY: card.category or "",
        Tag.STAGE: card.stage.label,
        Tag.RESPONSIBLE: card.assignee or "",
        Tag.DEADLINE: shown,
        Tag.SIGNATURE: house.settings.mail_signature,
    }


def local(
    house: House, connection: sa.Connection, at: datetime, calendar_id: str | None = None, *, hours: bool = True
) -> str:
    """A time as people of the calendar's zone write it, or its date; of the default calendar where none is named.

    In UTC where there is no calendar yet.
    """
    zone = wiring.intake(house).clocks.zone(connection, calendar_id)
    date = day(at, zone, house.settings.mail_language)
    return f"{date} {at.astimezone(zones.zone(zone)):%H:%M} ({zone})" if hours else date


def day(at: datetime, zone: str, language: str) -> str:
    """A date as people of a zone write it in a language."""
    form = "%d.%m.%Y" if language == "ru" else "%d %b %Y"
    return f"{at.astimezone(zones.zone(zone)):{form}}"


def _parent(connection: sa.Connection, messages: Sequence[Message], assignment_id: int | None) -> Parent | None:
    """The last message of the thread that a mailer can hang a letter on."""
    thread = [one for one in messages if one.mail_id and one.assignment_id == assignment_id and not one.automatic]
    if not thread:
        return None
    # By the order in which they came: senders' clocks go wrong.
    last = max(thread, key=lambda one: one.id)
    if last.kind is MessageKind.MAIL_OUT:
        (letter_id,) = outbox.by_message_id(connection, [f"<{last.mail_id}>"]).values() or (0,)
        letter = outbox.get(connection, letter_id)
        if letter is not None:
            return Parent(letter.message_id, letter.references, letter.thread_index)
    raw_id = None if last.mail_ref is None else raw_store.of_mail(connection, last.mail_ref)
    if raw_id is None:
        return Parent(f"<{(last.mail_id or '').strip('<>')}>")
    mail = mails.read(raw_store.head(connection, raw_id, _HEAD), whole=False)
    return Parent(f"<{last.mail_id}>", [f"<{one}>" for one in mail.references], mail.thread_index)


def _line(one: Address) -> str:
    return f"{one.name} <{one.address}>" if one.name else one.address
