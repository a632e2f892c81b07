"""A few marked records go into a portal and out again, to measure what writing takes there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from caseline.crm.bitrix24 import letters, updates
from caseline.crm.bitrix24.answers import Done
from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.comments import Comments, timelines
from caseline.crm.bitrix24.delivery import Carrier, Parcel
from caseline.crm.bitrix24.estimate import Measured
from caseline.crm.bitrix24.faults import PortalStopped
from caseline.crm.bitrix24.items import Items, Names, pieces
from caseline.crm.bitrix24.places import TYPE_IDS, USER_FIELDS, Kind, Place

SOURCE: Final = "caseline-check"
"""Originator of everything that a check has made."""
_ROUNDS: Final = 8
_AT_ONCE: Final = 700
_FILLED: Final = {
    Kind.TEXT: "Trial record of caseline, may be deleted",
    Kind.NAME: "Trial Record",
    Kind.INTEGER: 1,
    Kind.NUMBER: "1.5",
    Kind.BOOLEAN: "1",
    Kind.DATE: "2020-01-31",
    Kind.DATETIME: "2020-01-31T10:00:00+00:00",
}


@dataclass(frozen=True)
class Trial:
    """Writes, measures and removes; whatever stays after a death is found by its originator."""

    portal: Portal
    imports: bool

    def left(self) -> dict[str, int]:
        """What earlier checks have left, by entity."""
        return {entity: sum(len(page) for page in self._found(entity)) for entity in TYPE_IDS}

    def remove(self) -> None:
        """Take everything out again. Raises `PortalStopped` when the portal does not let us."""
        for entity in ("request", "contact", "company"):
            for _round in range(_ROUNDS):
                ids = [number for page in self._found(entity) for number in page]
                if not ids:
                    break
                if entity == "request":
                    self._remove_comments(ids)
                calls = {f"gone{one}": _deletion(entity, one) for one in ids}
                updates.repeated(self.portal, calls)
            else:
                raise PortalStopped(
                    f"records of the check stay in the portal: delete the {entity} records whose ORIGINATOR_ID is"
                    f" {SOURCE} there"
                )

    def measure(self, number: int, names: Names, placed: Sequence[Place], letters_each: int) -> dict[str, Measured]:
        """Import `number` leads and comments, as full as the mapping makes them, and tell what each method took."""
        making = "crm.item.batchImport" if self.imports else "crm.item.add"
        fields = _fields(placed, letters_each)
        leads = [Parcel(f"trial-{n}", fields) for n in range(number)]
        carrier = Items(self.portal, "request", SOURCE, names, imports=self.imports)
        made = self._timed(making, carrier, leads)
        ids = [one for page in self._found("request") for one in page]
        found = {making: replace(made, records=len(ids))}
        text = "x" * min(letters_each, letters.LONGEST // 2)
        notes = [
            Parcel(f"trial-{n}", {"text": f"{text}\n{letters.key(SOURCE, f'trial-{n}')}"}, owner)
            for n, owner in enumerate(ids)
        ]
        comments = "crm.timeline.comment.add"
        found[comments] = self._timed(comments, Comments(self.portal, SOURCE), notes)
        return found

    def _timed(self, method: str, carrier: Carrier, parcels: Sequence[Parcel]) -> Measured:
        now = self.portal.options.monotonic
        before, begun, made = self.portal.used([method]).get(method, 0.0), now(), 0
        for piece in pieces(parcels, _AT_ONCE):
            answers = self.portal.send(carrier.calls(piece))
            made += sum(isinstance(answer, Done) for key, answer in answers.items() if key.startswith("made"))
        seconds, after = now() - begun, self.portal.used([method]).get(method)
        # What was used before may have been forgotten meanwhile.
        operating = None if after is None else after - before if after >= before else after
        return Measured(min(made, len(parcels)), seconds, operating)

    def _remove_comments(self, leads: Sequence[int]) -> None:
        for piece in pieces(leads, _AT_ONCE):
            ours = [row for row in timelines(self.portal, piece) if _ours(row)]
            calls = {f"gone{row['ID']}": Call("crm.timeline.comment.delete", {"id": row["ID"]}) for row in ours}
            updates.repeated(self.portal, calls)

    def _found(self, entity: str) -> Iterator[list[int]]:
        params = {"entityTypeId": TYPE_IDS[entity], "filter": {"=originatorId": SOURCE}, "select": ["id"]}
        for page in self.portal.walk("crm.item.list", params):
            yield [int(row["id"]) for row in page]


def _ours(row: Mapping[str, Any]) -> bool:
    known = letters.keyed(str(row.get("COMMENT", "")))
    return known is not None and known[0] == SOURCE


def _deletion(entity: str, number: int) -> Call:
    return Call("crm.item.delete", {"entityTypeId": TYPE_IDS[entity], "id": number})


def _fields(placed: Sequence[Place], letters_each: int) -> dict[str, Any]:
    """A record in which every field is filled that needs no other record and no list."""
    found: dict[str, Any] = {place.portal: _FILLED[place.kind] for place in placed if place.kind in _FILLED}
    texts = [place for place in placed if place.kind in USER_FIELDS and place.kind is Kind.LONG]
    each = max(1, letters_each // max(1, len(texts)))
    return found | {place.portal: "x" * each for place in texts}
