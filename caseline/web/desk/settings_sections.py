"""Sections of the card of a request in the settings."""

from typing import Final

from caseline.actions import keep_fields, keep_sections
from caseline.actions.editing import mark
from caseline.crm.request_fields import Section
from caseline.web.desk import reference_pages
from caseline.web.desk.reference import Column, Control, Edit, Input, Line, Reference, Sheet, Value
from caseline.web.desk.settings_people import editor
from caseline.web.desk.visit import Visit
from caseline.web.language import later


def _lines(visit: Visit) -> list[Line]:
    inside: dict[str, int] = {}
    for one in keep_fields.fields(visit.house):
        inside[one.section or ""] = inside.get(one.section or "", 0) + 1
    number = visit.texts.number
    return [
        Line(one.code, (one.label, one.code, number(one.position), number(inside.get(one.code, 0))))
        for one in keep_fields.sections(visit.house)
    ]


def _find(visit: Visit, code: str) -> Sheet:
    one = keep_sections.find(visit.house, code)
    values: dict[str, Value] = {"code": one.code, "label": one.label, "position": str(one.position)}
    return Sheet(title=one.label, values=values, seen=mark(keep_sections.plain(one)))


def _save(visit: Visit, edit: Edit) -> str:
    made = Section(edit.key or edit.text("code"), edit.text("label"), edit.number("position") or 0)
    if edit.key is None:
        keep_sections.add(visit.house, made, editor(visit))
    else:
        keep_sections.change(visit.house, made, editor(visit), seen=edit.seen)
    return made.code


def _remove(visit: Visit, edit: Edit) -> None:
    keep_sections.remove(visit.house, edit.key or "", editor(visit), seen=edit.seen)


SECTIONS: Final = Reference(
    code="sections",
    title=later("Sections of the card"),
    adding=later("Add a section"),
    hint=later("Parts of the card of a request. A section whose fields are all hidden is not shown."),
    empty=later("There are no sections yet: all fields stand in one list."),
    columns=(
        Column(later("Label")),
        Column(later("Code")),
        Column(later("Place"), number=True),
        Column(later("Fields"), number=True),
    ),
    inputs=(
        Input("code", later("Code"), required=True, fixed=True, hint=later("Small Latin letters, such as delivery.")),
        Input("label", later("Label"), required=True),
        Input("position", later("Place"), Control.NUMBER, initial="0", hint=later("Smaller numbers stand first.")),
    ),
    lines=_lines,
    find=_find,
    save=_save,
    remove=_remove,
)
PAGES: Final = reference_pages.pages(SECTIONS)
