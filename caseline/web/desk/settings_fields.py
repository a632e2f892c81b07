"""Fields of requests in the settings, with their indexes."""

from typing import Final
from urllib.parse import quote

from starlette.responses import Response

from caseline.actions import index_field, keep_fields
from caseline.actions.editing import mark
from caseline.actions.index_field import State
from caseline.actions.keep_fields import Wish
from caseline.actions.seen import Absent
from caseline.crm import field_words
from caseline.crm.request_fields import MOST_FILTERABLE, RequestField
from caseline.crm.vocabulary import Type
from caseline.people.rights import Right
from caseline.web.desk import reference_pages, value_words
from caseline.web.desk.page import Page
from caseline.web.desk.reference import Cell, Choices, Column, Control, Edit, Input, Line, Reference, Sheet, Value
from caseline.web.desk.settings_people import editor
from caseline.web.desk.visit import Visit
from caseline.web.language import later

TARGETS: Final = {
    "company": later("company"),
    "contact": later("contact"),
    "person": later("person"),
    "group": later("group"),
    "request": later("request"),
    "product": later("product"),
}


def label(visit: Visit, field: RequestField) -> str:
    """How a field is called."""
    return field_words.labels(field)[visit.texts.language == "ru"]


def _type(visit: Visit, field: RequestField) -> str:
    words = visit.texts.say(value_words.TYPES[field.type])
    if field.to:
        return f"{words}: {visit.texts.say(TARGETS.get(field.to, field.to))}"
    return words


def _lines(visit: Visit) -> list[Line]:
    names = {one.code: one.label for one in keep_fields.sections(visit.house)}
    found = sorted(keep_fields.fields(visit.house), key=lambda one: (not one.active, one.extra, one.position))
    return [_line(visit, one, names.get(one.section or "", "")) for one in found]


def _line(visit: Visit, one: RequestField, section: str) -> Line:
    say = visit.texts.say
    state = Cell(say("in use"), "good") if one.active else Cell(say("not in use"), "plain")
    index = Cell(say("filterable"), "good") if one.filterable else ""
    origin = say("own") if not one.extra else say("extra")
    return Line(
        one.key, (label(visit, one), one.key, _type(visit, one), section, origin, index, state), active=one.active
    )


def _find(visit: Visit, key: str) -> Sheet:
    one = keep_fields.find(visit.house, key)
    values: dict[str, Value] = {
        "name": one.name,
        "label": one.label,
        "type": one.type.value,
        "target": one.to or "",
        "choices": "\n".join(one.choices),
        "section": one.section or "",
        "position": str(one.position),
        "active": one.active,
    }
    return Sheet(
        title=label(visit, one),
        values=values,
        seen=mark(keep_fields.plain(one)),
        removable=one.extra,
        template="settings/field_index.html" if one.extra else "",
        data={"standing": index_field.standings(visit.house).get(key), "State": State} if one.extra else {},
    )


def _save(visit: Visit, edit: Edit) -> str:
    wish = Wish(
        label=edit.text("label"),
        type=Type(edit.text("type")),
        to=edit.maybe("target"),
        choices=tuple(dict.fromkeys(line.strip() for line in edit.text("choices").splitlines() if line.strip())),
        section=edit.maybe("section"),
        position=edit.number("position") or 0,
        active=edit.flag("active"),
    )
    if edit.key is None:
        return keep_fields.add(visit.house, edit.text("name"), wish, editor(visit)).key
    return keep_fields.change(visit.house, edit.key, wish, editor(visit), seen=edit.seen).key


def _remove(visit: Visit, edit: Edit) -> None:
    keep_fields.remove(visit.house, edit.key or "", editor(visit), seen=edit.seen)


def indexed(visit: Visit) -> Response:
    """Build the index of a field, or build it once more."""
    key = visit.text("key")
    there = keep_fields.find(visit.house, key)
    if not there.extra:
        raise Absent(key)
    others = sum(one.filterable for one in keep_fields.fields(visit.house) if one.key != key)
    notice = "indexed"
    if others >= MOST_FILTERABLE:
        notice = "indexes"
    else:
        index_field.make_filterable(visit.house, key, by=visit.login.name, now=visit.now)
    return visit.go(f"{FIELDS.path}/edit?key={quote(key)}", notice=notice)


def unindexed(visit: Visit) -> Response:
    """Take the index of a field back."""
    key = visit.text("key")
    if not keep_fields.find(visit.house, key).extra:
        raise Absent(key)
    index_field.make_plain(visit.house, key, by=visit.login.name, now=visit.now)
    return visit.go(f"{FIELDS.path}/edit?key={quote(key)}", notice="unindexed")


def _types(visit: Visit) -> Choices:
    return [(kind.value, visit.texts.say(words)) for kind, words in value_words.TYPES.items()]


def _targets(visit: Visit) -> Choices:
    return [(code, visit.texts.say(TARGETS[code])) for code in keep_fields.TARGETS]


def _sections(visit: Visit) -> Choices:
    return [(one.code, one.label) for one in keep_fields.sections(visit.house)]


FIELDS: Final = Reference(
    code="fields",
    title=later("Fields"),
    adding=later("Add a field"),
    hint=later("What the card of a request shows. A field out of use keeps what requests hold in it."),
    empty=later("There are no fields yet."),
    columns=(
        Column(later("Label")),
        Column(later("Key")),
        Column(later("Type")),
        Column(later("Section")),
        Column(later("Kind")),
        Column(later("Index")),
        Column(later("State")),
    ),
    inputs=(
        Input(
            "name",
            later("Key"),
            required=True,
            fixed=True,
            hint=later("How filters, rules and programs name it; it is never changed afterwards."),
        ),
        Input("label", later("Label"), hint=later("As people read it on the card. Own fields have one already.")),
        Input(
            "type",
            later("Type"),
            Control.CHOICE,
            required=True,
            initial="text",
            choices=_types,
            hint=later("As soon as requests hold values in it, only text and list can be exchanged."),
        ),
        Input(
            "target",
            later("A link points at"),
            Control.CHOICE,
            choices=_targets,
            nothing=later("nothing"),
            hint=later("Of links only."),
        ),
        Input(
            "choices",
            later("Values of the list"),
            Control.AREA,
            rows=6,
            hint=later("Of lists only: one in a line, in the order of the list. None: any value may stand."),
        ),
        Input("section", later("Section"), Control.CHOICE, choices=_sections, nothing=later("none")),
        Input(
            "position",
            later("Place"),
            Control.NUMBER,
            initial="0",
            hint=later("Fields with smaller numbers stand first in their section."),
        ),
        Input("active", later("In use"), Control.CHECK, initial=True),
    ),
    lines=_lines,
    find=_find,
    save=_save,
    remove=_remove,
)


PAGES: Final = (
    *reference_pages.pages(FIELDS),
    Page("/settings/fields/index", indexed, Right.EDIT_SETTINGS, method="POST"),
    Page("/settings/fields/unindex", unindexed, Right.EDIT_SETTINGS, method="POST"),
)
