"""Draws up the form of a request: its fields in sections, what each holds, shows and needs, and what may be chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import sqlalchemy as sa

from caseline.actions import obey_rules, open_request, seen, setup_at_hand, typed_request, wiring
from caseline.actions.field_choices import Choices, Option
from caseline.actions.field_desk import Desk
from caseline.actions.setup_at_hand import Setup
from caseline.actions.typed_request import Typed
from caseline.actions.wiring import House
from caseline.crm import connect, field_files, field_values, field_words, request_fields
from caseline.crm.cards import Card, Stage
from caseline.crm.field_faults import RUSSIAN, Code, Fault
from caseline.crm.field_files import FieldFile
from caseline.crm.field_values import Given, Reader, Value
from caseline.crm.request_fields import RequestField
from caseline.crm.vocabulary import REQUEST, Type
from caseline.people.access import Viewer

_MAIN: Final = ("Request", "Обращение")
_OTHER: Final = ("More fields", "Дополнительные поля")
_KEPT: Final = ("Other fields from the former system", "Прочие поля из прежней системы")
_PLACES: Final = {"company": "/companies", "contact": "/contacts", "request": "/requests"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A field on the card."""

    field: RequestField
    labels: tuple[str, str]
    text: str
    """As a control holds it: what was typed, where something was."""
    shown: str
    """For reading: names, and numbers and times as the language writes them."""
    drawn: str
    """What the request holds, as a control would hold it: the base of a save."""
    visible: bool
    obligatory: bool
    writable: bool
    options: tuple[Option, ...] = ()
    """What may be chosen; none: anything, or what a search finds."""
    files: tuple[FieldFile, ...] = ()
    """What a field of files holds."""
    link: str | None = None
    """The page of what a reference points at."""
    fault: Fault | None = None

    @property
    def key(self) -> str:
        """Of the field."""
        return self.field.key

    @property
    def texts(self) -> list[str]:
        """The values of a field of several."""
        return [one for one in self.text.split(";") if one]

    def label(self, language: str) -> str:
        """How the field is called."""
        return self.labels[language == RUSSIAN]


@dataclass(frozen=True, slots=True)
class FormSection:
    """A part of the card with its fields, in order."""

    code: str
    labels: tuple[str, str]
    controls: tuple[Control, ...]

    def label(self, language: str) -> str:
        """How the section is called."""
        return self.labels[language == RUSSIAN]

    @property
    def visible(self) -> bool:
        """Whether any of its fields is shown."""
        return any(one.visible for one in self.controls)

    @property
    def folded(self) -> bool:
        """Whether it is shown folded: fields that an import has only kept, of which none needs somebody now."""
        return self.code == "kept" and not any(one.fault or one.obligatory for one in self.controls)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestForm:
    """The form of a request, or of a new one."""

    record_id: int | None
    version: int
    sections: tuple[FormSection, ...]
    stages: tuple[Stage, ...]
    """Where somebody may move it."""
    missing: tuple[str, ...]
    """Obligatory fields that are empty, by key."""
    left: tuple[Fault, ...] = ()
    elsewhere: tuple[Fault, ...] = ()
    """Of what was typed into fields that the form does not have (any more)."""

    def control(self, key: str) -> Control | None:
        """The control of a field."""
        return next((one for part in self.sections for one in part.controls if one.key == key), None)


def form(
    house: House,
    viewer: Viewer,
    record_id: int | None,
    typed: Mapping[str, Given] | None = None,
    *,
    reader: Reader,
    tell: bool = True,
) -> RequestForm:
    """The form of a request, None: of a new one; `typed` stands in it instead of what the request holds.

    Raises `Absent`. Faults of what was typed stand at their fields; `tell` False leaves out that a field is empty, as
    long as somebody still types.
    """
    with house.engine.begin() as connection:
        cards = wiring.intake(house).cards
        card = None if record_id is None else seen.request(connection, cards, viewer, record_id)
        setup = setup_at_hand.of(house, connection, card.kind if card else REQUEST)
        desk = _desk(house, connection, setup, viewer, reader)
        if card is None:
            first = open_request.stages(connection, cards)[0]
            held: dict[str, Value] = {"stage": first.code, "escalated": False}
        else:
            held = desk.fields.values(connection, card.id)
        read = typed_request.read(desk, held, typed or {}, own_id=record_id)
        choices = Choices(desk, setup, {**held, **read.changes})
        return _drawn(choices, card, held, read, (typed or {}, tell and typed is not None))


