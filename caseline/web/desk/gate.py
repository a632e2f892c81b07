"""The gate that every request of the desk goes through: who asks, may they, is it really their own browser's wish."""

import hmac
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from caseline.actions import note_deed, sign_in
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.people import rights
from caseline.people.logins import Session
from caseline.web import language
from caseline.web.desk import cookies, signing
from caseline.web.desk.page import Page
from caseline.web.desk.visit import GREATEST, SEE_OTHER, Visit
from caseline.web.language import Texts

FIELDS: Final = 20_000
"""Fields that a form may have: a bulk edit has many."""
STREAM: Final = "text/event-stream"
"""What a browser accepts that listens to server-sent events."""
_UTF_8: Final = b"utf-8"
_LOG: Final = logging.getLogger("caseline.desk")


class TooLarge(HTTPException):
    """More was sent than the page takes."""

    def __init__(self) -> None:
        super().__init__(413)


def doorman(house: House, page: Page):  # type: ignore[no-untyped-def] # noqa: ANN201 - Starlette's own type of endpoints
    """The endpoint of a page."""

    async def endpoint(request: Request) -> Response:
        session = await run_in_threadpool(_session, house, request)
        form = FormData()
        if page.method == "POST":
            form = await _form(request, page, read=page.public or session is not None)
        try:
            return await run_in_threadpool(admit, house, page, Asked(request, form, session))
        finally:
            await form.close()

    return endpoint


@dataclass(frozen=True, slots=True)
class Asked:
    """What came: the request with its form, and whose session it is of."""

    request: Request
    form: FormData
    session: Session | None


def admit(house: House, page: Page, asked: Asked) -> Response:
    """Let somebody in, or not."""
    request, form, session = asked.request, asked.form, asked.session
    if any(isinstance(part, int) and part > GREATEST for part in request.path_params.values()):
        raise HTTPException(404)
    texts, now = _texts(request, session), datetime.now(UTC)
    visit = Visit(house=house, request=request, form=form, session=session, texts=texts, now=now)
    if session is None and not page.public:
        return _to_sign_in(visit)
    if page.method == "POST" and not _own_wish(request, form, session):
        _turned_away(visit, "foreign form")
        return visit.page("problem.html", status=403, code="foreign")
    if page.needs is not None and (session is None or not rights.may(session.login.role, page.needs)):
        _turned_away(visit, page.needs.value)
        return visit.page("problem.html", status=403, code="right")
    try:
        return page.handle(visit)
    except Absent as error:
        raise HTTPException(404) from error


def _session(house: House, request: Request) -> Session | None:
    token = cookies.session(request)
    # What a page asks for by itself keeps nobody signed in.
    used = "x-by-itself" not in request.headers and request.headers.get("accept") != STREAM
    # Browsers say so of pages that people open, and of nothing that a page asks for.
    bell = request.method == "GET" and request.headers.get("accept", "").startswith("text/html")
    return sign_in.session(house, token, now=datetime.now(UTC), used=used, bell=bell) if token else None


async def _form(request: Request, page: Page, *, read: bool) -> FormData:
    """Read a form, and no more than its page takes, whatever the browser says about its length.

    Without `read` it goes by unread: of strangers the desk keeps and takes apart nothing large.
    """
    declared = request.headers.get("content-length")
    if declared is None or not declared.isdecimal():
        raise HTTPException(411)
    # The server refuses a body that is longer than was declared.
    if int(declared) > page.most_bytes:
        raise TooLarge
    if not read:
        async for _ in request.stream():
            pass
        return FormData()
    # In some encodings a text may hold halves of signs, which no database takes; browsers send what our pages are in.
    charset = parse_options_header(request.headers.get("content-type", ""))[1].get(b"charset", _UTF_8)
    if charset.lower() != _UTF_8:
        raise HTTPException(400)
    try:
        return await request.form(max_files=page.most_files, max_fields=FIELDS, max_part_size=page.most_bytes)
    except (MultiPartException, HTTPException) as error:
        raise HTTPException(400) from error


def _own_wish(request: Request, form: FormData, session: Session | None) -> bool:
    """Whether a form was sent from a page of ours: by its origin, and by the token that only our pages know."""
    origin = request.headers.get("origin")
    if origin is not None and _host(origin) != request.headers.get("host"):
        return False
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    given = form.get("form_token") or request.headers.get("x-form-token") or ""
    expected = session.form_token if session else cookies.visitor(request)
    return bool(expected) and isinstance(given, str) and hmac.compare_digest(given.encode(), expected.encode())


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # no address at all
        return None


def _texts(request: Request, session: Session | None) -> Texts:
    accepted = request.headers.get("accept-language", "")
    if session is None:
        return Texts(language.choose(cookies.language(request), accepted))
    return Texts(language.choose(session.login.language, accepted), session.login.zone)


def _to_sign_in(visit: Visit) -> Response:
    """Ask who it is. What was typed into a form is kept in the page and can be sent again after the sign-in."""
    path = visit.request.url.path
    if visit.piece:
        return Response(status_code=401)
    if visit.request.headers.get("accept") == STREAM:
        return Response(status_code=204)  # a browser that gets this for a stream asks no more
    if visit.request.method == "GET":
        query = f"?{visit.request.url.query}" if visit.request.url.query else ""
        return RedirectResponse(signing.address(path + query), SEE_OTHER)
    return visit.page("signed_out.html", status=401)


def _turned_away(visit: Visit, what: str) -> None:
    name = visit.session.login.name if visit.session else None
    _LOG.warning("turned away: %s %s (%s)", visit.request.method, visit.request.url.path, what)
    if name is not None:  # strangers must not be able to fill the log of what people did
        note_deed.note(visit.house, name, "turned_away", visit.request.url.path, {"what": what}, now=visit.now)
