"""Calls about work on requests."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final

from pydantic import Field

from caseline.actions import read_request, work_assignment, write_on_request
from caseline.actions.give_assignment import Order
from caseline.actions.work_assignment import End
from caseline.crm.timeline import Assignment, AssignmentState
from caseline.people.rights import Right
from caseline.web.api.endpoint import Call, Endpoint, Key, Model, Text

_MOST_HOURS: Final = 10_000


class AssignmentShown(Model):
    """Work on a request."""

    id: int
    request: int
    title: str
    text: str
    state: AssignmentState
    person: int | None
    contact: int | None
    worker: str | None
    due_at: datetime | None
    created_at: datetime
    ended_at: datetime | None
    by: str | None


class Assignments(Model):
    """Work on a request, the oldest first."""

    assignments: list[AssignmentShown]


class Work(Model):
    """Work to be given: to a person of the house, or to a contact outside, who gets a letter."""

    title: Text
    text: Text
    person: Key | None = None
    contact: Text | None = None
    """By `id:5`, mail address or name."""
    hours: Annotated[int | None, Field(ge=1, le=_MOST_HOURS)] = None
    """Business hours up to its deadline."""
    checklist: list[Text] = Field(max_length=100, default_factory=list)


class GivenWork(Model):
    """Work that was given."""

    assignment: AssignmentShown
    letter: int | None
    trouble: str
    """Why there is no letter; empty where there is one, or where none is needed."""


class Ended(Model):
    """How work ends."""

    state: Annotated[str, Field(pattern="^(done|cancelled)$")] = AssignmentState.DONE.value
    remark: Annotated[Text, Field(max_length=work_assignment.LONGEST_NOTE)] = ""


def assignments(call: Call) -> Assignments:
    """The work on a request."""
    found = read_request.assignments(call.house, call.viewer, call.id)
    return Assignments(assignments=[_assignment(one) for one in found])


def give_assignment(call: Call) -> GivenWork:
    """Give work; an outsider gets a letter at once."""
    sent: Work = call.body
    order = Order(
        request=f"id:{call.id}",
        title=sent.title,
        text=sent.text,
        contact=sent.contact or None,
        person=None if sent.person is None else f"id:{sent.person}",
        hours=sent.hours,
        checklist=sent.checklist,
    )
    made = write_on_request.give(call.house, call.asker, call.id, order)
    return GivenWork(assignment=_assignment(made.assignment), letter=made.letter_id, trouble=made.trouble)


def end_assignment(call: Call) -> AssignmentShown:
    """Say that work is done, or not needed any more."""
    how = End(AssignmentState(call.body.state), call.body.remark)
    return _assignment(work_assignment.end(call.house, call.viewer, call.id, how, now=call.now))


def _assignment(one: Assignment) -> AssignmentShown:
    return AssignmentShown(
        id=one.id,
        request=one.record_id,
        title=one.title,
        text=one.text,
        state=one.state,
        person=one.assignee_id,
        contact=one.contact_id,
        worker=one.contact if one.external else one.assignee,
        due_at=one.due_at,
        created_at=one.created_at,
        ended_at=one.ended_at,
        by=one.by,
    )


_ONE: Final = "/requests/{id:key}"
_SEES, _WORKS = Right.SEE_REQUESTS, Right.WORK_REQUESTS
ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path=f"{_ONE}/assignments",
        handle=assignments,
        summary="Work on a request",
        answer=Assignments,
        needs=_SEES,
        tag="assignments",
    ),
    Endpoint(
        method="POST",
        path=f"{_ONE}/assignments",
        handle=give_assignment,
        summary="Give work on a request",
        answer=GivenWork,
        needs=_WORKS,
        body=Work,
        status=HTTPStatus.CREATED,
        once=True,
        tag="assignments",
    ),
    Endpoint(
        method="POST",
        path="/assignments/{id:key}/end",
        handle=end_assignment,
        summary="End work",
        answer=AssignmentShown,
        needs=_SEES,
        body=Ended,
        tag="assignments",
    ),
)