def shown(
    house: House, connection: sa.Connection, viewer: Viewer, card: Card, *, setup: Setup, reader: Reader
) -> RequestForm:
    """What the form of a request that he may see says, to be read: nothing is offered to choose from."""
    desk = _desk(house, connection, setup, viewer, reader)
    held = desk.fields.values(connection, card.id)
    read = typed_request.read(desk, held, {}, own_id=card.id)
    return _drawn(Choices(desk, setup, {**held, **read.changes}), card, held, read, ({}, False), offer=False)


def _desk(house: House, connection: sa.Connection, setup: Setup, viewer: Viewer, reader: Reader) -> Desk:
    return Desk(
        connection=connection,
        cards=wiring.intake(house).cards,
        fields=connect.fields(house.settings.crm),
        book=setup.book,
        viewer=viewer,
        reader=reader,
    )


def _drawn(
    choices: Choices,
    card: Card | None,
    held: Mapping[str, Value],
    read: Typed,
    typed: tuple[Mapping[str, Given], bool],
    *,
    offer: bool = True,
) -> RequestForm:
    given, tell = typed
    desk, values = choices.desk, choices.values
    faults = {one.key: one for one in read.faults if tell or one.code is not Code.REQUIRED}
    controls = {}
    for key, field in desk.book.fields.items():
        if not field.active:
            continue
        made = _control(desk, field, values.get(key), read, choices)
        text = (
            _typed(field, given[key], held.get(key)) if key in given and key not in read.verdict.hidden else made.text
        )
        drawn = desk.text(field, held.get(key))
        writable = key not in request_fields.KEPT or (card is None and key in typed_request.AT_BIRTH)
        options = choices.options(field, values.get(key)) if writable and offer else ()
        files = field_files.held(held.get(key)) if field.type is Type.FILE else ()
        made = replace(made, text=text, drawn=drawn, files=files, options=options)
        controls[key] = replace(made, writable=writable, fault=faults.get(key))
    ways = obey_rules.reachable(choices.setup.ways, choices.setup.stages, card) if card else []
    return RequestForm(
        record_id=card.id if card else None,
        version=card.version if card else 0,
        sections=_sections(desk, controls),
        stages=tuple(ways),
        missing=tuple(read.verdict.missing(values)),
        left=read.left,
        elsewhere=tuple(one for one in read.faults if one.key not in controls),
    )


def _typed(field: RequestField, given: Given, held: Value) -> str:
    """What a control shows of what was typed; files that were chosen are not there to be shown again."""
    if field.type is Type.FILE:
        return ";".join(field_files.given(given, held).stay or ())
    return field_values.plain(given)


def _control(desk: Desk, field: RequestField, value: Value, read: Typed, choices: Choices) -> Control:
    # What is drawn empty and sent empty again is not changed.
    text = desk.text(field, value)
    shown, link = choices.shown(field, value), None
    if field.to in _PLACES and value is not None and shown:
        link = f"{_PLACES[field.to]}/{value}"
    return Control(
        field=field,
        labels=field_words.labels(field),
        text=text,
        shown=shown,
        drawn=text,
        visible=field.key not in read.verdict.hidden,
        obligatory=field.key in read.verdict.obligatory,
        writable=True,
        link=link,
    )


def _sections(desk: Desk, controls: Mapping[str, Control]) -> tuple[FormSection, ...]:
    """The main one with own fields that nobody has put anywhere, those of administrators, the rest."""
    known = [one.code for one in desk.book.sections]
    parts: dict[str, list[Control]] = {"": [], **{code: [] for code in known}, "other": [], "kept": []}
    for one in sorted(controls.values(), key=lambda one: one.field.position):
        place = one.field.section if one.field.section in known else _unplaced(one)
        parts.setdefault(place or "", []).append(one)
    labels = {"": _MAIN, "other": _OTHER, "kept": _KEPT} | {
        one.code: (one.label, one.label) for one in desk.book.sections
    }
    return tuple(FormSection(code, labels[code], tuple(found)) for code, found in parts.items() if found)


def _unplaced(one: Control) -> str:
    if not one.field.extra:
        return ""
    return "kept" if one.field.kept else "other"
