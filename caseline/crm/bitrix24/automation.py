"""Workflows and robots of a portal that start by themselves, as far as it tells of them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from caseline.crm.bitrix24.places import TYPE_IDS

METHOD: Final = "bizproc.workflow.template.list"
SELECTED: Final = ("ID", "NAME", "ENTITY", "DOCUMENT_TYPE", "AUTO_EXECUTE", "DOCUMENT_STATUS", "ACTIVE")
DOCUMENTED: Final = ("ID", "NAME", "ENTITY", "DOCUMENT_TYPE", "AUTO_EXECUTE")
"""What the documentation promises; without the stage a robot may wait in any of them."""
_CREATE, _CHANGE, _DELETE, _ROBOT = 1, 2, 4, 8
_ENTITIES: Final = {"CCrmDocumentLead": "request", "CCrmDocumentContact": "contact", "CCrmDocumentCompany": "company"}
_REMEDY: Final = (
    "switch it off in the portal for as long as we write, or say CASELINE_BITRIX24_ALLOW_AUTOMATION=1 (for one command"
    " --allow-automation) if it shall start"
)
_UNTOLD: Final = (
    "nobody can tell whether robots or workflows would start ({}): let an administrator make the webhook and tick"
    " bizproc among its rights, or say CASELINE_BITRIX24_ALLOW_AUTOMATION=1 (for one command --allow-automation) when"
    " you have looked yourself"
)


@dataclass(frozen=True, slots=True)
class Template:
    """Something that starts by itself."""

    entity: str
    name: str
    at: int
    """Bits: 1 when a record is made, 2 when it is changed, 4 when it is deleted; 8 on a stage."""
    stage: str | None = None
    """The stage that a robot waits in; None: any."""

    @property
    def when(self) -> str:
        """In words."""
        words = {_CREATE: "when a record is made", _CHANGE: "on every change", _DELETE: "when a record is deleted"}
        found = [text for bit, text in words.items() if self.at & bit]
        if self.at & _ROBOT:
            found.append(f"on stage {self.stage}" if self.stage else "on some stage")
        return ", ".join(found)


@dataclass(frozen=True, slots=True)
class Automation:
    """What the portal tells."""

    templates: tuple[Template, ...] = ()
    untold: str = ""
    """Why it does not tell."""

    def of_creation(self, entity: str, stages: Collection[str] = ()) -> list[Template]:
        """What making records that begin in these stages would start."""
        return [one for one in self._of(entity) if one.at & _CREATE or _waits(one, stages)]

    def of_change(self, entity: str, stage: str | None = None) -> list[Template]:
        """What a change would start that moves a record to `stage`, or leaves it where it is."""
        return [one for one in self._of(entity) if one.at & _CHANGE or (stage is not None and _waits(one, {stage}))]

    def _of(self, entity: str) -> Iterator[Template]:
        return (one for one in self.templates if one.entity == entity)


def _waits(template: Template, stages: Collection[str]) -> bool:
    return bool(template.at & _ROBOT) and bool(stages) and (template.stage is None or template.stage in stages)


def read(rows: Collection[Mapping[str, Any]]) -> Automation:
    """The templates among the portal's rows that start by themselves for what we write."""
    found = []
    for row in rows:
        entity, at = _ENTITIES.get(str(row.get("ENTITY"))), _number(row.get("AUTO_EXECUTE"))
        if entity in TYPE_IDS and at & (_CREATE | _CHANGE | _DELETE | _ROBOT) and row.get("ACTIVE", "Y") in {"Y", True}:
            stage = row.get("DOCUMENT_STATUS")
            found.append(Template(str(entity), str(row.get("NAME")), at, str(stage) if stage else None))
    return Automation(tuple(found))


def objection(started: Collection[Template], untold: str) -> str:
    """Why a write that would start something is not done, with the remedy; empty when nothing speaks against it."""
    if started:
        told = "; ".join(f"{one.name!r} {one.when}" for one in list(started)[:3])
        return f"the portal would start {told}, and what we write is quiet: {_REMEDY}"
    return _UNTOLD.format(untold) if untold else ""


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0
