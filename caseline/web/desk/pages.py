"""Draws pages from templates, everything in them escaped."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment

from caseline.people.rights import Right, Role
from caseline.web import language, templates
from caseline.web.desk import value_words
from caseline.web.language import later

if TYPE_CHECKING:
    from caseline.web.desk.visit import Visit

HERE: Final = Path(__file__).parent
NOTICES: Final = {
    "saved": later("Saved."),
    "signed_out": later("You are signed out."),
    "restored": later("Restored."),
    "nothing": later("Nothing was changed."),
    "dropped": later("The draft is thrown away."),
}
"""What a page can be told to say by its address; other words are not shown."""

ROLES: Final = {
    Role.VIEWER: later("viewer"),
    Role.AGENT: later("agent"),
    Role.HEAD: later("head of a group"),
    Role.QUALITY: later("quality control"),
    Role.MARKETER: later("marketer"),
    Role.DIRECTOR: later("director"),
    Role.ADMINISTRATOR: later("administrator"),
}
"""Roles in words."""


@cache
def environment(tongue: str) -> Environment:
    """Templates in one language, everything that is filled in escaped."""
    made = templates.environment("caseline.web.desk", tongue)
    made.globals["asset"] = asset
    made.globals["LANGUAGES"] = language.LANGUAGES
    made.globals["Right"] = Right
    made.globals["ROLES"] = ROLES
    made.globals["valued"] = value_words.said
    return made


def render(template: str, visit: "Visit", data: Mapping[str, Any]) -> str:
    """A page for somebody."""
    notice = NOTICES.get(visit.request.query_params.get("notice", ""))
    given = {
        "visit": visit,
        "texts": visit.texts,
        "language": visit.texts.language,
        "login": visit.session.login if visit.session else None,
        "form_token": visit.session.form_token if visit.session else "",
        "notice": notice and visit.texts.say(notice),
        "path": visit.request.url.path,
    }
    return environment(visit.texts.language).get_template(template).render({**given, **data})


@cache
def asset(name: str) -> str:
    """The address of a file of ours, another one whenever its content is another."""
    content = (HERE / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"
