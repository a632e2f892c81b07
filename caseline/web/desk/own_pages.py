"""The page of the own login: password, second step of signing in, open sessions."""

from collections.abc import Callable, Sequence
from typing import Final

from starlette.responses import Response

from caseline.actions import keep_tokens, own_login, sign_in
from caseline.actions.editing import Faulty
from caseline.actions.own_login import Owner
from caseline.actions.sign_in import NotSignedIn
from caseline.people import one_time
from caseline.web.desk import cookies
from caseline.web.desk.page import Page
from caseline.web.desk.visit import Visit

_FAULTY: Final = 422
_WAIT: Final = 429


def shown(visit: Visit) -> Response:
    """The page."""
    return _page(visit, key=one_time.fresh_key() if visit.text("second") else "")


def password_changed(visit: Visit) -> Response:
    """Take another password."""
    if visit.text("new") != visit.text("again"):
        return _page(visit, problem=visit.texts.say("The new password is typed in two ways: type it again."))

    tokens = bool(visit.text("tokens"))

    def deed() -> None:
        own_login.change_password(visit.house, owner(visit), visit.text("new"), tokens=tokens, now=visit.now)

    return _done(visit, deed, "password_and_tokens" if tokens else "password_set")


def second_step_begun(visit: Visit) -> Response:
    """Switch the second step on, and show the codes for emergencies."""
    key = visit.text("key")

    def deed() -> Sequence[str]:
        return own_login.begin_second_step(visit.house, owner(visit), key, visit.text("code"), now=visit.now)

    return _done(visit, deed, "", key=key)


def codes_renewed(visit: Visit) -> Response:
    """Show new codes for emergencies."""
    return _done(visit, lambda: own_login.renew_codes(visit.house, owner(visit), now=visit.now), "")


def second_step_ended(visit: Visit) -> Response:
    """Switch the second step off."""
    return _done(visit, lambda: own_login.end_second_step(visit.house, owner(visit), now=visit.now), "second_step_off")


def session_ended(visit: Visit) -> Response:
    """End one of the own sessions."""
    own_login.end_session(visit.house, visit.login, visit.text("key"), now=visit.now)
    return visit.go("/me", notice="session_ended")


def others_ended(visit: Visit) -> Response:
    """End all own sessions but this one, and the tokens if that is ticked."""
    tokens = bool(visit.text("tokens"))
    count = own_login.end_others(visit.house, visit.login, _token(visit), tokens=tokens, now=visit.now)
    done = "sessions_and_tokens" if tokens else "session_ended"
    return visit.go("/me", notice=done if count else "nothing")


def _done(visit: Visit, deed: Callable[[], Sequence[str] | None], notice: str, *, key: str = "") -> Response:
    try:
        codes = deed()
    except (Faulty, NotSignedIn) as error:
        status, said = refused(visit, error)
        return _page(visit, status=status, problem=said, key=key)
    return visit.go("/me", notice=notice) if codes is None else _page(visit, codes=codes)


def refused(visit: Visit, error: Faulty | NotSignedIn) -> tuple[int, str]:
    """With which status and words something is refused that asks for the password."""
    if isinstance(error, NotSignedIn):
        return _WAIT, visit.texts.say("Too many failed attempts. Wait a quarter of an hour.")
    said = error.faults[0].said(visit.texts.language)
    return _FAULTY, f"{said[:1].upper()}{said[1:]}"


def _page(
    visit: Visit, *, status: int = _FAULTY, problem: str = "", key: str = "", codes: Sequence[str] = ()
) -> Response:
    login = visit.login
    return visit.page(
        "me.html",
        status=status if problem else 200,
        problem=problem,
        left=own_login.second_step(visit.house, login.id),
        key=key,
        spaced=one_time.spaced(key),
        address=one_time.address(key, login.name),
        codes=codes,
        tokens=keep_tokens.good(visit.house, login.id, now=visit.now),
        # Whoever has taken the tick away, and is shown the page again, has not changed his mind.
        ticked=visit.request.url.path != "/me/password" or bool(visit.text("tokens")),
        sessions=own_login.open_sessions(visit.house, login.id, now=visit.now),
        own=sign_in.digest(_token(visit)).hex(),
    )


def owner(visit: Visit) -> Owner:
    """Who acts on the own login, with the password of now that was typed for it."""
    client = visit.request.client
    return Owner(
        login=visit.login,
        token=_token(visit),
        password=visit.text("current"),
        address=client.host if client else "",
    )


def _token(visit: Visit) -> str:
    return cookies.session(visit.request)


PAGES: Final = (
    Page("/me", shown),
    Page("/me/password", password_changed, method="POST", most_bytes=10_000),
    Page("/me/second-step", second_step_begun, method="POST", most_bytes=10_000),
    Page("/me/second-step/codes", codes_renewed, method="POST", most_bytes=10_000),
    Page("/me/second-step/end", second_step_ended, method="POST", most_bytes=10_000),
    Page("/me/sessions/end", session_ended, method="POST", most_bytes=10_000),
    Page("/me/sessions/others", others_ended, method="POST", most_bytes=10_000),
)
