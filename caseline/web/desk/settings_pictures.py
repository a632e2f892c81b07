"""Pictures of rating letters in the settings: another one of the same name takes the place of a shipped one."""

from typing import Final

from starlette.datastructures import UploadFile
from starlette.responses import Response

from caseline.actions import keep_pictures
from caseline.actions.seen import Absent
from caseline.outbox import pictures
from caseline.outbox.faults import OutboxFault
from caseline.people.rights import Right
from caseline.web.desk import refusal_words
from caseline.web.desk.page import Page
from caseline.web.desk.settings_people import editor
from caseline.web.desk.visit import Visit
from caseline.web.language import later

LABELS: Final = {
    "smiley-1": later("face: very bad"),
    "smiley-2": later("face: bad"),
    "smiley-3": later("face: all right"),
    "smiley-4": later("face: good"),
    "smiley-5": later("face: excellent"),
    "logo": later("logo above the letter"),
}
_ALONE: Final = {"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff"}


def listed(visit: Visit) -> Response:
    """All names with the picture that stands there."""
    return _page(visit)


def _page(visit: Visit, *, problem: str = "", wrong: str = "", status: int = 200) -> Response:
    return visit.page(
        "settings/pictures.html",
        status=status,
        places=[(one, visit.texts.say(LABELS[one.name])) for one in keep_pictures.places(visit.house)],
        edits=visit.may(Right.EDIT_SETTINGS),
        most=visit.texts.number(pictures.MOST_BYTES // 1000),
        problem=problem,
        wrong=wrong,
    )


def shown(visit: Visit) -> Response:
    """The picture itself."""
    found = keep_pictures.every(visit.house).get(visit.text("name"))
    if found is None:
        raise Absent("picture")
    return Response(found.content, media_type=found.content_type, headers=_ALONE)


def replaced(visit: Visit) -> Response:
    """Let a file stand in the place of the picture of a name."""
    name, upload = visit.text("name"), visit.form.get("file")
    if name not in pictures.NAMES:
        raise Absent("picture")
    if not isinstance(upload, UploadFile) or not upload.filename:
        return _page(visit, problem=visit.texts.say("Choose a file."), wrong=name, status=422)
    try:
        keep_pictures.replace(visit.house, name, upload.file.read(), editor(visit))
    except OutboxFault as error:
        return _page(visit, problem=refusal_words.said(visit.texts, error), wrong=name, status=422)
    return visit.go("/settings/pictures", notice="saved")


def restored(visit: Visit) -> Response:
    """Let the shipped picture count again."""
    keep_pictures.restore(visit.house, visit.text("name"), editor(visit))
    return visit.go("/settings/pictures", notice="saved")


PAGES: Final = (
    Page("/settings/pictures", listed, Right.SEE_SETTINGS),
    Page("/settings/pictures/file", shown, Right.SEE_SETTINGS),
    Page("/settings/pictures/replace", replaced, Right.EDIT_SETTINGS, method="POST"),
    Page("/settings/pictures/restore", restored, Right.EDIT_SETTINGS, method="POST", most_bytes=10_000),
)
