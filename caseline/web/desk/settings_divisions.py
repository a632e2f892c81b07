"""Divisions in the settings: a tree."""

from typing import Final

from caseline.actions import keep_divisions
from caseline.actions.editing import mark
from caseline.people.stores.divisions import Division
from caseline.web.desk import reference_pages
from caseline.web.desk.reference import Cell, Column, Control, Edit, Input, Line, Reference, Sheet
from caseline.web.desk.settings_people import divisions_to_choose, editor, key, persons_to_choose
from caseline.web.desk.visit import Visit
from caseline.web.language import later


def _lines(visit: Visit) -> list[Line]:
    return [_line(visit, one, depth) for one, depth in keep_divisions.tree(visit.house)]


def _line(visit: Visit, one: Division, depth: int) -> Line:
    return Line(str(one.id), (Cell(one.name, depth=depth), one.head or "", visit.texts.number(one.persons)))


def _find(visit: Visit, text: str) -> Sheet:
    one = keep_divisions.find(visit.house, key(text))
    values = {"name": one.name, "parent": str(one.parent_id or ""), "head": str(one.head_id or "")}
    labels = {str(one.head_id): one.head or ""}
    return Sheet(title=one.name, values=values, seen=mark(keep_divisions.plain(one)), labels=labels)


def _save(visit: Visit, edit: Edit) -> str:
    wish = keep_divisions.Wish(name=edit.text("name"), parent_id=edit.number("parent"), head_id=edit.number("head"))
    if edit.key is None:
        return str(keep_divisions.add(visit.house, wish, editor(visit)).id)
    keep_divisions.change(visit.house, key(edit.key), wish, editor(visit), seen=edit.seen)
    return edit.key


def _remove(visit: Visit, edit: Edit) -> None:
    keep_divisions.remove(visit.house, key(edit.key or ""), editor(visit), seen=edit.seen, agreed=edit.agreed)


DIVISIONS: Final = Reference(
    code="divisions",
    title=later("Divisions"),
    adding=later("Add a division"),
    hint=later("The head of a division is the head of its persons, and of those in divisions below that have none."),
    empty=later("There are no divisions yet: without them nobody has a head to turn to."),
    columns=(Column(later("Division name")), Column(later("Head")), Column(later("Persons"), number=True)),
    inputs=(
        Input("name", later("Division name"), required=True),
        Input("parent", later("Part of"), Control.CHOICE, choices=divisions_to_choose, nothing=later("none")),
        Input("head", later("Head"), Control.CHOICE, choices=persons_to_choose, nothing=later("none")),
    ),
    lines=_lines,
    find=_find,
    save=_save,
    remove=_remove,
)
PAGES: Final = reference_pages.pages(DIVISIONS)
