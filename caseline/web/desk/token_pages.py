"""The page on which somebody makes tokens for programs that act under his name."""

from starlette.responses import Response

from caseline.actions import keep_tokens
from caseline.crm.cards import Refused
from caseline.web.api import document
from caseline.web.desk.visit import Visit

DEFAULT_DAYS = 90


def listed(visit: Visit) -> Response:
    """Own tokens, without their secrets."""
    return _page(visit)


def made(visit: Visit) -> Response:
    """Make a token and show its secret, this once."""
    try:
        _number, secret = keep_tokens.make(
            visit.house, visit.login.id, visit.text("name"), visit.number("days") or 0, now=visit.now
        )
    except Refused:
        return _page(visit, status=422, wrong=True)
    return _page(visit, secret=secret)


def ended(visit: Visit) -> Response:
    """End one of them."""
    number = visit.request.path_params["number"]
    gone = keep_tokens.end(visit.house, visit.login.id, number, now=visit.now)
    return visit.go("/me/tokens", notice="token_ended" if gone else "nothing")


def _page(visit: Visit, *, status: int = 200, secret: str = "", wrong: bool = False) -> Response:
    return visit.page(
        "tokens.html",
        status=status,
        tokens=keep_tokens.tokens(visit.house, visit.login.id),
        days=keep_tokens.DAYS,
        chosen=visit.number("days") or DEFAULT_DAYS,
        name=visit.text("name") if wrong else "",
        secret=secret,
        wrong=wrong,
        address=document.PREFIX,
        most=keep_tokens.MOST,
    )
