"""Puts the desk together: pages, files, headers, and what to say when something goes wrong."""

from datetime import UTC, datetime
from typing import Final

from starlette.applications import Starlette
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from caseline.actions.rehearse_keywords import Recent
from caseline.actions.wiring import House
from caseline.web import alerts, health, language
from caseline.web.api import application as api
from caseline.web.api import document
from caseline.web.desk import cookies, gate, pages, routes
from caseline.web.desk.live import Live
from caseline.web.desk.visit import Visit
from caseline.web.language import Texts
from caseline.web.sealing import Seal

_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "img", "font", "connect")),
        *("form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"),
    )
)
HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}
_SEAL: Final = Seal(HEADERS)


class _Key(IntegerConvertor):
    """A number of one of our rows in a path; what is longer is none, and no page."""

    regex = "[0-9]{1,19}"


register_url_convertor("key", _Key())


def build(house: House) -> Starlette:
    """The application."""
    listed = [Route(page.path, gate.doorman(house, page), methods=[page.method]) for page in routes.PAGES]
    static = Mount("/static", StaticFiles(directory=pages.HERE / "static"), name="static")

    async def problem(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        texts = Texts(language.choose(cookies.language(request), request.headers.get("accept-language", "")))
        visit = Visit(house=house, request=request, session=None, texts=texts, now=datetime.now(UTC))
        # What fails outright is answered outside of all middleware.
        return _SEAL.put(request, visit.page("problem.html", status=status, code=str(status)))

    watched = health.watch(house, "desk")
    made = Starlette(
        routes=[
            *listed,
            *watched.routes,
            alerts.route(house),
            static,
            Mount(document.PREFIX, api.build(house), name="api"),
        ],
        middleware=[watched.middleware, _SEAL.middleware()],
        exception_handlers={HTTPException: problem, 500: problem},
    )
    made.state.recent = Recent()  # requests cut into words for dry runs, kept from one page to the next
    made.state.live = Live(house)  # the bells of open pages
    return made
