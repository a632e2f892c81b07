"""Puts the public application together: pages, files, headers, and the one page for whatever goes wrong."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from caseline.actions.wiring import House
from caseline.web import health
from caseline.web.public import asks, assignment, brand, chat, pages, review, service
from caseline.web.public.door import Door
from caseline.web.sealing import Seal

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
_SEAL: Final = Seal(HEADERS)


def _now() -> datetime:
    return datetime.now(UTC)


def build(house: House, *, clock: Callable[[], datetime] = _now) -> Starlette:
    """The application. It sets no cookies and asks no other host for anything; its pages need no scripts.

    `clock`: by which everything is dated.
    """
    static = Mount("/static", StaticFiles(directory=pages.HERE / "static"), name="static")

    async def problem(request: Request, error: Exception) -> Response:
        status = 404 if isinstance(error, HTTPException) else 500
        # What fails outright is answered outside of all middleware.
        return _SEAL.put(request, pages.oops(house, request, status))

    door = Door(house, clock)
    watched = health.watch(house, "public")
    made = Starlette(
        routes=[
            *watched.routes,
            assignment.route(house, door),
            *chat.routes(house, door, clock),
            review.route(house, door),
            *asks.Desk(house, door).routes(),
            *service.Service(house, clock).routes(),
            brand.route(house),
            static,
        ],
        middleware=[watched.middleware, _SEAL.middleware()],
        exception_handlers={HTTPException: problem, 500: problem},
    )
    made.router.redirect_slashes = False  # a link with a sign too many is none of ours
    return made
