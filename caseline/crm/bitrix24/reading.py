"""What a portal holds, beside what the register says that it holds."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from caseline.crm import vocabulary
from caseline.crm.bitrix24 import comments, letters, values
from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.items import PAGE, Names, pieces, rows_of, value_of
from caseline.crm.bitrix24.mirror import Mirror
from caseline.crm.bitrix24.naming import Naming
from caseline.crm.bitrix24.places import TYPE_IDS, Kind, Place
from caseline.crm.bitrix24.shapes import Shapes
from caseline.crm.bitrix24.values import Item, Words

AT_ONCE: Final = 2_500
"""Records that are read together: fifty pages, one request."""
_BY_THE_HOUSE: Final = frozenset({"category", "group"})
"""What the dictionary fills in the register before the portal hears of it."""
_GOING_ON: Final = frozenset({"modified_at", "closed_at"})
"""Dates of the old system with which the register goes on by itself once somebody changes the record."""


def items(portal: Portal, entity: str, ids: Sequence[int], names: Names) -> dict[int, Item]:
    """The portal's records of these ids, by upper-case names; those that are not there are left out."""
    asked = {
        f"page{n}": Call(
            "crm.item.list",
            {
                "entityTypeId": TYPE_IDS[entity],
                "filter": {"@id": list(piece)},
                "select": ["*"],
                "order": {"id": "ASC"},
                "start": -1,
            },
        )
        for n, piece in enumerate(pieces(ids, PAGE))
    }
    found = (names.inwards(row) for answer in portal.read_many(asked).values() for row in rows_of(value_of(answer)))
    return {int(item["ID"] if "ID" in item else item["id"]): item for item in found}


