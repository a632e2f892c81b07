"""What the form of a campaign is filled with: its document, what counts where it says nothing, and choices."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from caseline.actions import keep_campaigns, keep_templates
from caseline.feedback import experiments
from caseline.web.desk import document_sketch as sketch
from caseline.web.desk.campaign_names import Names
from caseline.web.desk.campaign_sketch import MOST_ROWS
from caseline.web.desk.visit import Visit

_RESTS: Final = {"nps": 30, "chat": 30}
_LETTERS: Final = ("ask_smileys", "ask_review", "ask_nps", "ask_reminder")
"""Letters that ship, for houses in which they are not there yet."""
_SCHEDULE: Final = {"delay_hours": 0, "since": "09:00", "until": "20:00", "working_days": True, "reminder_after": 3}
_ANY_HOUR: Final = {**_SCHEDULE, "since": "00:00", "until": "00:00", "working_days": False}
_RULE: Final = {"mode": "balanced", "first_window_s": 60, "quiet_min": 10}


def given(visit: Visit, document: Mapping[str, Any]) -> dict[str, Any]:
    """Values for the template."""
    names = Names.of(visit)
    kind, channel = document.get("kind"), document.get("channel")
    audience, trigger = _part(document, "audience"), _part(document, "trigger")
    lasts = 7 if channel == "chat" else 30
    usual = "ask_smileys" if channel == "mail_smileys" else "ask_review"
    letters = {code for code, _ in keep_templates.templates(visit.house)} | {*_LETTERS}
    return {
        "document": {**dict.fromkeys(("kind", "channel", "fallback", "form")), **document},
        "name": sketch.both(document.get("name")),
        "trigger": {"by": "stage", "stages": [], "closed": False, "age_days": "", "every_days": 90} | trigger,
        "audience": {
            "services": [],
            "without_services": [],
            "divisions": [],
            "finished_within_days": None,
            "person_rests_days": _RESTS.get(str(kind)),
            "anybody_rests": kind != "smileys",
            "beside_others": False,
            **audience,
        },
        "address": document.get("address") or ("phone" if channel == "chat" else "card"),
        "letter": document.get("letter") or usual,
        "reminder": document.get("reminder") or "ask_reminder",
        "schedule": {
            **(_ANY_HOUR if channel == "web" else _SCHEDULE),
            "lasts_days": lasts,
            **_part(document, "schedule"),
        },
        "rule": _RULE | _part(document, "rule"),
        "by_division": _part(document, "forms_by_division"),
        "follow": [_row(one) for one in _list(document, "follow")],
        "variants": [_variant(one) for one in _list(document, "variants")],
        "planned": _planned(document),
        "needed": _needed(document),
        "stages": _also(list(names.stages.items()), trigger.get("stages")),
        "services": _also(
            list(names.services.items()), [*_codes(audience, "services"), *_codes(audience, "without_services")]
        ),
        "divisions": list(names.divisions.items()),
        "forms": [(one.code, one.name) for one in keep_campaigns.forms(visit.house, now=visit.now)],
        "letters": sorted(one for one in letters if one.startswith("ask_") or one == document.get("letter")),
        "both": sketch.both,
        "as_lines": sketch.as_lines,
        "most_rows": MOST_ROWS,
    }


def _part(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    return dict(found) if isinstance(found, Mapping) else {}


def _list(document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = document.get(name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _codes(part: Mapping[str, Any], name: str) -> list[str]:
    found = part.get(name)
    return [str(one) for one in found] if isinstance(found, list) else []


def _row(one: Mapping[str, Any]) -> dict[str, Any]:
    when = _part(one, "when")
    empty = {"key": "", "to": [], "author": "head", "starts_days": 0, "due_days": 2, "checklist": [], "title": {}}
    more = {"text": {}, "name": {}, "kind": "nps", "targets": [], "given_for": "answer", "amount": "", "most": ""}
    last = {"lasts_days": 180, "services": [], "apply": False, "hook": "", "do": ""}
    conditions = {"grades": [], "mean_from": "", "mean_below": ""} | when
    return {**empty, **more, **last, **one, "when": conditions}


def _variant(one: Mapping[str, Any]) -> dict[str, Any]:
    changes = {"letter": "", "channel": "", "delay_hours": "", "buttons": None} | _part(one, "changes")
    return {"code": "", "share": 50, **one, "changes": changes}


def _planned(document: Mapping[str, Any]) -> dict[str, Any]:
    found = _part(document, "planned")
    return {name: _percents(found.get(name)) for name in ("base", "hoped")}


def _percents(share: object) -> object:
    return f"{share * 100:g}" if isinstance(share, int | float) else share or ""


def _needed(document: Mapping[str, Any]) -> int | None:
    found = _part(document, "planned")
    base, hoped = found.get("base"), found.get("hoped")
    if not isinstance(base, int | float) or not isinstance(hoped, int | float):
        return None
    try:
        return experiments.needed(base, hoped)
    except ValueError:
        return None


def _also(known: Sequence[tuple[str, str]], more: object) -> list[tuple[str, str]]:
    """What can be chosen, with what the document names and nobody has made yet."""
    codes = {code for code, _ in known}
    strange = [str(one) for one in more if str(one) not in codes] if isinstance(more, list) else []
    return [*known, *((one, one) for one in dict.fromkeys(strange))]
