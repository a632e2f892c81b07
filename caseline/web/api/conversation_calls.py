"""Calls about what is said on a request: its timeline, comments, letters."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final

from pydantic import Field

from caseline.actions import read_request, write_on_request
from caseline.actions.write_letter import Said
from caseline.crm.field_faults import RUSSIAN
from caseline.crm.timeline import Attached
from caseline.outbox.letters import State
from caseline.people.rights import Right
from caseline.web.api.endpoint import Call, Endpoint, Model, Text
from caseline.web.desk import timeline_entries
from caseline.web.desk.event_words import Names
from caseline.web.desk.timeline_entries import Around, Entry

_GREATEST_PLACE: Final = 10_000_000


class TimelineQuery(Model):
    """Which part of a timeline."""

    start: Annotated[int, Field(ge=0, le=_GREATEST_PLACE, description="How many of the oldest lines to leave out")] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Letter(Model):
    """What has become of a letter."""

    id: int
    state: State
    reason: str | None = None


class File(Model):
    """A file of a message."""

    id: int | None
    name: str
    content_type: str
    bytes: int


class Happened(Model):
    """A line of a timeline: a message, or something that happened."""

    at: datetime
    kind: str
    """`mail_in`, `mail_out`, `comment` and so on of messages; `event` otherwise."""
    by: str
    said: str
    """Text of the message, or what happened."""
    subject: str | None = None
    message: int | None = None
    public: bool | None = None
    """Of a comment: whether the client may read it."""
    assignment: int | None = None
    doubt: str | None = None
    """Why its sender is not believed."""
    letter: Letter | None = None
    """Where it is a letter that has not left."""
    files: tuple[File, ...] = ()


class Timeline(Model):
    """A part of a timeline, the oldest line first."""

    lines: list[Happened]
    total: int
    next: int | None
    """`start` of the part that follows."""


class Comment(Model):
    """A comment."""

    text: Text
    public: bool = False


class Written(Model):
    """A message that was written."""

    message: int


class Reply(Model):
    """A letter to the client."""

    text: Text


class Replied(Model):
    """A letter that was written; it leaves with the next run of the outbox."""

    message: int | None
    letter: Letter


def timeline(call: Call) -> Timeline:
    """What was said and what happened, as the card tells it."""
    query: TimelineQuery = call.query
    part = read_request.timeline(call.house, call.viewer, call.id, query.start, query.limit)
    found = part.lines
    names = Names(
        {one.code: one.label for one in found.stages},
        {one.code: one.label for one in found.categories},
        found.assignments,
        {key: labels[call.texts.language == RUSSIAN] for key, labels in part.labels.items()},
    )
    around = Around(found.window.messages, found.letters, names)
    entries = timeline_entries.entries(call.texts, found.window.lines, around)
    end = query.start + len(found.window.lines)
    return Timeline(
        lines=[_happened(one) for one in entries],
        total=found.window.total,
        next=end if found.window.lines and end < found.window.total else None,
    )


def _happened(one: Entry) -> Happened:
    if one.message is None:
        told = [one.said.title, one.said.detail] if one.said else []
        return Happened(at=one.at, kind=one.kind, by=one.who, said=": ".join(part for part in told if part))
    message, letter = one.message, one.letter
    return Happened(
        at=one.at,
        kind=one.kind,
        by=one.who,
        said=message.text,
        subject=message.subject,
        message=message.id,
        public=message.public if one.kind == "comment" else None,
        assignment=message.assignment_id,
        doubt=one.doubt or None,
        letter=Letter(id=letter.id, state=letter.state, reason=letter.reason) if letter else None,
        files=tuple(_file(file) for file in one.files),
    )


def _file(one: Attached) -> File:
    return File(id=one.id, name=one.name, content_type=one.content_type, bytes=one.size)


def comment(call: Call) -> Written:
    """Write a comment for the house, or one that the client may read."""
    made = write_on_request.comment(call.house, call.asker, call.id, Said(call.body.text), public=call.body.public)
    return Written(message=made)


def reply(call: Call) -> Replied:
    """Write to the client."""
    made = write_on_request.reply(call.house, call.asker, call.id, Said(call.body.text))
    return Replied(message=made.message_id, letter=Letter(id=made.letter_id, state=made.state))


_ONE: Final = "/requests/{id:key}"
_SEES, _WORKS = Right.SEE_REQUESTS, Right.WORK_REQUESTS
ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path=f"{_ONE}/timeline",
        handle=timeline,
        summary="What was said on a request and what happened to it",
        answer=Timeline,
        needs=_SEES,
        query=TimelineQuery,
    ),
    Endpoint(
        method="POST",
        path=f"{_ONE}/comments",
        handle=comment,
        summary="Write a comment",
        answer=Written,
        needs=_WORKS,
        body=Comment,
        status=HTTPStatus.CREATED,
        once=True,
    ),
    Endpoint(
        method="POST",
        path=f"{_ONE}/replies",
        handle=reply,
        summary="Write to the client",
        answer=Replied,
        needs=_WORKS,
        body=Reply,
        status=HTTPStatus.CREATED,
        once=True,
    ),
)
