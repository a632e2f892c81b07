"""Keeps the sections of the card of a request, as administrators edit them."""

import re
from typing import Final

import sqlalchemy as sa

from caseline.actions import editing
from caseline.actions.editing import Editor, Fault, Faulty, Plain
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.field_port import Fields
from caseline.crm.request_fields import Section

_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_RESERVED: Final = frozenset({"other"})
"""What the card calls a section of its own."""


def find(house: House, code: str) -> Section:
    """The section of that code; raises `Absent`."""
    port = connect.fields(house.settings.crm)
    with house.engine.connect() as connection:
        return _known(port, connection, code)


def plain(section: Section) -> Plain:
    """A section as plain values."""
    return {"label": section.label, "position": section.position}


def add(house: House, section: Section, editor: Editor) -> None:
    """Make a section; raises `Faulty`."""
    port = connect.fields(house.settings.crm)
    with house.engine.begin() as connection:
        if not _CODE.fullmatch(section.code) or section.code in _RESERVED:
            raise Faulty(
                Fault(
                    "code",
                    "write small Latin letters, digits, _ and -, such as delivery",
                    "маленькие латинские буквы, цифры, _ и -, например delivery",
                )
            )
        known = port.book(connection).sections
        if any(one.code == section.code for one in known):
            raise Faulty(Fault("code", "another section has it: take another", "такой код уже есть у другого раздела"))
        _check(known, section)
        port.put_section(connection, section)
        editing.note(connection, editor, "section.added", section.code, None, plain(section))


def change(house: House, section: Section, editor: Editor, *, seen: str | None = None) -> None:
    """Change a section; raises `Faulty`, `Absent` and `Overtaken`."""
    port = connect.fields(house.settings.crm)
    with house.engine.begin() as connection:
        old = _known(port, connection, section.code)
        editing.check(seen, plain(old))
        _check(port.book(connection).sections, section)
        port.put_section(connection, section)
        editing.note(connection, editor, "section.changed", section.code, plain(old), plain(section))


def remove(house: House, code: str, editor: Editor, *, seen: str | None = None) -> None:
    """Delete a section without fields; raises `Faulty`, `Absent` and `Overtaken`."""
    port = connect.fields(house.settings.crm)
    with house.engine.begin() as connection:
        old = _known(port, connection, code)
        editing.check(seen, plain(old))
        inside = [one for one in port.book(connection).fields.values() if one.section == code]
        if inside:
            raise Faulty(
                Fault(
                    "",
                    f"fields stand in it ({len(inside)}): put them into another one first",
                    f"в нём стоят поля ({len(inside)}): сначала перенесите их в другой раздел",
                )
            )
        port.drop_section(connection, code)
        editing.note(connection, editor, "section.removed", code, plain(old), None)


def _known(port: Fields, connection: sa.Connection, code: str) -> Section:
    for one in port.book(connection).sections:
        if one.code == code:
            return one
    raise Absent(f"section {code}")


def _check(known: tuple[Section, ...], section: Section) -> None:
    if not section.label.strip():
        raise Faulty(Fault("label", "is empty: give a name", "не заполнено: укажите название"))
    if any(one.label == section.label and one.code != section.code for one in known):
        raise Faulty(Fault("label", "another section is called so", "так уже называется другой раздел"))
