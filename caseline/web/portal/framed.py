"""The pages of the local application: its installation, and the tab with the requests of a contact or company."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from caseline.actions import portal_application
from caseline.actions.portal_application import PLACEMENTS, Door, Stranger
from caseline.crm.bitrix24.faults import PortalStopped
from caseline.crm.port import TryLater
from caseline.web import bodies
from caseline.web.language import LANGUAGES, Texts, later
from caseline.web.portal import pages

TITLE: Final = later("Requests")
_LOG: Final = logging.getLogger("caseline.portal")
_NEEDED: Final = ("AUTH_ID", "REFRESH_ID", "member_id")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a portal has posted."""

    request: Request
    form: Mapping[str, str]
    now: datetime

    def texts(self, zone: str = "") -> Texts:
        """In the language that the portal names."""
        wanted = self.request.query_params.get("LANG") or self.form.get("LANG", "")
        return pages.texts(wanted, self.request.headers.get("accept-language", ""), zone)


Handle = Callable[[Door, Asked], Response]


def routes(door: Door) -> list[Route]:
    """The pages. Opened without a portal around them they say so."""
    listed = (("/install", _install), ("/tab", _tab))
    return [Route(path, _endpoint(door, handle), methods=["GET", "POST"]) for path, handle in listed]


def _endpoint(door: Door, handle: Handle):  # type: ignore[no-untyped-def] # noqa: ANN202 - Starlette's own type of endpoints
    async def endpoint(request: Request) -> Response:
        form = await bodies.form(request) if request.method == "POST" else {}
        return await run_in_threadpool(_answer, door, handle, Asked(request, form, datetime.now(UTC)))

    return endpoint


def _answer(door: Door, handle: Handle, asked: Asked) -> Response:
    try:
        return handle(door, asked)
    except Stranger:
        _LOG.warning("turned away: %s", asked.request.url.path)
        return _problem(door, asked, "stranger", 403)
    except TryLater:
        return _problem(door, asked, "silent", 503)


def _problem(door: Door, asked: Asked, code: str, status: int) -> Response:
    return pages.page("problem.html", asked.texts(), csp=pages.policy(door.origin), status=status, code=code)


def _install(door: Door, asked: Asked) -> Response:
    """An administrator of the portal installs the application: tabs are bound, its tokens kept."""
    if not all(asked.form.get(name) for name in _NEEDED):
        raise Stranger
    caller = door.caller(asked.form["AUTH_ID"])
    if not caller.administrator:
        return _problem(door, asked, "administrator", 403)
    base = door.house.settings.bitrix24_app_url or str(asked.request.base_url)
    titles = {language: Texts(language).say(TITLE) for language in LANGUAGES}
    failed = door.install(asked.form, f"{base.rstrip('/')}/tab", titles, now=asked.now)
    csp = pages.policy(door.origin, library=True)
    return pages.page("install.html", asked.texts(), csp=csp, failed=failed)


def _tab(door: Door, asked: Asked) -> Response:
    """Requests of the contact or company whose card is open."""
    entity, number = PLACEMENTS.get(asked.form.get("PLACEMENT", "")), _number(asked.form.get("PLACEMENT_OPTIONS", ""))
    token = asked.form.get("AUTH_ID", "")
    if not token or not door.known(asked.form.get("member_id", "")):
        raise Stranger
    caller = door.caller(token)
    if entity is None or number is None:
        return _problem(door, asked, "elsewhere", 404)
    found = door.tab(token, entity, number)
    _keep_fresh(door, asked.now)
    shown = [(card, pages.colour(card, asked.now)) for card in found.cards]
    texts, csp = asked.texts(caller.zone), pages.policy(door.origin)
    more = portal_application.MOST if found.more else 0
    return pages.page(
        "tab.html", texts, csp=csp, shown=shown, labels=found.categories, more=more, entity=entity, origin=door.origin
    )


def _keep_fresh(door: Door, now: datetime) -> None:
    """Not whoever looks at a tab can help it when the token cannot be renewed."""
    try:
        door.keep_fresh(now=now)
    except (PortalStopped, TryLater) as error:
        _LOG.warning("the application's token is not renewed: %s", error)


def _number(options: str) -> int | None:
    """The id in `{"ID": "12"}`."""
    try:
        found = json.loads(options)
        number = int(found["ID"])
    except (ValueError, TypeError, KeyError):
        return None
    return number if 0 < number < 10**18 else None
