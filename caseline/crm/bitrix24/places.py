"""Where a portal keeps each field of a record: its own fields where it has them, user fields of ours where not."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from caseline.crm import vocabulary
from caseline.crm.bitrix24 import labels
from caseline.crm.vocabulary import Type

OURS: Final = "UF_CRM_CL_"
"""Begins the names of user fields for core fields."""
EXTRA: Final = "UF_CRM_CLX_"
"""Begins those for extra fields, so that an extra field may have the name of a core field."""
LONGEST_NAME: Final = 50
"""Signs of a user field's name, its prefix included (the portal's own limit)."""
TEXT_LIMIT: Final = 255
"""Signs of a plain text field of the portal; the rest would be cut without a word."""
NAME_LIMIT: Final = 50
"""Signs of first and last name of a contact."""
TYPE_IDS: Final = {"request": 1, "contact": 3, "company": 4}
"""`entityTypeId` of what a portal keeps; requests are its leads."""


class Kind(StrEnum):
    """How a value is written there."""

    TEXT = "text"
    """A field of the portal's own; what is longer than its limit stands whole in a user field beside it."""
    NAME = "name"
    """First and last name, told apart at the first space."""
    LONG = "string"
    INTEGER = "integer"
    NUMBER = "double"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "enumeration"
    CHOICES = "enumerations"
    STAGE = "stage"
    SOURCE = "source"
    MULTI = "multi"
    """Mail address, telephone, web page: a list of typed values; ours is the first of its type."""
    LINK = "link"
    """Another record, by its number."""
    NAMED = "named"
    """The name of a person or group of the house, whom the portal does not know."""


USER_FIELDS: Final = {
    Kind.LONG: "string",
    Kind.NAMED: "string",
    Kind.INTEGER: "integer",
    Kind.NUMBER: "double",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.DATETIME: "datetime",
    Kind.CHOICE: "enumeration",
    Kind.CHOICES: "enumeration",
}
"""`USER_TYPE_ID` of the kinds that have user fields."""
_OF_TYPE: Final = {
    Type.TEXT: Kind.LONG,
    Type.INTEGER: Kind.INTEGER,
    Type.NUMBER: Kind.NUMBER,
    # A sum without currency: the portal's own type of money demands one.
    Type.MONEY: Kind.NUMBER,
    Type.BOOLEAN: Kind.BOOLEAN,
    Type.DATE: Kind.DATE,
    Type.DATETIME: Kind.DATETIME,
    Type.LIST: Kind.CHOICE,
    Type.MULTI_LIST: Kind.CHOICES,
}


@dataclass(frozen=True, slots=True)
class Place:
    """A field of a record and where it lies in the portal."""

    field: str
    """Core or extra field."""
    portal: str
    """Upper-case name of the portal's field."""
    kind: Kind
    label: str = ""
    russian: str = ""
    """The label in Russian, where it is another."""
    extra: bool = False
    valued: str = ""
    """Of typed values: their type (WORK, MOBILE)."""
    limit: int = TEXT_LIMIT
    overflow: str = ""
    """User field that holds a text whole where `portal` is too short for it."""

    @property
    def user_field(self) -> bool:
        """Whether it has to be made before records come."""
        return self.portal.startswith("UF_")

    @property
    def column(self) -> str:
        """Column of `Incoming.rows` that it is filled from."""
        return f"{self.field}_id" if self.kind in {Kind.LINK, Kind.NAMED} else self.field


