"""Pages that take the catalogue from a file, and give it away as one."""

from typing import Any, Final

from starlette.datastructures import UploadFile
from starlette.responses import Response

from caseline.actions import import_catalogue, note_deed
from caseline.crm.cards import Refused
from caseline.crm.catalogue_file import RowFault
from caseline.crm.catalogue_plan import Kind, Plan
from caseline.text_files import decoding
from caseline.text_files.faults import FileFault
from caseline.web.desk import refusal_words
from caseline.web.desk.visit import Visit
from caseline.web.language import later

_SHOWN: Final = 200
KINDS: Final = {
    Kind.MADE: later("New"),
    Kind.RENAMED: later("Renamed"),
    Kind.MOVED: later("Moved"),
    Kind.RETIRED: later("Out of use"),
    Kind.REVIVED: later("In use again"),
}


def exported(visit: Visit) -> Response:
    """The catalogue as a CSV file that spreadsheets may open."""
    note_deed.note(visit.house, visit.login.name, "catalogue_exported", "", {}, now=visit.now)
    name = f"catalogue-{visit.texts.local(visit.now):%Y-%m-%d}.csv"
    return Response(
        # Without the mark at its beginning Excel takes UTF-8 for an older encoding.
        "\ufeff" + import_catalogue.written(visit.house, by_ids=visit.text("form") == "ids"),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def form(visit: Visit) -> Response:
    """Where a file is chosen, or its lines are pasted."""
    return _page(visit)


def imported(visit: Visit) -> Response:
    """Compare a file with the catalogue, or do what it says once somebody has seen the comparison."""
    retire, stamp = visit.text("retire") == "yes", visit.text("stamp")
    upload, text = visit.form.get("file"), visit.text("text")
    name = visit.texts.say("pasted lines")
    try:
        if isinstance(upload, UploadFile) and upload.filename:
            name = upload.filename.replace("\0", "\ufffd")
            text = decoding.decoded(upload.file.read(), name).replace("\0", "\ufffd")
        sheet = import_catalogue.read(text.encode(), name)
        if stamp:
            done = import_catalogue.bring(
                visit.house, sheet, visit.login.name, retire=retire, now=visit.now, stamp=stamp
            )
            return visit.go("/settings/catalogue", notice="saved" if done.steps else "nothing")
        proposal = import_catalogue.propose(visit.house, sheet, retire=retire)
    except (FileFault, Refused) as error:
        return _page(visit, problem=refusal_words.said(visit.texts, error), text=text, retire=retire, status=422)
    return _page(visit, plan=proposal.plan, stamp=proposal.stamp, text=text, retire=retire)


def _page(visit: Visit, *, plan: Plan | None = None, status: int = 200, **given: Any) -> Response:  # noqa: ANN401 - a template's values
    data = {"problem": "", "text": "", "retire": False, "stamp": ""} | given
    return visit.page(
        "catalogue/import.html",
        status=status,
        plan=plan,
        parts=[] if plan is None else [(label, plan.of(kind)) for kind, label in KINDS.items() if plan.of(kind)],
        faults=[] if plan is None else [_said(visit, one) for one in plan.faults[:_SHOWN]],
        shown=_SHOWN,
        **data,
    )


def _said(visit: Visit, fault: RowFault) -> str:
    words = visit.texts.say(fault.text, value=fault.value)
    return visit.texts.say("line %(number)s, %(rest)s", number=fault.line, rest=words)
