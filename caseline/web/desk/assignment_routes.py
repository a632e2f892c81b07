"""Paths of assignments; who may do what with which, the actions decide."""

from typing import Final

from caseline.people.rights import Right
from caseline.web.desk import assignment_deeds, assignment_pages
from caseline.web.desk.page import Handler, Page

_ONE: Final = "/assignments/{id:key}"


def _deed(path: str, handle: Handler) -> Page:
    return Page(f"{_ONE}/{path}", handle, Right.SEE_REQUESTS, method="POST")


PAGES: Final = (
    Page("/assignments", assignment_pages.listed, Right.SEE_REQUESTS),
    Page("/assignments/new", assignment_pages.blank, Right.WORK_REQUESTS),
    Page("/assignments", assignment_deeds.give, Right.WORK_REQUESTS, method="POST"),
    Page(_ONE, assignment_pages.shown, Right.SEE_REQUESTS),
    Page(f"{_ONE}/files/{{file:key}}", assignment_pages.file, Right.SEE_REQUESTS),
    _deed("steps", assignment_deeds.add_steps),
    _deed("steps/{step:key}", assignment_deeds.tick),
    _deed("steps/{step:key}/remove", assignment_deeds.remove_step),
    _deed("notes", assignment_deeds.note),
    _deed("answer", assignment_deeds.answer),
    _deed("end", assignment_deeds.end),
    _deed("reopen", assignment_deeds.reopen),
    _deed("resend", assignment_deeds.resend),
    _deed("address", assignment_deeds.address),
)
