"""Pages of signing in and out, and the choice of language."""

from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import Match

from caseline.actions import keep_users, sign_in
from caseline.actions.sign_in import Attempt, NotSignedIn
from caseline.web import language
from caseline.web.desk import cookies
from caseline.web.desk.visit import Visit

_KNOWN: Final = 365
"""Days for which a browser is known in which somebody has signed in."""


def form(visit: Visit) -> Response:
    """Where name and password are typed."""
    if visit.session is not None:
        return visit.go(_own_path(visit))
    return _form(visit)


def enter(visit: Visit) -> Response:
    """Sign in."""
    try:
        token = sign_in.sign_in(visit.house, _attempt(visit), now=visit.now)
    except NotSignedIn as error:
        return _form(visit, status=429 if error.code == "wait" else 401, problem=error.code)
    if sign_in.waits(visit.house, token, now=visit.now):
        answer = visit.go(f"/sign-in/code?{urlencode({'next': _own_path(visit)})}")
        cookies.keep(visit.request, answer, "caseline-step", token)
        return answer
    return _entered(visit, token)


def _attempt(visit: Visit) -> Attempt:
    request = visit.request
    return Attempt(
        name=visit.text("name"),
        password=visit.text("password"),
        address=request.client.host if request.client else "",
        agent=request.headers.get("user-agent", ""),
        known=cookies.known(request),
    )


def _entered(visit: Visit, token: str) -> Response:
    answer = visit.go(_own_path(visit))
    cookies.keep(visit.request, answer, "caseline", token)
    cookies.keep(visit.request, answer, "caseline-known", sign_in.mark(visit.house, token, now=visit.now), days=_KNOWN)
    for name in ("caseline-visitor", "caseline-step"):
        cookies.forget(visit.request, answer, name)
    return answer


def code_form(visit: Visit) -> Response:
    """Where the code of the second step is typed."""
    if not sign_in.waits(visit.house, cookies.step(visit.request), now=visit.now):
        return visit.go(address(_own_path(visit)))
    return _code_form(visit)


def enter_code(visit: Visit) -> Response:
    """Take the second step."""
    step, code = cookies.step(visit.request), visit.text("code")
    try:
        token = sign_in.finish(visit.house, step, code, _attempt(visit), now=visit.now)
    except NotSignedIn as error:
        if error.code == "late":
            return visit.go(address(_own_path(visit)), notice="late")
        return _code_form(visit, status=429 if error.code == "wait" else 401, problem=error.code)
    return _entered(visit, token)


def _code_form(visit: Visit, *, status: int = 200, problem: str = "") -> Response:
    token = cookies.visitor(visit.request) or cookies.fresh()
    answer = visit.page("sign_in_code.html", status=status, problem=problem, form_token=token, next=_own_path(visit))
    cookies.keep(visit.request, answer, "caseline-visitor", token)
    return answer


def leave(visit: Visit) -> Response:
    """Sign out."""
    sign_in.sign_out(visit.house, cookies.session(visit.request), now=visit.now)
    answer = visit.go("/sign-in", notice="signed_out")
    cookies.forget(visit.request, answer, "caseline")
    return answer


def speak(visit: Visit) -> Response:
    """Choose the language of the pages."""
    wanted = language.choose(visit.text("language"), "")
    if visit.session is not None:
        keep_users.speak(visit.house, visit.login, wanted)
    answer = visit.go(_own_path(visit))
    cookies.keep(visit.request, answer, "caseline-language", wanted, days=365)
    return answer


def _form(visit: Visit, *, status: int = 200, problem: str = "") -> Response:
    token = cookies.visitor(visit.request) or cookies.fresh()
    answer = visit.page(
        "sign_in.html",
        status=status,
        problem=problem,
        name=visit.text("name"),
        form_token=token,
        next=_own_path(visit),
    )
    cookies.keep(visit.request, answer, "caseline-visitor", token)
    return answer


def _own_path(visit: Visit) -> str:
    """The path on this host to go on to; whatever could lead elsewhere becomes the front page.

    An address that only takes forms cannot be opened: what such a form was sent from stands above it.
    """
    path = visit.text("next")
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    if not safe:
        return "/"
    plain = path.partition("?")[0]
    asked = {**visit.request.scope, "path": plain, "method": "GET"}
    found = {route.matches(asked)[0] for route in visit.request.app.routes}
    return (plain.rpartition("/")[0] or "/") if Match.PARTIAL in found and Match.FULL not in found else path


def address(path: str) -> str:
    """Where to sign in before going on to a path."""
    return f"/sign-in?{urlencode({'next': path})}"
