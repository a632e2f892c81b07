"""Looks at a portal before an import, and at what an export would lose and how long it would take there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from caseline.actions import portal_application, provision_portal, rehearse_import, wiring
from caseline.actions.run_import import Clock
from caseline.actions.run_import import Order as ImportOrder
from caseline.actions.wiring import House
from caseline.crm.bitrix24 import estimate, field_findings, guard, inspection, losses, own_dates, places, schema
from caseline.crm.bitrix24.adapter import Bitrix24Crm
from caseline.crm.bitrix24.estimate import Hours, Limits, Measured
from caseline.crm.bitrix24.items import Names
from caseline.crm.bitrix24.places import TYPE_IDS, Place
from caseline.crm.bitrix24.provisioning import Provisioning, Wanted
from caseline.crm.bitrix24.trial import Trial
from caseline.crm.findings import Finding, Level, error, ok, worst
from caseline.crm.port import Definitions
from staging import mapping_file, report
from staging.losing import Losing, Loss
from staging.mapping import Mapping

_USUAL_LETTERS = 2_000
"""Bytes of a record of the sample, where no export says how large records are."""


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants to know."""

    mapping: str | None = None
    paths: tuple[Path, ...] = ()
    sample: int = 0
    """Records to write into the portal and to take out again, in order to measure."""
    workers: int = 2


@dataclass(slots=True)
class Report:
    """What was found."""

    findings: list[Finding] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    not_imported: dict[str, int] = field(default_factory=dict)
    """Files by pattern that are counted only (attachments)."""
    beside: dict[str, str] = field(default_factory=dict)
    """Entities of the export that stay in the register, with the reason."""
    records: dict[str, int] = field(default_factory=dict)
    measured: dict[str, Measured] = field(default_factory=dict)
    hours: list[Hours] = field(default_factory=list)

    @property
    def level(self) -> Level:
        """The gravest finding."""
        return worst(self.findings)


Watch = Callable[[report.Progress], None]


def check(house: House, order: Order, *, clock: Clock, watch: Watch | None = None) -> Report:
    """Look; with a sample, also write, and leave nothing behind: not even what a check that was killed has left."""
    crm, found = wiring.portal(house), Report()
    look = inspection.Inspection(crm.portal, _imports(house), clock)
    found.findings.append(look.reach())
    if found.level is Level.ERROR:
        return found
    found.findings += look.all()
    if any(one.topic == "scope crm" and one.level is Level.ERROR for one in found.findings):
        return found
    trial = Trial(crm.portal, _imports(house))
    found.findings.append(inspection.leftovers(trial.left(), removed=bool(order.sample)))
    if order.sample:
        trial.remove()
    allowed = house.settings.bitrix24_allow_automation
    found.findings += inspection.quiet(guard.look(crm.portal), imports=_imports(house), allowed=allowed)
    if door := portal_application.door(house):
        found.findings += _application(door, order, clock)
        door.portal.close()
    if _original(house):
        found.findings += own_dates.findings(crm.portal, imports=_imports(house), workers=order.workers)
    mapping = None if order.mapping is None else mapping_file.load(order.mapping)
    wanted = _wanted(mapping, order.paths)
    placed = _placed(house, crm, wanted.definitions)
    found.findings += _fields(house, crm, mapping, placed, wanted)
    seen = _rehearsed(house, order, found, placed, clock=clock, watch=watch) if mapping and order.paths else None
    if seen is not None:
        found.findings += field_findings.unknown_values(crm.portal, placed, seen.values)
    if order.sample:
        _measure(house, crm, order, found, placed, seen)
    limits = Limits(house.settings.bitrix24_rate, house.settings.bitrix24_operating)
    records = found.records or ({"request": 1000, "message": 1000} if order.sample else {})
    found.hours = estimate.reckon(estimate.loads(records, imports=_imports(house)), limits, found.measured)
    return found


