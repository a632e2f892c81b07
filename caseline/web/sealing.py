"""What every answer of an application carries: its own headers, and how long it may be kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HTTPS_ONLY: Final = "max-age=31536000"
_YEAR: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Seal:
    """The headers of an application; a page that brings one of them itself keeps its own."""

    headers: Mapping[str, str]

    def put(self, request: Request, response: Response) -> Response:
        """Seal an answer. Files are kept for a year, since their addresses name their version; nothing else is kept."""
        self.onto(response.headers, request.scope)
        return response

    def middleware(self) -> Middleware:
        """Seals all answers but those to what fails outright, which are made outside of all middleware."""
        return Middleware(_Sealed, seal=self)

    def onto(self, headers: MutableHeaders, scope: "Scope") -> None:
        """Put the headers onto those of an answer."""
        for name, value in self.headers.items():
            headers.setdefault(name, value)
        if scope["scheme"] == "https":
            headers["Strict-Transport-Security"] = _HTTPS_ONLY
        static = scope["path"].startswith("/static/") and "v" in Request(scope).query_params
        headers["Cache-Control"] = _YEAR if static else "no-store"


class _Sealed:
    """Seals an answer as it begins. Starlette's own base for this starts a task and two queues for each answer."""

    def __init__(self, app: "ASGIApp", seal: Seal) -> None:
        self._app, self._seal = app, seal

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sealed(message: "Message") -> None:
            if message["type"] == "http.response.start":
                self._seal.onto(MutableHeaders(scope=message), scope)
            await send(message)

        await self._app(scope, receive, sealed)
