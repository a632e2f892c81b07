"""Fields of a request in their form: with what the rules show and ask for, saved with all faults told at once."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.datastructures import UploadFile
from starlette.responses import Response

from caseline.actions import request_form, save_request
from caseline.actions.request_form import Control, RequestForm
from caseline.actions.save_request import Overtaken, Wish
from caseline.actions.typed_request import Difference
from caseline.crm import field_files, field_values
from caseline.crm.cards import Refused
from caseline.crm.field_faults import Unsaved
from caseline.crm.field_files import Files, Upload
from caseline.crm.field_values import Given, Reader
from caseline.crm.vocabulary import Type
from caseline.web.desk import card_frame, card_words, reference_search, request_words
from caseline.web.desk.visit import Visit

TYPED: Final = "f:"
"""Before the key of a field, in the name of its control."""
SENT: Final = "u:"
"""Before the key of a field, in the name of its control for new files."""
NAMED: Final = "r:"
"""Before it, in the name of its control where part of a name finds something."""
CALLED: Final = "n:"
"""Before it, in the name of what is called so whose key stands in the field itself."""
DRAWN: Final = "b:"
"""Before it, in the name of what the control was drawn with."""
THEIRS: Final = "pick:"
"""Before it, where somebody chooses between two values."""
_LONG: Final = 80


def reader(visit: Visit) -> Reader:
    """For whom values are written."""
    return Reader(zone=visit.login.zone, language=visit.texts.language)


def drawn(visit: Visit, record_id: int | None) -> RequestForm:
    """The form as it is."""
    return request_form.form(visit.house, visit.viewer, record_id, reader=reader(visit))


def typed(visit: Visit) -> dict[str, Given]:
    """What was typed, by key; a field of several values may stand there several times."""
    found: dict[str, list[str]] = {}
    for name, value in visit.form.multi_items():
        if name.startswith(TYPED) and isinstance(value, str):
            found.setdefault(name.removeprefix(TYPED), []).append(value.replace("\0", "\ufffd"))
    given: dict[str, Given] = {
        key: values[0] if len(values) == 1 else [one for one in values if one] for key, values in found.items()
    }
    for name in visit.form:
        if name.startswith(NAMED):
            key, words = name.removeprefix(NAMED), visit.text(name).strip()
            if words != visit.text(CALLED + key).strip():  # somebody has typed on: a number or an exact name
                given[key] = words
        if name.startswith(SENT):
            key = name.removeprefix(SENT)
            given[key] = Files(_sent(visit, name), tuple(one for one in found.get(key, ()) if one))
    return given


def _sent(visit: Visit, name: str) -> tuple[Upload, ...]:
    """Files that were chosen; while somebody still types, a script tells only that some are."""
    return tuple(
        Upload(card_words.file_name(one.filename or ""), card_words.content_type(one.content_type), one.file.read())
        if isinstance(one, UploadFile)
        else Upload("file", "", b"")
        for one in visit.form.getlist(name)
        if (one.filename if isinstance(one, UploadFile) else one)
    )


def edit(visit: Visit) -> Response:
    """The form of a request."""
    number = card_frame.number(visit)
    return page(visit, drawn(visit, number), number)


def live(visit: Visit) -> Response:
    """Those controls that are shown, needed or offered otherwise now that something was typed."""
    path = visit.request.path_params.get("number")
    form = request_form.form(visit.house, visit.viewer, path, typed(visit), reader=reader(visit), tell=False)
    before = dict(part.rsplit("=", 1) for part in visit.text("state").split("\n") if "=" in part)
    now = states(form)
    changed = [one for one in controls(form) if now[one.key] != before.get(one.key)]
    return visit.page("requests/live.html", form=form, changed=changed, differences={}, **given(visit, form))


def saved(visit: Visit) -> Response:
    """Save; whatever is wrong is told at its field, and what others have changed meanwhile is shown beside it."""
    number, values = card_frame.number(visit), _chosen(visit)
    wish = Wish(
        record_id=number,
        values=values,
        viewer=visit.viewer,
        version=visit.number("version") or 0,
        base=_drawn_with(visit),
        merge=visit.text("merge") == "1",
        reader=reader(visit),
    )
    try:
        done = save_request.save(visit.house, wish, now=visit.now)
    except Unsaved:
        form = request_form.form(visit.house, visit.viewer, number, values, reader=reader(visit))
        return page(visit, form, number, status=422, problem=visit.texts.say(card_frame.FAULTS["unsaved"]))
    except Overtaken as error:
        return _overtaken(visit, number, values, error)
    except Refused as error:
        form = request_form.form(visit.house, visit.viewer, number, values, reader=reader(visit))
        return page(visit, form, number, status=422, problem=card_frame.said(visit, error))
    if not visit.viewer.sees(done.card.group_id, done.card.assignee_id):
        return card_frame.away(visit, "/?notice=handed_over")
    return card_frame.done(visit, number, "left_out" if done.left else "saved")


def _overtaken(visit: Visit, number: int, values: Mapping[str, Given], error: Overtaken) -> Response:
    """The form as the request is now, with what was typed, and both values where both have changed one."""
    base = _drawn_with(visit)
    mine = {key: text for key, text in values.items() if not field_values.same(text, base.get(key, ""))}
    form = request_form.form(visit.house, visit.viewer, number, mine, reader=reader(visit))
    found = {one.key: one for one in error.differences}
    problem = visit.texts.say(card_frame.FAULTS["overtaken"])
    return page(visit, form, number, status=409, problem=problem, differences=found)


def _drawn_with(visit: Visit) -> dict[str, Given]:
    return {
        name.removeprefix(DRAWN): value
        for name, value in visit.form.multi_items()
        if name.startswith(DRAWN) and isinstance(value, str)
    }


def _chosen(visit: Visit) -> dict[str, Given]:
    """What was typed; where somebody has chosen the other's value, that one."""
    values, base = typed(visit), _drawn_with(visit)
    return {key: base.get(key, text) if visit.text(THEIRS + key) == "theirs" else text for key, text in values.items()}


def page(
    visit: Visit,
    form: RequestForm,
    number: int,
    *,
    status: int = 200,
    problem: str = "",
    differences: Mapping[str, Difference] | None = None,
) -> Response:
    """The form as a page, or as a piece of the card."""
    template = "requests/fields_piece.html" if visit.piece else "requests/fields_page.html"
    more = {"problem": problem, "differences": differences or {}, "number": number}
    return visit.page(template, status=status, form=form, **more, **given(visit, form))


def given(visit: Visit, form: RequestForm) -> dict[str, Any]:
    """What the templates of controls ask for."""
    return {
        "places": {one.key: place for place, one in enumerate(controls(form))},
        "state": "\n".join(f"{key}={said}" for key, said in states(form).items()),
        "Type": Type,
        "SEARCHED": reference_search.SEARCHED,
        "long": _LONG,
        "most_bytes": field_files.MOST_BYTES,
        "speaks": visit.texts.language,
        "words": card_words,
        "coded": request_words.code,
    }


def controls(form: RequestForm) -> list[Control]:
    """Those that can be changed, in the order of the page."""
    return [one for part in form.sections for one in part.controls if one.writable]


def states(form: RequestForm) -> dict[str, str]:
    """Of each control, how it is drawn but for its value."""
    return {one.key: f"{one.visible:d}{one.obligatory:d}" for one in controls(form)}
