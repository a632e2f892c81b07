"""Pages of the keyword dictionary."""

from typing import Final

from caseline.people.rights import Right
from caseline.web.desk import draft_pages, file_pages, keyword_pages
from caseline.web.desk.page import Page

_LETTER: Final = 40_000_000
"""Bytes of a form with a pasted letter. Ten megabytes of one are answered, though not all of them are read; and a form
writes a Cyrillic letter in six bytes instead of two."""

PAGES: Final = (
    Page("/keywords", keyword_pages.listed, Right.SEE_KEYWORDS),
    Page("/keywords", keyword_pages.listed, Right.SEE_KEYWORDS, method="POST", most_bytes=_LETTER),
    Page("/keywords/try", keyword_pages.tried, Right.SEE_KEYWORDS, method="POST", most_bytes=_LETTER),
    Page("/keywords/propose", keyword_pages.proposed, Right.EDIT_KEYWORDS, method="POST", most_bytes=_LETTER),
    Page("/keywords/new", keyword_pages.form, Right.EDIT_KEYWORDS),
    Page("/keywords/new", keyword_pages.written, Right.EDIT_KEYWORDS, method="POST"),
    Page("/keywords/forms", keyword_pages.forms, Right.SEE_KEYWORDS, method="POST"),
    Page("/keywords/export", keyword_pages.exported, Right.SEE_KEYWORDS),
    Page("/keywords/import", file_pages.form, Right.EDIT_KEYWORDS),
    Page("/keywords/import", file_pages.imported, Right.EDIT_KEYWORDS, method="POST", most_bytes=_LETTER),
    Page("/keywords/report", file_pages.report, Right.SEE_KEYWORDS),
    Page("/keywords/settings", keyword_pages.settings, Right.SEE_KEYWORDS),
    Page("/keywords/settings", keyword_pages.settings_proposed, Right.EDIT_KEYWORDS, method="POST"),
    Page("/keywords/history", draft_pages.history, Right.SEE_KEYWORDS),
    Page("/keywords/history/{number:key}", draft_pages.revision, Right.SEE_KEYWORDS),
    Page("/keywords/history/{number:key}/restore", draft_pages.restored, Right.EDIT_KEYWORDS, method="POST"),
    Page("/keywords/drafts/{number:key}", draft_pages.shown, Right.EDIT_KEYWORDS),
    Page("/keywords/drafts/{number:key}/samples", draft_pages.samples, Right.EDIT_KEYWORDS),
    Page("/keywords/drafts/{number:key}/choose", draft_pages.chosen, Right.EDIT_KEYWORDS, method="POST"),
    Page("/keywords/evaluation", draft_pages.evaluation, Right.SEE_KEYWORDS),
    Page("/keywords/evaluation", draft_pages.evaluated, Right.EDIT_KEYWORDS, method="POST"),
    Page("/keywords/drafts/{number:key}/save", draft_pages.saved, Right.EDIT_KEYWORDS, method="POST"),
    Page("/keywords/drafts/{number:key}/drop", draft_pages.dropped, Right.EDIT_KEYWORDS, method="POST"),
    Page("/keywords/{number:key}", keyword_pages.form, Right.SEE_KEYWORDS),
    Page("/keywords/{number:key}", keyword_pages.written, Right.EDIT_KEYWORDS, method="POST"),
)
