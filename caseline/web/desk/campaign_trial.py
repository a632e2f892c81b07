"""The dry run of a campaign: whom it would ask now, whom not and why; and the switch."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from starlette.responses import Response

from caseline.actions import foresee_asks, keep_campaigns, note_deed, show_campaigns
from caseline.actions.editing import Overtaken
from caseline.actions.foresee_asks import Foreseen, Line
from caseline.feedback.audience import Skip
from caseline.feedback.books import KeptCampaign
from caseline.feedback.reading import CampaignUnfit
from caseline.text_files import csv_table
from caseline.web.desk import asking_words, campaign_words, feedback_faults
from caseline.web.desk.campaign_names import Names
from caseline.web.desk.campaign_pages import CONFLICT, FAULTY
from caseline.web.desk.settings_people import editor
from caseline.web.desk.visit import Visit
from caseline.web.language import later

SHOWN: Final = 20
"""Requests of each group on the page; the file has more."""
_HEADS: Final = (*(later("Number"), later("Subject"), later("In the stage since"), later("Decision")),)
_NO_ADDRESS: Final = "no address"
_OLDEST: Final = timedelta(days=3650)
_NO_DAY: Final = later("From when on: write a day such as %(example)s, not in the future.")


@dataclass(frozen=True, slots=True)
class Group:
    """Requests about which one thing is decided."""

    words: str
    number: int
    asked: bool
    lines: Sequence[tuple[Line, str]]
    """With the decision in words."""


def tried(visit: Visit) -> Response:
    """Try it, and change nothing."""
    kept = keep_campaigns.find(visit.house, visit.text("key"), now=visit.now)
    return visit.page("feedback/trial.html", **_trial(visit, kept))


def exported(visit: Visit) -> Response:
    """The same as a table."""
    kept = keep_campaigns.find(visit.house, visit.text("key"), now=visit.now)
    found = _trial(visit, kept, most=foresee_asks.SHOWN)
    separator = csv_table.separator(visit.texts.language)
    lines = [[visit.texts.say(head) for head in _HEADS]]
    for group in found["groups"]:
        for line, decision in group.lines:
            number, title = found["titles"][line.found.record_id]
            lines.append([number, title, visit.texts.time(line.found.since), decision])
    note_deed.note(visit.house, visit.login.name, "asks_exported", kept.code, {}, now=visit.now)
    name = f"{kept.code}-{visit.texts.local(visit.now):%Y-%m-%d-%H%M}.csv"
    return Response(
        "\ufeff" + "".join(csv_table.line(line, separator) for line in lines),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def question(visit: Visit) -> Response:
    """What it would ask about, before it is switched on; the question before it is switched off."""
    kept = keep_campaigns.find(visit.house, visit.text("key"), now=visit.now)
    return _question(visit, kept)


def switched(visit: Visit) -> Response:
    """Switch it on from a day, or off."""
    kept = keep_campaigns.find(visit.house, visit.text("key"), now=visit.now)
    seen = visit.text("version")
    if seen != str(kept.version):
        return _question(visit, kept, status=CONFLICT, overtaken=True)
    try:
        if visit.text("to") == "off":
            keep_campaigns.switch_off(visit.house, kept.code, editor(visit))
            return visit.go(f"/settings/campaigns/show?key={kept.code}", notice="switched_off")
        since = _since(visit)
        if since is None and visit.text("since").strip():
            return _question(visit, kept, status=FAULTY)
        keep_campaigns.switch_on(visit.house, kept.code, editor(visit), since=since)
    except CampaignUnfit as error:
        return _question(visit, kept, status=FAULTY, fault=feedback_faults.said(visit.texts, error))
    except Overtaken:
        return _question(visit, kept, status=CONFLICT, overtaken=True)
    return visit.go(f"/settings/campaigns/show?key={kept.code}", notice="switched_on")


def _question(
    visit: Visit, kept: KeptCampaign, *, status: int = 200, fault: str = "", overtaken: bool = False
) -> Response:
    found = _trial(visit, kept, from_now=kept.switched_on_at is None)
    found["fault"] = fault or found["fault"]
    warnings = [] if found["fault"] else campaign_words.warnings(visit.texts, kept.campaign, Names.of(visit))
    return visit.page("feedback/switch.html", status=status, overtaken=overtaken, warnings=warnings, **found)


def _trial(visit: Visit, kept: KeptCampaign, *, most: int = SHOWN, from_now: bool = False) -> dict[str, Any]:
    typed, since = visit.text("since").strip(), _since(visit)
    problem = visit.texts.say(_NO_DAY, example="2026-03-31") if typed and since is None else ""
    given: dict[str, Any] = {"foreseen": None, "groups": [], "titles": {}, "fault": "", "waits": False}
    try:
        given["waits"] = campaign_words.waits(kept.campaign)
        start = since or (visit.now if from_now else None)
        done = foresee_asks.foresee(visit.house, kept.code, now=visit.now, since=start)
    except CampaignUnfit as error:
        given["fault"] = feedback_faults.said(visit.texts, error)
    else:
        ids = [line.found.record_id for line in done.lines]
        given["titles"] = show_campaigns.titles(visit.house, visit.viewer, ids)
        given["foreseen"], given["groups"] = done, _groups(visit, done, given["titles"].keys(), most)
    return {
        **given,
        "kept": kept,
        "problem": problem,
        "typed": typed,
        "today": visit.texts.local(visit.now).date().isoformat(),
        "edits": True,
        "words": asking_words,
    }


def _groups(visit: Visit, done: Foreseen, seen: Collection[int], most: int) -> list[Group]:
    """Of requests that the viewer does not see, the number alone is told."""
    lines: dict[str, list[tuple[Line, str]]] = {}
    for line in done.lines:
        if line.found.record_id not in seen:
            continue
        code = line.decided.skip.value if line.decided.skip else _NO_ADDRESS if line.waits else ""
        decision = asking_words.decided(visit.texts, line.decided, visit.now)
        if line.waits:
            decision = visit.texts.say("no address: would wait for it")
        lines.setdefault(code, []).append((line, decision))
    found = []
    if done.asked:
        found.append(Group(visit.texts.say("would be asked"), done.asked, asked=True, lines=lines.get("", [])[:most]))
    if done.no_address:
        told = visit.texts.say("no address: would wait for it")
        found.append(Group(told, done.no_address, asked=False, lines=lines.get(_NO_ADDRESS, [])[:most]))
    for skip in Skip:
        if number := done.skipped.get(skip.value, 0):
            told = asking_words.reason(visit.texts, skip.value, visit.now)
            found.append(Group(told, number, asked=False, lines=lines.get(skip.value, [])[:most]))
    return found


def _since(visit: Visit) -> datetime | None:
    """The beginning of the day that was typed; None for what is no past day."""
    text = visit.text("since").strip()
    try:
        day = datetime.fromisoformat(text[:10]).replace(tzinfo=visit.texts.local(visit.now).tzinfo)
    except ValueError:
        return None
    return day if visit.now - _OLDEST <= day <= visit.now else None
