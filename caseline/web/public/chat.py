"""The page of a web chat, with and without its script, and the calls of messengers."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from caseline.actions import hook_chat, web_chat
from caseline.actions.web_chat import Answer, Fault, Said, Sight
from caseline.actions.wiring import House
from caseline.chat.faults import Unread
from caseline.chat.gateway import LONGEST
from caseline.web import bodies
from caseline.web.language import Texts
from caseline.web.public import pages
from caseline.web.public.door import Door

_SEE_OTHER, _BAD, _CONFLICT, _LARGE, _TOO_MANY = 303, 400, 409, 413, 429
_NOTHING_NEW: Final = 204
_STATUS: Final = {Fault.TOO_MANY: _TOO_MANY, Fault.TOO_LONG: _LARGE, Fault.ENDED: _CONFLICT}
_LINK: Final = re.compile(r"(https?://[^\s<>\"]+)")
_LARGEST_CALL: Final = 256 * 1024
POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
"""Unlike other public pages this one has a script, which asks our own host alone."""


def routes(house: House, door: Door, clock: Callable[[], datetime]) -> list[Route]:
    """The page, what its script asks for, and where messengers call."""

    async def page(request: Request, now: datetime) -> Response | None:
        return await _answer(house, request, now)

    async def news(request: Request) -> Response:
        now, tail = clock(), request.path_params["link"]
        if not door.may_poll(request, tail, now):
            return Response(status_code=_TOO_MANY, headers={"Retry-After": "60"})
        found = await run_in_threadpool(web_chat.see, house, tail)
        if found is None:
            return door.refused(request, now)
        same = found.mark == request.query_params.get("mark", "")
        return Response(status_code=_NOTHING_NEW) if same else _page(house, request, found)

    async def call(request: Request) -> Response:
        now = clock()
        shown = (request.path_params.get("secret", ""), request.headers.get(hook_chat.HEADER, ""))
        if not hook_chat.trusted(house, *shown):
            return door.refused(request, now)
        return await _called(house, request, now)

    return [
        Route("/c/{link}", door.guarded(page, each="link"), methods=["GET", "POST"]),
        Route("/c/{link}/news", news, methods=["GET"]),
        Route("/hook/chat", call, methods=["POST"]),
        Route("/hook/chat/{secret}", call, methods=["POST"]),
    ]


async def _answer(house: House, request: Request, now: datetime) -> Response | None:
    link = request.path_params["link"]
    if request.method != "POST":
        found = await run_in_threadpool(web_chat.see, house, link)
        return None if found is None else _page(house, request, found)
    if not pages.own_wish(house, request):
        return None
    form = await bodies.form(request)
    turn = form.get("turn", "")
    said = Said(
        text=form.get("text", ""),
        button=form.get("button"),
        key=form.get("key", ""),
        turn=int(turn) if turn.isascii() and turn.isdigit() and len(turn) < 6 else 0,  # noqa: PLR2004 - more never are
    )
    answer: Answer | None = await run_in_threadpool(web_chat.post, house, link, said, now=now)
    if answer is None:
        return None
    if answer.fault is None:
        # A page that is loaded again must not send the form again.
        return RedirectResponse(f"{pages.prefix(house)}/c/{link}", _SEE_OTHER)
    return _page(house, request, answer.sight, answer.fault, said.text)


def _page(house: House, request: Request, found: Sight, fault: Fault | None = None, typed: str = "") -> HTMLResponse:
    prefix = pages.prefix(house)
    drawn = pages.environment(found.language).get_template("chat.html")
    content = drawn.render(
        texts=Texts(found.language, found.zone),
        language=found.language,
        sheets=[f"{prefix}/{pages.asset(name)}" for name in ("public.css", "chat.css")],
        script=f"{prefix}/{pages.asset('chat.js')}",
        path=f"{prefix}/c/{request.path_params['link']}",
        sender=house.settings.mail_name,
        found=found,
        fault=fault,
        typed=typed,
        longest=LONGEST,
        pieces=_pieces,
    )
    return HTMLResponse(content, 200 if fault is None else _STATUS[fault], {"Content-Security-Policy": POLICY})


def _pieces(text: str) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is a link."""
    return [(piece, number % 2 == 1) for number, piece in enumerate(_LINK.split(text)) if piece]


async def _called(house: House, request: Request, now: datetime) -> Response:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST_CALL:
            return JSONResponse({"error": "the call is too large"}, _LARGE)
    try:
        document = json.loads(body)
        if not isinstance(document, dict):
            raise Unread("an object of JSON is expected")
        one = await run_in_threadpool(hook_chat.take, house, document, now=now)
    except (ValueError, RecursionError) as error:
        said = str(error) if isinstance(error, Unread) else "it is no JSON"
        return JSONResponse({"error": said}, _BAD)
    task = None if one is None else BackgroundTask(run_in_threadpool, hook_chat.follow, house, one, now=now)
    return JSONResponse({"ok": True}, background=task)
