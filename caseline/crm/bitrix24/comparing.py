"""Walks a portal and the register side by side, page by page, and names where they differ; reads only."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from caseline.crm.bitrix24 import comments, holdings, letters, reading
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.differences import ORIGIN, Difference, Kind
from caseline.crm.bitrix24.mirror import Mirror
from caseline.crm.bitrix24.naming import Naming
from caseline.crm.bitrix24.places import TYPE_IDS
from caseline.crm.bitrix24.shapes import Shapes
from caseline.crm.bitrix24.values import Item

LEADS: Final = 500
"""Leads whose comments are read together."""
MESSAGE: Final = "message"
ENTITIES: Final = ("company", "contact", "request", MESSAGE)
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Comparing:
    """Whatever the number of records, the pages of two requests are in memory at most."""

    portal: Portal
    mirror: Mirror
    shapes: Shapes
    naming: Naming

    def sources(self) -> list[str]:
        """Those that the register has records of."""
        with self.mirror.engine.connect() as connection:
            return holdings.sources(connection)

    def of(self, entity: str, sources: Sequence[str]) -> Iterator[tuple[int, list[Difference]]]:
        """(records looked at, differences) of each page."""
        if not sources:
            return iter(())
        return self._messages(sources) if entity == MESSAGE else self._items(entity, sources)

    def _items(self, entity: str, sources: Sequence[str]) -> Iterator[tuple[int, list[Difference]]]:
        names, after = self.shapes.of(entity).names, 0
        where = {"=originatorId": sources[0]} if len(sources) == 1 else {"@originatorId": list(sources)}
        params = {"entityTypeId": TYPE_IDS[entity], "filter": where, "select": ["*"]}
        for page in self.portal.walk("crm.item.list", params):
            found = {int(row["id"]): names.inwards(row) for row in page}
            upto = max(found)
            yield from self._absent(entity, sources, (after, upto), found.keys())
            yield len(found), [*self._altered(entity, found), *self._strangers(entity, found)]
            after = upto
        yield from self._absent(entity, sources, (after, None), ())

    def _absent(
        self, entity: str, sources: Sequence[str], bounds: tuple[int, int | None], found: Collection[int]
    ) -> Iterator[tuple[int, list[Difference]]]:
        """Records of the register between two ids that the walk has not met."""
        after, upto = bounds
        while True:
            with self.mirror.engine.connect() as connection:
                ids = holdings.between(connection, entity, sources, after, upto)
            if not ids:
                return
            missing = [number for number in ids if number not in found]
            if missing:
                yield 0, self._missing(entity, missing)
            after = ids[-1]

    def _missing(self, entity: str, ids: Sequence[int]) -> list[Difference]:
        """Those that are really gone; the others are there under another origin."""
        there = reading.items(self.portal, entity, ids, self.shapes.of(entity).names)
        kept = self.mirror.records(entity, ids)
        return [
            Difference(entity, Kind.ALTERED, number, one["source"], one["origin"], (ORIGIN,))
            if number in there
            else Difference(entity, Kind.MISSING, number, one["source"], one["origin"])
            for number, one in sorted(kept.items())
        ]

    def _altered(self, entity: str, found: Mapping[int, Item]) -> Iterator[Difference]:
        kept, places = self.mirror.records(entity, list(found)), self.shapes.of(entity).places
        words = self.naming.known_words(entity, list(kept.values()))
        for number, record in sorted(kept.items()):
            compared, item = reading.compared(places, record), found[number]
            other = reading.differing(compared, reading.put(compared, record, words), item)
            fields = [place.field for place in other]
            if (item.get("ORIGINATOR_ID"), item.get("ORIGIN_ID")) != (record["source"], record["origin"]):
                fields.append(ORIGIN)
            if fields:
                yield Difference(entity, Kind.ALTERED, number, record["source"], record["origin"], tuple(fields))

    def _strangers(self, entity: str, found: Mapping[int, Item]) -> list[Difference]:
        kept = self.mirror.records(entity, list(found)).keys()
        strange = {
            number: (str(item.get("ORIGINATOR_ID")), str(item.get("ORIGIN_ID")))
            for number, item in found.items()
            if number not in kept
        }
        return self._judged(entity, strange, {})

    def _judged(
        self, entity: str, strange: Mapping[int, tuple[str, str]], owners: Mapping[int, int]
    ) -> list[Difference]:
        """Doubled when the register knows another record of their origin; what is on its way right now is neither."""
        result = []
        for source in sorted({source for source, _origin in strange.values()}):
            origins = {number: origin for number, (one, origin) in strange.items() if one == source}
            known = {one.origin: one.crm_id for one in self.mirror.crm.look_up(entity, source, list(origins.values()))}
            with self.mirror.engine.connect() as connection:
                coming = holdings.coming(connection, entity, source, list(origins.values()))
            for number, origin in sorted(origins.items()):
                if origin not in coming:
                    kind = Kind.DOUBLED if origin in known else Kind.UNKNOWN
                    owner = owners.get(number)
                    result.append(Difference(entity, kind, number, source, origin, (), known.get(origin), owner))
        return result

    def _messages(self, sources: Sequence[str]) -> Iterator[tuple[int, list[Difference]]]:
        after = 0
        while True:
            with self.mirror.engine.connect() as connection:
                leads = holdings.between(connection, "request", sources, after, None, LEADS)
                kept = holdings.messages(connection, leads, sources)
            if not leads:
                return
            found = {int(row["ID"]): row for row in comments.timelines(self.portal, leads)}
            yield len(kept), self._of_timelines(kept, found, sources)
            after = leads[-1]

    def _of_timelines(
        self, kept: Mapping[int, Record], found: Mapping[int, Record], sources: Sequence[str]
    ) -> list[Difference]:
        authors, result = self.naming.authors(list(kept.values())), []
        for number, record in kept.items():
            about = (record["source"], record["origin"])
            if number not in found:
                owner = record["record_id"]
                result.append(Difference(MESSAGE, Kind.MISSING, number, *about, owner_id=owner))
            elif not letters.same(str(found[number]["COMMENT"]), said(record, authors)):
                owner = record["record_id"]
                result.append(Difference(MESSAGE, Kind.ALTERED, number, *about, ("text",), owner_id=owner))
        keyed = {number: letters.keyed(str(row["COMMENT"])) for number, row in found.items() if number not in kept}
        strange = {number: key for number, key in keyed.items() if key is not None and key[0] in sources}
        return result + self._judged(MESSAGE, strange, {number: int(found[number]["ENTITY_ID"]) for number in strange})


def said(message: Record, authors: Mapping[int, str]) -> str:
    """The comment that a message of the register is."""
    source, origin = str(message["source"]), str(message["origin"])
    text = letters.comment(source, message, authors.get(message["author_id"] or 0))
    return letters.shortened(text, source, origin)
