"""Templates of letters in the settings, with a preview and the list of tags."""

from typing import Any, Final

from markupsafe import Markup
from starlette.responses import Response

from caseline.actions import keep_autotexts, keep_templates
from caseline.actions.editing import Fault, Faulty, mark
from caseline.actions.seen import Absent
from caseline.mail.html_body import Html
from caseline.outbox import tags
from caseline.outbox.faults import OutboxFault, TemplateFault
from caseline.outbox.templates import LANGUAGES, Template
from caseline.people.rights import Right
from caseline.web import language
from caseline.web.desk import reference_pages, refusal_words
from caseline.web.desk.page import Page
from caseline.web.desk.reference import Cell, Choices, Column, Control, Edit, Input, Line, Reference, Sheet, Value
from caseline.web.desk.visit import Visit
from caseline.web.language import Texts, later

OCCASIONS: Final = {
    "request_received": later("acknowledgement to the client"),
    "reply_to_client": later("reply to the client"),
    "assignment_given": later("assignment to an outsider"),
    "reply_to_assignee": later("reply to an outsider"),
    "assignment_reminder": later("reminder of an assignment"),
    "notice": later("notice to a colleague"),
    "ask_review": later("asks for a review of an agreement"),
    "ask_nps": later("asks whether somebody would recommend us"),
    "ask_smileys": later("asks for a rating by smileys"),
    "ask_reminder": later("reminder of what was asked"),
    "ask_address": later("asks a manager for an address"),
}
"""When the shipped templates are sent."""


def _languages(_visit: Visit) -> Choices:
    return [(code, language.LANGUAGES[code]) for code in LANGUAGES]


def _lines(visit: Visit) -> list[Line]:
    return [_line(visit, one, shipped=shipped) for one, shipped in keep_templates.templates(visit.house).values()]


def _line(visit: Visit, one: Template, *, shipped: bool) -> Line:
    say = visit.texts.say
    own = say("changed here") if keep_templates.is_shipped(one.code, one.language) else say("made here")
    state = Cell(say("as shipped"), "plain") if shipped else Cell(own, "good")
    occasion = say(OCCASIONS[one.code]) if one.code in OCCASIONS else ""
    spoken = language.LANGUAGES.get(one.language, one.language)
    return Line(f"{one.code}.{one.language}", (one.code, occasion, spoken, one.subject, state))


def _of(visit: Visit, text: str) -> Template:
    code, _, spoken = text.rpartition(".")
    try:
        return keep_templates.find(visit.house, code, spoken)
    except TemplateFault as error:
        raise Absent(text) from error


def _find(visit: Visit, text: str) -> Sheet:
    one = _of(visit, text)
    shipped = keep_templates.is_shipped(one.code, one.language)
    changed = not keep_templates.templates(visit.house)[one.code, one.language][1]
    values: dict[str, Value] = {
        "code": one.code,
        "language": one.language,
        "subject": one.subject,
        "text": one.text,
        "html": one.html,
    }
    return Sheet(
        title=f"{one.code} ({language.LANGUAGES.get(one.language, one.language)})",
        values=values,
        seen=mark(keep_templates.plain(one)),
        template="settings/template_more.html",
        data={**_seen(visit, one), "tags": _tags(visit, one), "again": shipped and changed},
        removable=changed and not shipped,
    )


def _tags(visit: Visit, one: Template) -> list[str]:
    """The tags and autotexts that may stand in a template."""
    own = [known.name for known in keep_autotexts.every(visit.house)]
    return [*tags.offered(rating=one.rating, russian=one.language == "ru"), *own]


def _seen(visit: Visit, one: Template) -> dict[str, Any]:
    """The preview, or why there is none."""
    try:
        words = keep_templates.preview(visit.house, one)
    except Faulty as error:
        return {"words": None, "trouble": [fault.said(visit.texts.language) for fault in error.faults]}
    except OutboxFault as error:
        return {"words": None, "trouble": [refusal_words.said(visit.texts, error)]}
    shown = Html(words.html).safe() if words.html else ""
    for picture in words.pictures:
        shown = shown.replace(f'"cid:{picture.cid}"', f'"/settings/pictures/file?name={picture.name}"')
    safe = Markup(shown)  # noqa: S704 - cleaned for showing
    return {"words": words, "shown": safe, "trouble": [], "rating": one.rating}


def _typed(visit: Visit, code: str, spoken: str) -> Template:
    values = (visit.text(name).replace("\r\n", "\n") for name in ("subject", "text", "html"))
    return Template(code, spoken, *values)


def previewed(visit: Visit) -> Response:
    """The letter that the typed words make of examples."""
    code, _, spoken = visit.text("key").rpartition(".")
    spoken = spoken or visit.text("language")
    return visit.page("settings/template_preview.html", **_seen(visit, _typed(visit, code, spoken)))


def _save(visit: Visit, edit: Edit) -> str:
    code, spoken = edit.text("code"), edit.text("language")
    template = _typed(visit, code, spoken)
    keep_templates.check(visit.house, template)
    login = visit.login.name
    try:
        if edit.key is None:
            keep_templates.make(visit.house, template, login=login, now=visit.now)
        else:
            keep_templates.save(visit.house, template, by=login, login=login, seen=edit.seen, now=visit.now)
    except OutboxFault as error:
        raise Faulty(Fault("", str(error), refusal_words.said(Texts("ru"), error))) from error
    return f"{code}.{spoken}"


def _remove(visit: Visit, edit: Edit) -> None:
    one = _of(visit, edit.key or "")
    keep_templates.forget(visit.house, one.code, one.language, login=visit.login.name, seen=edit.seen, now=visit.now)


def shipped_again(visit: Visit) -> Response:
    """Let the shipped words count again."""
    one = _of(visit, visit.text("key"))
    if not keep_templates.is_shipped(one.code, one.language):
        raise Absent(one.code)
    keep_templates.forget(visit.house, one.code, one.language, login=visit.login.name, now=visit.now)
    return visit.go("/settings/templates", notice="saved")


TEMPLATES: Final = Reference(
    code="templates",
    title=later("Templates of letters"),
    adding=later("Add a template"),
    hint=later("The words of what we write. Tags like %Number% are filled in when a letter is written."),
    empty=later("There are no templates."),
    columns=(
        Column(later("Code")),
        Column(later("When it is sent")),
        Column(later("Language")),
        Column(later("Subject")),
        Column(later("State")),
    ),
    inputs=(
        Input(
            "code",
            later("Code"),
            required=True,
            fixed=True,
            hint=later("One word of small Latin letters, digits and _."),
        ),
        Input(
            "language", later("Language"), Control.CHOICE, required=True, fixed=True, initial="ru", choices=_languages
        ),
        Input("subject", later("Subject"), required=True),
        Input("text", later("Text"), Control.AREA, required=True, rows=12),
        Input("html", later("HTML"), Control.AREA, rows=10, hint=later("Without it the letter is text only.")),
    ),
    lines=_lines,
    find=_find,
    save=_save,
    remove=_remove,
)
PAGES: Final = (
    *reference_pages.pages(TEMPLATES),
    Page("/settings/templates/preview", previewed, Right.EDIT_SETTINGS, method="POST"),
    Page("/settings/templates/shipped", shipped_again, Right.EDIT_SETTINGS, method="POST", most_bytes=10_000),
)
