"""Writes on a request from the desk: to its client, to the outsider of an assignment, or a comment for the house."""

from dataclasses import dataclass, replace

from caseline.actions import (
    assign,
    find_request,
    give_assignment,
    keep_upload,
    reply_to_client,
    work_request,
    write_letter,
)
from caseline.actions.give_assignment import Given, Order
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.actions.work_request import Asker, Faulty, Work
from caseline.actions.write_letter import Said, Written
from caseline.crm.timeline import NewMessage
from caseline.crm.vocabulary import MessageKind
from caseline.outbox import autotext_book, care, template_book, templates
from caseline.outbox.tags import Tag
from caseline.outbox.templates import Template, Words

OURS = frozenset(code for code, _language in templates.shipped())
"""Templates that the house itself writes by; whatever others there are, somebody has made to answer with."""


def comment(house: House, asker: Asker, record_id: int, said: Said, *, public: bool) -> int:
    """Write a comment; answers the id of its message. Raises `Refused`, `Absent`, `DoneAlready`."""
    if not said.text.strip() and not said.files:
        raise Faulty("empty", "the comment is empty: write something, or add a file")
    with work_request.on(house, asker, record_id) as work:
        _stands(work)
        new = NewMessage(
            record_id=work.card.id,
            kind=MessageKind.COMMENT,
            sent_at=asker.now,
            text=said.text.strip(),
            sender=None if asker.viewer.person_id else asker.viewer.name,
            author_id=asker.viewer.person_id,
            public=public,
            attachments=keep_upload.kept(house, work.connection, said.files, now=asker.now),
        )
        return work.timelines.append(work.connection, new, work.deed)


def reply(house: House, asker: Asker, record_id: int, said: Said) -> Written:
    """Write to the client. Raises as `comment` does."""
    with work_request.on(house, asker, record_id) as work:
        _stands(work)
        _writable(work, said)
        _sent_from(house)
        by_id = asker.viewer.person_id
        return reply_to_client.write(house, work.connection, work.card, said, by_id=by_id, now=asker.now)


def answer(house: House, asker: Asker, record_id: int, assignment_id: int, said: Said) -> Given:
    """Write to the outsider of an assignment of this request, and to nobody else. Raises as `comment` does."""
    with work_request.on(house, asker, record_id) as work:
        _own(work, assignment_id)
        if not said.text.strip():
            raise Faulty("empty", "the letter is empty: say something")
        _sent_from(house)
        by_id = asker.viewer.person_id
        return assign.answered(house, work.connection, assignment_id, said, by_id=by_id, now=asker.now)


def give(house: House, asker: Asker, record_id: int, order: Order) -> Given:
    """Make an assignment, whoever it is for; its letter leaves at once. Raises as `comment` does."""
    with work_request.on(house, asker, record_id) as work:
        if not order.title.strip() or not order.text.strip():
            raise Faulty("untold", "an assignment needs a title and a text: say what is to be done")
        if not (order.contact or order.person):
            raise Faulty("nobody", "an assignment is for somebody: name an outsider or a person of the house")
        if order.contact:
            _sent_from(house)
        by_id = asker.viewer.person_id
        return give_assignment.given(house, work.connection, order, by_id=by_id, now=asker.now)


@dataclass(frozen=True, slots=True)
class Help:
    """What somebody can begin an answer with."""

    template: Template
    text: str
    """Its text with the tags of this request filled in."""


def beginnings(house: House, asker: Asker, record_id: int) -> list[Help]:
    """Templates to answer with, filled in for a request; signatures are left to the letter. Raises `Absent`."""
    language = house.settings.mail_language
    with work_request.on(house, asker, record_id) as work:
        found = template_book.every(work.connection)
        texts = autotext_book.texts(work.connection, language)
        every = [one for (_code, spoken), (one, _) in found.items() if spoken == language]
        mine = [templates.expanded(one, texts) for one in every if one.code not in OURS and not one.rating]
        values = {**_values(work), Tag.SIGNATURE: "", Tag.TEXT: ""}
        return [Help(one, templates.render(one, values).text.strip()) for one in mine]


def preview(house: House, asker: Asker, record_id: int, text: str) -> Words:
    """The letter to the client as it would leave. Raises `Refused` and `Absent`."""
    with work_request.on(house, asker, record_id) as work:
        _writable(work, Said(text))
        draft = reply_to_client.draft(house, work.connection, work.card, Said(text), by_id=None)
        return write_letter.worded(house, work.connection, draft, now=asker.now)


def own(house: House, asker: Asker, record_id: int, assignment_id: int) -> str | None:
    """Make sure that an assignment is one of this request; answers who asks, as actions name him. Raises `Absent`."""
    with work_request.on(house, asker, record_id) as work:
        _own(work, assignment_id)
    return find_request.doer(asker.viewer)


def withdraw(house: House, asker: Asker, record_id: int, letter_id: int) -> None:
    """A letter of this request that has not left will not leave. Raises `OutboxFault` and `Absent`."""
    with work_request.on(house, asker, record_id) as work:
        if care.record_of(work.connection, letter_id) != work.card.id:
            raise Absent(f"letter {letter_id}")
        care.cancel(work.connection, letter_id, now=asker.now)
        told = replace(work.deed, event="letter_withdrawn", data={**work.deed.data, "letter": letter_id})
        work.timelines.tell(work.connection, work.card.id, told)


def _values(work: Work) -> dict[Tag, str]:
    now = work.asker.now
    shown = write_letter.common(work.house, work.connection, work.card)
    return {**shown, Tag.DATE: write_letter.local(work.house, work.connection, now, hours=False)}


def _stands(work: Work) -> None:
    """Nobody merges the request until the transaction ends; raises `Refused` where somebody has."""
    work.timelines.hold(work.connection, [work.card.id])
    into = find_request.remaining(work.connection, work.timelines, work.card.id)
    if into is not None:
        raise Faulty("merged", f"{work.card.name} is merged into request {into}: write there", into=into)


def _writable(work: Work, said: Said) -> None:
    if not said.text.strip():
        raise Faulty("empty", f"{work.card.name}: the letter is empty: say something")
    contact = work.timelines.contact_of(work.connection, work.card.id)
    if contact is None or contact.email is None:
        raise Faulty("no_address", f"{work.card.name}: its contact has no mail address: give it one first")


def _sent_from(house: House) -> None:
    if house.settings.mail_address is None:
        raise Faulty("no_mail", "CASELINE_MAIL_ADDRESS: nobody has said our own address; set it (support@example.org)")


def _own(work: Work, assignment_id: int) -> None:
    if work.timelines.requests_of(work.connection, [assignment_id]).get(assignment_id) != work.card.id:
        raise Absent(f"assignment {assignment_id}")
