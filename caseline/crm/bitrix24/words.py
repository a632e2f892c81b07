"""The portal's words for values of ours: found, or made where the portal has none yet."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm.bitrix24 import book, schema
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.faults import PortalStopped
from caseline.crm.bitrix24.places import Kind, Place
from caseline.crm.bitrix24.values import Words

WORDED: Final = frozenset({Kind.CHOICE, Kind.CHOICES, Kind.SOURCE, Kind.STAGE})
_TRIES: Final = 4
Missing = Mapping[Place, Collection[str]]


@dataclass(frozen=True)
class Dictionary:
    """Knows the words of one entity, and has new ones made by one process at a time."""

    engine: sa.Engine
    portal: Portal
    entity: str
    places: Sequence[Place]

    def words(self, records: Sequence[Mapping[str, Any]], named: Mapping[tuple[str, int], str]) -> Words:
        """Words for all that these records (by our columns) hold."""
        with self.engine.connect() as connection:
            known = book.choices(connection, self.entity)
        missing = self._missing(records, known)
        if missing:
            known = self._make(missing)
        return Words(known, named)

    def _missing(
        self, records: Sequence[Mapping[str, Any]], known: Mapping[tuple[str, str], str]
    ) -> dict[Place, set[str]]:
        found: dict[Place, set[str]] = {}
        for place in self.places:
            if place.kind not in WORDED:
                continue
            values = {one for record in records for one in values_of(place, record)}
            new = {value for value in values if (place.portal, value) not in known}
            if new:
                found[place] = new
        return found

    def _make(self, missing: Missing) -> dict[tuple[str, str], str]:
        with self.engine.begin() as connection:
            book.alone(connection, self.portal.key)
            for place, values in missing.items():
                word = self._sources(values) if place.kind is Kind.SOURCE else self._items(place, values)
                book.keep_choices(connection, self.entity, {(place.portal, value): word[value] for value in values})
            return book.choices(connection, self.entity)

    def _sources(self, values: Collection[str]) -> dict[str, str]:
        for attempt in range(_TRIES):
            lacks = schema.lacking_sources(values, schema.statuses(self.portal, schema.SOURCES))
            if not lacks:
                break
            if attempt:
                self.portal.options.sleep(min(self.portal.options.ceiling, 2.0**attempt))
            schema.refuse(schema.make(self.portal, lacks))
        return {value: schema.source_word(value) for value in values}

    def _items(self, place: Place, values: Collection[str]) -> dict[str, str]:
        for attempt in range(_TRIES):
            field = schema.fields(self.portal, self.entity).get(place.portal)
            if field is None:
                raise PortalStopped(
                    f"the portal has no field {place.portal} any more: `caseline bitrix24 provision` makes it again"
                )
            words = schema.item_words(field, values)
            new = set(values) - words.keys()
            if not new:
                return words
            if attempt:
                self.portal.options.sleep(min(self.portal.options.ceiling, 2.0**attempt))
            schema.refuse(schema.make(self.portal, [schema.adding_items(self.entity, field, new)]))
        told = ", ".join(sorted(values)[:5])
        raise PortalStopped(
            f"the portal does not keep new list items of {place.portal} ({told}): add them there, then start again"
        )


def values_of(place: Place, record: Mapping[str, Any]) -> list[str]:
    """The values of a record in a place of a list, stage or source."""
    held = (record["extra"] or {}).get(place.field) if place.extra else record.get(place.column)
    if held in (None, "", []):
        return []
    return [str(one) for one in held] if isinstance(held, list) else [str(held)]
