"""Deletes records from a portal and from its mirror; done twice it does no harm."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.mirror import Mirror
from caseline.crm.bitrix24.places import TYPE_IDS
from caseline.crm.bitrix24.reading import Reading
from caseline.crm.bitrix24.updates import repeated

MESSAGE: Final = "message"


@dataclass(frozen=True)
class Removal:
    """See `Crm.delete`."""

    portal: Portal
    mirror: Mirror
    reading: Reading

    def delete(self, entity: str, pairs: Sequence[tuple[int, int]]) -> list[int]:
        """The portal first: what dies between the two is found in the register again, and gone in the portal."""
        free = set(self.mirror.crm.deletable(entity, pairs))
        left = [pair for pair in pairs if pair[0] in free]
        if left:
            kept = self._delete(entity, [number for number, _version in left])
            left = [pair for pair in left if pair[0] not in kept]
        return self.mirror.crm.delete(entity, left) if left else []

    def _delete(self, entity: str, ids: Sequence[int]) -> set[int]:
        """Delete from the portal; answers the ids that stay there."""
        # Changed or deleted there: what is deleted already has no fields that differ.
        edited = {number for number, fields in self.reading.edited(entity, ids).items() if fields}
        there = self.reading.there(entity, [one for one in ids if one not in edited])
        # What is not there is refused, as is what we may not delete; reading again tells which.
        refused = repeated(self.portal, {f"gone{one}": deleting(entity, one) for one in there})
        return edited | self.reading.there(entity, sorted(there)) if refused else edited


def deleting(entity: str, number: int) -> Call:
    """Deletes a record from the portal."""
    if entity == MESSAGE:
        return Call("crm.timeline.comment.delete", {"id": number})
    return Call("crm.item.delete", {"entityTypeId": TYPE_IDS[entity], "id": number})
