"""Categories in the settings: label, group, hours, calendar."""

import re
from typing import Final

from caseline.actions import keep_categories, keep_groups, know_calendars
from caseline.actions.editing import Fault, Faulty, mark
from caseline.actions.keep_categories import Wish
from caseline.crm.cards import Category, Refused
from caseline.timing import instants
from caseline.timing.faults import TimingFault
from caseline.timing.vocabulary import Mode
from caseline.web.desk import audit_words, reference_pages, refusal_words
from caseline.web.desk.reference import Cell, Choices, Column, Control, Edit, Input, Line, Reference, Sheet, Value
from caseline.web.desk.visit import Visit
from caseline.web.language import Texts, later

_HOURS: Final = re.compile(r"\s*(\S.*?)\s*[=:]\s*([0-9]{1,6})\s*")


def _groups(visit: Visit) -> Choices:
    return [(str(one.id), one.name) for one in keep_groups.with_members(visit.house) if one.active]


def _calendars(visit: Visit) -> Choices:
    found = {one.calendar: one.title or one.calendar for one in know_calendars.versions(visit.house, now=visit.now)}
    return list(found.items())


def _modes(visit: Visit) -> Choices:
    return [(mode.value, visit.texts.say(audit_words.MODES[mode])) for mode in Mode]


def _lines(visit: Visit) -> list[Line]:
    found = keep_categories.categories(visit.house)
    return [_line(visit, one) for one in sorted(found, key=lambda one: not one.active)]


def _line(visit: Visit, one: Category) -> Line:
    say = visit.texts.say
    by_priority = ", ".join(f"{priority} {hours}" for priority, hours in one.hours_by_priority.items())
    hours = f"{one.hours} ({by_priority})" if by_priority else str(one.hours)
    state = Cell(say("in use"), "good") if one.active else Cell(say("given up"), "plain")
    cells = (
        one.label,
        one.code,
        one.group or "",
        hours,
        say(audit_words.MODES[one.mode]),
        one.calendar_id or "",
        state,
    )
    return Line(one.code, cells, active=one.active)


def _find(visit: Visit, code: str) -> Sheet:
    one = keep_categories.find(visit.house, code)
    values: dict[str, Value] = {
        "code": one.code,
        "label": one.label,
        "group": str(one.group_id or ""),
        "hours": str(one.hours),
        "hours_by_priority": "\n".join(f"{name} = {hours}" for name, hours in one.hours_by_priority.items()),
        "calendar": one.calendar_id or "",
        "mode": one.mode.value,
        "active": one.active,
    }
    labels = {str(one.group_id): one.group or ""}
    return Sheet(title=one.label, values=values, seen=mark(keep_categories.plain(one)), labels=labels)


def _save(visit: Visit, edit: Edit) -> str:
    code = edit.key or edit.text("code")
    if edit.key is None and code in {one.code for one in keep_categories.categories(visit.house)}:
        raise Faulty(Fault("code", "there is one of this code: change that one", "категория с таким кодом уже есть"))
    old = None if edit.key is None else keep_categories.find(visit.house, edit.key)
    wanted = _by_priority(edit.text("hours_by_priority"))
    hours = _checked("hours", edit.number("hours") or 0)
    wish = Wish(
        label=edit.text("label"),
        hours=hours,
        group=edit.text("group"),
        hours_by_priority={**dict.fromkeys(old.hours_by_priority if old else ()), **wanted},
        calendar=edit.text("calendar"),
        mode=Mode(edit.text("mode")),
        active=edit.flag("active"),
    )
    if old is not None and wish.group == str(old.group_id or ""):
        wish = Wish(**{name: getattr(wish, name) for name in Wish.__slots__ if name != "group"})
    if wish.mode is Mode.WHOLE_DAYS and any(each % 24 for each in (hours, *wanted.values())):
        raise Faulty(
            Fault("hours", "are no whole days: give a multiple of 24", "не целое число дней: укажите кратное 24")
        )
    try:
        keep_categories.put_category(visit.house, code, wish, by=visit.login.name, seen=edit.seen, now=visit.now)
    except Refused as error:
        raise Faulty(Fault("", str(error), refusal_words.said(Texts("ru"), error))) from error
    except TimingFault as error:
        raise Faulty(Fault("", str(error), f"по этому календарю срок не посчитать: {error}")) from error
    return code


def _by_priority(text: str) -> dict[str, int]:
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        said = _HOURS.fullmatch(line)
        if said is None:
            raise Faulty(
                Fault(
                    "hours_by_priority",
                    f"{line[:40]!r}: write a priority and its hours, such as high = 8",
                    f"«{line[:40]}»: запишите приоритет и часы, например: high = 8",
                )
            )
        found[said[1]] = _checked("hours_by_priority", int(said[2]))
    return found


def _checked(name: str, hours: int) -> int:
    if not 0 < hours <= instants.LONGEST_TARGET_H:
        most = instants.LONGEST_TARGET_H
        raise Faulty(Fault(name, f"{hours}: give 1 to {most} hours", f"{hours}: укажите от 1 до {most} часов"))
    return hours


CATEGORIES: Final = Reference(
    code="categories",
    title=later("Categories"),
    adding=later("Add a category"),
    hint=later("What requests are about: who is responsible, and how long they have. Deadlines that are set stay."),
    empty=later("There are no categories yet: without one a request has no deadline."),
    columns=(
        Column(later("Label")),
        Column(later("Code")),
        Column(later("Group")),
        Column(later("Hours"), number=True),
        Column(later("Counted")),
        Column(later("Calendar")),
        Column(later("State")),
    ),
    inputs=(
        Input("label", later("Label"), required=True),
        Input(
            "code", later("Code"), required=True, fixed=True, hint=later("Short name, as commands and files use it.")
        ),
        Input(
            "group",
            later("Group"),
            Control.CHOICE,
            choices=_groups,
            nothing=later("none"),
            hint=later("Where its requests go."),
        ),
        Input("hours", later("Hours up to the deadline"), Control.NUMBER, required=True, initial="24"),
        Input(
            "hours_by_priority",
            later("Other hours for priorities"),
            Control.AREA,
            rows=3,
            hint=later("One a line: high = 8"),
        ),
        Input("mode", later("Counted"), Control.CHOICE, required=True, initial=Mode.WORKING_DAYS.value, choices=_modes),
        Input("calendar", later("Calendar"), Control.CHOICE, choices=_calendars, nothing=later("the default one")),
        Input(
            "active",
            later("In use"),
            Control.CHECK,
            initial=True,
            hint=later("Others keep their requests and get none."),
        ),
    ),
    lines=_lines,
    find=_find,
    save=_save,
)
PAGES: Final = reference_pages.pages(CATEGORIES)
