"""Companies and contacts that people have merged here: what a source says of one leads to the one that remains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm import vocabulary
from staging.audit.comparison import Record
from staging.audit.expected import Said

_WAYS: Final = """
WITH RECURSIVE way AS (
  SELECT gone.origin, merge.into_id FROM crm.{entity} AS gone
  JOIN crm.{entity}_merge AS merge ON merge.gone_id = gone.id WHERE gone.source = :source
  UNION SELECT way.origin, merge.into_id FROM way JOIN crm.{entity}_merge AS merge ON merge.gone_id = way.into_id
)
SELECT way.origin, stays.id, coalesce(stays.origin, stays.id::text) FROM way
JOIN crm.{entity} AS stays ON stays.id = way.into_id
WHERE NOT EXISTS (SELECT FROM crm.{entity}_merge AS merge WHERE merge.gone_id = way.into_id)
"""
_CLIENTS: Final = {one: sa.text(_WAYS.format(entity=one)) for one in ("company", "contact")}
Way = tuple[int, str]
"""The one that remains: its id, and its name in references as the CRM answers them."""


@dataclass
class Merges:
    """The merges of a source's clients, read once a check."""

    connection: sa.Connection
    source: str
    followed: int = 0
    """References that were moved by them."""

    @cached_property
    def ways(self) -> dict[str, dict[str, Way]]:
        """By entity and key."""
        found = {one: self.connection.execute(query, {"source": self.source}) for one, query in _CLIENTS.items()}
        return {one: {row[0]: (row[1], row[2]) for row in rows} for one, rows in found.items()}

    def allow(self, said: Said, entity: str, records: Sequence[Record]) -> Said:
        """What the files say, with references that the CRM holds moved as by the merges; others stay as they are."""
        core: dict[str, list[Any]] = dict(said.core)
        for field in vocabulary.ENTITIES[entity]:
            ways = self.ways.get(field.to or "")
            if ways and field.name in core:
                found = [record[field.name] for record in records]
                own = [record["id"] if field.to == entity else None for record in records]
                core[field.name] = self._followed(core[field.name], found, own, ways)
        return Said(said.size, core, said.extra)

    def _followed(
        self, wanted: Sequence[Any], found: Sequence[Any], own: Sequence[int | None], ways: Mapping[str, Way]
    ) -> list[Any]:
        values = list(wanted)
        for place, (key, seen, record_id) in enumerate(zip(wanted, found, own, strict=True)):
            if key == seen or not isinstance(key, str) or key not in ways:
                continue
            stays, name = ways[key]
            # Nobody is part of himself.
            if seen == (None if stays == record_id else name):
                values[place] = seen
                self.followed += 1
        return values
