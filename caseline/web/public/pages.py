"""Draws the pages for people outside, in the language of their browser."""

import hashlib
from functools import cache, lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from jinja2 import Environment
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from caseline.actions.wiring import House
from caseline.web import language, templates
from caseline.web.form_view import Asked
from caseline.web.language import Texts
from caseline.web.public import brand

HERE: Final = Path(__file__).parent


@cache
def environment(tongue: str) -> Environment:
    """Templates in one language, everything that is filled in escaped."""
    return templates.environment("caseline.web.public", tongue)


# Of a form there are as many as there are values, and all who are asked see them: they are most of its page.
@lru_cache(maxsize=1_000)
def choice(tongue: str, one: Asked) -> Markup:
    """A question with its options, as it is drawn; nothing that somebody has typed is in it."""
    return Markup(environment(tongue).get_template("choice.html").render(one=one))  # noqa: S704 - the template escapes


def texts_of(house: House, request: Request, *, zone: str = "UTC", tongue: str | None = None) -> Texts:
    """In the language that is named, or that of the browser; that of letters stands in for others."""
    accepted = request.headers.get("accept-language", "")
    return Texts(language.choose(tongue, accepted, otherwise=house.settings.mail_language), zone)


def page(
    house: House,
    request: Request,
    template: str,
    *,
    texts: Texts | None = None,
    status: int = 200,
    **data: object,
) -> Response:
    """A page."""
    return HTMLResponse(drawn(house, request, template, texts=texts, own=None, **data), status)


def drawn(
    house: House,
    request: Request,
    template: str,
    *,
    texts: Texts | None = None,
    own: str | None,
    **data: object,
) -> str:
    """What a page says. `own`: the form for which the house may have a template of its own."""
    spoken = texts or texts_of(house, request)
    base = prefix(house)
    given = {"texts": spoken, "language": spoken.language, "sheet": f"{base}/{asset('public.css')}"}
    whole = {**given, "brand": f"{base}/brand", **data}
    found = None if own is None else brand.drawn(house, own, spoken.language, whole)
    return found or environment(spoken.language).get_template(template).render(whole)


def oops(house: House, request: Request, status: int = 404) -> Response:
    """The one page for whatever is not right; it does not say what."""
    return page(house, request, "oops.html", status=status)


def prefix(house: House) -> str:
    """The path below which a proxy shows us to the world; the proxy takes it away before it asks us."""
    path = urlsplit(house.settings.public_url or "").path.strip("/")
    return f"/{path}" if path else ""


def own_wish(house: House, request: Request) -> bool:
    """Whether a form was sent from our page. Browsers name no origin (`null`) where pages give no referrer.

    A proxy may ask us by another name than the one by which the world knows us.
    """
    origin = request.headers.get("origin", "null")
    ours = {request.headers.get("host", ""), urlsplit(house.settings.public_url or "").netloc}
    if origin != "null" and _netloc(origin) not in ours - {""}:
        return False
    return request.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


@cache
def asset(name: str) -> str:
    """The address of a file of ours, another one whenever its content is another."""
    content = (HERE / "static" / name).read_bytes()
    return f"static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"
