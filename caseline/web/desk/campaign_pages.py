"""Campaigns in the settings: the list, one as people read it, its form, its text, new ones, on and off."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

from starlette.responses import Response

from caseline.actions import keep_campaigns, show_campaigns
from caseline.actions.editing import Faulty, Overtaken, mark
from caseline.feedback import document_text, experiments, links
from caseline.feedback.books import KeptCampaign
from caseline.feedback.campaign import Campaign
from caseline.feedback.document_text import TextUnfit
from caseline.feedback.reading import CampaignUnfit
from caseline.people.rights import Right
from caseline.web.desk import (
    asking_words,
    campaign_form,
    campaign_modes,
    campaign_sketch,
    campaign_words,
    feedback_faults,
)
from caseline.web.desk.campaign_names import Names
from caseline.web.desk.settings_people import editor
from caseline.web.desk.visit import Visit
from caseline.web.language import later

CONFLICT, FAULTY = 409, 422
_DAYS: Final = timedelta(days=30)
_NO_CODE: Final = later("Code: take small Latin letters, digits and dashes, such as smileys-service.")


def listed(visit: Visit) -> Response:
    """All campaigns."""
    kept = keep_campaigns.campaigns(visit.house, now=visit.now)
    counts = show_campaigns.asked(visit.house, since=visit.now - _DAYS)
    rows = [(one, _read(one), *counts.get(one.id, (0, 0))) for one in kept]
    rows.sort(key=lambda row: (row[0].switched_on_at is None, row[0].code))
    return visit.page(
        "feedback/campaigns.html",
        rows=rows,
        words=asking_words,
        kinds=campaign_words.KINDS,
        edits=visit.may(Right.EDIT_CAMPAIGNS),
    )


def _read(one: KeptCampaign) -> Campaign | None:
    try:
        return one.campaign
    except CampaignUnfit:
        return None


def shown(visit: Visit) -> Response:
    """One as people read it."""
    kept = keep_campaigns.find(visit.house, visit.text("key"), now=visit.now)
    names, texts, fault = Names.of(visit), visit.texts, ""
    parts: dict[str, Any] = {}
    try:
        one = kept.campaign
    except CampaignUnfit as error:
        fault = feedback_faults.said(texts, error)
    else:
        parts = {
            "when": campaign_words.when(texts, one, names),
            "whom": campaign_words.whom(texts, one, names),
            "how": campaign_words.how(texts, one, names),
            "follows": campaign_words.follows(texts, one),
            "warnings": campaign_words.warnings(texts, one, names),
            "variants": [(v.code, v.share, campaign_words.changed(texts, v.changes)) for v in one.variants],
            "needed": experiments.needed(*one.planned) if one.planned else None,
            "waits": campaign_words.waits(one),
            "texts_of_it": sorted(one.texts),
        }
    sent, came = show_campaigns.asked(visit.house, since=visit.now - _DAYS).get(kept.id, (0, 0))
    return visit.page(
        "feedback/campaign.html",
        kept=kept,
        parts=parts,
        fault=fault,
        sent=sent,
        came=came,
        words=asking_words,
        edits=visit.may(Right.EDIT_CAMPAIGNS),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the form says besides its fields."""

    status: int = 200
    fault: feedback_faults.Said | None = None
    overtaken: bool = False
    seen: str = ""


def form(visit: Visit) -> Response:
    """The form of one."""
    kept = keep_campaigns.find(visit.house, visit.text("key"), now=visit.now)
    return _form(visit, kept, kept.document, Said(seen=mark(kept.document)))


def drawn(visit: Visit) -> Response:
    """The form again with a row more, or one less; nothing is saved."""
    kept = keep_campaigns.find(visit.house, visit.text("key"), now=visit.now)
    made = campaign_sketch.typed(visit, kept.document)
    campaign_sketch.drawn(made, visit)
    return _form(visit, kept, made, Said(seen=visit.text("seen")))


