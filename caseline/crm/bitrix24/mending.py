"""Makes a portal again what the register says; each step may be repeated, and none makes a record twice."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from caseline.crm.bitrix24 import book, comments, reading, updates
from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.comparing import MESSAGE, Comparing
from caseline.crm.bitrix24.delivery import Post
from caseline.crm.bitrix24.differences import ORIGIN, Difference, Kind
from caseline.crm.bitrix24.items import found_by_origin
from caseline.crm.bitrix24.packing import Packing
from caseline.crm.bitrix24.places import TYPE_IDS, Place
from caseline.crm.bitrix24.removal import deleting

Follow = Callable[[sa.Connection, str, str, Mapping[int, int]], None]
"""(connection, source, entity, old to new ids): whoever else knows records by their ids takes the new ones."""
Record = dict[str, Any]


@dataclass
class Mended:
    """What became of differences."""

    done: list[Difference] = field(default_factory=list)
    left: list[tuple[Difference, str]] = field(default_factory=list)
    """With the reason."""
    renumbered: int = 0
    """Records that have a new id now."""

    def leave(self, differences: Sequence[Difference], reason: str) -> None:
        """These stay as they are."""
        self.left += [(one, reason) for one in differences]


@dataclass(frozen=True)
class Mending:
    """Writes by the same ways as an import: intents first, guarded against automation."""

    comparing: Comparing
    packing: Packing
    follow: Follow

    def mend(self, entity: str, differences: Sequence[Difference]) -> Mended:
        """Mend what was found on a page."""
        mended = Mended()
        by_kind = {kind: [one for one in differences if one.kind is kind] for kind in Kind}
        mended.leave(by_kind[Kind.UNKNOWN], "the register has never heard of it: delete it there if it is of no use")
        for source in sorted({one.source for one in differences}):
            self._missing((entity, source), [one for one in by_kind[Kind.MISSING] if one.source == source], mended)
            self._altered((entity, source), [one for one in by_kind[Kind.ALTERED] if one.source == source], mended)
        self._doubled(entity, by_kind[Kind.DOUBLED], mended)
        return mended

    def _missing(self, key: tuple[str, str], gone: Sequence[Difference], mended: Mended) -> None:
        """Find them under another id, or make them again; then register and staging know them by the new id."""
        if not gone:
            return
        entity, source = key
        with self.comparing.mirror.engine.begin() as connection:
            # Whoever may not give the new ids must not make the records.
            self.comparing.mirror.crm.renumber(connection, entity, {})
        kept = self.comparing.mirror.records(entity, [one.id for one in gone])
        old = {str(record["origin"]): number for number, record in kept.items()}
        found = self._found(key, kept)
        lost = [record for record in kept.values() if str(record["origin"]) not in found]
        parcels = self.packing.parcels(entity, source, lost)
        if parcels:
            self.packing.refuse_automation(entity, parcels)
            post = Post(self.comparing.mirror.engine, self.comparing.portal, key)
            told = self.packing.deliver(post, parcels)
            found |= told.made
            refused = {origin: " ".join(said).strip() for origin, said in told.refused.items()}
            for one in gone:
                if one.origin in refused:
                    mended.leave([one], f"the portal does not take it: {refused[one.origin]}")
        pairs = {old[origin]: number for origin, number in found.items() if origin in old}
        with self.comparing.mirror.engine.begin() as connection:
            self.comparing.mirror.crm.renumber(connection, entity, pairs)
            self.follow(connection, source, entity, pairs)
            book.settle(connection, entity, source, list(old))
        mended.renumbered += len(pairs)
        mended.done += [one for one in gone if one.id in pairs]

    def _found(self, key: tuple[str, str], kept: Mapping[int, Record]) -> dict[str, int]:
        if key[0] == MESSAGE:
            return self.packing.carrier(*key).find({str(one["origin"]): one["record_id"] for one in kept.values()})
        return found_by_origin(self.comparing.portal, *key, [str(one["origin"]) for one in kept.values()])

    def _altered(self, key: tuple[str, str], other: Sequence[Difference], mended: Mended) -> None:
        if not other:
            return
        entity, source = key
        portal, naming = self.comparing.portal, self.comparing.naming
        kept = self.comparing.mirror.records(entity, [one.id for one in other])
        records = [{**record, "ref": number, "crm_id": number} for number, record in kept.items()]
        if entity == MESSAGE:
            refused = updates.rewrite(portal, source, records, naming.authors(records))
        else:
            shape = self.comparing.shapes.of(entity)
            whole = [_bringing(shape.places, record) for record in records]
            words = naming.words(entity, records)
            refused = updates.level(portal, entity, shape, whole, words, self.packing.guard)
            refused |= self._claim(key, [one for one in other if ORIGIN in one.fields])
        mended.done += [one for one in other if one.id not in refused]
        for one in other:
            if one.id in refused:
                mended.leave([one], refused[one.id][1])

    def _claim(self, key: tuple[str, str], lost: Sequence[Difference]) -> dict[int, tuple[str, str]]:
        """Write back by what records are found."""
        entity, source = key
        if lost and (objection := self.packing.guard.changing(entity, None)):
            return {one.id: ("REFUSED", objection) for one in lost}
        calls = {
            f"record{one.id}": Call(
                "crm.item.update",
                {
                    "entityTypeId": TYPE_IDS[entity],
                    "id": one.id,
                    "fields": {"originatorId": source, "originId": one.origin},
                },
            )
            for one in lost
        }
        answers = updates.repeated(self.comparing.portal, calls)
        return {int(name.removeprefix("record")): (one.code, one.text) for name, one in answers.items()}

    def _doubled(self, entity: str, doubles: Sequence[Difference], mended: Mended) -> None:
        """Delete those whose other record is there; where it is not, the double takes its place when that is mended."""
        if not doubles:
            return
        there = self._there(entity, [(one.known_id, one.owner_id) for one in doubles if one.known_id is not None])
        sure = [one for one in doubles if one.known_id in there]
        mended.leave([one for one in doubles if one.known_id not in there], "it stands for the one that is missing")
        # What was gone already is refused too; looking again tells.
        updates.repeated(self.comparing.portal, {f"gone{one.id}": deleting(entity, one.id) for one in sure})
        stays = self._there(entity, [(one.id, one.owner_id) for one in sure])
        mended.done += [one for one in sure if one.id not in stays]
        mended.leave([one for one in sure if one.id in stays], "the portal does not let us delete it")

    def _there(self, entity: str, asked: Sequence[tuple[int, int | None]]) -> set[int]:
        """Those of the records, by id and lead of a comment, that the portal has."""
        portal, ids = self.comparing.portal, {number for number, _owner in asked}
        if entity == MESSAGE:
            leads = {owner for _number, owner in asked if owner is not None}
            # A copy may stand on another lead.
            leads |= {one["record_id"] for one in self.comparing.mirror.records(MESSAGE, sorted(ids)).values()}
            return ids & {int(row["ID"]) for row in comments.timelines(portal, sorted(leads))}
        return set(reading.items(portal, entity, sorted(ids), self.comparing.shapes.of(entity).names)) if ids else set()


def _bringing(places: Sequence[Place], record: Record) -> Record:
    """The record with every field that is compared, so that what the portal has beyond it is cleared."""
    compared = reading.compared(places, record)
    extra = {place.field: (record.get("extra") or {}).get(place.field) for place in compared if place.extra}
    columns = {place.column: record.get(place.column) for place in compared if not place.extra}
    return {**columns, "extra": extra, "ref": record["ref"], "crm_id": record["crm_id"]}
