"""The service for sites of others that show forms themselves: each call is signed by the key of its site."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final, TypeVar

from pydantic import ValidationError
from pydantic_core import from_json
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from caseline.actions import answer_ask, give_link, keep_sites
from caseline.actions.answer_ask import Saved, Visitor, Wish
from caseline.actions.wiring import House
from caseline.crm.refusals import Told
from caseline.feedback import links
from caseline.feedback.reading import CampaignUnfit
from caseline.feedback.signatures import Signed
from caseline.web.api import problems
from caseline.web.api.endpoint import Model
from caseline.web.api.problems import Problem, Wrong
from caseline.web.public import service_shapes
from caseline.web.public.brake import Brake
from caseline.web.public.door import POSTS_AN_HOUR
from caseline.web.public.service_shapes import MOST_BYTES, Answers, Kept, Wanted

Sent = TypeVar("Sent", bound=Model)
BAD_A_MINUTE: Final = 10
"""Calls of one network that nobody has signed."""


class Service:
    """Answers the calls."""

    def __init__(self, house: House, clock: Callable[[], datetime]) -> None:
        self._house, self._clock = house, clock
        self._bad = Brake(BAD_A_MINUTE)
        self._posts = Brake(POSTS_AN_HOUR, timedelta(hours=1))

    def routes(self) -> list[Route]:
        """GET changes nothing; POST answers."""
        told = service_shapes.document()

        async def document(_request: Request) -> Response:
            return JSONResponse(told)

        return [
            Route("/api/openapi.json", document),
            Route("/api/asks/{form}/{service}/{link}", _told(self._ask), methods=["GET", "POST"]),
            Route("/api/links", _told(self._link), methods=["POST"]),
        ]

    async def _ask(self, request: Request) -> Response:
        now = self._clock()
        body = await _body(request)
        site = await self._site(request, body, now)
        parts = request.path_params
        link = links.read(parts["form"], parts["service"], parts["link"])
        if request.method != "POST":
            found = await run_in_threadpool(answer_ask.look, self._house, link, now=now)
            if found is None:
                raise _unknown()
            return JSONResponse(service_shapes.shown(found).model_dump(mode="json"))
        sent = _read(body, Answers)
        if not self._posts.allows(f"{site} {link.id if link else ''}", now=now):
            raise Problem(HTTPStatus.TOO_MANY_REQUESTS, "this ask was answered very often within an hour: wait")
        wish = Wish(
            given={key: str(value) for key, value in sent.answers.items()},
            submission=sent.submission,
            mark="",
            language=sent.language,
            vouched=True,
        )
        who = Visitor(agent=f"site {site}")
        saved = await run_in_threadpool(answer_ask.save, self._house, link, wish, who, now=now)
        return JSONResponse(_kept(saved).model_dump(mode="json"))

    async def _link(self, request: Request) -> Response:
        now = self._clock()
        body = await _body(request)
        site = await self._site(request, body, now)
        wanted = _read(body, Wanted)
        if not self._posts.allows(f"{site} link {wanted.campaign} {wanted.request}", now=now):
            raise Problem(HTTPStatus.TOO_MANY_REQUESTS, "this link was asked for very often within an hour: wait")
        try:
            given = await run_in_threadpool(give_link.give, self._house, wanted.campaign, wanted.request, site, now=now)
        except (Told, CampaignUnfit) as error:
            raise Problem(HTTPStatus.CONFLICT, str(error)) from error
        if given is None:
            raise Problem(HTTPStatus.NOT_FOUND, "nobody is asked about it")
        return JSONResponse(service_shapes.linked(given).model_dump(mode="json"))

    async def _site(self, request: Request, body: bytes, now: datetime) -> str:
        address = request.client.host if request.client else ""
        if self._bad.holds(address, now=now):
            raise Problem(
                HTTPStatus.TOO_MANY_REQUESTS, "too many calls without a signature that is good: wait a minute"
            )
        code = request.headers.get("caseline-site", "")
        call = Signed(
            method=request.method,
            path=request.scope["raw_path"].decode("latin-1"),
            time=request.headers.get("caseline-time", ""),
            body=body,
            signature=request.headers.get("caseline-signature", ""),
        )
        good = await run_in_threadpool(keep_sites.signed, self._house, code, call, now=now)
        if not good:
            self._bad.failed(address, now=now)
            raise Problem(HTTPStatus.UNAUTHORIZED, "sign the call with the key of your site, by a clock that is right")
        return code


def _told(answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that tells what is wrong as problems."""

    async def endpoint(request: Request) -> Response:
        try:
            return await answer(request)
        except Problem as problem:
            made = problems.answer(problem.status, problem.detail, problem.wrong, problem.more)
            if problem.status is HTTPStatus.UNAUTHORIZED:
                made.headers["WWW-Authenticate"] = "Caseline-Signature"
            return made

    return endpoint


async def _body(request: Request) -> bytes:
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > MOST_BYTES:
                raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {MOST_BYTES} bytes are taken")
    except ClientDisconnect as error:
        raise Problem(HTTPStatus.BAD_REQUEST, "the body broke off") from error
    return bytes(body)


def _read(body: bytes, shape: type[Sent]) -> Sent:
    try:
        given = from_json(body)
    except ValueError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, f"the body is no JSON: {error}") from error
    try:
        return shape.model_validate(given, strict=True)
    except ValidationError as error:
        wrong = [Wrong(".".join(map(str, one["loc"])) or "body", one["msg"]) for one in error.errors()]
        raise problems.wrong_fields(wrong) from error


def _kept(saved: Saved | None) -> Kept:
    if saved is None:
        raise _unknown()
    if saved.sight.ended is not None:
        raise Problem(HTTPStatus.CONFLICT, f"the link takes no answer any more: {saved.sight.ended}")
    if saved.checked.faults:
        raise problems.wrong_fields([Wrong(key, fault.value) for key, fault in saved.checked.faults.items()])
    return Kept(state="answered" if saved.counted else "open", counted=saved.counted)


def _unknown() -> Problem:
    return Problem(HTTPStatus.NOT_FOUND, "something went wrong")
