"""Puts together what a portal calls: events, pages inside of the portal, their files and headers."""

from typing import Final

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from caseline.actions.portal_application import Door
from caseline.actions.wiring import House
from caseline.web.portal import events, framed, pages
from caseline.web.sealing import Seal

HEADERS: Final = {
    # Pages that a portal may frame bring a policy of their own.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
_SEAL: Final = Seal(HEADERS)


def build(house: House, door: Door | None) -> Starlette:
    """The application; without a `door` it takes events only."""
    static = Mount("/static", StaticFiles(directory=pages.HERE / "static"), name="static")
    framing = [*framed.routes(door), static] if door is not None else []
    return Starlette(routes=[events.route(house), *framing], middleware=[_SEAL.middleware()])
