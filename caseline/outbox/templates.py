"""Templates of letters: those that are shipped, and how one is checked and filled in."""

import html
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Final

import yaml
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from caseline.outbox import tags, vanishing
from caseline.outbox.faults import OutboxFault, TemplateFault
from caseline.outbox.inlining import inlined
from caseline.outbox.pictures import Picture
from caseline.outbox.tags import Block, Tag

LANGUAGES: Final = ("en", "ru")
FIELDS: Final = ("subject", "text", "html")
NO_PICTURES: Final[Mapping[str, Picture]] = {}
_SHIPPED: Final = files("caseline.outbox") / "shipped"
_REPEATED: Final = re.compile(r"(?i)\A(re:\s*)(?:re:\s*)+")
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,49}")


@dataclass(frozen=True, slots=True)
class Template:
    """The words of a kind of letter in a language."""

    code: str
    language: str
    subject: str
    text: str
    html: str
    """A piece of HTML; the page around it is ours. Empty: the letter is text only."""

    @property
    def rating(self) -> bool:
        """Whether it asks for feedback."""
        return self.code.startswith(tags.RATING)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one letter."""

    subject: str
    text: str
    html: str | None
    pictures: tuple[Picture, ...] = ()
    """Those that stand in the HTML."""


@cache
def shipped() -> Mapping[tuple[str, str], Template]:
    """All shipped templates by (code, language)."""
    found = {}
    for language in LANGUAGES:
        document = yaml.safe_load((_SHIPPED / f"{language}.yaml").read_text(encoding="utf-8"))
        for code, fields in document.items():
            found[code, language] = Template(code, language, **fields)
    return found


def check(template: Template, autotexts: Collection[str] = ()) -> None:
    """Raise `TemplateFault` when the template cannot be saved as it is, where there are autotexts of these names."""
    place = f"template {template.code} ({template.language})"
    if not _CODE.fullmatch(template.code):
        raise TemplateFault("%(place)s: a code is one word of small letters, digits and _", place=place)
    if template.language not in LANGUAGES:
        raise TemplateFault(
            "%(place)s: there is no such language: choose one of %(languages)s",
            place=place,
            languages=", ".join(LANGUAGES),
        )
    for field in ("subject", "text"):
        if not getattr(template, field).strip():
            raise TemplateFault("%(place)s: is empty: write some words", place=f"{place}, {field}")
    for field in FIELDS:
        tags.check(getattr(template, field), f"{place}, {field}", rating=template.rating, autotexts=autotexts)
    if Tag.SMILEYS in tags.used(template.subject):
        raise TemplateFault("%(place)s: no smileys can stand in a subject: put them into the text", place=place)
    try:
        _page(template, template.html, {}, f"{place}: HTML")
    except OutboxFault as error:
        raise TemplateFault(error.text, **error.values) from error


def expanded(template: Template, autotexts: Mapping[str, str]) -> Template:
    """The template with autotexts, by their folded names, where it asks for them."""
    return replace(
        template,
        subject=tags.expanded(template.subject, autotexts, _one_line),
        text=tags.expanded(template.text, autotexts),
        html=tags.expanded(template.html, autotexts, _escaped),
    )


def render(template: Template, values: Mapping[Tag, str], pictures: Mapping[str, Picture] = NO_PICTURES) -> Words:
    """The words of a letter; values are escaped in HTML, and styles stand at the elements.

    Where there is no link, nothing is said about it. `pictures`, by their names, are those that may stand in it.
    """
    linked = bool(values.get(Tag.LINK))
    subject = tags.fill(template.subject, values, _one_line)
    text = tags.fill(template.text if linked else vanishing.text(template.text), values).rstrip() + "\n"
    body = tags.fill(template.html if linked else vanishing.html(template.html), values, _escaped)
    page = _page(template, body, pictures) if body.strip() else None
    shown = tuple(one for one in pictures.values() if page is not None and f'"cid:{one.cid}"' in page)
    return Words(_REPEATED.sub(r"\1", subject), text, page, shown)


def _page(template: Template, body: str, pictures: Mapping[str, Picture], place: str = "HTML") -> str:
    frame = Environment(autoescape=True, undefined=StrictUndefined).from_string(_frame(rating=template.rating))
    safe = Markup(body)  # noqa: S704 - values in it are escaped
    return inlined(frame.render(language=template.language, body=safe, logo=pictures.get("logo")), place)


@cache
def _frame(*, rating: bool) -> str:
    return (_SHIPPED / ("rating_frame.html" if rating else "frame.html")).read_text(encoding="utf-8")


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _escaped(value: str) -> str:
    if isinstance(value, Block):
        return value.html
    return html.escape(value).replace("\r\n", "\n").replace("\n", "<br>\n")
