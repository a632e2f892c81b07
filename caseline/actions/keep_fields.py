"""Lists and keeps the fields of requests and the sections of their card, as administrators edit them."""

import re
from dataclasses import dataclass, replace
from typing import Final

import sqlalchemy as sa

from caseline.actions import editing, obey_rules
from caseline.actions.editing import Editor, Fault, Faulty, Plain
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm import connect, field_values, field_words
from caseline.crm.field_port import Fields
from caseline.crm.request_fields import RequestField, Section
from caseline.crm.vocabulary import Type

TARGETS: Final = ("company", "contact", "person", "group", "request", "product")
"""What an extra field can point at."""
LISTS: Final = frozenset({Type.LIST, Type.MULTI_LIST})
_OPEN_LISTS: Final = frozenset({"priority", "type", "reason", "channel"})
"""Lists of the register whose values administrators write down."""
_STAYS: Final = frozenset({"subject", "stage", "number", "created_at"})
"""Fields without which no card makes sense."""
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_ .-]{0,59}")
_LONGEST_LABEL: Final = 100
_MOST_POSITION: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a field shall be; of the register's own keep type and target."""

    label: str
    type: Type = Type.TEXT
    to: str | None = None
    choices: tuple[str, ...] = ()
    section: str | None = None
    position: int = 0
    active: bool = True


def fields(house: House) -> list[RequestField]:
    """All fields, the register's own first."""
    port = connect.fields(house.settings.crm)
    with house.engine.connect() as connection:
        return list(port.book(connection).fields.values())


def sections(house: House) -> tuple[Section, ...]:
    """Sections of the card, in their order."""
    port = connect.fields(house.settings.crm)
    with house.engine.connect() as connection:
        return port.book(connection).sections


def find(house: House, key: str) -> RequestField:
    """The field of that key; raises `Absent`."""
    port = connect.fields(house.settings.crm)
    with house.engine.connect() as connection:
        return _known(port, connection, key)


def plain(field: RequestField) -> Plain:
    """A field as plain values."""
    return {
        "label": field.label,
        "type": field.type.value,
        "target": field.to,
        "choices": list(field.choices),
        "section": field.section,
        "position": field.position,
        "active": field.active,
    }


def add(house: House, name: str, wish: Wish, editor: Editor) -> RequestField:
    """Make an extra field; raises `Faulty`."""
    port = connect.fields(house.settings.crm)
    with house.engine.begin() as connection:
        known = port.book(connection).fields
        if not _NAME.fullmatch(name):
            raise Faulty(
                Fault(
                    "name",
                    "write Latin letters, digits, blanks and _ . - , at most 60 of them, such as City",
                    "латинские буквы, цифры, пробелы и знаки _ . -, не больше 60 знаков, например City",
                )
            )
        taken = {one.name.lower() for one in known.values() if one.extra}
        if name.lower() in taken:
            raise Faulty(Fault("name", "another field has this key", "такой ключ уже есть у другого поля"))
        made = _checked(port, connection, RequestField(name=name, type=wish.type, extra=True), wish)
        port.put_field(connection, made)
        editing.note(connection, editor, "field.added", made.key, None, plain(made))
    return made


def change(house: House, key: str, wish: Wish, editor: Editor, *, seen: str | None = None) -> RequestField:
    """Change a field; raises `Faulty`, `Absent` and `Overtaken`. A field out of use keeps what requests hold in it."""
    port = connect.fields(house.settings.crm)
    with house.engine.begin() as connection:
        old = _known(port, connection, key)
        editing.check(seen, plain(old))
        made = _checked(port, connection, old, wish)
        port.put_field(connection, made)
        editing.note(connection, editor, "field.changed", key, plain(old), plain(made))
    if old.active != made.active:
        obey_rules.recount_if_ruled(house)
    return made


def remove(house: House, key: str, editor: Editor, *, seen: str | None = None) -> None:
    """Delete an extra field that nobody uses; raises `Faulty` where requests or rules do, and `Overtaken`."""
    port = connect.fields(house.settings.crm)
    with house.engine.begin() as connection:
        old = _known(port, connection, key)
        editing.check(seen, plain(old))
        if not old.extra:
            raise Faulty(Fault("", "the register needs it: put it out of use", "поле нужно системе: отключите его"))
        if old.filterable:
            raise Faulty(Fault("", "it has an index: take that back first", "у поля есть индекс: сначала уберите его"))
        if port.uses(connection, old):
            raise Faulty(
                Fault(
                    "",
                    "requests hold values in it: put it out of use instead, then cards do not show it",
                    "в обращениях есть его значения: отключите поле, тогда карточки не будут его показывать",
                )
            )
        if any(key in {rule.field, *(one.field for one in rule.conditions)} for rule in port.all_rules(connection)):
            raise Faulty(
                Fault("", "rules name it: delete those rules first", "оно есть в правилах: сначала удалите эти правила")
            )
        port.drop_field(connection, old.name)
        editing.note(connection, editor, "field.removed", key, plain(old), None)


