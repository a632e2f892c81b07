"""Puts the API together: endpoints, their document, and problems as JSON."""

from functools import cache
from http import HTTPStatus
from typing import Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from caseline.actions.wiring import House
from caseline.web.api import document, problems
from caseline.web.api.door import doorman
from caseline.web.api.endpoints import ENDPOINTS

_SAID: Final = {
    HTTPStatus.NOT_FOUND: "there is no such address",
    HTTPStatus.METHOD_NOT_ALLOWED: "this address does not take that method",
}


def build(house: House) -> Starlette:
    """The application, to be mounted at the address that its document names."""
    listed = [Route(one.path, doorman(house, one), methods=[one.method]) for one in ENDPOINTS]

    async def openapi(_request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(_document))

    return Starlette(
        routes=[Route("/openapi.json", openapi), *_together(listed)],
        exception_handlers={HTTPException: _problem, 500: _failed},
    )


@cache
def _document() -> dict[str, Any]:
    """Made when it is first asked for: that takes half a second, which nobody shall wait for who starts a desk."""
    return document.document(ENDPOINTS)


def _together(listed: list[Route]) -> list[Route]:
    """Routes of one path in one, so that the answer to a method that none of them takes names all that are."""
    found: dict[str, list[Route]] = {}
    for route in listed:
        found.setdefault(route.path, []).append(route)
    return [_one(path, routes) for path, routes in found.items()]


def _one(path: str, routes: list[Route]) -> Route:
    by_method = {method: route.endpoint for route in routes for method in route.methods or ()}

    async def serve(request: Request) -> Response:
        answer: Response = await by_method[request.method](request)
        return answer

    return Route(path, serve, methods=list(by_method))


async def _problem(_request: Request, error: Exception) -> Response:
    status = HTTPStatus(error.status_code) if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    made = problems.answer(status, _SAID.get(status, status.phrase))
    if isinstance(error, HTTPException) and error.headers:
        made.headers.update(error.headers)
    return made


async def _failed(_request: Request, _error: Exception) -> Response:
    return problems.answer(
        HTTPStatus.INTERNAL_SERVER_ERROR, "something went wrong here; nothing was saved; the server's log tells of it"
    )
