"""Rules of fields in the settings: sentences in a list, an editor of conditions with a trial before saving."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.responses import Response

from caseline.actions import keep_rules
from caseline.actions.editing import Overtaken, mark
from caseline.crm.field_rules import Effect, Rule
from caseline.crm.rule_words import BadSetting
from caseline.people.rights import Right
from caseline.web.desk import rule_sketch
from caseline.web.desk.page import Page
from caseline.web.desk.rule_sketch import MOST_ROWS, OPS, Desk, Sketch
from caseline.web.desk.settings_people import editor, key
from caseline.web.desk.visit import Visit
from caseline.web.language import later

_FAULTY: Final = 422
_CONFLICT: Final = 409
_SHOWN: Final = 10
"""Requests that a trial names."""
EFFECTS: Final = {
    Effect.REQUIRE: later("the field has to be filled in"),
    Effect.SHOW: later("the field is shown (and otherwise hidden)"),
    Effect.HIDE: later("the field is hidden"),
}


def listed(visit: Visit) -> Response:
    """All rules as sentences, by the field that they are for."""
    desk = Desk(visit)
    rules = [(one, desk.sentence(one)) for one in keep_rules.rules(visit.house)]
    groups: dict[str, list[tuple[Rule, str]]] = {}
    for one, words in rules:
        known = desk.book.fields.get(one.field)
        groups.setdefault(desk.label(known) if known else one.field, []).append((one, words))
    return visit.page(
        "settings/rules.html", groups=sorted(groups.items()), total=len(rules), edits=visit.may(Right.EDIT_SETTINGS)
    )


def form(visit: Visit) -> Response:
    """The editor with a rule, or with a new one."""
    number = visit.text("key")
    rule = keep_rules.find(visit.house, key(number)) if number else None
    if rule is None:
        return _editor(visit, Sketch(0, "all", "require", visit.text("field"), active=True, rows=(("", "is", ()),)))
    rows = tuple((one.field, one.op.value, one.values) for one in rule.conditions)
    sketch = Sketch(rule.id, rule.match.value, rule.effect.value, rule.field, active=rule.active, rows=rows)
    return _editor(visit, sketch, seen=mark(keep_rules.plain(rule)))


def drawn(visit: Visit) -> Response:
    """The conditions again, for what was chosen in them; with one more row, or one less."""
    sketch = rule_sketch.typed(visit)
    rows = list(sketch.rows)
    gone = visit.number("drop")
    if gone is not None and 0 <= gone < len(rows):
        del rows[gone]
    if visit.text("more") and len(rows) < MOST_ROWS:
        rows.append(("", "is", ()))
    sketch = Sketch(sketch.id, sketch.match, sketch.effect, sketch.field, active=sketch.active, rows=tuple(rows))
    if visit.piece:
        desk = Desk(visit)
        return visit.page("settings/rule_conditions.html", **_given(desk, sketch))
    return _editor(visit, sketch, seen=visit.text("seen"))


def tried(visit: Visit) -> Response:
    """What the rule would do to the newest open requests."""
    sketch = rule_sketch.typed(visit)
    try:
        trial = keep_rules.attempt(visit.house, visit.viewer, rule_sketch.rule(sketch))
    except BadSetting as error:
        return _answer(visit, sketch, fault=error.said(visit.texts.language))
    return _answer(visit, sketch, trial=trial)


def _answer(visit: Visit, sketch: Sketch, **said: Any) -> Response:  # noqa: ANN401 - what the page says
    if visit.piece:
        return visit.page("settings/rule_trial.html", **{"trial": None, "fault": "", "shown": _SHOWN} | said)
    return _editor(visit, sketch, seen=visit.text("seen"), **said)


def saved(visit: Visit) -> Response:
    """Keep the rule."""
    sketch = rule_sketch.typed(visit)
    seen = visit.text("seen") if sketch.id else None
    try:
        keep_rules.put_rule(visit.house, rule_sketch.rule(sketch), editor(visit), seen=seen)
    except BadSetting as error:
        return _editor(visit, sketch, seen=visit.text("seen"), fault=error.said(visit.texts.language), status=_FAULTY)
    except Overtaken:
        now = mark(keep_rules.plain(keep_rules.find(visit.house, sketch.id)))
        return _editor(visit, sketch, seen=now, overtaken=True, status=_CONFLICT)
    return visit.go("/settings/rules", notice="saved")


def asked(visit: Visit) -> Response:
    """The question before a rule is deleted."""
    return _question(visit)


def _question(visit: Visit, *, overtaken: bool = False, status: int = 200) -> Response:
    rule = keep_rules.find(visit.house, key(visit.text("key")))
    return visit.page(
        "settings/rule_remove.html",
        status=status,
        rule=rule,
        words=Desk(visit).sentence(rule),
        seen=mark(keep_rules.plain(rule)),
        overtaken=overtaken,
    )


def removed(visit: Visit) -> Response:
    """Delete the rule."""
    try:
        keep_rules.drop_rule(visit.house, key(visit.text("key")), editor(visit), seen=visit.text("seen"))
    except Overtaken:
        return _question(visit, overtaken=True, status=_CONFLICT)
    return visit.go("/settings/rules", notice="removed")


def _given(desk: Desk, sketch: Sketch) -> Mapping[str, Any]:
    fields: Sequence[tuple[str, str]] = desk.fields()
    return {"rows": desk.rows(sketch), "known": fields, "OPS": OPS, "most": MOST_ROWS, "sketch": sketch}


def _editor(visit: Visit, sketch: Sketch, *, status: int = 200, **said: Any) -> Response:  # noqa: ANN401 - as above
    desk = Desk(visit)
    told = {"seen": "", "fault": "", "overtaken": False, "trial": None, "shown": _SHOWN} | said
    return visit.page(
        "settings/rule.html",
        status=status,
        **_given(desk, sketch),
        targets=desk.targets(),
        EFFECTS=EFFECTS,
        edits=visit.may(Right.EDIT_SETTINGS),
        **told,
    )


PAGES: Final = (
    Page("/settings/rules", listed, Right.SEE_SETTINGS),
    Page("/settings/rules/new", form, Right.EDIT_SETTINGS),
    Page("/settings/rules/edit", form, Right.SEE_SETTINGS),
    Page("/settings/rules/edit", saved, Right.EDIT_SETTINGS, method="POST"),
    Page("/settings/rules/draw", drawn, Right.EDIT_SETTINGS, method="POST"),
    Page("/settings/rules/try", tried, Right.EDIT_SETTINGS, method="POST"),
    Page("/settings/rules/remove", asked, Right.EDIT_SETTINGS),
    Page("/settings/rules/remove", removed, Right.EDIT_SETTINGS, method="POST"),
)