def _known(port: Fields, connection: sa.Connection, key: str) -> RequestField:
    found = port.book(connection).fields.get(key)
    if found is None:
        raise Absent(f"field {key}")
    return found


def _checked(port: Fields, connection: sa.Connection, old: RequestField, wish: Wish) -> RequestField:
    label, kind = " ".join(wish.label.split()), wish.type if old.extra else old.type
    made = replace(
        old,
        label=label,
        type=kind,
        to=(wish.to if kind is Type.REFERENCE else None) if old.extra else old.to,
        choices=wish.choices if kind in LISTS and (old.extra or old.name in _OPEN_LISTS) else old.choices,
        section=wish.section,
        position=wish.position,
        active=wish.active,
    )
    if old.extra and kind not in LISTS:
        made = replace(made, choices=())
    faults = list(_faults(port, connection, old, made))
    if faults:
        raise Faulty(*faults)
    return made


def _faults(port: Fields, connection: sa.Connection, old: RequestField, made: RequestField) -> list[Fault]:
    book, found = port.book(connection), []
    if made.extra and not made.label:
        found.append(Fault("label", "is empty: say how people call it", "не заполнено: напишите название"))
    if len(made.label) > _LONGEST_LABEL:
        found.append(
            Fault("label", f"make it {_LONGEST_LABEL} characters at most", f"не больше {_LONGEST_LABEL} знаков")
        )
    names = {one.key: set(field_words.labels(one)) for one in book.fields.values() if one.key != made.key}
    if made.label and any(made.label in words for words in names.values()):
        found.append(Fault("label", "another field is called so: tell them apart", "так уже называется другое поле"))
    if made.extra and made.type is Type.REFERENCE and made.to not in TARGETS:
        found.append(Fault("target", "say what it points at", "укажите, на что указывает ссылка"))
    if made.section is not None and made.section not in {one.code for one in book.sections}:
        found.append(Fault("section", "is there no more: choose another", "такого раздела больше нет: выберите другой"))
    if not made.active and made.key in _STAYS:
        found.append(Fault("active", "no card goes without it: leave it in use", "без этого поля карточки не бывает"))
    if abs(made.position) > _MOST_POSITION:
        found.append(Fault("position", f"write at most {_MOST_POSITION}", f"не больше {_MOST_POSITION}"))
    return found + _choice_faults(made) + _type_faults(port, connection, old, made)


def _choice_faults(made: RequestField) -> list[Fault]:
    found = []
    if len(made.choices) > field_values.MOST_CHOICES:
        most = field_values.MOST_CHOICES
        found.append(Fault("choices", f"write at most {most} values", f"не больше {most} значений: сократите список"))
    long = next((one for one in made.choices if len(one) > field_values.LONGEST_CHOICE), None)
    if long is not None:
        found.append(
            Fault("choices", f"{long[:40]}… is too long: shorten it", f"слишком длинно, сократите: {long[:40]}…")
        )
    parted = next((one for one in made.choices if ";" in one and made.type is Type.MULTI_LIST), None)
    if parted is not None:
        found.append(
            Fault("choices", f"no semicolon may stand in {parted!r}", f"точка с запятой недопустима: {parted}")
        )
    return found


def _type_faults(port: Fields, connection: sa.Connection, old: RequestField, made: RequestField) -> list[Fault]:
    """A text may become a list and a list a text; any other type would misread what requests hold already."""
    alike = {old.type, made.type} <= {Type.TEXT, Type.LIST} or (old.type, old.to) == (made.type, made.to)
    numbers = {old.type, made.type} <= {Type.INTEGER, Type.NUMBER, Type.MONEY} and made.type is not Type.INTEGER
    if not old.extra or alike or numbers or not port.uses(connection, old):
        return []
    return [
        Fault(
            "type",
            "requests hold values of another type in it: make a new field, and put this one out of use",
            "в обращениях уже есть значения другого типа: заведите новое поле, а это отключите",
        )
    ]
