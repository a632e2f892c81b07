"""Keeps writes quiet: what would start robots or workflows of the portal is not sent, unless somebody allows it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from caseline.crm.bitrix24 import automation
from caseline.crm.bitrix24.automation import Automation
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.faults import PortalRefused, PortalStopped
from caseline.crm.bitrix24.items import PAGE, rows_of

_FRESH_S: Final = 300.0
"""Somebody may switch a robot on while an import runs."""
_UNTOLD: Final = frozenset(
    {"INSUFFICIENT_SCOPE", "ACCESS_DENIED", "USER_ACCESS_ERROR", "ERROR_METHOD_NOT_FOUND", "WRONG_AUTH_TYPE"}
)


@dataclass
class Guard:
    """Asks the portal before a write that may start something."""

    portal: Portal
    allowed: bool = False
    """Whatever starts may start."""
    _known: Automation | None = None
    _asked: float = field(default=0.0)

    def creating(self, entity: str, stages: Collection[str] = ()) -> str:
        """Why records may not be made by methods that start automation; empty when they may."""
        if self.allowed:
            return ""
        known = self._now()
        return automation.objection(known.of_creation(entity, stages), known.untold)

    def changing(self, entity: str, stage: str | None) -> str:
        """Why a record may not be changed, and moved to `stage`; empty when it may.

        Where the portal does not tell, a change that moves nothing is let through: only workflows would start at it.
        """
        if self.allowed:
            return ""
        known = self._now()
        return automation.objection(known.of_change(entity, stage), known.untold if stage is not None else "")

    def _now(self) -> Automation:
        now = self.portal.options.monotonic()
        if self._known is None or now - self._asked > _FRESH_S:
            self._known, self._asked = look(self.portal), now
        return self._known


def look(portal: Portal) -> Automation:
    """What the portal tells of its workflows and robots."""
    try:
        try:
            return automation.read(_rows(portal, automation.SELECTED))
        except PortalRefused:
            return automation.read(_rows(portal, automation.DOCUMENTED))
    except PortalRefused as error:
        return Automation(untold=f"{error.code} {error.text}".strip())
    except PortalStopped as error:
        if error.code.upper() not in _UNTOLD:
            raise
        return Automation(untold=f"the portal answers {error.code}")


def _rows(portal: Portal, selected: Collection[str]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    start: int | None = 0
    while start is not None:
        params = {"select": list(selected), "order": {"ID": "ASC"}, "start": start}
        answer = portal.read(automation.METHOD, params)
        rows = [dict(row) for row in rows_of(answer.value)]
        found += rows
        start = answer.next if len(rows) >= PAGE else None
    return found
