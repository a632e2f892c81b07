"""The page between a letter and the site where a review may be written: whoever presses its button goes there."""

from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from caseline.actions import go_to_review
from caseline.actions.go_to_review import Way
from caseline.actions.wiring import House
from caseline.web import bodies
from caseline.web.public import pages, visitors
from caseline.web.public.door import Door


def route(house: House, door: Door) -> Route:
    """GET and HEAD show the way and change nothing, whoever opens it; POST keeps that somebody goes, and shows him on.

    The answer to the button is a page that leads on by itself, no redirect: browsers hold redirects of forms against
    the policy of our pages, those of the site too.
    """

    async def answer(request: Request, now: datetime) -> Response | None:
        return await _answer(house, door, request, now)

    return Route("/go/{link}", door.guarded(answer), methods=["GET", "POST"])


async def _answer(house: House, door: Door, request: Request, now: datetime) -> Response | None:
    link = request.path_params["link"]
    # Who presses for the twentieth time is shown the page once more.
    if request.method != "POST" or not door.may_post(request, link, now):
        way = await run_in_threadpool(go_to_review.see, house, link, visitors.of(request), now=now)
        return _shown(house, request, way)
    if not pages.own_wish(house, request):
        return None
    seen = (await bodies.form(request)).get("seen", "")
    way = await run_in_threadpool(go_to_review.go, house, link, seen, visitors.of(request), now=now)
    return _shown(house, request, way)


def _shown(house: House, request: Request, way: Way | None) -> Response | None:
    if way is None:
        return None
    return pages.page(house, request, "review.html", way=way, sender=house.settings.mail_name)
