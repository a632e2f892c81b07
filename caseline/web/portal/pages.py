"""Draws the pages that a portal shows inside of its own, in the language that it names."""

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jinja2 import Environment
from starlette.responses import HTMLResponse, Response

from caseline.crm.cards import Card
from caseline.web import language, templates
from caseline.web.language import Texts

HERE: Final = Path(__file__).parent
LIBRARY: Final = "https://api.bitrix24.com"
"""The portal's own script, by which an installation is ended."""
_ZONE: Final = "Europe/Moscow"


def policy(origin: str, *, library: bool = False) -> str:
    """What these pages may do: be framed by the one portal, and load our own files."""
    scripts = f"script-src 'self' {LIBRARY}" if library else "script-src 'none'"
    parts = ("default-src 'none'", "style-src 'self'", scripts, "base-uri 'none'", "form-action 'none'")
    return "; ".join((*parts, f"frame-ancestors {origin}"))


@cache
def environment(tongue: str) -> Environment:
    """Templates in one language, everything that is filled in escaped."""
    made = templates.environment("caseline.web.portal", tongue)
    made.globals["asset"] = asset
    return made


def page(template: str, texts: Texts, *, csp: str, status: int = 200, **data: Any) -> Response:  # noqa: ANN401 - a template's values
    """A page with its policy."""
    given = {"texts": texts, "language": texts.language, "library": LIBRARY}
    drawn = environment(texts.language).get_template(template).render({**given, **data})
    return HTMLResponse(drawn, status, {"Content-Security-Policy": csp})


def texts(wanted: str, accepted: str, zone: str = "") -> Texts:
    """Texts in the language of the portal, on the clock of whoever looks."""
    try:
        ZoneInfo(zone or _ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        zone = _ZONE
    return Texts(language.choose(wanted.lower(), accepted), zone or _ZONE)


def colour(card: Card, now: datetime) -> str:
    """How a deadline is shown: `over`, `near`, `fine`, or nothing where no clock runs."""
    due = card.deadline
    if due is None or due.stopped_at is not None or card.closed_at is not None:
        return ""
    return "over" if due.due_at <= now else "near" if due.warn_at <= now else "fine"


@cache
def asset(name: str) -> str:
    """The address of a file of ours, beside the page that names it."""
    content = (HERE / "static" / name).read_bytes()
    return f"static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"
