"""The pages behind the links of asks: the form, a smiley that was clicked, and what the page's own script sends."""

import re
from datetime import datetime
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from caseline.actions import answer_ask, ask_no_more
from caseline.actions.answer_ask import Saved, Wish
from caseline.actions.wiring import House
from caseline.feedback import links
from caseline.feedback.links import Link
from caseline.web import bodies
from caseline.web.public import ask_page, pages, visitors
from caseline.web.public.ask_page import Said
from caseline.web.public.door import Door

LARGEST: Final = 2 * 1024 * 1024
"""Bytes of what is posted: a text that is far too long comes back to be shortened, and nothing else is lost."""
_OWN: Final = frozenset({"page-mark", "page-submission", "page-language"})
"""Fields that are no answers: keys of questions have no dashes."""
_SEE_OTHER: Final = 303
_TOO_LARGE: Final = 413
_UNFIT: Final = 422
_TOO_MANY: Final = 429
_VALUE: Final = re.compile(r"[0-9]{1,3}")


class Desk:
    """Serves them."""

    def __init__(self, house: House, door: Door) -> None:
        self._house, self._door = house, door

    def routes(self) -> list[Route]:
        """GET and HEAD change no answer, whoever comes; POST does."""
        page = "/f/{form}/{service}/{tail}"
        return [
            Route(f"{page}/seen", self._door.guarded(self._seen), methods=["POST"]),
            Route(f"{page}/{{value}}", self._door.guarded(self._clicked), methods=["GET", "POST"]),
            Route(page, self._door.guarded(self._form), methods=["GET", "POST"]),
            Route("/u/{tail}", self._door.guarded(self._unsubscribe), methods=["GET", "POST"]),
        ]

    async def _form(self, request: Request, now: datetime) -> Response | None:
        if request.method == "POST":
            return await self._save(request, now)
        return await self._look(request, None, now)

    async def _clicked(self, request: Request, now: datetime) -> Response | None:
        text = request.path_params["value"]
        if not _VALUE.fullmatch(text):
            return None
        value = int(text)
        if request.method != "POST":
            return await self._look(request, value, now)
        if not pages.own_wish(self._house, request):
            return None
        mark = (await bodies.form(request)).get("page-mark", "")
        if not self._allows(request, now):
            return JSONResponse({"told": answer_ask.Told.PRESS}, _TOO_MANY)
        told = await run_in_threadpool(
            answer_ask.sent, self._house, _link(request), value, mark, visitors.of(request), now=now
        )
        return None if told is None else JSONResponse({"told": told})

    async def _seen(self, request: Request, now: datetime) -> Response | None:
        if not pages.own_wish(self._house, request):
            return None
        mark = (await bodies.form(request)).get("page-mark", "")
        known = await run_in_threadpool(
            answer_ask.seen, self._house, _link(request), mark, visitors.of(request), now=now
        )
        return JSONResponse({}) if known else None

    async def _look(self, request: Request, value: int | None, now: datetime) -> Response | None:
        found = await run_in_threadpool(
            answer_ask.see, self._house, _link(request), visitors.of(request), value=value, now=now
        )
        if found is None:
            return None
        said = Said(saved="saved" in request.query_params)
        return ask_page.form(self._house, request, found, said)

    async def _save(self, request: Request, now: datetime) -> Response | None:
        if not pages.own_wish(self._house, request):
            return None
        try:
            fields = await bodies.form(request, LARGEST)
        except HTTPException as error:
            return await self._again(request, Said(too_large=True), now) if error.status_code == _TOO_LARGE else None
        given = {name: text.replace("\r\n", "\n") for name, text in fields.items() if name not in _OWN}
        if not self._allows(request, now):
            return await self._again(request, Said(typed=given, too_often=True), now, status=_TOO_MANY)
        wish = Wish(
            given=given,
            submission=fields.get("page-submission", ""),
            mark=fields.get("page-mark", ""),
            language=fields.get("page-language", ""),
        )
        saved = await run_in_threadpool(
            answer_ask.save, self._house, _link(request), wish, visitors.of(request), now=now
        )
        return None if saved is None else self._told(request, saved, wish)

    def _told(self, request: Request, saved: Saved, wish: Wish) -> Response:
        nothing = not saved.checked.answers and saved.checked.complete
        if saved.sight.ended or saved.checked.faults or saved.again or nothing:
            said = Said(typed=wish.given, faults=saved.checked.faults, again=saved.again, nothing=nothing)
            return ask_page.form(
                self._house, request, saved.sight, said, status=_UNFIT if saved.checked.faults else 200
            )
        # A page that is loaded again must not send the form again.
        tongue = request.query_params.get("language", "")
        kept = f"&language={tongue}" if tongue == wish.language else ""
        return RedirectResponse(f"{pages.prefix(self._house)}{saved.sight.link.path}?saved=1{kept}", _SEE_OTHER)

    async def _again(self, request: Request, said: Said, now: datetime, status: int = _TOO_LARGE) -> Response | None:
        """The form with what was typed; nothing of it was kept."""
        found = await run_in_threadpool(answer_ask.see, self._house, _link(request), visitors.of(request), now=now)
        return None if found is None else ask_page.form(self._house, request, found, said, status=status)

    def _allows(self, request: Request, now: datetime) -> bool:
        link = _link(request)
        return self._door.may_post(request, link.id if link else "", now)

    async def _unsubscribe(self, request: Request, now: datetime) -> Response | None:
        tail = request.path_params["tail"]
        if request.method != "POST":
            found = await run_in_threadpool(ask_no_more.see, self._house, tail)
        else:
            # Programs of mail send it without cookies, from wherever they are (RFC 8058): the secret is proof enough.
            found = await run_in_threadpool(ask_no_more.opt_out, self._house, tail, now=now)
        if found is None:
            return None
        tongue = ask_page.language_of(request, found.language)
        return pages.page(
            self._house,
            request,
            "unsubscribe.html",
            texts=pages.texts_of(self._house, request, tongue=tongue),
            sender=self._house.settings.mail_name,
            done=found.done,
            others=ask_page.others(tongue),
        )


def _link(request: Request) -> Link | None:
    parts = request.path_params
    return links.read(parts["form"], parts["service"], parts["tail"])
