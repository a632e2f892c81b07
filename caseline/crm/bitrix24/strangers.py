"""Records that a portal has under our origins though the register knows nothing of them.

They are of an import from another database, or of one after the backup that this database was restored from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.comments import Comments
from caseline.crm.bitrix24.items import found_by_origin
from caseline.crm.bitrix24.places import TYPE_IDS


@dataclass(frozen=True)
class Strangers:
    """Finds them; a portal that held nothing of a source when it was first asked is asked no more."""

    portal: Portal
    _none: dict[tuple[str, str], bool] = field(default_factory=dict)

    def of(self, entity: str, source: str, owners: Mapping[str, int | None]) -> dict[str, int]:
        """The portal's ids of these origins (with the leads whose timelines messages go to)."""
        if not owners or self._empty(entity if entity in TYPE_IDS else "request", source):
            return {}
        if entity in TYPE_IDS:
            return found_by_origin(self.portal, entity, source, list(owners))
        return Comments(self.portal, source).find(owners)

    def _empty(self, entity: str, source: str) -> bool:
        """Whether the portal held none: what comes later is ours, and known by what we noted of it."""
        if (entity, source) not in self._none:
            where = {"=originatorId": source}
            asked = {"entityTypeId": TYPE_IDS[entity], "filter": where, "select": ["id"], "start": 0}
            self._none[entity, source] = not self.portal.read("crm.item.list", asked).total
        return self._none[entity, source]