def _application(door: portal_application.Door, order: Order, clock: Clock) -> Iterator[Finding]:
    """Its rights and tabs only where we may write: asking for them renews its token."""
    if order.sample or not door.installed():
        yield from inspection.application(door.lacks(now=clock()))
    else:
        yield ok("application", "installed; `caseline bitrix24 serve` says at its start what it lacks")


def _imports(house: House) -> bool:
    return house.settings.bitrix24_write == "import"


def _original(house: House) -> bool:
    return house.settings.bitrix24_created == "original"


def _wanted(mapping: Mapping | None, paths: tuple[Path, ...]) -> Wanted:
    return Wanted(Definitions(""), {}) if mapping is None else provision_portal.wanted(mapping, paths)


def _placed(house: House, crm: Bitrix24Crm, definitions: Definitions) -> dict[str, tuple[Place, ...]]:
    with house.engine.connect() as connection:
        return {entity: tuple(crm.setting_up.placed(connection, entity, definitions)) for entity in TYPE_IDS}


def _fields(
    house: House, crm: Bitrix24Crm, mapping: Mapping | None, placed: dict[str, tuple[Place, ...]], wanted: Wanted
) -> Iterator[Finding]:
    with house.engine.connect() as connection:
        diff = Provisioning(crm.setting_up).diff(connection, wanted)
        connection.rollback()
    yield from field_findings.lacking(diff)
    if mapping is not None:
        filled = {(part.entity, name): True for part in mapping.parts.values() for name in (*part.fields, *part.extra)}
        yield from field_findings.mandatory(crm.portal, placed, filled)


def _rehearsed(
    house: House,
    order: Order,
    found: Report,
    placed: dict[str, tuple[Place, ...]],
    *,
    clock: Clock,
    watch: Watch | None,
) -> Losing:
    rules = [rule for entity in (*TYPE_IDS, "message") for rule in losses.of(entity, placed.get(entity, ()))]
    losing = Losing({entity: losses.listed(found) for entity, found in placed.items()}, rules)
    wanted = ImportOrder(order.paths, str(order.mapping), workers=order.workers)
    rehearsal = rehearse_import.rehearse(house, wanted, clock=clock, watch=watch, see=losing.see)
    found.losses = [one for one in losing.losses if one.count]
    found.not_imported = dict(rehearsal.survey.not_imported)
    found.records = dict(losing.records)
    if not found.records:
        found.findings.append(ok("export", "nothing of it is new or changed since it was imported"))
    found.beside = {entity: text for entity, text in losses.HOUSE.items() if losing.records.get(entity)}
    return losing


def _measure(
    house: House,
    crm: Bitrix24Crm,
    order: Order,
    found: Report,
    placed: dict[str, tuple[Place, ...]],
    seen: Losing | None,
) -> None:
    if _original(house):
        text = "nothing was written to measure: records of today would keep older dates out of the portal"
        found.findings.append(error("sample", text, "leave --sample out, or measure with another portal"))
        return
    told = guard.look(crm.portal)
    blocked = any(one.at & ~1 or not _imports(house) for one in told.templates if one.entity == "request")
    if (blocked or (told.untold and not _imports(house))) and not house.settings.bitrix24_allow_automation:
        text = "nothing was written to measure: workflows or robots of leads might start"
        found.findings.append(error("sample", text, "switch them off, or leave --sample out"))
        return
    there = schema.fields(crm.portal, "request")
    usable = [place for place in placed["request"] if not place.user_field or place.portal in there]
    names = Names(schema.names(crm.portal, places.TYPE_IDS["request"]))
    requests = 0 if seen is None else seen.records.get("request", 0)
    each = seen.lengths["request"] // requests if seen is not None and requests else _USUAL_LETTERS
    trial = Trial(crm.portal, _imports(house))
    try:
        found.measured = trial.measure(order.sample, names, usable, each)
    finally:
        trial.remove()
    if any(not one.records for one in found.measured.values()):
        remedy = "see the findings on mandatory fields and rights, then check again"
        found.findings.append(error("sample", "the portal did not take the records of the sample", remedy))
