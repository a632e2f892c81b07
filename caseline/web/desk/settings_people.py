"""Persons in the settings."""

from typing import Final

from caseline.actions import keep_divisions, keep_groups, keep_people
from caseline.actions.editing import Editor, mark
from caseline.actions.seen import Absent
from caseline.people.stores.persons import Person
from caseline.web.desk import reference_pages
from caseline.web.desk.reference import Cell, Choices, Column, Control, Edit, Input, Line, Reference, Sheet, Value
from caseline.web.desk.visit import Visit, whole
from caseline.web.language import later


def key(text: str) -> int:
    """The number that a key is; raises `Absent` for what is none."""
    number = whole(text)
    if number is None:
        raise Absent(text)
    return number


def editor(visit: Visit) -> Editor:
    """Whoever edits on a page."""
    return Editor(visit.login.name, visit.now)


def persons_to_choose(visit: Visit) -> Choices:
    """Active persons for a field of a form."""
    return [(str(one.id), _told(one)) for one in keep_people.people(visit.house) if one.active]


def _told(one: Person) -> str:
    return f"{one.name} · {one.title}" if one.title else one.name


def groups_to_choose(visit: Visit) -> Choices:
    """Groups for a field of a form."""
    return [(str(one.id), one.name) for one in keep_groups.groups(visit.house)]


def divisions_to_choose(visit: Visit) -> Choices:
    """Divisions for a field of a form, each with those that it is a part of."""
    return [(str(one.id), path) for one, path in keep_divisions.paths(visit.house)]


def _lines(visit: Visit) -> list[Line]:
    return [_line(visit, one) for one in sorted(keep_people.people(visit.house), key=lambda one: not one.active)]


def _line(visit: Visit, one: Person) -> Line:
    state = Cell(visit.texts.say("works"), "good") if one.active else Cell(visit.texts.say("left"), "plain")
    return Line(
        str(one.id),
        (
            one.name,
            one.title or "",
            one.email or "",
            one.phone or "",
            one.division or "",
            ", ".join(one.group_names),
            state,
        ),
        active=one.active,
    )


def _find(visit: Visit, text: str) -> Sheet:
    one = keep_people.find(visit.house, key(text))
    values: dict[str, Value] = {
        "name": one.name,
        "email": one.email or "",
        "phone": one.phone or "",
        "title": one.title or "",
        "division": str(one.division_id or ""),
        "groups": tuple(map(str, one.groups)),
        "active": one.active,
    }
    return Sheet(title=one.name, values=values, seen=mark(keep_people.plain(one)))


def _save(visit: Visit, edit: Edit) -> str:
    wish = keep_people.Wish(
        name=edit.text("name"),
        email=edit.maybe("email"),
        phone=edit.maybe("phone"),
        title=edit.maybe("title"),
        division_id=edit.number("division"),
        groups=edit.numbers("groups"),
        active=edit.flag("active"),
    )
    by = editor(visit)
    if edit.key is None:
        return str(keep_people.add(visit.house, wish, by).id)
    number = key(edit.key)
    keep_people.change(visit.house, number, wish, by, seen=edit.seen, agreed=edit.agreed)
    return edit.key


PERSONS: Final = Reference(
    code="people",
    title=later("Persons"),
    adding=later("Add a person"),
    hint=later("Whoever requests are assigned to. To sign in, a person needs a login, too."),
    empty=later("There are no persons yet: add the first one, or import them with the requests."),
    columns=(
        Column(later("Name")),
        Column(later("Position")),
        Column(later("Mail")),
        Column(later("Phone")),
        Column(later("Division")),
        Column(later("Groups")),
        Column(later("State")),
    ),
    inputs=(
        Input("name", later("Name"), required=True, hint=later("As clients read it in letters.")),
        Input("title", later("Position")),
        Input("email", later("Mail"), Control.MAIL, hint=later("Where notices go.")),
        Input("phone", later("Phone"), Control.PHONE),
        Input("division", later("Division"), Control.CHOICE, choices=divisions_to_choose, nothing=later("none")),
        Input("groups", later("Groups"), Control.MANY, choices=groups_to_choose),
        Input(
            "active",
            later("Works here"),
            Control.CHECK,
            initial=True,
            hint=later("Whoever has left keeps old requests and gets no new ones."),
        ),
    ),
    lines=_lines,
    find=_find,
    save=_save,
)
PAGES: Final = reference_pages.pages(PERSONS)
