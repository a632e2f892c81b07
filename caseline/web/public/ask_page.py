"""Draws the pages of asks: the form, thanks, what takes no answer any more, and the wish to be asked no more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from caseline.actions.open_ask import Sight
from caseline.actions.wiring import House
from caseline.feedback.answering import Why
from caseline.feedback.forms import LONGEST_TEXT, words
from caseline.feedback.states import State
from caseline.web import form_view
from caseline.web.language import LANGUAGES
from caseline.web.public import brand, pages
from caseline.web.public.blank_page import Blanks

SCRIPTED: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
"""For the one page that has a script; it is a help, and the page works without it."""
_PICTURES: Final = "; img-src 'self'; font-src 'self'"
"""Where the house has a template of its own for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the page says beside the form."""

    typed: Mapping[str, Any] = field(default_factory=dict)
    """What somebody has sent, which stands in the fields instead of what was kept."""
    faults: Mapping[str, Why] = field(default_factory=dict)
    saved: bool = False
    again: bool = False
    """Save is to be pressed once more."""
    nothing: bool = False
    """Nothing was filled in."""
    too_large: bool = False
    too_often: bool = False


_NOTHING: Final = Said()
_FRESH: Final = Blanks()
"""Pages on which nothing is filled in yet: all who are asked by a form see the same."""


def form(house: House, request: Request, found: Sight, said: Said, *, status: int = 200) -> Response:
    """The form, filled in with what is known; or a polite word when the link takes no answer."""
    tongue = language_of(request, found.ask.language)
    if found.ended is not None:
        return _ended(house, request, found, said, tongue)
    texts = pages.texts_of(house, request, zone=found.zone, tongue=tongue)
    given = {**found.values, **said.typed}
    received = found.ask.answered_at if found.ask.state in {State.ANSWERED, State.CLOSED} else None
    own = {"path": f"{pages.prefix(house)}{found.link.path}", "mark": found.mark, "submission": found.submission}
    branded = brand.has(house, found.link.form)

    def draw(words_: Mapping[str, str]) -> str:
        asked, strange = form_view.questions(found.form, given, said.faults, texts)
        return pages.drawn(
            house,
            request,
            "ask.html",
            texts=texts,
            own=found.link.form if branded else None,
            sender=house.settings.mail_name,
            title=words(found.form.title, tongue),
            thanks=words(found.form.thanks, tongue),
            asked=asked,
            strange=strange,
            wrong=[one for one in asked if one.wrong],
            said=said,
            received=received,
            until=found.ask.expires_at,
            script=f"{pages.prefix(house)}/{pages.asset('feedback.js')}",
            value=found.value,
            chosen=_chosen(asked, found),
            choice=partial(pages.choice, tongue),
            longest=LONGEST_TEXT,
            others=others(tongue),
            **words_,
        )

    if branded or given or received or said != _NOTHING:
        text = draw(own)
    else:
        key = (pages.prefix(house), house.settings.mail_name, tongue, texts.language, found.zone, _day(found))
        text = _FRESH.filled(key, found.form, own, draw)
    drawn = HTMLResponse(text, status)
    drawn.headers["Content-Security-Policy"] = SCRIPTED + (_PICTURES if branded else "")
    return drawn


def _day(found: Sight) -> date | None:
    """On which its page says that it ends."""
    return found.ask.expires_at and found.ask.expires_at.astimezone(ZoneInfo(found.zone)).date()


def language_of(request: Request, own: str) -> str:
    """The language that the reader has chosen on the page, or that of the letter."""
    wanted = request.query_params.get("language", "")
    return wanted if wanted in LANGUAGES else own


def others(tongue: str) -> list[tuple[str, str]]:
    """The other languages, with their own names."""
    return [(code, name) for code, name in LANGUAGES.items() if code != tongue]


def _chosen(asked: list[form_view.Asked], found: Sight) -> form_view.Option | None:
    if found.value is None or found.rated is None:
        return None
    one = next(one for one in asked if one.key == found.rated.key)
    return next(option for option in one.options if option.value == str(found.value))


def _ended(house: House, request: Request, found: Sight, said: Said, tongue: str) -> Response:
    labels = [(words(one.label, tongue), str(said.typed.get(one.key, ""))) for one in found.form.questions]
    return pages.page(
        house,
        request,
        "ask_ended.html",
        texts=pages.texts_of(house, request, zone=found.zone, tongue=tongue),
        status=409 if said.typed else 200,
        sender=house.settings.mail_name,
        title=words(found.form.title, tongue),
        why=found.ended,
        received=found.ask.answered_at,
        ended_at=found.ask.expires_at,
        typed=[(label, text) for label, text in labels if text.strip()],
        others=others(tongue),
    )
