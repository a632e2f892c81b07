"""What sites of others send and are answered, and the OpenAPI document that says so."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from pydantic import Field
from pydantic.json_schema import models_json_schema

from caseline.actions.give_link import Given
from caseline.actions.open_ask import Sight
from caseline.feedback.forms import LONGEST_TEXT, MOST_QUESTIONS, RATED, Question
from caseline.feedback.states import State
from caseline.web.api.document import Problem
from caseline.web.api.endpoint import Model

MOST_BYTES: Final = 2 * 1024 * 1024
_SIGNED: Final = ("Caseline-Site", "Caseline-Time", "Caseline-Signature")
_PARTS: Final = ("form", "service", "link")
_REF: Final = "#/components/schemas/{model}"
Words = dict[str, str]
"""A text by language."""


class Choice(Model):
    """An answer that is offered."""

    code: str
    label: Words


class When(Model):
    """A question is asked only when another one has one of these answers."""

    question: str
    answers: list[str]


class Asked(Model):
    """A question of the form."""

    key: str
    kind: Literal["scale", "smileys", "nps", "choice", "text"]
    label: Words
    hint: Words
    required: bool
    lowest: int | None
    """Of what is rated."""
    highest: int | None
    options: list[Choice]
    when: When | None


class Shown(Model):
    """An ask as the client may see it."""

    state: Literal["open", "answered", "expired", "cancelled", "opted_out"]
    """Only `open` and `answered` take answers."""
    language: str
    """Of the letter."""
    title: Words
    thanks: Words
    questions: list[Asked]
    values: dict[str, int | str]
    """What was said so far."""
    answered_at: datetime | None
    until: datetime | None
    """When the link ends."""
    longest_text: int


class Answers(Model):
    """What a person has sent by a button."""

    submission: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{8,64}$")]
    """Of the page that was shown: the same one sent again is no second answer."""
    language: Literal["ru", "en"] = "ru"
    answers: Annotated[dict[str, int | str], Field(max_length=MOST_QUESTIONS)]
    """By the keys of questions."""


class Kept(Model):
    """The answers are kept."""

    state: Literal["open", "answered"]
    counted: bool
    """All that must be answered is, and counts."""


class Wanted(Model):
    """Whose form a site is about to show."""

    campaign: Annotated[str, Field(min_length=1, max_length=80)]
    """Code of a campaign of the channel `web`."""
    request: Annotated[str, Field(min_length=1, max_length=80)]
    """Number of the request, as its card has it."""


class Linked(Model):
    """A link of its own for the page that the site draws."""

    link: str
    """`form/service/id.secret`, by which the other calls know the ask."""
    until: datetime | None
    """When it ends."""


def linked(given: Given) -> Linked:
    """A link as it is told."""
    return Linked(link=given.link.path.removeprefix("/f/"), until=given.until)


def shown(found: Sight) -> Shown:
    """An ask as it is told."""
    received = found.ask.state in {State.ANSWERED, State.CLOSED}
    return Shown(
        state=found.ended.value if found.ended else "answered" if received else "open",
        language=found.ask.language,
        title=dict(found.form.title),
        thanks=dict(found.form.thanks),
        questions=[_asked(one) for one in found.form.questions],
        values=dict(found.values),
        answered_at=found.ask.answered_at,
        until=found.ask.expires_at,
        longest_text=LONGEST_TEXT,
    )


def _asked(one: Question) -> Asked:
    rated = one.kind in RATED
    return Asked(
        key=one.key,
        kind=one.kind.value,
        label=dict(one.label),
        hint=dict(one.hint),
        required=one.required,
        lowest=one.lowest if rated else None,
        highest=one.highest if rated else None,
        options=[Choice(code=code, label=dict(label)) for code, label in one.options],
        when=None if one.when is None else When(question=one.when.question, answers=sorted(one.when.answers)),
    )


_REFUSED: Final[Mapping[HTTPStatus, str]] = {
    HTTPStatus.UNAUTHORIZED: "The signature is none of a known site, or is older than five minutes.",
    HTTPStatus.NOT_FOUND: "It is no link of ours; nothing more is said.",
    HTTPStatus.TOO_MANY_REQUESTS: "That was too often.",
}
_POST_REFUSED: Final[Mapping[HTTPStatus, str]] = {
    **_REFUSED,
    HTTPStatus.BAD_REQUEST: "The body is no JSON.",
    HTTPStatus.CONFLICT: "The link takes no answer any more; nothing was kept.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Something cannot be taken; `errors` names it. Answers that hold are kept.",
}
_LINK_REFUSED: Final[Mapping[HTTPStatus, str]] = {
    **_POST_REFUSED,
    HTTPStatus.NOT_FOUND: "Nobody is asked about it on a site, or not yet, or not any more.",
    HTTPStatus.CONFLICT: "Nobody is to be asked; `detail` says why.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Something cannot be taken; `errors` names it.",
}


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    models = [(one, "validation") for one in (Shown, Answers, Kept, Wanted, Linked, Problem)]
    refs, schemas = models_json_schema(models, ref_template=_REF)  # type: ignore[arg-type] # one word for each of them
    body, wanted = (
        {"required": True, "content": {"application/json": {"schema": refs[one, "validation"]}}}
        for one in (Answers, Wanted)
    )
    common = {"parameters": [_parameter(name, "path") for name in _PARTS]}
    get = _operation("ask", "What a link shows; changes nothing", Shown, _REFUSED, refs)
    post = _operation("answer", "Answer, or correct an answer", Kept, _POST_REFUSED, refs)
    link = _operation("link", "A link to the form of a client whom the site knows", Linked, _LINK_REFUSED, refs)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "caseline: feedback",
            "version": "1",
            "description": "For sites that show forms themselves. Each call is signed: see docs/feedback-service.md.",
        },
        "servers": [{"url": "/api"}],
        "security": [{name: [] for name in _SIGNED}],
        "paths": {
            "/asks/{form}/{service}/{link}": {**common, "get": get, "post": {**post, "requestBody": body}},
            "/links": {"post": {**link, "requestBody": wanted}},
        },
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {name: {"type": "apiKey", "in": "header", "name": name} for name in _SIGNED},
        },
    }


def _parameter(name: str, where: str) -> dict[str, Any]:
    return {"name": name, "in": where, "required": True, "schema": {"type": "string", "minLength": 1, "maxLength": 60}}


def _operation(
    name: str,
    summary: str,
    answer: type[Model],
    refused: Mapping[HTTPStatus, str],
    refs: Any,  # noqa: ANN401 - pydantic's own mapping
) -> dict[str, Any]:
    good = {"description": "OK", "content": {"application/json": {"schema": refs[answer, "validation"]}}}
    bad = {"application/problem+json": {"schema": refs[Problem, "validation"]}}
    told = {str(status.value): {"description": text, "content": bad} for status, text in refused.items()}
    return {"operationId": name, "summary": summary, "responses": {"200": good, **told}}
