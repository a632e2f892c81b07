"""Campaigns in the form of the desk: what is typed becomes a document; what the form does not show stays in it."""

import copy
from collections.abc import Mapping
from typing import Any, Final

from caseline.feedback.follow import Do
from caseline.web.desk import document_sketch as sketch
from caseline.web.desk.document_sketch import put
from caseline.web.desk.visit import Visit

MOST_ROWS: Final = 20
_PERCENT: Final = 100
Document = dict[str, Any]


def typed(visit: Visit, was: Mapping[str, Any]) -> Document:
    """The document that the form says, over what it was."""
    made: Document = copy.deepcopy(dict(was))
    made["name"] = sketch.words(visit, "name")
    put(
        made,
        kind=visit.text("kind") or None,
        address=visit.text("address") or None,
        channel=visit.text("channel") or None,
        fallback=visit.text("fallback") or None,
        form=visit.text("form") or None,
        letter=visit.text("letter") or None,
        reminder=visit.text("reminder") or None,
    )
    _trigger(visit, _part(made, "trigger"))
    _audience(visit, _part(made, "audience"))
    _schedule(visit, _part(made, "schedule"))
    put(
        _part(made, "rule"),
        mode=visit.text("mode") or None,
        first_window_s=sketch.number(visit.text("first_window_s")),
        quiet_min=sketch.number(visit.text("quiet_min")),
    )
    divisions = sketch.ticked(visit, "of_division")
    found = {one: visit.text(f"form_of.{one}") for one in divisions if visit.text(f"form_of.{one}")}
    put(made, forms_by_division=found or None)
    put(made, follow=[_rule(visit, name) for name in sketch.rows(visit, "f", MOST_ROWS)])
    _variants(visit, made)
    base, hoped = (_share(visit.text(name)) for name in ("base", "hoped"))
    put(made, planned=None if base is None and hoped is None else {"base": base, "hoped": hoped})
    for name in ("audience", "schedule", "rule", "follow", "variants"):
        if not made.get(name):
            made.pop(name, None)
    return made


def _part(made: Document, name: str) -> Document:
    found = made.get(name)
    made[name] = dict(found) if isinstance(found, Mapping) else {}
    part: Document = made[name]
    return part


def _trigger(visit: Visit, one: Document) -> None:
    put(
        one,
        by=visit.text("by") or None,
        stages=sketch.ticked(visit, "stages") or None,
        closed=True if visit.text("closed") else None,
        age_days=sketch.number(visit.text("age_days")),
        every_days=sketch.number(visit.text("every_days")),
    )


def _audience(visit: Visit, one: Document) -> None:
    put(
        one,
        services=sketch.ticked(visit, "services") or None,
        without_services=sketch.ticked(visit, "without_services") or None,
        divisions=[int(text) if text.isdecimal() else text for text in sketch.ticked(visit, "divisions")] or None,
        finished_within_days=sketch.number(visit.text("finished_within_days")),
    )
    # Nothing typed means no limit here, and not the usual one of the kind.
    one["person_rests_days"] = sketch.number(visit.text("person_rests_days"))
    one["anybody_rests"] = bool(visit.text("anybody_rests"))
    if visit.text("beside_others"):
        one["beside_others"] = True
    else:
        one.pop("beside_others", None)


def _schedule(visit: Visit, one: Document) -> None:
    put(
        one,
        delay_hours=sketch.number(visit.text("delay_hours")),
        since=visit.text("since").strip() or None,
        until=visit.text("until").strip() or None,
        lasts_days=sketch.number(visit.text("lasts_days")),
    )
    one["working_days"] = bool(visit.text("working_days"))
    one["reminder_after"] = sketch.number(visit.text("reminder_after"))


