"""Groups and absences in the settings."""

from typing import Final

from caseline.actions import keep_absences, keep_groups
from caseline.actions.editing import mark
from caseline.people.stores.absences import Absence
from caseline.people.stores.groups import Group
from caseline.people.turns import Turns
from caseline.web.desk import audit_words, reference_pages
from caseline.web.desk.reference import Cell, Choices, Column, Control, Edit, Input, Line, Reference, Sheet, Value
from caseline.web.desk.settings_people import editor, key, persons_to_choose
from caseline.web.desk.visit import Visit
from caseline.web.language import later


def _turns(visit: Visit) -> Choices:
    return [(one.value, visit.texts.say(audit_words.TURNS[one])) for one in Turns]


def _group_lines(visit: Visit) -> list[Line]:
    found = sorted(keep_groups.with_members(visit.house), key=lambda one: not one.active)
    return [_group_line(visit, one) for one in found]


def _group_line(visit: Visit, one: Group) -> Line:
    say = visit.texts.say
    members = ", ".join(one.member_names) or say("nobody yet")
    state = Cell(say("in use"), "good") if one.active else Cell(say("given up"), "plain")
    return Line(str(one.id), (one.name, say(audit_words.TURNS[one.turns]), members, state), active=one.active)


def _find_group(visit: Visit, text: str) -> Sheet:
    one = keep_groups.find(visit.house, key(text))
    values: dict[str, Value] = {
        "name": one.name,
        "turns": one.turns.value,
        "members": tuple(map(str, one.members)),
        "active": one.active,
    }
    labels = dict(zip(map(str, one.members), one.member_names, strict=True))
    return Sheet(title=one.name, values=values, seen=mark(keep_groups.plain(one)), labels=labels)


def _save_group(visit: Visit, edit: Edit) -> str:
    wish = keep_groups.Wish(
        name=edit.text("name"),
        turns=Turns(edit.text("turns")),
        members=edit.numbers("members"),
        active=edit.flag("active"),
    )
    if edit.key is None:
        return str(keep_groups.make(visit.house, wish, editor(visit)).id)
    keep_groups.change(visit.house, key(edit.key), wish, editor(visit), seen=edit.seen, agreed=edit.agreed)
    return edit.key


GROUPS: Final = Reference(
    code="groups",
    title=later("Groups"),
    adding=later("Add a group"),
    hint=later("A category brings its requests to a group; in it they are shared out as you say here."),
    empty=later("There are no groups yet: requests need one to go to."),
    columns=(
        Column(later("Group name")),
        Column(later("Requests are shared out")),
        Column(later("Members")),
        Column(later("State")),
    ),
    inputs=(
        Input("name", later("Group name"), required=True),
        Input(
            "turns",
            later("Requests are shared out"),
            Control.CHOICE,
            required=True,
            initial=Turns.HAND.value,
            choices=_turns,
            hint=later(
                "Whoever is absent is passed over, and the deputy steps in. Imported requests are never shared out."
            ),
        ),
        Input("members", later("Members"), Control.MANY, choices=persons_to_choose),
        Input(
            "active",
            later("In use"),
            Control.CHECK,
            initial=True,
            hint=later("A group that is given up keeps its requests."),
        ),
    ),
    lines=_group_lines,
    find=_find_group,
    save=_save_group,
)


def _absence_lines(visit: Visit) -> list[Line]:
    return sorted(
        (_absence_line(visit, one) for one in keep_absences.listed(visit.house)), key=lambda one: not one.active
    )


def _absence_line(visit: Visit, one: Absence) -> Line:
    say, today = visit.texts.say, visit.texts.local(visit.now).date()
    if one.last_day < today:
        state = Cell(say("over"), "plain")
    else:
        state = Cell(say("away now"), "bad") if one.first_day <= today else Cell(say("planned"), "plain")
    days = (visit.texts.date(one.first_day), visit.texts.date(one.last_day))
    cells = (one.person, *days, one.deputy or say("nobody"), one.note, state)
    return Line(str(one.id), cells, active=one.last_day >= today)


def _find_absence(visit: Visit, text: str) -> Sheet:
    one = keep_absences.find(visit.house, key(text))
    values: dict[str, Value] = {
        "person": str(one.person_id),
        "first_day": one.first_day.isoformat(),
        "last_day": one.last_day.isoformat(),
        "deputy": str(one.deputy_id or ""),
        "note": one.note,
    }
    labels = {str(one.person_id): one.person, str(one.deputy_id): one.deputy or ""}
    days = f"{visit.texts.date(one.first_day)} – {visit.texts.date(one.last_day)}"
    return Sheet(title=f"{one.person}, {days}", values=values, seen=mark(keep_absences.plain(one)), labels=labels)


def _save_absence(visit: Visit, edit: Edit) -> str:
    first, last = edit.day("first_day"), edit.day("last_day")
    if first is None or last is None:  # the frame has asked for both
        raise LookupError("an absence without days")
    wish = keep_absences.Wish(
        person_id=edit.number("person") or 0,
        first_day=first,
        last_day=last,
        deputy_id=edit.number("deputy"),
        note=edit.text("note"),
    )
    if edit.key is None:
        return str(keep_absences.add(visit.house, wish, editor(visit)).id)
    keep_absences.change(visit.house, key(edit.key), wish, editor(visit), seen=edit.seen)
    return edit.key


def _remove_absence(visit: Visit, edit: Edit) -> None:
    keep_absences.remove(visit.house, key(edit.key or ""), editor(visit), seen=edit.seen)


ABSENCES: Final = Reference(
    code="absences",
    title=later("Absences"),
    adding=later("Enter an absence"),
    hint=later("On these days requests, questions and notices go to the deputy."),
    empty=later("Nobody is away, now or later."),
    columns=(
        Column(later("Person")),
        Column(later("First day")),
        Column(later("Last day")),
        Column(later("Deputy")),
        Column(later("Note")),
        Column(later("State")),
    ),
    inputs=(
        Input("person", later("Person"), Control.CHOICE, required=True, choices=persons_to_choose),
        Input("first_day", later("First day"), Control.DAY, required=True),
        Input("last_day", later("Last day"), Control.DAY, required=True, hint=later("Still away on this day.")),
        Input(
            "deputy",
            later("Deputy"),
            Control.CHOICE,
            choices=persons_to_choose,
            nothing=later("nobody"),
            hint=later("Without one, the person is passed over."),
        ),
        Input("note", later("Note")),
    ),
    lines=_absence_lines,
    find=_find_absence,
    save=_save_absence,
    remove=_remove_absence,
)
PAGES: Final = (*reference_pages.pages(GROUPS), *reference_pages.pages(ABSENCES))
