"""Pages that take dictionaries from files, and the report on the one that there is."""

from starlette.datastructures import UploadFile
from starlette.responses import Response

from caseline.actions import check_keywords, edit_keywords, read_keywords
from caseline.text_files.faults import FileFault
from caseline.web.desk import fault_words
from caseline.web.desk.visit import Visit
from keywords.drafts import Draft

_SHOWN = 200


def form(visit: Visit) -> Response:
    """Where a file is chosen, or its lines are pasted."""
    return visit.page("keywords/import.html", found=None, problem="", faults=[], draft=None, pasted="")


def imported(visit: Visit) -> Response:
    """What a file would change, as a draft; nothing is saved yet."""
    upload, pasted = visit.form.get("file"), visit.text("pasted")
    if isinstance(upload, UploadFile) and upload.filename:
        name, content = upload.filename.replace("\0", "\ufffd"), upload.file.read()
    else:
        name, content = visit.texts.say("pasted lines"), pasted.encode()
    try:
        found = check_keywords.from_file(visit.house, content, name)
    except FileFault as error:
        return visit.page(
            "keywords/import.html", status=422, found=None, problem=str(error), faults=[], draft=None, pasted=pasted
        )
    number = None
    if found.edits:
        draft = Draft(login=visit.login.name, source="import", title=name, edits=found.edits, made_at=visit.now)
        number = edit_keywords.propose(visit.house, draft)
    if number is not None and not found.faults:
        return visit.go(f"/keywords/drafts/{number}")
    words = fault_words.with_rows(visit.texts, found.faults[:_SHOWN])
    return visit.page("keywords/import.html", found=found, problem="", faults=words, draft=number, pasted=pasted)


def report(visit: Visit) -> Response:
    """Conflicts, doubles, dead and too general entries."""
    return visit.page(
        "keywords/report.html",
        report=read_keywords.report(visit.house),
        labels=edit_keywords.labels(visit.house),
        shown=_SHOWN,
    )
