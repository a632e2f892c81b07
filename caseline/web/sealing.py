"""What every answer of an application carries: its own headers, and how long it may be kept."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import Response

_HTTPS_ONLY: Final = "max-age=31536000"
_YEAR: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Seal:
    """The headers of an application; a page that brings one of them itself keeps its own."""

    headers: Mapping[str, str]

    def put(self, request: Request, response: Response) -> Response:
        """Seal an answer. Files are kept for a year, since their addresses name their version; nothing else is kept."""
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        if request.url.scheme == "https":
            response.headers["Strict-Transport-Security"] = _HTTPS_ONLY
        static = request.url.path.startswith("/static/") and "v" in request.query_params
        response.headers["Cache-Control"] = _YEAR if static else "no-store"
        return response

    def middleware(self) -> Middleware:
        """Seals all answers but those to what fails outright, which are made outside of all middleware."""

        async def dispatch(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
            return self.put(request, await call(request))

        return Middleware(BaseHTTPMiddleware, dispatch=dispatch)
