"""What a record of the portal says otherwise than the register: as values of the register's columns."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from caseline.crm import vocabulary
from caseline.crm.bitrix24 import reading, values
from caseline.crm.bitrix24.places import Kind, Place
from caseline.crm.bitrix24.values import Item, Words
from caseline.crm.vocabulary import REQUEST

_DATES: Final = frozenset({"created_at", "modified_at", "closed_at"})
"""What an old system told of its records; the register goes on with these by itself."""
_BY_RULES: Final = frozenset({"stage", "category", "group"})
"""What brings deadlines and durations with it, and is compared by itself."""
_NEVER_EMPTY: Final = frozenset({"subject", "name", "number"})

Find = Callable[[str, Any], int | None]
"""Id in the register of a person or group by name, of another record by its id; None where there is none."""


@dataclass(frozen=True, slots=True)
class Change:
    """A field that differs, with the portal's value as the register keeps it."""

    place: Place
    value: Any


@dataclass(frozen=True, slots=True)
class Taking:
    """How records of an entity are compared."""

    entity: str
    places: tuple[Place, ...]
    words: Words
    """For what the portal says and for what the register holds."""
    find: Find

    def compared(self) -> list[Place]:
        """Places that are compared value by value."""
        left_out = _DATES | (_BY_RULES if self.entity == REQUEST else frozenset())
        return [place for place in self.places if place.extra or place.field not in left_out]

    def place(self, field: str) -> Place:
        """The place of a core field."""
        return next(place for place in self.places if place.field == field and not place.extra)

    def changes(self, record: Mapping[str, Any], item: Item) -> list[Change]:
        """What the item says otherwise than the record of the register."""
        places = self.compared()
        other = reading.differing(places, reading.put(places, record, self.words), item)
        return [one for place in other if (one := self._change(place, item)) is not None]

    def all(self, item: Item) -> list[Change]:
        """All that an item says of a record that is new to the register."""
        said = [place for place in self.compared() if values.seen(place, item) not in {None, False}]
        return [one for place in said if (one := self._change(place, item)) is not None]

    def _change(self, place: Place, item: Item) -> Change | None:
        """None where the register cannot hold what is said, or must not be without what is not said."""
        found = values.back(place, item, self.words)
        if found is None and not place.extra and place.field in _NEVER_EMPTY:
            return None
        if found is not None and not place.extra and place.kind in {Kind.NAMED, Kind.LINK}:
            number = self.find(self._target(place), found)
            return None if number is None else Change(place, number)
        return Change(place, _kept(place, found))

    def _target(self, place: Place) -> str:
        return vocabulary.field(self.entity, place.field).to or self.entity


def _kept(place: Place, found: Any) -> Any:  # noqa: ANN401 - whatever the field holds
    """As the register keeps it; extra fields are JSON."""
    if place.kind is Kind.NUMBER and found is not None:
        return float(Decimal(found))
    if isinstance(found, datetime) and place.extra:
        return found.isoformat()
    return found


def columns(changes: Iterable[Change], extra: Mapping[str, Any]) -> dict[str, Any]:
    """Values by column; extra fields are those that the record has with the changed ones, empty ones left out."""
    found: dict[str, Any] = {}
    more = dict(extra)
    for one in changes:
        if one.place.extra:
            more[one.place.field] = one.value
        else:
            found[one.place.column] = one.value
    if more != dict(extra):
        found["extra"] = {name: value for name, value in more.items() if value not in (None, [])}
    return found


def moment(item: Item, *names: str) -> datetime:
    """The first of these times that an item tells."""
    said = next((str(item[name]) for name in names if item.get(name)), "")
    return datetime.fromisoformat(said).astimezone(UTC)
