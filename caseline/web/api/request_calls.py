"""Calls about requests: lists of them, one, a new one, changes, another stage."""

from http import HTTPStatus
from typing import Annotated, Final

from pydantic import Field

from caseline.actions import list_requests, open_at_desk, read_request, save_request, work_at_desk
from caseline.actions.list_requests import Asked, Listing
from caseline.crm.field_faults import Fault
from caseline.listing import conditions, wanted
from caseline.listing.meaning import Moment
from caseline.people.rights import Right
from caseline.web.api import refusals, request_shapes
from caseline.web.api.endpoint import Call, Endpoint, Key, Model, Page, Text
from caseline.web.api.problems import Problem, Wrong, wrong_fields
from caseline.web.api.request_shapes import Line, RequestShown, SentValues
from caseline.web.desk import request_words

_MANY: Final = 40
_BROAD: Final = "the list cannot be found within a second: add a condition, such as a period or a company"
_NO_PLACE: Final = "that is no place in this list: send `next` of the part before, with the same conditions"
_NO_SORT: Final = "a list cannot be sorted by it"
_NO_FIELD: Final = "there is no such field"


class ListQuery(Page):
    """Which requests."""

    w: list[Text] = Field(max_length=_MANY, description="Conditions, all of which hold", default_factory=list)
    q: Annotated[Text, Field(max_length=500, description="Words to search for")] = ""
    sort: list[Text] = Field(
        max_length=3, description="A key of a field; `-` before it: downwards", default_factory=list
    )
    column: list[Text] = Field(max_length=50, description="Keys of extra fields to be told, too", default_factory=list)


class RequestList(Model):
    """A part of a list."""

    requests: list[Line]
    next: str | None
    """Where the list goes on."""
    search: str | None
    """What became of the search: found, many, nothing, not ready."""


class New(Model):
    """A request to be opened."""

    values: SentValues


class Opened(Model):
    """A request that was opened."""

    id: int
    version: int
    number: str | None


class Changes(Model):
    """What a request shall hold."""

    version: Key
    values: SentValues
    base: SentValues | None = None
    """What your form was drawn with: only what differs from it counts as typed."""
    merge: bool = False
    """Whether what others have changed in other fields meanwhile may stand."""


class Left(Model):
    """A value that was not saved, because such a request does not show its field."""

    field: str
    message: str


class Saved(Model):
    """A request that was saved."""

    id: int
    version: int
    changed: list[str]
    left_out: list[Left]


class Move(Model):
    """To which stage."""

    stage: Text
    version: Key


class Moved(Model):
    """Where a request stands now."""

    id: int
    version: int
    stage: str


def list_of_requests(call: Call) -> RequestList:
    """A part of a list."""
    query: ListQuery = call.query
    asked = Asked(
        viewer=call.viewer,
        moment=Moment(call.now, call.texts.zone),
        conditions=conditions.read_all(query.w),
        sorts=tuple(query.sort) or ("-created_at",),
        search=query.q.strip(),
    )
    if query.after and wanted.read_place(query.after, asked.mark) is None:
        raise wrong_fields([Wrong("after", _NO_PLACE)])
    found = list_requests.page(call.house, asked, query.after or "", query.column, most=query.limit)
    _sensible(call, query, found)
    search = None if found.searched is None else found.searched.value
    return RequestList(requests=[request_shapes.line(row) for row in found.rows], next=found.after, search=search)


def _sensible(call: Call, query: ListQuery, found: Listing) -> None:
    """Programs must not take a list that lacks a condition for the one that they have asked for."""
    wrong = [Wrong("w", f"{one.condition.text}: {request_words.fault(call.texts, one)}") for one in found.faults]
    sorted_by = {one.key for one in found.sorts}
    wrong += [Wrong("sort", f"{one}: {_NO_SORT}") for one in query.sort if one.removeprefix("-") not in sorted_by]
    wrong += [Wrong("column", f"{one}: {_NO_FIELD}") for one in query.column if one not in found.fields]
    if wrong:
        raise wrong_fields(wrong)
    if found.too_broad:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, _BROAD)


def one_request(call: Call) -> RequestShown:
    """A request with all that it holds."""
    return request_shapes.shown(call, read_request.held(call.house, call.viewer, call.id))


def open_request(call: Call) -> Opened:
    """A new request, through the intake of all channels."""
    order = open_at_desk.Order(values=request_shapes.given(call.body.values), reader=call.reader)
    card = open_at_desk.open_request_at_desk(call.house, call.asker, order)
    return Opened(id=card.id, version=card.version, number=card.number)


def change_request(call: Call) -> Saved:
    """Save fields, all or none."""
    sent: Changes = call.body
    wish = save_request.Wish(
        record_id=call.id,
        values=request_shapes.given(sent.values),
        viewer=call.viewer,
        version=sent.version,
        base=None if sent.base is None else request_shapes.given(sent.base),
        merge=sent.merge,
        reader=call.reader,
    )
    done = save_request.save(call.house, wish, now=call.now)
    left = [_left(call, one) for one in done.left]
    return Saved(id=done.card.id, version=done.card.version, changed=sorted(done.changed), left_out=left)


def _left(call: Call, fault: Fault) -> Left:
    return Left(field=fault.key, message=fault.words(call.texts.language))


def move_request(call: Call) -> Moved:
    """Another stage."""
    answer = work_at_desk.move(call.house, call.asker, call.id, call.body.stage, call.body.version)
    if not answer.done:
        raise refusals.overtaken(call.texts, answer.card.version)
    return Moved(id=answer.card.id, version=answer.card.version, stage=answer.card.stage.code)


ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path="/requests",
        handle=list_of_requests,
        summary="Requests that meet conditions, or that a search finds",
        answer=RequestList,
        needs=Right.SEE_REQUESTS,
        query=ListQuery,
    ),
    Endpoint(
        method="GET",
        path="/requests/{id:key}",
        handle=one_request,
        summary="A request",
        answer=RequestShown,
        needs=Right.SEE_REQUESTS,
    ),
    Endpoint(
        method="POST",
        path="/requests",
        handle=open_request,
        summary="Open a request",
        answer=Opened,
        needs=Right.WORK_REQUESTS,
        body=New,
        status=HTTPStatus.CREATED,
        once=True,
    ),
    Endpoint(
        method="PATCH",
        path="/requests/{id:key}",
        handle=change_request,
        summary="Change fields of a request",
        answer=Saved,
        needs=Right.WORK_REQUESTS,
        body=Changes,
        problems=(HTTPStatus.CONFLICT,),
    ),
    Endpoint(
        method="POST",
        path="/requests/{id:key}/stage",
        handle=move_request,
        summary="Move a request to another stage",
        answer=Moved,
        needs=Right.WORK_REQUESTS,
        body=Move,
        problems=(HTTPStatus.CONFLICT,),
    ),
)
