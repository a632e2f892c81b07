"""Fields of records: their names, types and what they make of a value."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

from caseline.portal_sandbox import moments, php
from caseline.portal_sandbox.php import Value
from caseline.portal_sandbox.refusals import unfit

WIDTH: Final = 255
"""Characters that a string column keeps."""
USER_WIDTH: Final = 65_535
"""Bytes of a user field's text."""
MULTIFIELDS: Final = ("PHONE", "EMAIL", "WEB", "IM", "LINK")
Kept: TypeAlias = str | list[str]

_ITEM_NAMES: Final = {
    "STATUS_ID": "stageId",
    "STATUS_SEMANTIC_ID": "stageSemanticId",
    "DATE_CREATE": "createdTime",
    "DATE_MODIFY": "updatedTime",
    "CREATED_BY_ID": "createdBy",
    "MODIFY_BY_ID": "updatedBy",
    "MOVED_BY_ID": "movedBy",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a kind of record."""

    name: str
    type: str = "string"
    title: str = ""
    status_type: str = ""
    read_only: bool = False
    importable: bool = False
    """Whether an import by an administrator sets it although it is read only."""
    required: bool = False
    multiple: bool = False
    dynamic: bool = False
    items: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    """Ids and words of an enumeration."""

    @property
    def item_name(self) -> str:
        """The name in crm.item.*."""
        return camel(self.name)

    def read(self, value: Value) -> Kept:
        """What is kept of a value."""
        reader = _READERS.get(self.type, _cut)
        if not self.multiple:
            return reader(self, php.text(value))
        values = php.rows(value) if isinstance(value, list | dict) else [value]
        return [kept for each in values if (kept := reader(self, php.text(each)))]

    def typed(self, kept: Value) -> Value:
        """A kept value as crm.item.* answers it."""
        if self.multiple:
            return [_typed(self.type, each) for each in kept or ()]
        return _typed(self.type, kept) if kept else None


@lru_cache(10_000)
def camel(name: str) -> str:
    """UF_CRM_2_163 -> ufCrm2_163, UF_CRM_ABC -> ufCrmAbc, SOURCE_ID -> sourceId."""
    if name in _ITEM_NAMES:
        return _ITEM_NAMES[name]
    first, *others = name.lower().split("_")
    last = f"_{others.pop()}" if name.startswith("UF_") and others[-1].isdigit() else ""
    return first + "".join(part.capitalize() for part in others) + last


def _cut(field: Field, value: str) -> str:
    """Columns of the portal's own are narrow; those of user fields hold what a text column of MySQL does."""
    return value.encode()[:USER_WIDTH].decode(errors="ignore") if field.dynamic else value[:WIDTH]


def _whole(_field: Field, value: str) -> str:
    return value


def _integer(_field: Field, value: str) -> str:
    return str(php.number(value)) if value else ""


def _double(_field: Field, value: str) -> str:
    if not value:
        return ""
    try:
        return f"{float(value):.2f}"
    except ValueError:
        return "0.00"


def _char(_field: Field, value: str) -> str:
    return "Y" if value.upper() in {"Y", "1"} else "N"


def _boolean(_field: Field, value: str) -> str:
    return "1" if value.upper() in {"Y", "1", "TRUE"} else "0"


def _moment(field: Field, value: str) -> str:
    if not value:
        return ""
    if (kept := moments.kept(value)) is None:
        raise unfit(field.title)
    return kept


def _day(field: Field, value: str) -> str:
    if not value:
        return ""
    if (kept := moments.kept_day(value)) is None:
        raise unfit(field.title)
    return kept


def _choice(field: Field, value: str) -> str:
    return value if any(value == item for item, _word in field.items) else ""


def _money(_field: Field, value: str) -> str:
    return value


_READERS: Final[dict[str, Callable[[Field, str], str]]] = {
    "text": _whole,
    "integer": _integer,
    "user": _integer,
    "employee": _integer,
    "crm_company": _integer,
    "crm_contact": _integer,
    "crm_lead": _integer,
    "double": _double,
    "char": _char,
    "boolean": _boolean,
    "datetime": _moment,
    "date": _day,
    "enumeration": _choice,
    "money": _money,
}
_INTEGERS: Final = {"integer", "user", "employee", "crm_company", "crm_contact", "crm_lead", "enumeration"}
TYPES: Final = frozenset(
    {
        *("string", "integer", "double", "boolean", "datetime", "date", "money", "url", "address", "enumeration"),
        *("file", "employee", "crm_status", "iblock_section", "iblock_element", "crm"),
    }
)
"""What a field of one's own can be."""


def _typed(kind: str, kept: str) -> Value:
    if kind in _INTEGERS:
        return int(kept) if kept.lstrip("-").isdigit() else kept
    return float(kept) if kind == "double" else kept


class Schema:
    """The fields of a kind of record, by both of their names."""

    def __init__(self, fields: Iterable[Field]) -> None:
        self.fields: dict[str, Field] = {}
        self.by_item: dict[str, Field] = {}
        for each in fields:
            self.add(each)

    def add(self, field: Field) -> None:
        """Add a field, or replace one of that name."""
        self.fields[field.name] = field
        self.by_item[field.item_name] = field

    def remove(self, name: str) -> None:
        """Forget a field."""
        del self.by_item[self.fields.pop(name).item_name]

    def named(self, name: str) -> Field | None:
        """A field by its old name, by its name in crm.item.*, or a field of one's own by its original name there."""
        return self.by_item.get(name) or (self.fields.get(name) if name.startswith("UF_") else None)

    def own(self) -> Iterator[Field]:
        """The fields that people have added."""
        return (field for field in self.fields.values() if field.dynamic)


def schema(text: str) -> Schema:
    """Fields from lines `NAME type[:status type] [ro] [imp] [req] [mul] [title]`."""
    return Schema(_field(line) for line in text.strip().splitlines())


def _field(line: str) -> Field:
    name, kind, *words = line.split()
    kind, _, status = kind.partition(":")
    flags = {word for word in words if word in {"ro", "imp", "req", "mul"}}
    title = " ".join(word for word in words if word not in flags)
    return Field(
        name,
        kind,
        title or name.replace("_", " ").capitalize(),
        status,
        read_only=bool(flags & {"ro", "imp"}),
        importable="imp" in flags,
        required="req" in flags,
        multiple="mul" in flags,
    )
