"""A call of the portal's REST methods, and how a command of a batch is written so that PHP reads it back unchanged."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

MOST_VALUES: Final = 1000
"""PHP drops what goes past so many values of a query without a word (its default for `max_input_vars`)."""
_NAMES: Final = 10_000
"""So many names are kept as they are written: those of fields come again with every record."""
_REFERENCE: Final = "$result"
_LOST_IN_FIRST_NAMES: Final = frozenset(". []\0")
"""PHP writes `_` for some of these in the first name of a key, and takes a bracket for the end of it."""
_LOST_IN_INNER_NAMES: Final = frozenset("]\0")


@dataclass(frozen=True, slots=True)
class Call:
    """A method and its parameters: nested mappings and lists of texts, numbers, booleans and None."""

    method: str
    params: Mapping[str, Any] = field(default_factory=dict)


def command(call: Call) -> str:
    """The call as a command of a batch that is sent as JSON: percent-encoded once.

    None is an empty text, True is 1, False is 0; an empty list or mapping is one empty value, which clears a field.
    """
    pairs = (f"{name}={quote(value, safe='')}" for name, value in _query(call))
    query = "&".join(pairs)
    return f"{call.method}?{query}" if query else call.method


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever a parameter may hold
    """The parameters as a JSON body holds them; the portal reads the same from it as from a command."""
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    return _text(value)


def needs_json(call: Call) -> bool:
    """Whether the call must go alone, as JSON, because a command would not arrive as it is.

    In a batch the portal takes text with `$result` for a reference to another command's answer. How strictly it looks
    is nowhere said, so any such text counts, wherever it stands. Names that a query cannot express, and more values
    than PHP reads from one, are further reasons.
    """
    if any(_LOST_IN_FIRST_NAMES.intersection(name) or not name.strip() for name in call.params):
        return True
    return _mentions(call.params) or _values(call.params) > MOST_VALUES


def _values(value: Any) -> int:  # noqa: ANN401 - as in plain
    """How many pairs of a query a parameter becomes."""
    if isinstance(value, Mapping) and value:
        return sum(map(_values, value.values()))
    if isinstance(value, list | tuple) and value:
        return sum(map(_values, value))
    return 1


def _query(call: Call) -> Iterator[tuple[str, str]]:
    for name, value in call.params.items():
        yield from _pairs(_quoted(str(name)), value)


def _pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - as in plain
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _pairs(f"{name}[{_quoted(str(key))}]", inner)
    elif isinstance(value, list | tuple) and value:
        for index, inner in enumerate(value):
            yield from _pairs(f"{name}[{index}]", inner)
    else:
        yield name, _text(value)


@lru_cache(_NAMES)
def _quoted(name: str) -> str:
    return quote(name, safe="")


def _text(value: Any) -> str:  # noqa: ANN401 - as in plain
    if value is None or (isinstance(value, Mapping | list | tuple) and not value):
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, str | int | float | Decimal):
        return str(value)
    raise TypeError(f"a parameter of the portal is a text, a number, a list or a mapping, not {type(value).__name__}")


def _mentions(value: Any) -> bool:  # noqa: ANN401 - as in plain
    if isinstance(value, str):
        return _REFERENCE in value.lower()
    if isinstance(value, Mapping):
        return any(_unfit(str(name)) or _mentions(inner) for name, inner in value.items())
    return isinstance(value, list | tuple) and any(map(_mentions, value))


@lru_cache(_NAMES)
def _unfit(name: str) -> bool:
    """An inner name that a query cannot express: empty ones append, a bracket or a zero byte ends them."""
    return not name.strip() or bool(_LOST_IN_INNER_NAMES.intersection(name)) or _REFERENCE in name.lower()
