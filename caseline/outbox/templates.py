"""Templates of letters: those that are shipped, and how one is checked and filled in."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import yaml
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from caseline.outbox import tags, vanishing
from caseline.outbox.faults import OutboxFault, TemplateFault
from caseline.outbox.inlining import inlined
from caseline.outbox.tags import Tag

LANGUAGES: Final = ("en", "ru")
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


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one letter."""

    subject: str
    text: str
    html: str | None


@cache
def shipped() -> Mapping[tuple[str, str], Template]:
    """All shipped templates by (code, language)."""
    found = {}
    for language in LANGUAGES:
        document = yaml.safe_load((_SHIPPED / f"{language}.yaml").read_text(encoding="utf-8"))
        for code, fields in document.items():
            found[code, language] = Template(code, language, **fields)
    return found


def check(template: Template) -> None:
    """Raise `TemplateFault` when the template cannot be saved as it is."""
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
    for field in ("subject", "text", "html"):
        tags.check(getattr(template, field), f"{place}, {field}")
    try:
        _page(template.html, template.language, f"{place}: HTML")
    except OutboxFault as error:
        raise TemplateFault(error.text, **error.values) from error


def render(template: Template, values: Mapping[Tag, str]) -> Words:
    """The words of a letter; values are escaped in HTML, and styles stand at the elements.

    Where there is no link, nothing is said about it.
    """
    linked = bool(values.get(Tag.LINK))
    subject = tags.fill(template.subject, values, _one_line)
    text = tags.fill(template.text if linked else vanishing.text(template.text), values).rstrip() + "\n"
    body = tags.fill(template.html if linked else vanishing.html(template.html), values, _escaped)
    return Words(_REPEATED.sub(r"\1", subject), text, _page(body, template.language) if body.strip() else None)


def _page(body: str, language: str, place: str = "HTML") -> str:
    frame = Environment(autoescape=True, undefined=StrictUndefined).from_string(_frame())
    return inlined(frame.render(language=language, body=Markup(body)), place)  # noqa: S704 - values in it are escaped


@cache
def _frame() -> str:
    return (_SHIPPED / "frame.html").read_text(encoding="utf-8")


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _escaped(value: str) -> str:
    return html.escape(value).replace("\r\n", "\n").replace("\n", "<br>\n")