def saved(visit: Visit) -> Response:
    """Save the form, or say where and why it cannot be saved."""
    kept = keep_campaigns.find(visit.house, visit.text("key"), now=visit.now)
    made = campaign_sketch.typed(visit, kept.document)
    try:
        keep_campaigns.change(visit.house, kept.code, made, editor(visit), seen=visit.text("seen"))
    except CampaignUnfit as error:
        fault = feedback_faults.read(visit.texts, error)
        return _form(visit, kept, made, Said(status=FAULTY, fault=fault, seen=visit.text("seen")))
    except Overtaken:
        now = mark(keep_campaigns.find(visit.house, kept.code, now=visit.now).document)
        return _form(visit, kept, made, Said(status=CONFLICT, overtaken=True, seen=now))
    return visit.go(f"/settings/campaigns/show?key={kept.code}", notice="saved")


def _form(visit: Visit, kept: KeptCampaign, document: Mapping[str, Any], said: Said) -> Response:
    return visit.page(
        "feedback/campaign_form.html",
        status=said.status,
        kept=kept,
        said=said,
        at=lambda *place: said.fault is not None and said.fault.at(*place),
        words=asking_words,
        told=campaign_words,
        modes_told=campaign_modes,
        **campaign_form.given(visit, document),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the tab with the text says."""

    status: int = 200
    text: str
    seen: str
    problem: str = ""
    overtaken: bool = False
    more: Mapping[str, Any] = field(default_factory=dict)


def text(visit: Visit) -> Response:
    """The whole campaign as text."""
    kept = keep_campaigns.find(visit.house, visit.text("key"), now=visit.now)
    said = Written(text=document_text.written(kept.document), seen=mark(kept.document))
    return _text(visit, kept, said)


def text_saved(visit: Visit) -> Response:
    """Save the text, or say in which line or part it is wrong; what was typed stays."""
    kept = keep_campaigns.find(visit.house, visit.text("key"), now=visit.now)
    said = Written(text=visit.text("text").replace("\r\n", "\n"), seen=visit.text("seen"))
    try:
        document = document_text.read(said.text)
        keep_campaigns.change(visit.house, kept.code, document, editor(visit), seen=said.seen)
    except TextUnfit as error:
        return _text(visit, kept, replace(said, status=FAULTY, problem=unfit(visit, error)))
    except CampaignUnfit as error:
        problem = feedback_faults.said(visit.texts, error)
        return _text(visit, kept, replace(said, status=FAULTY, problem=problem))
    except Overtaken:
        now = keep_campaigns.find(visit.house, kept.code, now=visit.now)
        return _text(visit, now, replace(said, status=CONFLICT, overtaken=True, seen=mark(now.document)))
    return visit.go(f"/settings/campaigns/show?key={kept.code}", notice="saved")


def unfit(visit: Visit, error: TextUnfit) -> str:
    """What is wrong with a text, and in which line."""
    what = visit.texts.say(error.text, **error.values) if error.values else visit.texts.say(error.text)
    return visit.texts.say("Line %(number)s: %(what)s", number=error.line, what=what)


def _text(visit: Visit, kept: KeptCampaign, said: Written) -> Response:
    edits = visit.may(Right.EDIT_CAMPAIGNS)
    return visit.page(
        "feedback/campaign_text.html", status=said.status, kept=kept, said=said, edits=edits, words=asking_words
    )


def blank(visit: Visit) -> Response:
    """Where a new campaign begins."""
    return _blank(visit)


def made(visit: Visit) -> Response:
    """Make a new one as a copy of a preset or another one, switched off."""
    code = visit.text("code").strip()
    if not links.slug(code):
        return _blank(visit, problem=visit.texts.say(_NO_CODE), status=FAULTY)
    document = dict(show_campaigns.beginning(visit.house, visit.text("from"), now=visit.now))
    name = visit.text("name").strip()
    if name:
        document["name"] = {"ru": name}
    try:
        keep_campaigns.add(visit.house, code, document, editor(visit))
    except Faulty as error:
        problem = "; ".join(one.said(visit.texts.language) for one in error.faults)
        return _blank(visit, problem=problem, status=CONFLICT)
    except CampaignUnfit as error:
        return _blank(visit, problem=feedback_faults.said(visit.texts, error), status=FAULTY)
    return visit.go(f"/settings/campaigns/edit?key={code}", notice="saved")


def _blank(visit: Visit, *, problem: str = "", status: int = 200) -> Response:
    return visit.page(
        "feedback/campaign_new.html",
        status=status,
        problem=problem,
        presets=show_campaigns.presets(),
        kept=keep_campaigns.campaigns(visit.house, now=visit.now),
        typed={name: visit.text(name) for name in ("code", "name", "from")},
        words=asking_words,
    )