_OWN: Final[dict[str, dict[str, tuple[str, Kind]]]] = {
    "request": {
        "subject": ("TITLE", Kind.TEXT),
        "stage": ("STATUS_ID", Kind.STAGE),
        "channel": ("SOURCE_ID", Kind.SOURCE),
        "company": ("COMPANY_ID", Kind.LINK),
        "contact": ("CONTACT_ID", Kind.LINK),
    },
    "contact": {
        "name": ("NAME", Kind.NAME),
        "title": ("POST", Kind.TEXT),
        "email": ("EMAIL", Kind.MULTI),
        "phone": ("PHONE", Kind.MULTI),
        "mobile": ("PHONE", Kind.MULTI),
        "company": ("COMPANY_ID", Kind.LINK),
    },
    "company": {
        "name": ("TITLE", Kind.TEXT),
        "email": ("EMAIL", Kind.MULTI),
        "phone": ("PHONE", Kind.MULTI),
        "website": ("WEB", Kind.MULTI),
    },
}
"""Fields that the portal has itself; all other core fields are user fields."""
HOUSE: Final = (
    Place("deadline", f"{OURS}DEADLINE", Kind.DATETIME, "Resolve by"),
    Place("durations", f"{OURS}DURATIONS", Kind.LONG, "Business time by stage"),
    Place("business_s", f"{OURS}BUSINESS_S", Kind.INTEGER, "Business time, seconds"),
)
"""User fields of leads that hold what the house counts; no record of ours is filled from them."""
_PEOPLE: Final = frozenset({"person", "group"})


def core(entity: str) -> tuple[Place, ...]:
    """Places of the core fields of an entity that the portal keeps."""
    own = _OWN[entity]
    return tuple(_core(one, own.get(one.name)) for one in vocabulary.ENTITIES[entity])


def _core(field: vocabulary.Field, own: tuple[str, Kind] | None) -> Place:
    name = f"{OURS}{field.name.upper()}"
    label, russian = labels.english(field.name), labels.russian(field.name)
    if own is None:
        if field.type is Type.REFERENCE:
            kind = Kind.NAMED if field.to in _PEOPLE else Kind.LINK
            return Place(field.name, name, kind, label, russian)
        return Place(field.name, name, _OF_TYPE[field.type], label, russian)
    portal, kind = own
    valued = {"mobile": "MOBILE"}.get(field.name, "WORK") if kind is Kind.MULTI else ""
    if kind in {Kind.TEXT, Kind.NAME}:
        limit = NAME_LIMIT if kind is Kind.NAME else TEXT_LIMIT
        return Place(field.name, portal, kind, label, russian, limit=limit, overflow=name)
    return Place(field.name, portal, kind, label, russian, valued=valued)


def extras(fields: Iterable[tuple[str, str, str]]) -> tuple[Place, ...]:
    """Places of extra fields, given as (name, type, label)."""
    listed = list(fields)
    alike = Counter(name.upper() for name, _kind, _label in listed)
    return tuple(
        Place(name, extra_name(name, alone=alike[name.upper()] == 1), _OF_TYPE[Type(kind)], label or name, extra=True)
        for name, kind, label in listed
    )


def extra_name(name: str, *, alone: bool = True) -> str:
    """The user field of an extra field: its own name where the portal allows it, else with a hash at its end.

    The portal knows A-Z, digits and the underscore; names that differ in more than that must not become one, nor must
    those that differ in capitals only and so are not `alone`.
    """
    room = LONGEST_NAME - len(EXTRA)
    plain = re.sub(r"[^A-Z0-9_]", "_", name.upper())
    if alone and plain == name.upper() and len(plain) <= room and name.isascii():
        return EXTRA + plain
    tail = hashlib.blake2b(name.encode(), digest_size=5).hexdigest().upper()
    return f"{EXTRA}{plain[: room - len(tail) - 1]}_{tail}"


def user_fields(places: Iterable[Place]) -> Mapping[str, Place]:
    """The user fields that must exist, by name; what overflows goes into one of its own."""
    found: dict[str, Place] = {}
    for place in places:
        if place.user_field:
            found[place.portal] = place
        if place.overflow:
            found[place.overflow] = Place(
                place.field, place.overflow, Kind.LONG, f"{place.label} (whole)", f"{place.russian} (целиком)"
            )
    return found
