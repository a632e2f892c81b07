"""The door of the API: who calls, may they, is what they send what the endpoint takes."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import from_json
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from caseline.actions import keep_tokens
from caseline.actions.wiring import House
from caseline.people.access import Viewer
from caseline.people.bearers import Bearer
from caseline.people.rights import may
from caseline.web import language
from caseline.web.api import problems, refusals
from caseline.web.api.endpoint import GREATEST, Call, Endpoint, Model
from caseline.web.api.problems import Problem, Wrong
from caseline.web.language import Texts

MOST_BYTES: Final = 1_000_000
"""Of a body."""
_NOBODY: Final = "send your token: `Authorization: Bearer …`; tokens are made at the desk, under your name"
_KEY: Final = "idempotency-key"
_LONGEST_KEY: Final = 200


def doorman(house: House, endpoint: Endpoint):  # type: ignore[no-untyped-def] # noqa: ANN201 - Starlette's own type of endpoints
    """The endpoint as Starlette serves it."""

    async def serve(request: Request) -> Response:
        try:
            body = await _body(request) if endpoint.body is not None else b""
            return await run_in_threadpool(_admit, house, endpoint, request, body)
        except Problem as problem:
            return problems.answer(problem.status, problem.detail, problem.wrong, problem.more)

    return serve


async def _body(request: Request) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send JSON, and say so: `Content-Type: application/json`")
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > MOST_BYTES:
                raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {MOST_BYTES} bytes are taken")
    except ClientDisconnect as error:
        raise Problem(HTTPStatus.BAD_REQUEST, "the body broke off") from error
    return bytes(body)


def _admit(house: House, endpoint: Endpoint, request: Request, body: bytes) -> Response:
    now = datetime.now(UTC)
    bearer = _bearer(house, request, now)
    viewer = bearer.viewer
    if endpoint.needs is not None and not may(viewer.role, endpoint.needs):
        keep_tokens.turned_away(house, bearer, f"{endpoint.method} {request.url.path}", endpoint.needs, now=now)
        raise Problem(HTTPStatus.FORBIDDEN, f"the role {viewer.role} does not have the right {endpoint.needs}")
    path = _path(request.path_params)
    accepted = request.headers.get("accept-language", "")
    tongue = language.choose(None, accepted, otherwise=bearer.login.language)
    call = Call(
        house=house,
        viewer=viewer,
        texts=Texts(tongue, bearer.login.zone),
        now=now,
        path=path,
        query=None if endpoint.query is None else _query(endpoint.query, request),
        body=None if endpoint.body is None else _read(endpoint.body, body),
        once=_once(request, viewer) if endpoint.once else None,
    )
    try:
        made = endpoint.handle(call)
    except refusals.KINDS as error:
        raise refusals.problem(call.texts, error) from error
    return JSONResponse(made.model_dump(mode="json"), endpoint.status.value)


def _bearer(house: House, request: Request, now: datetime) -> Bearer:
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    found = keep_tokens.bearer(house, secret.strip(), now=now) if kind.lower() == "bearer" else None
    if found is None:
        raise Problem(HTTPStatus.UNAUTHORIZED, _NOBODY)
    return found


def _once(request: Request, viewer: Viewer) -> bytes | None:
    """By what a call is known again that a program sends a second time because it has heard no answer."""
    key = request.headers.get(_KEY)
    if key is None:
        return None
    if not 1 <= len(key) <= _LONGEST_KEY:
        wrong = Wrong(_KEY, f"write 1 to {_LONGEST_KEY} characters")
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "the key of the call cannot be taken", [wrong])
    return hashlib.sha256(f"api {viewer.login_id} {request.url.path}\0{key}".encode()).digest()


def _path(given: Mapping[str, Any]) -> dict[str, Any]:
    if any(isinstance(part, int) and part > GREATEST for part in given.values()):
        raise Problem(HTTPStatus.NOT_FOUND, refusals.ABSENT)
    return dict(given)


def _query(model: type[Model], request: Request) -> Model:
    given: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        several = name in model.model_fields and "list" in str(model.model_fields[name].annotation)
        if several:
            given.setdefault(name, []).append(value)
        elif name in given:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"{name} is given twice", [Wrong(name, "give it once")])
        else:
            given[name] = value
    return _valid(model, given)


def _read(model: type[Model], body: bytes) -> Model:
    try:
        sent = from_json(body)
    except ValueError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, f"that is no JSON: {error}") from error
    return _valid(model, sent)


def _valid(model: type[Model], sent: Any) -> Model:  # noqa: ANN401 - whatever JSON holds
    try:
        return model.model_validate(sent)
    except ValidationError as error:
        wrong = [Wrong(".".join(map(str, one["loc"])), one["msg"]) for one in error.errors(include_url=False)]
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "some of what was sent cannot be taken", wrong) from error
