"""What can be asked of a field: its kind, and the operators of each kind."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from caseline.crm.request_fields import RequestField
from caseline.crm.vocabulary import Type


class Kind(StrEnum):
    """How values of a field are compared and typed in."""

    TEXT = "text"
    CHOICE = "choice"
    MANY = "many"
    """Several values at once."""
    REFERENCE = "reference"
    NUMBER = "number"
    TIME = "time"
    DAY = "day"
    FLAG = "flag"
    FILES = "files"


class Op(StrEnum):
    """Operators, as addresses write them."""

    IN = "in"
    NOT_IN = "not_in"
    """None of the values, or empty."""
    HAS = "has"
    """Contains the text, whatever its letter case; ё is е."""
    FROM = "from"
    TO = "to"
    BEFORE = "before"
    LAST = "last"
    NEXT = "next"
    EMPTY = "empty"
    FILLED = "filled"


_OF: Final = {
    Type.TEXT: Kind.TEXT,
    Type.INTEGER: Kind.NUMBER,
    Type.NUMBER: Kind.NUMBER,
    Type.MONEY: Kind.NUMBER,
    Type.BOOLEAN: Kind.FLAG,
    Type.DATE: Kind.DAY,
    Type.DATETIME: Kind.TIME,
    Type.LIST: Kind.CHOICE,
    Type.MULTI_LIST: Kind.MANY,
    Type.REFERENCE: Kind.REFERENCE,
    Type.FILE: Kind.FILES,
}
_CHOSEN: Final = (Op.IN, Op.NOT_IN, Op.FILLED, Op.EMPTY)
_DATED: Final = (Op.LAST, Op.NEXT, Op.FROM, Op.BEFORE, Op.FILLED, Op.EMPTY)
OPERATORS: Final = {
    Kind.TEXT: (Op.HAS, *_CHOSEN),
    Kind.CHOICE: _CHOSEN,
    Kind.MANY: _CHOSEN,
    Kind.REFERENCE: _CHOSEN,
    Kind.NUMBER: (Op.FROM, Op.TO, *_CHOSEN),
    Kind.TIME: _DATED,
    Kind.DAY: (*_DATED, Op.TO),
    Kind.FLAG: (Op.IN, Op.NOT_IN, Op.FILLED, Op.EMPTY),
    Kind.FILES: (Op.FILLED, Op.EMPTY),
}
"""What can be asked, the usual first."""
WITHOUT_VALUE: Final = frozenset({Op.EMPTY, Op.FILLED})
WITH_SPAN: Final = frozenset({Op.LAST, Op.NEXT})
WITH_SEVERAL: Final = frozenset({Op.IN, Op.NOT_IN})

DUE_AT: Final = "due_at"
AGE: Final = "age"
_DUE: Final = RequestField(name=DUE_AT, type=Type.DATETIME, position=100)


def kind(field: RequestField) -> Kind:
    """How values of a field are compared."""
    if field.extra and field.type is Type.REFERENCE:
        return Kind.TEXT  # the key that its source gave, which leads nowhere here
    return _OF[field.type]


def known(fields: Iterable[RequestField]) -> dict[str, RequestField]:
    """Fields that lists know, by key: those of requests, and the deadline, which stands beside them."""
    return {field.key: field for field in (*fields, _DUE)}


def operators(field: RequestField) -> tuple[Op, ...]:
    """What can be asked of a field."""
    found = OPERATORS[kind(field)]
    never_empty = not field.extra and field.name in {"subject", "stage", "escalated", "created_at", "modified_at"}
    return tuple(op for op in found if op not in WITHOUT_VALUE) if never_empty else found
