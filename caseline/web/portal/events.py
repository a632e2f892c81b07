"""Takes events of a portal: who shows the token may say that something has happened to a record, and nothing more."""

import re
from datetime import UTC, datetime
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from caseline.actions import portal_application, sync_portal
from caseline.actions.wiring import House
from caseline.web import bodies

_EVENT: Final = re.compile(r"ONCRM(LEAD|CONTACT|COMPANY)(ADD|UPDATE|DELETE)")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}")
_ENTITIES: Final = {"LEAD": "request", "CONTACT": "contact", "COMPANY": "company"}


def route(house: House) -> Route:
    """The receiver. It notes the id and answers at once: what has happened is read from the portal by the next sync."""

    async def events(request: Request) -> Response:
        said = await bodies.form(request)
        if not portal_application.admits(house, said.get("auth[application_token]", "")):
            return Response(status_code=403)
        event, number = _EVENT.fullmatch(said.get("event", "").upper()), said.get("data[FIELDS][ID]", "")
        if event is not None and _NUMBER.fullmatch(number):
            entity = _ENTITIES[event[1]]
            await run_in_threadpool(sync_portal.note, house, entity, int(number), now=datetime.now(UTC))
        return Response(status_code=204)

    return Route("/events", events, methods=["POST"])
