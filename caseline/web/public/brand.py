"""A house's own look for the pages of its forms: templates, style sheets, pictures in the folder `public` of the home.

`review.html` there is the page of the form `review`: it may begin with `{% extends "ask.html" %}` and say only what is
different. Whoever may write into the home may do so anyway; what clients send is escaped there as everywhere.
"""

import logging
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, TemplateError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from caseline.actions.wiring import House
from caseline.web import templates

_FOLDER: Final = "public"
_FILE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}\.(?:css|png|jpg|svg|webp|woff2)")
_LOG: Final = logging.getLogger("caseline.public")


def folder(house: House) -> Path:
    """Where they lie; it need not be there."""
    return house.settings.home / _FOLDER


def has(house: House, form: str) -> bool:
    """Whether the house has a template of its own for a form."""
    return (folder(house) / f"{form}.html").is_file()


def drawn(house: House, form: str, tongue: str, given: dict[str, Any]) -> str | None:
    """The page by the house's own template; None where there is none, or where it cannot be used, which is logged."""
    place = folder(house)
    if not has(house, form):
        return None
    try:
        return _environment(place, tongue).get_template(f"{form}.html").render(given)
    except (TemplateError, OSError, TypeError, ValueError, AttributeError) as error:
        _LOG.warning("%s: %s: the page that ships is shown instead", place / f"{form}.html", error)
        return None


def route(house: House) -> Route:
    """Its style sheets and pictures, at `/brand/{name}`."""

    async def endpoint(request: Request) -> Response:
        name = request.path_params["name"]
        path = folder(house) / name
        if not _FILE.fullmatch(name) or not path.is_file():
            raise HTTPException(404)
        return FileResponse(path)

    return Route("/brand/{name}", endpoint)


@cache
def _environment(place: Path, tongue: str) -> Environment:
    made = templates.environment("caseline.web.public", tongue)
    shipped = made.loader
    made.loader = ChoiceLoader([FileSystemLoader(place), *([shipped] if shipped else [])])
    made.auto_reload = True  # whoever writes one looks at it at once
    return made
