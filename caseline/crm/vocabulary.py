"""Frozen words of the register: entities, their core fields with types, message kinds."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Type(StrEnum):
    """Types of a field, core or extra."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    LIST = "list"
    MULTI_LIST = "multi_list"
    REFERENCE = "reference"
    FILE = "file"
    """One or several files; only fields that administrators make have it."""


class MessageKind(StrEnum):
    """What a line of a timeline is."""

    COMMENT = "comment"
    MAIL_IN = "mail_in"
    MAIL_OUT = "mail_out"


@dataclass(frozen=True, slots=True)
class Field:
    """A core field: what a mapping may fill and a CRM must accept."""

    name: str
    type: Type = Type.TEXT
    to: str | None = None
    """Entity that a reference points at."""
    required: bool = False
    choices: tuple[str, ...] = ()
    """Closed list of values, where the register itself fixes them."""


class AgreementStatus(StrEnum):
    """How far an agreement with a client is."""

    NEW = "new"
    WORK = "work"
    DONE = "done"


class ServiceKind(StrEnum):
    """How a service is rendered."""

    SUBSCRIPTION = "subscription"
    """It goes on until the agreement ends."""
    ONCE = "once"


REQUEST: Final = "request"
HISTORY: Final = "history"
_AT = Type.DATETIME


def _refers(name: str, to: str, *, required: bool = False) -> Field:
    return Field(name, Type.REFERENCE, to=to, required=required)


ENTITIES: Final[dict[str, tuple[Field, ...]]] = {
    "person": (
        Field("name", required=True),
        Field("email"),
        Field("phone"),
        Field("title"),
        Field("active", Type.BOOLEAN),
        Field("created_at", _AT),
        Field("modified_at", _AT),
    ),
    "group": (Field("name", required=True), Field("created_at", _AT), Field("modified_at", _AT)),
    "company": (
        Field("name", required=True),
        Field("phone"),
        Field("email"),
        Field("website"),
        Field("tax_number"),
        Field("address"),
        _refers("parent", "company"),
        _refers("owner", "person"),
        Field("created_at", _AT),
        Field("modified_at", _AT),
    ),
    "contact": (
        Field("name", required=True),
        Field("email"),
        Field("phone"),
        Field("mobile"),
        Field("title"),
        _refers("company", "company"),
        _refers("owner", "person"),
        Field("created_at", _AT),
        Field("modified_at", _AT),
    ),
    "request": (
        Field("number"),
        Field("subject", required=True),
        Field("description"),
        Field("stage", Type.LIST, required=True),
        Field("priority", Type.LIST),
        Field("type", Type.LIST),
        Field("reason", Type.LIST),
        Field("channel", Type.LIST),
        Field("category", Type.LIST),
        Field("escalated", Type.BOOLEAN),
        _refers("company", "company"),
        _refers("contact", "contact"),
        _refers("assignee", "person"),
        _refers("group", "group"),
        _refers("parent", "request"),
        Field("created_at", _AT, required=True),
        Field("modified_at", _AT),
        Field("closed_at", _AT),
    ),
    "message": (
        _refers("record", "request", required=True),
        Field("kind", Type.LIST, required=True, choices=tuple(MessageKind)),
        Field("public", Type.BOOLEAN),
        _refers("author", "person"),
        Field("subject"),
        Field("sender"),
        Field("recipients"),
        Field("copies"),
        Field("text"),
        Field("html"),
        Field("sent_at", _AT, required=True),
        Field("mail_id"),
        Field("thread_id"),
    ),
    "history": (
        _refers("record", "request", required=True),
        Field("field", required=True),
        Field("old"),
        Field("new"),
        Field("at", _AT, required=True),
        _refers("author", "person"),
    ),
    "service": (
        Field("code", required=True),
        Field("label", required=True),
        Field("kind", Type.LIST, required=True, choices=tuple(ServiceKind)),
        Field("every_days", Type.INTEGER),
        Field("active", Type.BOOLEAN),
        Field("created_at", _AT),
        Field("modified_at", _AT),
    ),
    "agreement": (
        Field("number", required=True),
        _refers("company", "company"),
        _refers("contact", "contact"),
        _refers("service", "service", required=True),
        _refers("manager", "person"),
        Field("status", Type.LIST, required=True, choices=tuple(AgreementStatus)),
        Field("started_on", Type.DATE),
        Field("finished_on", Type.DATE),
        Field("created_at", _AT),
        Field("modified_at", _AT),
    ),
}
"""Order matters: an entity refers only to earlier ones or to itself."""

RANK: Final = {entity: rank for rank, entity in enumerate(ENTITIES)}
TIME_OF_ORIGIN: Final = {"message": "sent_at", "history": "at"}
"""The field by which an entity is dated; `created_at` where not named."""


def field(entity: str, name: str) -> Field:
    """Core field `name` of `entity`; KeyError when there is none."""
    return {f.name: f for f in ENTITIES[entity]}[name]
