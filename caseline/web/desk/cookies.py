"""The cookies of the desk: session, language, the mark of a known browser, tokens of people not signed in yet."""

import secrets
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

_DAY_S: Final = 86_400


def _name(request: Request, name: str) -> str:
    """Over HTTPS the prefix makes browsers refuse a cookie that another host has set."""
    return f"__Host-{name}" if request.url.scheme == "https" else name


def session(request: Request) -> str:
    """Token of the session, or nothing."""
    return request.cookies.get(_name(request, "caseline"), "")


def visitor(request: Request) -> str:
    """Token that forms must hold before there is a session, or nothing."""
    return request.cookies.get(_name(request, "caseline-visitor"), "")


def step(request: Request) -> str:
    """Token of a session that waits for the second step of signing in, or nothing."""
    return request.cookies.get(_name(request, "caseline-step"), "")


def known(request: Request) -> str:
    """Mark of a browser in which somebody has signed in before, or nothing."""
    return request.cookies.get(_name(request, "caseline-known"), "")


def language(request: Request) -> str | None:
    """Language chosen before signing in."""
    return request.cookies.get(_name(request, "caseline-language"))


def keep(request: Request, response: Response, name: str, value: str, *, days: int | None = None) -> None:
    """Set one of them; without `days` it goes with the browser."""
    response.set_cookie(
        _name(request, name),
        value,
        max_age=days and days * _DAY_S,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def forget(request: Request, response: Response, name: str) -> None:
    """Take one away."""
    response.delete_cookie(
        _name(request, name), path="/", secure=request.url.scheme == "https", httponly=True, samesite="lax"
    )


def fresh() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(32)
