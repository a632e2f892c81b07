"""The page on which somebody makes tokens for programs that act under his name."""

from starlette.responses import Response

from caseline.actions import keep_tokens, own_login
from caseline.actions.editing import Faulty
from caseline.actions.sign_in import NotSignedIn
from caseline.crm.cards import Refused
from caseline.web.api import document
from caseline.web.desk import own_pages
from caseline.web.desk.visit import Visit

DEFAULT_DAYS = 90


def listed(visit: Visit) -> Response:
    """Own tokens, without their secrets."""
    return _page(visit)


def made(visit: Visit) -> Response:
    """Make a token and show its secret, this once; the password is asked for: an open screen is not enough for this."""
    days = visit.number("days") or 0
    try:
        secret = own_login.make_token(visit.house, own_pages.owner(visit), visit.text("name"), days, now=visit.now)
    except (Faulty, NotSignedIn) as error:
        status, said = own_pages.refused(visit, error)
        return _page(visit, status=status, problem=said)
    except Refused:
        return _page(visit, status=422, problem=_problem(visit))
    return _page(visit, secret=secret)


def ended(visit: Visit) -> Response:
    """End one of them."""
    number = visit.request.path_params["number"]
    gone = keep_tokens.end(visit.house, visit.login.id, number, now=visit.now)
    return visit.go("/me/tokens", notice="token_ended" if gone else "nothing")


def _problem(visit: Visit) -> str:
    if len(keep_tokens.tokens(visit.house, visit.login.id)) >= keep_tokens.MOST:
        return visit.texts.say("You have as many tokens as one may have: end one that is not used any more.")
    return visit.texts.say("Say in 1 to 100 characters what the token is for.")


def _page(visit: Visit, *, status: int = 200, secret: str = "", problem: str = "") -> Response:
    return visit.page(
        "tokens.html",
        status=status,
        tokens=keep_tokens.tokens(visit.house, visit.login.id),
        days=keep_tokens.DAYS,
        chosen=visit.number("days") or DEFAULT_DAYS,
        name=visit.text("name") if problem else "",
        secret=secret,
        problem=problem,
        address=document.PREFIX,
    )
