"""The call that changes many requests at once."""

from functools import partial
from http import HTTPStatus
from typing import Annotated, Final

from pydantic import Field

from caseline.actions import change_many
from caseline.people.rights import Right
from caseline.web.api import refusals
from caseline.web.api.endpoint import Call, Endpoint, Key, Model, Text
from caseline.web.api.problems import Problem

_NOTHING: Final = "nothing is to be changed: name assignee, group, category or stage"


class Bulk(Model):
    """What is changed in many requests; what is not named stays."""

    requests: Annotated[list[Key], Field(min_length=1, max_length=change_many.MOST)]
    assignee: Key | None = None
    group: Key | None = None
    category: Text | None = None
    stage: Text | None = None


class Result(Model):
    """What became of one request."""

    id: int
    result: change_many.Result
    reasons: list[str]


class Results(Model):
    """What became of each, in the order of the call."""

    results: list[Result]


def change_requests(call: Call) -> Results:
    """Change many requests, each by itself."""
    sent: Bulk = call.body
    wish = change_many.Wish(
        assignee=None if sent.assignee is None else f"id:{sent.assignee}",
        group=None if sent.group is None else f"id:{sent.group}",
        category=sent.category,
        stage=sent.stage,
    )
    if not any(wish.told.values()):
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, _NOTHING)
    found = change_many.change(call.house, call.viewer, sent.requests, wish, now=call.now)
    language, say = call.texts.language, partial(refusals.said, call.texts)
    return Results(
        results=[Result(id=one.record_id, result=one.result, reasons=one.said(language, say)) for one in found]
    )


ENDPOINTS: Final = (
    Endpoint(
        method="POST",
        path="/requests/bulk",
        handle=change_requests,
        summary="Change many requests, each by itself",
        answer=Results,
        needs=Right.CHANGE_MANY,
        body=Bulk,
    ),
)
