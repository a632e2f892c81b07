"""Takes back what was sent into a portal and never heard of again, as a crash leaves it: found by origin, deleted."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from caseline.crm.bitrix24 import book, reading
from caseline.crm.bitrix24.comments import Comments
from caseline.crm.bitrix24.delivery import outlast
from caseline.crm.bitrix24.items import found_by_origin
from caseline.crm.bitrix24.mirror import Mirror
from caseline.crm.bitrix24.places import TYPE_IDS
from caseline.crm.bitrix24.removal import deleting
from caseline.crm.bitrix24.shapes import Shapes
from caseline.crm.bitrix24.taking import moment
from caseline.crm.bitrix24.updates import repeated
from caseline.crm.port import Known, Withdrawn


@dataclass(frozen=True)
class Withdrawing:
    """See `Crm.withdraw`. What of it we sent tell the intents, which end when it is known what became of a record."""

    mirror: Mirror
    shapes: Shapes

    def withdraw(self, entity: str, source: str, origins: Sequence[str]) -> Withdrawn:
        """The portal first: who dies before the intents are ended finds them again, and nothing of theirs."""
        portal, key = self.shapes.portal, (entity, source)
        with self.mirror.engine.begin() as connection:
            # No older attempt sends anything from here on.
            doubtful = book.seize(connection, key, origins, uuid.uuid4())
            now = book.moment(connection)
        if not doubtful:
            return Withdrawn()
        outlast(portal, doubtful, now)
        owners = {one.origin: one.owner_id for one in doubtful}
        tried: set[int] = set()
        stay: dict[str, int] = {}
        # An origin that is there twice is found again, and so is what we may not delete.
        while found := self._arrived(key, {origin: owner for origin, owner in owners.items() if origin not in stay}):
            edited = self._edited(entity, found)
            stay |= {origin: one for origin, one in found.items() if origin in edited or one in tried}
            going = {origin: one for origin, one in found.items() if origin not in stay}
            repeated(portal, {origin: deleting(entity, one) for origin, one in going.items()})
            tried.update(going.values())
        with self.mirror.engine.begin() as connection:
            # What stays is still ours: the next import takes it up instead of making it again.
            book.settle(connection, entity, source, [origin for origin in owners if origin not in stay])
        return Withdrawn(
            len(tried - set(stay.values())), tuple(Known(origin, number, 1) for origin, number in sorted(stay.items()))
        )

    def _arrived(self, key: tuple[str, str], owners: Mapping[str, int | None]) -> dict[str, int]:
        """Ids by origin of what is in the portal; what the register knows has been taken up by somebody."""
        entity, source = key
        portal = self.shapes.portal
        if entity in TYPE_IDS:
            found = found_by_origin(portal, entity, source, list(owners))
        else:
            found = Comments(portal, source).find(owners)
        known = self.mirror.records(entity, list(found.values()))
        return {origin: number for origin, number in found.items() if number not in known}

    def _edited(self, entity: str, found: Mapping[str, int]) -> set[str]:
        """Records that were changed after the request that made them was over; comments do not tell."""
        if entity not in TYPE_IDS:
            return set()
        portal = self.shapes.portal
        items = reading.items(portal, entity, list(found.values()), self.shapes.of(entity).names)
        longest = timedelta(seconds=portal.options.ceiling)
        late = {
            number
            for number, item in items.items()
            if moment(item, "DATE_MODIFY", "DATE_CREATE") - moment(item, "DATE_CREATE", "DATE_MODIFY") > longest
        }
        return {origin for origin, number in found.items() if number in late}
