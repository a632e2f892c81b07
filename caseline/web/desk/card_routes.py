"""Pages of one request."""

from typing import Final

from caseline.people.rights import Right
from caseline.web.desk import card_deeds, card_fields, card_opening, card_pages, card_writing
from caseline.web.desk.card_frame import FORM_BYTES, MOST_FILES
from caseline.web.desk.page import Handler, Page

_ONE: Final = "/requests/{number:key}"


def _deed(path: str, handle: Handler) -> Page:
    return Page(f"{_ONE}/{path}", handle, Right.WORK_REQUESTS, method="POST")


def _letter(path: str, handle: Handler) -> Page:
    """A form that takes files."""
    return Page(
        f"{_ONE}/{path}",
        handle,
        Right.WORK_REQUESTS,
        method="POST",
        most_bytes=FORM_BYTES,
        most_files=MOST_FILES,
    )


PAGES: Final = (
    Page("/requests/new", card_opening.form, Right.WORK_REQUESTS),
    Page(
        "/requests/new",
        card_opening.opened,
        Right.WORK_REQUESTS,
        method="POST",
        most_bytes=FORM_BYTES,
        most_files=MOST_FILES,
    ),
    Page("/requests/new/live", card_fields.live, Right.WORK_REQUESTS, method="POST", most_bytes=FORM_BYTES),
    Page(_ONE, card_pages.shown, Right.SEE_REQUESTS),
    Page(f"{_ONE}/timeline", card_pages.earlier, Right.SEE_REQUESTS),
    Page(f"{_ONE}/messages/{{message:key}}", card_pages.formatted, Right.SEE_REQUESTS),
    Page(f"{_ONE}/files/{{file:key}}", card_pages.file, Right.SEE_REQUESTS),
    Page(f"{_ONE}/fields/file", card_pages.field_file, Right.SEE_REQUESTS),
    Page(f"{_ONE}/fields", card_fields.edit, Right.WORK_REQUESTS),
    _letter("fields", card_fields.saved),
    _letter("fields/live", card_fields.live),
    _deed("stage", card_deeds.stage),
    _deed("take", card_deeds.take),
    _deed("people", card_deeds.hand),
    _deed("share", card_deeds.share),
    _deed("category", card_deeds.categorise),
    _deed("merging", card_deeds.merging),
    _deed("merge", card_deeds.merge),
    _deed("unmerge", card_deeds.unmerge),
    _deed("split", card_deeds.split),
    _letter("comment", card_writing.comment),
    _letter("reply", card_writing.reply),
    _letter("preview", card_writing.preview),
    Page(f"{_ONE}/beginnings", card_writing.beginnings, Right.WORK_REQUESTS),
    _deed("assignments", card_writing.give),
    _letter("assignments/{work:key}/answer", card_writing.answer),
    _deed("assignments/{work:key}/address", card_writing.address),
    _deed("assignments/{work:key}/end", card_writing.end),
    _deed("letters/{letter:key}/withdraw", card_writing.withdraw),
)
