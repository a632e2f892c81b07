"""Gives records their original dates as the portal's own creation dates, which may never fall from record to record.

The portal refuses a record that is created before the newest one it has. So each gets the later of its original date
and the date of the newest, and the older go before the younger. Others may make records meanwhile: then the newest is
asked for again, and nothing is refused for good because of its date.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from caseline.crm.bitrix24 import own_dates
from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.delivery import Answers, Parcel, Told
from caseline.crm.bitrix24.items import Items
from caseline.crm.bitrix24.places import OURS

_UNFIT: Final = "CRM_FIELD_ERROR_VALUE_NOT_VALID"
"""Said of any field, in words of the portal's language: whether a date is meant, only another attempt shows."""
_TRIES: Final = 3
"""Attempts with a date of ours; the one after them leaves it to the portal."""
_CREATED, _MODIFIED, _CLOSED = f"{OURS}CREATED_AT", f"{OURS}MODIFIED_AT", f"{OURS}CLOSED_AT"


@dataclass
class Dated:
    """A carrier around that of records. Whoever sends by it must be the only one that does."""

    items: Items
    sent: list[Parcel] = field(default_factory=list)
    """What was sent last, in this order and with these dates."""
    _refused: Counter[str] = field(default_factory=Counter)
    _given: dict[str, datetime] = field(default_factory=dict)
    """The date with which each was sent last."""

    def calls(self, parcels: Sequence[Parcel]) -> Mapping[str, Call]:
        """See `Carrier`; asks for the newest record first."""
        portal = self.items.portal
        answer = portal.read_many({"newest": own_dates.question(self.items.entity)})["newest"]
        newest, now = own_dates.newest(answer), portal.clock or datetime.now(UTC)
        dated, left = [], []
        for one in parcels:
            created = _created(one, newest, now)
            if created is None or self._in_vain(one.origin, created):
                left.append(one)
            else:
                self._given[one.origin] = created
                dated.append((created, _with_dates(one, created, now)))
        if self._refused.keys() & {one.origin for one in left}:
            # Whoever is no administrator any more would get no date for any of them.
            own_dates.refuse(portal, imports=self.items.imports)
        # Those without a date of ours are created now: behind them nothing older can come.
        self.sent = [*(parcel for _, parcel in sorted(dated, key=lambda pair: pair[0])), *left]
        return self.items.calls(self.sent)

    def _in_vain(self, origin: str, created: datetime) -> bool:
        """Whether the date was refused so often, or would be the same again: it may be another field that is unfit."""
        tries = self._refused[origin]
        return tries >= _TRIES or (tries > 0 and created <= self._given[origin])

    def told(self, parcels: Sequence[Parcel], answers: Answers) -> Told:
        """See `Carrier`; what may have been refused for its date was not executed."""
        del parcels  # The same, in the order in which they were sent.
        told = self.items.told(self.sent, answers)
        with_dates = {one.origin for one in self.sent if "DATE_CREATE" in one.fields}
        for origin, (code, _text) in list(told.refused.items()):
            if code.upper() == _UNFIT and origin in with_dates:
                self._refused[origin] += 1
                del told.refused[origin]
        return told

    def find(self, owners: Mapping[str, int | None]) -> dict[str, int]:
        """See `Carrier`."""
        return self.items.find(owners)


def _created(parcel: Parcel, newest: datetime | None, now: datetime) -> datetime | None:
    original = _moment(parcel, _CREATED)
    if original is None:
        return None
    # The portal keeps whole seconds, and takes nothing from its future.
    return min(max(original, newest or original), now).replace(microsecond=0)


def _with_dates(parcel: Parcel, created: datetime, now: datetime) -> Parcel:
    """Change comes after creation, and the move to a closed stage between them."""
    modified = max(created, min(_moment(parcel, _MODIFIED) or created, now.replace(microsecond=0)))
    dates = {"DATE_CREATE": created, "DATE_MODIFY": modified}
    if closed := _moment(parcel, _CLOSED):
        dates["MOVED_TIME"] = max(created, min(closed, modified))
    return replace(parcel, fields={**parcel.fields, **{name: _text(one) for name, one in dates.items()}})


def _moment(parcel: Parcel, name: str) -> datetime | None:
    found = parcel.fields.get(name)
    return datetime.fromisoformat(str(found)) if found else None


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
