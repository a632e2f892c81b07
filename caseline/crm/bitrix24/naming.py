"""Names and words for what records of the register hold: persons, groups, list items, stages, sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from caseline.crm import vocabulary
from caseline.crm.bitrix24 import book
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.mirror import Mirror
from caseline.crm.bitrix24.places import Kind, Place
from caseline.crm.bitrix24.shapes import Shapes
from caseline.crm.bitrix24.values import Words
from caseline.crm.bitrix24.words import WORDED, Dictionary, values_of


@dataclass(frozen=True)
class Naming:
    """Asks the register for names, and the portal for words."""

    engine: sa.Engine
    portal: Portal
    mirror: Mirror
    shapes: Shapes

    def words(self, entity: str, records: Sequence[Mapping[str, Any]], places: Sequence[Place] | None = None) -> Words:
        """Words for all that these records hold in `places` (None: in all); what lacks one gets it in the portal."""
        listed = self.shapes.of(entity).places if places is None else places
        return Dictionary(self.engine, self.portal, entity, listed).words(records, self._names(entity, records))

    def known_words(self, entity: str, records: Sequence[Mapping[str, Any]]) -> Words:
        """Words for all that these records hold, without making any: a value without a word stands for itself."""
        with self.engine.connect() as connection:
            known = book.choices(connection, entity)
        worded = [place for place in self.shapes.of(entity).places if place.kind in WORDED]
        held = {(place.portal, value): value for place in worded for one in records for value in values_of(place, one)}
        return Words(held | known, self._names(entity, records))

    def _names(self, entity: str, records: Sequence[Mapping[str, Any]]) -> dict[tuple[str, int], str]:
        found: dict[tuple[str, int], str] = {}
        for place in self.shapes.of(entity).places:
            if place.kind is Kind.NAMED:
                to = vocabulary.field(entity, place.field).to or "person"
                ids = sorted({record[place.column] for record in records if record.get(place.column) is not None})
                found |= {(place.field, number): name for number, name in self.mirror.names(to, ids).items()}
        return found

    def authors(self, messages: Sequence[Mapping[str, Any]]) -> dict[int, str]:
        """Names of those who wrote messages."""
        ids = sorted({one["author_id"] for one in messages if one.get("author_id") is not None})
        return self.mirror.names("person", ids)
