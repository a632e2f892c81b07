"""Autotexts in the settings: texts under a name that any template of a letter may name."""

from typing import Final

from caseline.actions import keep_autotexts
from caseline.actions.editing import Fault, Faulty, mark
from caseline.outbox.autotexts import Autotext
from caseline.outbox.faults import TemplateFault
from caseline.web.desk import reference_pages, refusal_words
from caseline.web.desk.reference import Column, Control, Edit, Input, Line, Reference, Sheet, Value
from caseline.web.desk.settings_people import editor
from caseline.web.desk.visit import Visit
from caseline.web.language import Texts, later

_SHOWN: Final = 80
"""Letters of a text that the list shows."""


def _lines(visit: Visit) -> list[Line]:
    uses = keep_autotexts.uses(visit.house)
    return [
        Line(one.name, (f"%{one.name}%", _begins(one.said(visit.texts.language)), ", ".join(uses.get(one.folded, []))))
        for one in keep_autotexts.every(visit.house)
    ]


def _begins(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN].rstrip()}…"


def _find(visit: Visit, name: str) -> Sheet:
    one = keep_autotexts.find(visit.house, name)
    values: dict[str, Value] = {"name": one.name, "ru": one.ru, "en": one.en}
    return Sheet(title=f"%{one.name}%", values=values, seen=mark(keep_autotexts.plain(one)))


def _save(visit: Visit, edit: Edit) -> str:
    typed = Autotext(edit.key or edit.text("name").strip("%"), edit.text("ru"), edit.text("en"))
    try:
        if edit.key is None:
            keep_autotexts.add(visit.house, typed, editor(visit))
        else:
            keep_autotexts.change(visit.house, typed, editor(visit), seen=edit.seen)
    except TemplateFault as error:
        raise Faulty(Fault(_field(error), str(error), refusal_words.said(Texts("ru"), error))) from error
    return typed.name


def _field(error: TemplateFault) -> str:
    """Which field a fault is about: the place of a text ends with its language."""
    place = str(error.values.get("place", ""))
    return next((language for language in ("ru", "en") if place.endswith(f"({language})")), "name")


def _remove(visit: Visit, edit: Edit) -> None:
    keep_autotexts.remove(visit.house, edit.key or "", editor(visit), seen=edit.seen)


AUTOTEXTS: Final = Reference(
    code="autotexts",
    title=later("Autotexts"),
    adding=later("Add an autotext"),
    hint=later("Texts under a name, such as %OpeningHours%: written once, used in any letter. They may hold tags."),
    empty=later("There are no autotexts yet."),
    columns=(Column(later("Name")), Column(later("Text")), Column(later("Stands in"))),
    inputs=(
        Input(
            "name",
            later("Name"),
            required=True,
            fixed=True,
            hint=later("One word of letters, digits and _; no name of a tag."),
        ),
        Input("ru", later("Text in Russian"), Control.AREA, rows=6),
        Input(
            "en",
            later("Text in English"),
            Control.AREA,
            rows=6,
            hint=later("Where one of the two is empty, the other one stands in its place."),
        ),
    ),
    lines=_lines,
    find=_find,
    save=_save,
    remove=_remove,
)
PAGES: Final = reference_pages.pages(AUTOTEXTS)
