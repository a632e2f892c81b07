"""Writes records into a portal and, under the portal's ids, into the register."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm.bitrix24 import book, filling, updates
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.delivery import Post, Told
from caseline.crm.bitrix24.mirror import Mirror
from caseline.crm.bitrix24.naming import Naming
from caseline.crm.bitrix24.packing import Filled, Packing
from caseline.crm.bitrix24.places import TEXT_LIMIT
from caseline.crm.bitrix24.reading import Reading
from caseline.crm.bitrix24.shapes import Shapes
from caseline.crm.bitrix24.strangers import Strangers
from caseline.crm.port import Ambiguous, Outcome, Refusal, Taken

Record = Mapping[str, Any]
MESSAGE: Final = "message"
_LONG_KEY: Final = (
    f"its key has {{}} signs, and the portal keeps {TEXT_LIMIT}, so the record could not be found there again: choose"
    " another key in the mapping"
)
_EDITED: Final = (
    "somebody changed or deleted this record in the portal after it was imported: keep that, or import with --overwrite"
)


@dataclass
class _Set:
    """Records of one call, on their way."""

    entity: str
    source: str
    overwrite: bool
    left: list[Record]
    filled: Filled = field(default_factory=dict)
    dated: Filled = field(default_factory=dict)
    """By origin the dates that new records have got here, `filled` ones and others."""
    claimed: set[int] = field(default_factory=set)
    """Ids of those that portal and register had and nobody knew to be of this source: nothing was edited since."""
    outcomes: dict[int, Outcome] = field(default_factory=dict)

    def changed(self, record: Record, crm_id: int, version: int) -> Record:
        """A new record as one that is there already: dates that it does not bring itself stay as they are there."""
        brought = {name: value for name, value in record.items() if name not in self.dated[record["origin"]]}
        return {**brought, "is_new": False, "crm_id": crm_id, "version": version}

    def refuse(self, refused: Mapping[int, tuple[str, str]]) -> None:
        """Records by ref with code and text."""
        for ref, (code, text) in refused.items():
            self.outcomes[ref] = Outcome(ref, None, code=code, text=text)
        self.left = [one for one in self.left if one["ref"] not in refused]

    def refuse_edited(self, ids: Collection[int]) -> None:
        """Those of these records that are there already stay as somebody has made them."""
        self.refuse({one["ref"]: ("EDITED_SINCE", _EDITED) for one in self.left if one["crm_id"] in ids})


@dataclass(frozen=True)
class Writing:
    """See `Crm.write`."""

    portal: Portal
    mirror: Mirror
    shapes: Shapes
    naming: Naming
    reading: Reading
    packing: Packing
    strangers: Strangers
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def write(self, entity: str, source: str, records: Sequence[Record], *, overwrite: bool = False) -> list[Outcome]:
        """Records of an entity that the portal keeps."""
        now, filled = self.clock(), {one["origin"]: filling.unsaid(entity, one) for one in records}
        whole = [filling.whole(entity, one, filled[one["origin"]], now) for one in records]
        dated = {one["origin"]: filling.dated(entity, one) for one in records}
        work = _Set(entity, source, overwrite, whole, filled, dated)
        self._recognise(work)
        self._adopt(work)
        self._refuse_edited(work)
        self._refuse_unfit(work)
        told = self._deliver(work)
        work.refuse(self._by_ref(work, told))
        self._update(work, told)
        self._keep(work, told)
        return [work.outcomes[one["ref"]] for one in records]

    def owners(self, entity: str, source: str, origins: Sequence[str]) -> dict[str, int | None]:
        """Those that may be on their way; of messages with the leads whose timelines they went to."""
        with self.mirror.engine.connect() as connection:
            return {one.origin: one.owner_id for one in book.doubtful(connection, entity, source, origins)}

    def _recognise(self, work: _Set) -> None:
        """New records that the register has already are changed ones of no known version: events tell of edits."""
        origins = [one["origin"] for one in work.left if one["is_new"]]
        known = {one.origin: one for one in self.mirror.crm.look_up(work.entity, work.source, origins)}
        work.left = [
            work.changed(one, known[one["origin"]].crm_id, known[one["origin"]].version)
            if one["is_new"] and one["origin"] in known
            else one
            for one in work.left
        ]
        edited = set() if work.overwrite else self.mirror.edited(work.entity, [one.crm_id for one in known.values()])
        if edited:
            brought = {one["crm_id"]: one for one in work.left if one["crm_id"] in edited}
            work.refuse_edited(edited - self.reading.taken_over(work.entity, brought).keys())

    def _adopt(self, work: _Set) -> None:
        """New records that the portal has already get their ids; what we have on its way is left to the delivery.

        The delivery knows what it has sent, so that it can tell what people have changed since.
        """
        new = {one["origin"]: one for one in work.left if one["is_new"]}
        on_their_way = self.owners(work.entity, work.source, list(new))
        unknown = {
            origin: one.get("record_id")
            for origin, one in new.items()
            if origin not in on_their_way and one["crm_id"] is None
        }
        strange = self.strangers.of(work.entity, work.source, unknown)
        found = dict.fromkeys(on_their_way) | strange
        work.left = [
            {**one, "crm_id": found[one["origin"]]} if one["is_new"] and one["origin"] in found else one
            for one in work.left
        ]
        if strange and work.entity != MESSAGE:
            self._claim(work, strange)
            self._date(work, strange)

    def _claim(self, work: _Set, strange: Mapping[str, int]) -> None:
        """What a sync has met in the portal becomes ours, unless it knows of an edit."""
        claimed = self.mirror.claim((work.entity, work.source), strange, overwrite=work.overwrite)
        work.refuse_edited(claimed.edited)
        work.left = [
            work.changed(one, one["crm_id"], claimed.versions[one["crm_id"]])
            if one["crm_id"] in claimed.versions
            else one
            for one in work.left
        ]
        work.claimed.update(claimed.versions)

    def _refuse_edited(self, work: _Set) -> None:
        changed = {one["crm_id"]: one for one in work.left if not one["is_new"] and one["crm_id"] not in work.claimed}
        if not changed or work.overwrite:
            return
        work.refuse_edited(self.reading.edited(work.entity, list(changed), changed))
        if work.entity != MESSAGE:
            versions = self.reading.taken_over(work.entity, changed)
            work.left = [
                one if one["is_new"] else {**one, "version": versions.get(one["crm_id"], one["version"])}
                for one in work.left
            ]

    def _refuse_unfit(self, work: _Set) -> None:
        """What the register would refuse is not sent at all, nor what could not be found again by its key."""
        if work.entity != MESSAGE:
            long = [one for one in work.left if one["is_new"] and len(one["origin"]) > TEXT_LIMIT]
            work.refuse({one["ref"]: ("REFUSED", _LONG_KEY.format(len(one["origin"]))) for one in long})
        work.refuse({one.ref: (one.code, one.text) for one in self._unfit(work, work.left)})

    def _unfit(self, work: _Set, records: Sequence[Record]) -> list[Refusal]:
        if not records:
            return []
        try:
            return list(self._foreseen(work, records).refused)
        except (sa.exc.IntegrityError, sa.exc.DataError) as error:
            if len(records) == 1:
                said = str(error.orig).splitlines()[0]
                return [Refusal(records[0]["ref"], "REFUSED", None, f"the register does not take it: {said}")]
        half = len(records) // 2
        return self._unfit(work, records[:half]) + self._unfit(work, records[half:])

    def _foreseen(self, work: _Set, records: Sequence[Record]) -> Taken:
        return self.mirror.foresee(work.entity, work.source, records, overwrite=work.overwrite)

    def _deliver(self, work: _Set) -> Told:
        new = [one for one in work.left if one["is_new"]]
        adopted = {one["origin"]: one["crm_id"] for one in new if one["crm_id"] is not None}
        parcels = self.packing.parcels(
            work.entity, work.source, [one for one in new if one["crm_id"] is None], work.filled
        )
        if not parcels:
            return Told(made=adopted)
        self.packing.refuse_automation(work.entity, parcels)
        key = (work.entity, work.source)
        post = Post(
            self.mirror.engine,
            self.portal,
            key,
            known=lambda connection, origins: self.mirror.has(connection, key, origins),
        )
        before = self.owners(*key, [parcel.origin for parcel in parcels])
        told = self.packing.deliver(post, parcels)
        self._date(work, {origin: number for origin, number in told.made.items() if origin in before})
        return replace(told, made=told.made | adopted)

    def _date(self, work: _Set, found: Mapping[str, int]) -> None:
        """What an earlier attempt or import may have brought has the dates that were filled in then."""
        said = self.reading.columns(
            work.entity, {found[origin]: work.filled[origin] for origin in found if work.filled[origin]}
        )
        work.left = [{**one, **said.get(found.get(one["origin"], 0), {})} for one in work.left]

    def _by_ref(self, work: _Set, told: Told) -> dict[int, tuple[str, str]]:
        text = "the portal does not take it ({}): correct the record or the portal's rules, then `caseline retry`"
        return {
            one["ref"]: ("REFUSED", text.format(" ".join(told.refused[one["origin"]]).strip()))
            for one in work.left
            if one["is_new"] and one["origin"] in told.refused
        }

    def _update(self, work: _Set, told: Told) -> None:
        """Level what is there, except what we have brought ourselves as it shall be: people may have edited it."""
        changed = [
            {**one, "crm_id": told.made[one["origin"]]} if one["origin"] in told.other else one
            for one in work.left
            if not one["is_new"] or one["crm_id"] is not None or one["origin"] in told.other
        ]
        if changed and work.entity != MESSAGE:
            words = self.naming.words(work.entity, changed)
            refused = updates.level(
                self.portal, work.entity, self.shapes.of(work.entity), changed, words, self.packing.guard
            )
            work.refuse(refused)
        elif changed:
            work.refuse(updates.rewrite(self.portal, work.source, changed, self.naming.authors(changed)))

    def _keep(self, work: _Set, told: Told) -> None:
        """Into the register, together with the end of our intents: from here on it is known what became of them."""
        kept = [{**one, "crm_id": told.made[one["origin"]]} if one["is_new"] else one for one in work.left]
        with self.mirror.engine.begin() as connection:
            taken = self.mirror.take_in(connection, work.entity, work.source, kept, overwrite=work.overwrite)
            if taken.known:
                raise Ambiguous(f"somebody else has brought {len(taken.known)} of these records at this moment")
            # What the register refuses at the last moment is in the portal all the same: its intent leads back to it.
            open_ = {one.ref for one in taken.refused}
            settled = [*told.refused, *(one["origin"] for one in kept if one["ref"] not in open_)]
            book.settle(connection, work.entity, work.source, settled)
        versions = dict(taken.versions)
        work.refuse({one.ref: (one.code, one.text) for one in taken.refused})
        for one in kept:
            if one["ref"] not in work.outcomes:
                work.outcomes[one["ref"]] = Outcome(one["ref"], one["crm_id"], versions.get(one["ref"], 1))
