"""Records of the register, or on their way into it, as parcels for the portal, and what carries them there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from caseline.crm import vocabulary
from caseline.crm.bitrix24 import book, letters, reading
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.comments import Comments
from caseline.crm.bitrix24.dated import Dated
from caseline.crm.bitrix24.delivery import Carrier, Parcel, Post, Told
from caseline.crm.bitrix24.faults import PortalStopped
from caseline.crm.bitrix24.guard import Guard
from caseline.crm.bitrix24.items import Items
from caseline.crm.bitrix24.naming import Naming
from caseline.crm.bitrix24.shapes import Shapes
from caseline.crm.port import TryLater

MESSAGE: Final = "message"
_FIRST_STAGE: Final = "NEW"
Filled = Mapping[str, Collection[str]]
"""By origin the columns that hold the moment of the attempt, because nobody has said anything."""


@dataclass(frozen=True)
class Packing:
    """For imports and for whoever makes records again."""

    portal: Portal
    shapes: Shapes
    naming: Naming
    guard: Guard
    imports: bool
    original: bool = False
    """New records get their original dates as the portal's own."""

    def parcels(
        self, entity: str, source: str, records: Sequence[Mapping[str, Any]], filled: Filled | None = None
    ) -> list[Parcel]:
        """What is sent of records; columns are those of the register, references by id."""
        if entity == MESSAGE:
            authors = self.naming.authors(records)
            return [
                Parcel(
                    str(one["origin"]),
                    {"text": letters.comment(source, one, authors.get(one.get("author_id") or 0))},
                    one["record_id"],
                )
                for one in records
            ]
        places, words = self.shapes.of(entity).places, self.naming.words(entity, records)
        portal = {place.column: place.portal for place in places if not place.extra}
        put = ((one, reading.put(places, one, words)) for one in records)
        # An empty value of a record that is not there yet says nothing.
        return [
            Parcel(
                str(one["origin"]),
                {name: value for name, value in fields.items() if value not in ("", [])},
                filled=frozenset(portal[column] for column in (filled or {}).get(one["origin"], ())),
            )
            for one, fields in put
        ]

    def carrier(self, entity: str, source: str) -> Carrier:
        """How they are sent and found again."""
        if entity == MESSAGE:
            return Comments(self.portal, source)
        items = Items(self.portal, entity, source, self.shapes.of(entity).names, imports=self.imports)
        return Dated(items) if self.original else items

    def deliver(self, post: Post, parcels: Sequence[Parcel]) -> Told:
        """Send them. Where dates must rise, only one at a time does so; `TryLater` when others take too long."""
        entity, _source = post.key
        if not self.original or entity == MESSAGE:
            return post.deliver(self.carrier(*post.key), parcels)
        with book.turn(post.engine, self.portal.key, entity, patience=self.portal.options.patience) as ours:
            if not ours:
                raise TryLater(f"others have been making each {entity} of the portal for too long")
            return post.deliver(self.carrier(*post.key), parcels)

    def refuse_automation(self, entity: str, parcels: Sequence[Parcel]) -> None:
        """Stop before records are made by methods that start what the portal does by itself."""
        if self.imports or entity == MESSAGE:
            return
        staged = entity == vocabulary.REQUEST
        stages = {str(one.fields.get("STATUS_ID", _FIRST_STAGE)) for one in parcels} if staged else set()
        if objection := self.guard.creating(entity, stages):
            raise PortalStopped(f"{objection}, or leave CASELINE_BITRIX24_WRITE at import")
