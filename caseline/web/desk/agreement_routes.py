"""The pages of agreements, and of the questions to which address a letter about one shall go."""

from typing import Final

from caseline.people.rights import Right
from caseline.web.desk import agreement_form, agreement_pages, question_pages
from caseline.web.desk.page import Page

_SEES, _WORKS = Right.SEE_REQUESTS, Right.WORK_REQUESTS
_ONE: Final = f"{agreement_pages.HOME}/{{id:key}}"
_QUESTION: Final = f"{question_pages.HOME}/{{id:key}}"
PAGES: Final = (
    Page(agreement_pages.HOME, agreement_pages.listed, _SEES),
    Page(f"{agreement_pages.HOME}/new", agreement_form.form, _WORKS),
    Page(f"{agreement_pages.HOME}/new", agreement_form.written, _WORKS, method="POST"),
    Page(_ONE, agreement_pages.shown, _SEES),
    Page(f"{_ONE}/edit", agreement_form.form, _WORKS),
    Page(f"{_ONE}/edit", agreement_form.written, _WORKS, method="POST"),
    Page(question_pages.HOME, question_pages.listed, _SEES),
    Page(_QUESTION, question_pages.shown, _SEES),
    Page(_QUESTION, question_pages.answered, _WORKS, method="POST"),
)
