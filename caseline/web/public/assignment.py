"""The page of one assignment: an outsider reads it, and ends it by a button."""

from datetime import datetime
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from caseline.actions import end_by_link
from caseline.actions.end_by_link import LONGEST_REMARK, Sight
from caseline.actions.wiring import House
from caseline.web import bodies
from caseline.web.public import pages
from caseline.web.public.door import Door

_SEE_OTHER: Final = 303
_CONFLICT: Final = 409
_TOO_MANY: Final = 429


def route(house: House, door: Door) -> Route:
    """GET and HEAD show it and change nothing, whoever opens it; POST ends it."""

    async def answer(request: Request, now: datetime) -> Response | None:
        return await _answer(house, door, request, now)

    return Route("/a/{link}", door.guarded(answer), methods=["GET", "POST"])


async def _answer(house: House, door: Door, request: Request, now: datetime) -> Response | None:
    link = request.path_params["link"]
    if request.method != "POST":
        found = await run_in_threadpool(end_by_link.see, house, link)
        return None if found is None else _page(house, request, found, now)
    if not pages.own_wish(house, request):
        return None
    remark = (await bodies.form(request)).get("remark", "")
    if not door.may_post(request, link, now):
        found = await run_in_threadpool(end_by_link.see, house, link)
        return None if found is None else _page(house, request, found, now, remark=remark, status=_TOO_MANY)
    found = await run_in_threadpool(end_by_link.finish, house, link, remark, now=now)
    if found is None:
        return None
    if found.ended_now or not (remark.strip() or found.open):
        # A page that is loaded again must not send the form again.
        return RedirectResponse(f"{pages.prefix(house)}/a/{link}", _SEE_OTHER)
    return _page(house, request, found, now, remark=remark, status=_CONFLICT)


def _page(
    house: House, request: Request, found: Sight, now: datetime, *, remark: str = "", status: int = 200
) -> Response:
    one = found.assignment
    return pages.page(
        house,
        request,
        "assignment.html",
        texts=pages.texts_of(house, request, zone=found.zone),
        status=status,
        one=one,
        found=found,
        sender=house.settings.mail_name,
        late=found.open and one.due_at is not None and one.due_at < now,
        remark=remark,
        too_often=status == _TOO_MANY,
        longest=LONGEST_REMARK,
    )
