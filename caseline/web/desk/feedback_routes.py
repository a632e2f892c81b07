"""Pages of feedback: the registry of asks, campaigns, forms."""

from typing import Final

from caseline.people.rights import Right
from caseline.web.desk import ask_deeds, ask_pages, campaign_pages, campaign_trial, form_pages
from caseline.web.desk.page import Handler, Page

_ONE: Final = "/asks/{id:key}"
_CAMPAIGNS: Final = "/settings/campaigns"
_FORMS: Final = "/settings/forms"


def _edits(path: str, handle: Handler, right: Right) -> Page:
    return Page(path, handle, right, method="POST")


PAGES: Final = (
    Page("/asks", ask_pages.listed, Right.SEE_FEEDBACK),
    Page("/asks/export", ask_pages.exported, Right.EXPORT),
    Page(_ONE, ask_pages.shown, Right.SEE_FEEDBACK),
    Page(f"{_ONE}/form", ask_deeds.form, Right.SEE_FEEDBACK),
    Page(f"{_ONE}/answer", ask_deeds.blank, Right.WORK_REQUESTS),
    _edits(f"{_ONE}/answer", ask_deeds.entered, Right.WORK_REQUESTS),
    _edits(f"{_ONE}/repair", ask_deeds.repaired, Right.WORK_REQUESTS),
    Page("/requests/{number:key}/feedback", ask_deeds.about, Right.SEE_FEEDBACK),
    _edits("/requests/{number:key}/feedback", ask_deeds.ask, Right.WORK_REQUESTS),
    Page(_CAMPAIGNS, campaign_pages.listed, Right.SEE_SETTINGS),
    Page(f"{_CAMPAIGNS}/show", campaign_pages.shown, Right.SEE_SETTINGS),
    Page(f"{_CAMPAIGNS}/text", campaign_pages.text, Right.SEE_SETTINGS),
    Page(f"{_CAMPAIGNS}/try", campaign_trial.tried, Right.SEE_SETTINGS),
    Page(f"{_CAMPAIGNS}/try/export", campaign_trial.exported, Right.SEE_SETTINGS),
    Page(f"{_CAMPAIGNS}/new", campaign_pages.blank, Right.EDIT_CAMPAIGNS),
    _edits(f"{_CAMPAIGNS}/new", campaign_pages.made, Right.EDIT_CAMPAIGNS),
    Page(f"{_CAMPAIGNS}/edit", campaign_pages.form, Right.EDIT_CAMPAIGNS),
    _edits(f"{_CAMPAIGNS}/edit", campaign_pages.saved, Right.EDIT_CAMPAIGNS),
    _edits(f"{_CAMPAIGNS}/draw", campaign_pages.drawn, Right.EDIT_CAMPAIGNS),
    _edits(f"{_CAMPAIGNS}/text", campaign_pages.text_saved, Right.EDIT_CAMPAIGNS),
    Page(f"{_CAMPAIGNS}/switch", campaign_trial.question, Right.EDIT_CAMPAIGNS),
    _edits(f"{_CAMPAIGNS}/switch", campaign_trial.switched, Right.EDIT_CAMPAIGNS),
    Page(_FORMS, form_pages.listed, Right.SEE_SETTINGS),
    Page(f"{_FORMS}/show", form_pages.shown, Right.SEE_SETTINGS),
    Page(f"{_FORMS}/text", form_pages.text, Right.SEE_SETTINGS),
    Page(f"{_FORMS}/new", form_pages.blank, Right.EDIT_SETTINGS),
    Page(f"{_FORMS}/edit", form_pages.edit, Right.EDIT_SETTINGS),
    _edits(f"{_FORMS}/edit", form_pages.saved, Right.EDIT_SETTINGS),
    _edits(f"{_FORMS}/draw", form_pages.drawn, Right.EDIT_SETTINGS),
    _edits(f"{_FORMS}/text", form_pages.text_saved, Right.EDIT_SETTINGS),
)