def _rule(visit: Visit, name: str) -> Document:
    do = visit.text(f"{name}do")
    when: Document = {}
    put(
        when,
        grades=sketch.ticked(visit, f"{name}grades") or None,
        mean_from=sketch.number(visit.text(f"{name}mean_from")),
        mean_below=sketch.number(visit.text(f"{name}mean_below")),
    )
    made: Document = {"when": when} if when else {}
    put(made, do=do, key=visit.text(f"{name}key").strip() or None)
    if do == Do.NOTICE:
        put(made, to=sketch.ticked(visit, f"{name}to"), text=sketch.maybe_words(visit, f"{name}text"))
    elif do == Do.ASSIGNMENT:
        put(
            made,
            to=visit.text(f"{name}to") or None,
            author=visit.text(f"{name}author") or None,
            title=sketch.words(visit, f"{name}title"),
            text=sketch.maybe_words(visit, f"{name}text"),
            starts_days=sketch.number(visit.text(f"{name}starts_days")) or None,
            due_days=sketch.number(visit.text(f"{name}due_days")),
            checklist=sketch.two_languages(visit.text(f"{name}checklist")) or None,
        )
    elif do == Do.RECORD:
        put(made, kind=visit.text(f"{name}kind").strip() or None, name=sketch.words(visit, f"{name}name"))
    elif do == Do.REVIEW:
        targets = sketch.listed(visit.text(f"{name}targets"))
        put(made, targets=targets, text=sketch.maybe_words(visit, f"{name}text"))
    elif do == Do.BONUS:
        put(
            made,
            given_for=visit.text(f"{name}given_for") or None,
            amount=sketch.number(visit.text(f"{name}amount")),
            lasts_days=sketch.number(visit.text(f"{name}lasts_days")),
            most=sketch.number(visit.text(f"{name}most")),
            services=sketch.listed(visit.text(f"{name}services")) or None,
            apply=True if visit.text(f"{name}apply") else None,
        )
    elif do == Do.WEBHOOK:
        put(made, hook=visit.text(f"{name}hook").strip())
    return made


def _variants(visit: Visit, made: Document) -> None:
    before = made.get("variants")
    there = [one for one in before if isinstance(one, Mapping)] if isinstance(before, list) else []
    known = {str(one.get("code")): one.get("changes") for one in there}
    found = []
    for name in sketch.rows(visit, "v", MOST_ROWS):
        was = known.get(visit.text(f"{name}was"))
        changes = dict(was) if isinstance(was, Mapping) else {}
        buttons = visit.text(f"{name}buttons")
        put(
            changes,
            letter=visit.text(f"{name}letter") or None,
            channel=visit.text(f"{name}channel") or None,
            delay_hours=sketch.number(visit.text(f"{name}delay_hours")),
            buttons=None if not buttons else buttons == "yes",
        )
        share = sketch.number(visit.text(f"{name}share"))
        code = visit.text(f"{name}code").strip()
        found.append({"code": code, "share": share, **({"changes": changes} if changes else {})})
    made["variants"] = found


def _share(text: str) -> float | str | None:
    """A share of whole or decimal percents."""
    found = sketch.number(text.replace("%", ""))
    return round(found / _PERCENT, 6) if isinstance(found, int | float) else found


def drawn(made: Document, visit: Visit) -> None:
    """Do what a button beside rows says: add one of a kind, take one out, move it."""
    wish = visit.text("draw")
    list_, _, deed = wish.partition(":")
    if list_ not in {"follow", "variants"}:
        return
    there: list[Any] = made.setdefault(list_, [])
    if deed != "+":
        sketch.moved(there, deed)
    elif len(there) < MOST_ROWS:
        there.append(_fresh(visit, list_, there))
    if not there:
        made.pop(list_)


def _fresh(visit: Visit, list_: str, there: list[Any]) -> Document:
    if list_ == "variants":
        codes = {one.get("code") for one in there}
        return {"code": next(code for code in "abcdefghijklmnopqrstuvwxyz" if code not in codes), "share": 50}
    do = visit.text("new_do")
    do = do if do in set(Do) else Do.NOTICE.value
    made: Document = {"do": do}
    keys = {one.get("key", do) for one in there if one.get("do") == do}
    if do in keys:
        made["key"] = next(name for place in range(2, MOST_ROWS + 2) if (name := f"{do}-{place}") not in keys)
    return made
