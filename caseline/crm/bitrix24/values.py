"""Writes values as a portal wants them, and reads what it answers so that both can be compared."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, Final

from caseline.crm.bitrix24.places import Kind, Place

Item = Mapping[str, Any]
"""A record of the portal by the upper-case names of its fields; typed values as [{VALUE, VALUE_TYPE}]."""
YES: Final = frozenset({"Y", "1", "TRUE"})
_HALF: Final = Decimal("0.00005")
"""The portal rounds numbers to four decimals, as our fields tell it to,"""
_HAIR: Final = Decimal("1e-14")
"""and keeps them as doubles."""


@dataclass(frozen=True)
class Words:
    """What values are called in the portal."""

    choices: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(portal field, our value) to the portal's value: ids of list items, codes of stages and sources."""
    names: Mapping[tuple[str, int], str] = field(default_factory=dict)
    """(field, id of a person or group) to the name."""

    def said(self, place: Place, value: str) -> str:
        """The portal's word for a value; KeyError when it has none yet."""
        return self.choices[place.portal, value]

    def meant(self, place: Place, word: str) -> str:
        """Our value for a word of the portal; the word itself where it is not of our making."""
        return self._meanings.get((place.portal, word), word)

    @cached_property
    def _meanings(self) -> Mapping[tuple[str, str], str]:
        return {(portal, said): value for (portal, value), said in self.choices.items()}


def put(place: Place, value: Any, words: Words) -> dict[str, Any]:  # noqa: ANN401 - whatever the field holds
    """The portal's fields that hold `value`; empty text clears a field."""
    if place.kind is Kind.TEXT:
        text = _text(value)
        return {place.portal: cut(text, place.limit), place.overflow: text if len(text) > place.limit else ""}
    if place.kind is Kind.NAME:
        return _name(place, _text(value))
    return {place.portal: _put(place, value, words)}


def _put(place: Place, value: Any, words: Words) -> Any:  # noqa: ANN401 - as above
    if place.kind is Kind.MULTI:
        return [{"VALUE": _text(value), "VALUE_TYPE": place.valued}] if value else []
    if place.kind is Kind.CHOICES:
        return [words.said(place, str(one)) for one in value or ()]
    if value is None or value == "":
        return ""
    if place.kind in {Kind.CHOICE, Kind.STAGE, Kind.SOURCE}:
        return words.said(place, str(value))
    return words.names[place.field, value] if place.kind is Kind.NAMED else _written(place.kind, value)


def _written(kind: Kind, value: Any) -> str:  # noqa: ANN401 - as above
    if kind is Kind.BOOLEAN:
        return "1" if value else "0"
    if kind is Kind.DATETIME:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        return moment.astimezone(UTC).replace(microsecond=0).isoformat()
    return str(value)[:10] if kind is Kind.DATE else _text(value)


def cut(text: str, limit: int) -> str:
    """At most `limit` signs, the last of them an ellipsis where something is missing."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _name(place: Place, text: str) -> dict[str, Any]:
    first, _, last = text.partition(" ")
    # What is cut, and the spaces that the portal takes away at both ends of each, stand whole beside it.
    lossy = max(len(first), len(last)) > place.limit or text != " ".join(text.split())
    return {
        place.portal: cut(first, place.limit),
        "LAST_NAME": cut(last, place.limit),
        place.overflow: text if lossy else "",
    }


def merged(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Fields of one record; typed values of several places lie in one list."""
    whole: dict[str, Any] = {}
    for part in parts:
        for name, value in part.items():
            if isinstance(value, list) and isinstance(whole.get(name), list):
                whole[name] = [*whole[name], *value]
            else:
                whole[name] = value
    return whole


def seen(place: Place, item: Item) -> Any:  # noqa: ANN401 - comparable, of the kind's own type
    """What stands in the place: equal for equal values, whether `item` was sent or answered; None when empty."""
    raw = item.get(place.portal)
    if place.kind in {Kind.TEXT, Kind.NAME}:
        whole, shown = _tidy(item.get(place.overflow)), _shown(place, item)
        # Somebody may have changed the short field, and not the one that holds it whole.
        return whole if whole is not None and shown == _shown(place, put(place, whole, Words())) else shown
    if place.kind is Kind.MULTI:
        ours = [one.get("VALUE") for one in raw or () if one.get("VALUE_TYPE") == place.valued]
        return _tidy(ours[0]) if ours else None
    if place.kind is Kind.CHOICES:
        found = tuple(sorted(str(one) for one in _list(raw)))
        return found or None
    return _read(place.kind, raw)


def same(place: Place, wanted: Item, found: Item) -> bool:
    """Whether both hold the same in this place, as far as the portal can hold it."""
    mine, theirs = seen(place, wanted), seen(place, found)
    if place.kind is Kind.NUMBER and isinstance(mine, Decimal) and isinstance(theirs, Decimal):
        return abs(mine - theirs) <= max(_HALF, abs(mine) * _HAIR)
    return bool(mine == theirs)


def _shown(place: Place, item: Item) -> str | None:
    """What people see in a field that may be too short."""
    if place.kind is not Kind.NAME:
        return _tidy(item.get(place.portal))
    names = (item.get(name) or "" for name in (place.portal, "LAST_NAME"))
    return _tidy(" ".join(" ".join(names).split()))


def _read(kind: Kind, raw: Any) -> Any:  # noqa: ANN401 - whatever the portal answers
    text = _tidy(raw)
    if kind is Kind.BOOLEAN:
        # A portal has no empty answer to yes or no.
        return (text or "").upper() in YES
    # Where nothing is chosen or linked, it answers 0.
    if text is None or (text == "0" and kind in _NONE_IS_ZERO):
        return None
    return _READ.get(kind, str)(text)


def back(place: Place, item: Item, words: Words) -> Any:  # noqa: ANN401 - whatever the field holds
    """The value of our field that `item` holds, as the register keeps it."""
    found = seen(place, item)
    if found is None:
        return [] if place.kind is Kind.CHOICES else None
    if place.kind in {Kind.CHOICE, Kind.STAGE, Kind.SOURCE}:
        return words.meant(place, found)
    if place.kind is Kind.CHOICES:
        return [words.meant(place, one) for one in found]
    if isinstance(found, Decimal):
        return int(found) if place.kind in {Kind.INTEGER, Kind.LINK} else str(found)
    return found


def _text(value: object) -> str:
    return "" if value is None else str(value).replace("\r\n", "\n")


def _tidy(raw: object) -> str | None:
    if raw is None or raw is False or raw == []:
        return None
    if raw is True:
        return "Y"
    return str(raw).replace("\r\n", "\n").strip() or None


def _list(raw: object) -> list[object]:
    if isinstance(raw, list):
        return raw
    return [] if raw in (None, "", False) else [raw]


def _number(text: str) -> Decimal | str:
    try:
        # 1.50 and 1.5 are one number; 1E+2 and 100 too.
        return Decimal(text).normalize() + 0
    except InvalidOperation:
        return text


def _moment(text: str) -> datetime | str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.astimezone(UTC).replace(microsecond=0) if moment.tzinfo else text


_NONE_IS_ZERO: Final = frozenset({Kind.LINK, Kind.CHOICE, Kind.SOURCE, Kind.STAGE})
_READ: Final[Mapping[Kind, Callable[[str], Any]]] = {
    Kind.INTEGER: _number,
    Kind.LINK: _number,
    Kind.NUMBER: _number,
    Kind.DATE: lambda text: text[:10],
    Kind.DATETIME: _moment,
}