def put(places: Sequence[Place], record: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """The portal's fields for a record of the register (references by ids)."""
    return values.merged([values.put(place, held(place, record), words) for place in places])


def held(place: Place, record: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever the field holds
    """The value of a record in a place."""
    return (record.get("extra") or {}).get(place.field) if place.extra else record.get(place.column)


def differing(places: Sequence[Place], wanted: Item, found: Item) -> list[Place]:
    """Places in which the portal holds something else."""
    return [place for place in places if not values.same(place, wanted, found)]


@dataclass(frozen=True)
class Reading:
    """Reads records for whoever checks or changes them."""

    portal: Portal
    mirror: Mirror
    shapes: Shapes
    naming: Naming

    def edited(
        self, entity: str, ids: Sequence[int], brought: Mapping[int, Mapping[str, Any]] | None = None
    ) -> dict[int, list[str]]:
        """Ids of records that the portal has otherwise than the register, with the fields; an empty list: deleted.

        What the portal has as it is about to be `brought` (records by id) is no edit: an attempt that was cut off has
        written it, or somebody did the same; nothing of anybody's is lost by writing it.
        """
        coming = brought or {}
        if entity == "message":
            return self._rewritten(ids, coming)
        shape, kept = self.shapes.of(entity), self.mirror.records(entity, ids)
        words = self.naming.known_words(entity, [*kept.values(), *coming.values()])
        found = items(self.portal, entity, ids, shape.names)
        result: dict[int, list[str]] = {}
        for number, record in kept.items():
            if number not in found:
                result[number] = []
                continue
            places = compared(shape.places, record)
            item = found[number]
            other = differing(places, put(places, record, words), item)
            new = brings(other, coming.get(number, {}))
            other = [place for place in other if place not in new] + differing(
                new, put(new, coming.get(number, {}), words), item
            )
            fields = [place.field for place in other if not self._outdated(entity, place, item)]
            if fields:
                result[number] = fields
        return result

    def _outdated(self, entity: str, place: Place, item: Item) -> bool:
        """Whether a name is nobody's any more: then its bearer was renamed here, and nobody has edited it there."""
        name = values.seen(place, item) if place.kind is Kind.NAMED else None
        to = vocabulary.field(entity, place.field).to if name is not None else None
        return to is not None and not self.mirror.bears(to, str(name))

    def columns(self, entity: str, wanted: Mapping[int, Collection[str]]) -> dict[int, dict[str, Any]]:
        """What the portal says in these columns, by the ids of records; of records that it does not have nothing."""
        if not wanted:
            return {}
        shape = self.shapes.of(entity)
        places = {place.column: place for place in shape.places if not place.extra}
        found = items(self.portal, entity, list(wanted), shape.names)
        return {
            number: {name: said for name in wanted[number] if (said := values.back(places[name], item, Words()))}
            for number, item in found.items()
        }

    def taken_over(self, entity: str, records: Mapping[int, Mapping[str, Any]]) -> dict[int, int]:
        """Ids of records that the register has as they are brought (by id), with its versions.

        Whoever keeps the register in step has read there what an attempt that was cut off had written.
        """
        shape, kept = self.shapes.of(entity), self.mirror.records(entity, list(records))
        words = self.naming.known_words(entity, [*kept.values(), *records.values()])
        return {
            number: record["version"]
            for number, record in kept.items()
            if not differing(
                places := [one for one in brings(shape.places, records[number]) if not _goes_on(one)],
                put(places, records[number], words),
                put(places, record, words),
            )
        }

    def there(self, entity: str, ids: Sequence[int]) -> set[int]:
        """Those of the ids that the portal has."""
        if entity == "message":
            return set(self._comments(self.mirror.records("message", ids)))
        return set(items(self.portal, entity, ids, self.shapes.of(entity).names))

    def read(self, entity: str, source: str | None, origins: Sequence[str] | None) -> Iterator[dict[str, Any]]:
        """Records as the port promises; what differs is as the portal has it, and what is gone there is left out."""
        rows = self.mirror.crm.read(entity, source, origins)
        while piece := list(islice(rows, AT_ONCE)):
            yield from self._messages(piece) if entity == "message" else self._items(entity, piece)

    def _items(self, entity: str, rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        ids = [row["id"] for row in rows]
        shape, kept = self.shapes.of(entity), self.mirror.records(entity, ids)
        words = self.naming.known_words(entity, list(kept.values()))
        found = items(self.portal, entity, ids, shape.names)
        for row in rows:
            if row["id"] in found and row["id"] in kept:
                item = found[row["id"]]
                wanted = put(shape.places, kept[row["id"]], words)
                yield _overlaid(row, differing(shape.places, wanted, item), item, words)

    def _messages(self, rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        kept = self.mirror.records("message", [row["id"] for row in rows])
        found = self._comments(kept)
        for row in rows:
            if row["id"] in found:
                text, as_written = found[row["id"]]
                yield row if as_written else {**row, "text": text}

    def _rewritten(self, ids: Sequence[int], brought: Mapping[int, Mapping[str, Any]]) -> dict[int, list[str]]:
        kept = self.mirror.records("message", ids)
        found = self._comments(kept)
        other = {number: record for number, record in kept.items() if not found.get(number, ("", False))[1]}
        new = {number: {**record, **brought[number]} for number, record in other.items() if number in brought}
        written = self._comments(new) if new else {}
        return {
            number: ["text"] if number in found else [] for number in other if not written.get(number, ("", False))[1]
        }

    def _comments(self, kept: Mapping[int, Mapping[str, Any]]) -> dict[int, tuple[str, bool]]:
        """Comments of these messages that are there, and whether they are as we wrote them."""
        leads = sorted({record["record_id"] for record in kept.values()})
        authors = self.naming.authors(list(kept.values()))
        found: dict[int, tuple[str, bool]] = {}
        for line in comments.timelines(self.portal, leads):
            number, text = int(line["ID"]), str(line["COMMENT"])
            if number in kept:
                record, source = kept[number], str(kept[number]["source"])
                said = letters.comment(source, record, authors.get(record["author_id"] or 0))
                found[number] = (text, letters.same(text, letters.shortened(said, source, str(record["origin"]))))
        return found


def brings(places: Sequence[Place], record: Mapping[str, Any]) -> list[Place]:
    """Those of the places that a record on its way says something about; the others stay as they are."""
    extra = record.get("extra") or {}
    return [place for place in places if (place.field in extra if place.extra else place.column in record)]


def compared(places: Sequence[Place], record: Mapping[str, Any]) -> list[Place]:
    """The places that the portal should have as the register has them."""
    by_house, changed = record.get("category_by") == "keywords", record["version"] > 1
    return [
        place
        for place in places
        if not (by_house and place.field in _BY_THE_HOUSE) and not (changed and _goes_on(place))
    ]


def _goes_on(place: Place) -> bool:
    return not place.extra and place.field in _GOING_ON


def _overlaid(row: dict[str, Any], places: Sequence[Place], item: Item, words: Words) -> dict[str, Any]:
    """The row with the portal's values in these places; links stay numbers, which no origin is."""
    if not places:
        return row
    found = {**row, "extra": dict(row["extra"])}
    for place in places:
        value = values.back(place, item, words)
        if place.extra:
            found["extra"][place.field] = value
        else:
            found[place.field] = str(value) if place.kind is Kind.LINK and value is not None else value
    return found
