"""Forms of questions in the settings: the list, versions, the editor with its preview, the text."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from starlette.responses import Response

from caseline.actions import keep_campaigns, keep_fields, show_forms
from caseline.actions.editing import Overtaken, mark
from caseline.crm import field_words
from caseline.feedback import document_text, forms, links
from caseline.feedback.document_text import TextUnfit
from caseline.feedback.forms import MOST_QUESTIONS, FormUnfit, Kind
from caseline.people.rights import Right
from caseline.web import form_view
from caseline.web.desk import asking_words, document_sketch, feedback_faults, form_sketch
from caseline.web.desk.campaign_pages import CONFLICT, FAULTY, unfit
from caseline.web.desk.settings_people import editor
from caseline.web.desk.visit import Visit
from caseline.web.language import later

_NEW: Final[Mapping[str, Any]] = {
    "title": {"ru": "", "en": ""},
    "questions": [
        {"key": "rating", "kind": "smileys", "label": {"ru": "Ваша оценка", "en": "Your rating"}, "required": True}
    ],
}
_NO_CODE: Final = later("Code: take small Latin letters, digits and dashes, such as review-service.")
_TAKEN: Final = later("Code: another form has it: take another one.")


def listed(visit: Visit) -> Response:
    """All forms."""
    kept = keep_campaigns.forms(visit.house, now=visit.now)
    return visit.page("feedback/forms.html", kept=kept, edits=visit.may(Right.EDIT_SETTINGS), words=asking_words)


def shown(visit: Visit) -> Response:
    """A version as the client sees it, with all versions beside it."""
    versions = show_forms.versions(visit.house, visit.text("key"), now=visit.now)
    number = visit.number("version")
    chosen = next((one for one in versions if one.number == number), versions[0])
    return visit.page(
        "feedback/form.html",
        kept=chosen,
        newest=versions[0],
        versions=versions,
        preview=_preview(visit, chosen.document),
        edits=visit.may(Right.EDIT_SETTINGS),
        words=asking_words,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the editor or the text says besides the document."""

    code: str
    status: int = 200
    seen: str = ""
    new: bool = False
    fault: feedback_faults.Said | None = None
    overtaken: bool = False
    text: str = ""


def edit(visit: Visit) -> Response:
    """The editor with the newest version."""
    kept = show_forms.versions(visit.house, visit.text("key"), now=visit.now)[0]
    return _editor(visit, kept.document, Said(code=kept.code, seen=mark(kept.document)))


def blank(visit: Visit) -> Response:
    """The editor with a new form."""
    return _editor(visit, _NEW, Said(code="", new=True))


def drawn(visit: Visit) -> Response:
    """The editor again, with a question more or less, or the preview of what is typed; nothing is saved."""
    made, said = _typed(visit)
    form_sketch.drawn(made, visit)
    return _editor(visit, made, said)


def saved(visit: Visit) -> Response:
    """Keep a new version, or say at which question it cannot be kept."""
    made, said = _typed(visit)
    if said.new and (problem := _code_fault(visit, said.code)):
        fault = feedback_faults.Said(("code",), visit.texts.say(problem))
        return _editor(visit, made, replace(said, status=FAULTY, fault=fault))
    try:
        keep_campaigns.save_form(visit.house, said.code, made, editor(visit), seen=None if said.new else said.seen)
    except FormUnfit as error:
        return _editor(visit, made, replace(said, status=FAULTY, fault=feedback_faults.read(visit.texts, error)))
    except Overtaken:
        now = show_forms.versions(visit.house, said.code, now=visit.now)[0]
        return _editor(visit, made, replace(said, status=CONFLICT, overtaken=True, seen=mark(now.document)))
    return visit.go(f"/settings/forms/show?key={said.code}", notice="saved")


def _typed(visit: Visit) -> tuple[dict[str, Any], Said]:
    """What the editor says, and of which form."""
    key = visit.text("key")
    if not key:
        return form_sketch.typed(visit, {}), Said(code=visit.text("code").strip(), new=True)
    kept = show_forms.versions(visit.house, key, now=visit.now)[0]
    return form_sketch.typed(visit, kept.document), Said(code=kept.code, seen=visit.text("seen"))


def _code_fault(visit: Visit, code: str) -> str:
    if not links.slug(code):
        return _NO_CODE
    return _TAKEN if any(one.code == code for one in keep_campaigns.forms(visit.house, now=visit.now)) else ""


def _editor(visit: Visit, document: Mapping[str, Any], said: Said) -> Response:
    russian = visit.texts.language == "ru"
    fields = [(one.key, field_words.labels(one)[russian]) for one in keep_fields.fields(visit.house)]
    return visit.page(
        "feedback/form_edit.html",
        status=said.status,
        said=said,
        document=document,
        title=document_sketch.both(document.get("title")),
        thanks=document_sketch.both(document.get("thanks")),
        both=document_sketch.both,
        questions=[form_sketch.filled(one) for one in form_sketch.questions(document)],
        fields=fields,
        preview=_preview(visit, document),
        most=MOST_QUESTIONS,
        words=asking_words,
        Kind=Kind,
    )


def _preview(visit: Visit, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The form as the client sees it, or why there is none."""
    try:
        form = forms.read(document)
    except FormUnfit as error:
        return {"fault": feedback_faults.said(visit.texts, error)}
    return {
        "fault": "",
        "title": forms.words(form.title, visit.texts.language),
        "thanks": forms.words(form.thanks, visit.texts.language),
        "questions": form_view.questions(form, {}, {}, visit.texts)[0],
    }


def text(visit: Visit) -> Response:
    """The newest version as text."""
    kept = show_forms.versions(visit.house, visit.text("key"), now=visit.now)[0]
    said = Said(code=kept.code, seen=mark(kept.document), text=document_text.written(kept.document))
    return _text(visit, kept.name, said, "")


def text_saved(visit: Visit) -> Response:
    """Keep the text as a new version, or say where it is wrong."""
    kept = show_forms.versions(visit.house, visit.text("key"), now=visit.now)[0]
    said = Said(code=kept.code, seen=visit.text("seen"), text=visit.text("text").replace("\r\n", "\n"))
    try:
        document = document_text.read(said.text)
        keep_campaigns.save_form(visit.house, kept.code, document, editor(visit), seen=said.seen)
    except TextUnfit as error:
        return _text(visit, kept.name, replace(said, status=FAULTY), unfit(visit, error))
    except FormUnfit as error:
        return _text(visit, kept.name, replace(said, status=FAULTY), feedback_faults.said(visit.texts, error))
    except Overtaken:
        return _text(visit, kept.name, replace(said, status=CONFLICT, overtaken=True, seen=mark(kept.document)), "")
    return visit.go(f"/settings/forms/show?key={kept.code}", notice="saved")


def _text(visit: Visit, name: str, said: Said, problem: str) -> Response:
    edits = visit.may(Right.EDIT_SETTINGS)
    return visit.page("feedback/form_text.html", status=said.status, name=name, said=said, problem=problem, edits=edits)
