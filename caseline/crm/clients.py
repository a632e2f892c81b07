"""Companies and contacts as the desk keeps them: their fields, lists, what is alike in two of them, merges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from caseline.crm import tax_numbers, vocabulary
from caseline.crm.vocabulary import Field, Type

LONGEST: Final = 1_000
"""Letters of a field."""


class Entity(StrEnum):
    """What a client is."""

    COMPANY = "company"
    CONTACT = "contact"


class Alike(StrEnum):
    """By what two are suspected to be the same."""

    MAIL = "mail"
    PHONE = "phone"
    TAX_NUMBER = "tax_number"


_TIMES: Final = {"created_at", "modified_at"}
FIELDS: Final[Mapping[Entity, tuple[Field, ...]]] = {
    one: tuple(each for each in vocabulary.ENTITIES[one.value] if each.name not in _TIMES) for one in Entity
}
"""Core fields that people fill in."""
PHONES: Final = {Entity.COMPANY: ("phone",), Entity.CONTACT: ("phone", "mobile")}


def column(one: Field) -> str:
    """The column that holds a field: references end in `_id`."""
    return f"{one.name}_id" if one.type is Type.REFERENCE else one.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A company or a contact as it is now."""

    entity: Entity
    id: int
    version: int
    values: Mapping[str, Any]
    """By column; empty ones are None."""
    names: Mapping[str, str]
    """What references point at, by column."""
    extra: Mapping[str, Any]
    source: str | None
    origin: str | None
    created_at: datetime
    modified_at: datetime
    into_id: int | None = None
    """The one that it goes on in, where it was merged."""

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.values["name"])


@dataclass(frozen=True, slots=True)
class Line:
    """A client in a list."""

    id: int
    name: str
    key: str
    """By which lists are ordered."""
    email: str | None
    phone: str | None
    tax_number: str | None = None
    company_id: int | None = None
    company: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which clients to list."""

    text: str = ""
    company_id: int | None = None
    """Contacts of this company only."""
    after: tuple[str, int] | None = None
    """(key, id) of the last one of the page before."""
    before: tuple[str, int] | None = None
    """(key, id) of the first one of the page after; `after` is empty then."""
    most: int = 50


@dataclass(frozen=True, slots=True)
class Twin:
    """Somebody who may be the same."""

    id: int
    name: str
    by: tuple[Alike, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Clients that have something in common that only one should have."""

    by: Alike
    value: str
    members: tuple[Line, ...]
    number: int
    """How many there are; the list holds the first."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A client that goes on in another one."""

    id: int
    name: str
    email: str | None
    phone: str | None
    source: str | None
    origin: str | None
    at: datetime
    by: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a merge would do."""

    gone: Client
    into: Client
    moves: Mapping[str, int]
    """How many of what would move, by what points at a client."""
    filled: Sequence[str]
    """Columns of the remaining one that are empty and would be filled."""
    differing: Sequence[str]
    """Columns in which both hold something else."""
    extra: Sequence[str] = field(default=())
    """Extra fields that would be filled."""


def compare(gone: Client, into: Client) -> tuple[list[str], list[str], list[str]]:
    """(columns that are filled, columns that differ, extra fields that are filled) when one goes on in the other."""
    filled: list[str] = []
    differing: list[str] = []
    for one in FIELDS[into.entity]:
        name = column(one)
        old, new = gone.values[name], into.values[name]
        # Nobody is part of himself.
        if old in {None, "", into.id if name == "parent_id" else None} or old == new:
            continue
        (filled if new in {None, ""} else differing).append(name)
    extra = [name for name, value in gone.extra.items() if value not in (None, "") and not into.extra.get(name)]
    return filled, differing, extra


def doubts(entity: Entity, values: Mapping[str, Any]) -> list[str]:
    """Columns whose values look wrong; they are kept all the same."""
    found = []
    if entity is Entity.COMPANY and tax_numbers.doubtful(values.get("tax_number") or ""):
        found.append("tax_number")
    return found
