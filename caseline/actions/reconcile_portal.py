"""Compares a portal with the register that mirrors it, record by record, and mends the portal where they differ."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from caseline.actions import wiring
from caseline.actions.wiring import House
from caseline.crm.bitrix24.comparing import ENTITIES
from caseline.crm.bitrix24.differences import Difference
from caseline.crm.bitrix24.mending import Mended, Mending
from staging import renumbered, undo
from staging.faults import ImportFault, RunBusy

EXAMPLES: Final = 5
"""First ones of each kind and entity."""
_ROUNDS: Final = 4
"""A record that is made again has another id, so what points at it differs from then on."""
_PAGES: Final = {"company": "company", "contact": "contact", "request": "lead", "message": "lead"}


class NoSuchSource(ImportFault):
    """No record of the register came from the source that was named."""


@dataclass(frozen=True, slots=True)
class Example:
    """A record that differs."""

    entity: str
    kind: str
    id: int
    source: str
    origin: str
    fields: tuple[str, ...]
    link: str
    """Where people see it; of a comment its lead."""
    reason: str = ""
    """Why it was left as it is."""


@dataclass(slots=True)
class Reconciliation:
    """What was found, and what was done."""

    looked: Counter[str] = field(default_factory=Counter)
    """Records of the portal that were compared, by entity."""
    found: dict[str, Counter[str]] = field(default_factory=dict)
    """Differences by entity and kind."""
    examples: list[Example] = field(default_factory=list)
    mended: Counter[str] = field(default_factory=Counter)
    """By kind."""
    renumbered: int = 0
    """Records that have got a new id in the portal."""
    left: list[Example] = field(default_factory=list)
    """The first that could not be mended."""
    left_over: int = 0

    @property
    def differences(self) -> int:
        """How many were found."""
        return sum(sum(kinds.values()) for kinds in self.found.values())


Watch = Callable[[Reconciliation, str], None]
"""Told what was found so far, and the entity."""


def compare(house: House, source: str | None = None, *, watch: Watch = lambda _found, _entity: None) -> Reconciliation:
    """Walk both sides; nothing is written."""
    crm, found = wiring.portal(house), Reconciliation()
    for entity in ENTITIES:
        for looked, differences in crm.comparing.of(entity, _sources(house, source)):
            _note(found, crm.portal.home, entity, looked, differences)
            watch(found, entity)
    return found


def repair(house: House, source: str | None = None, *, watch: Watch = lambda _found, _entity: None) -> Reconciliation:
    """Walk both sides and mend each page; safe to start again at any point.

    What the portal has lost is made again under a new id, which register, staging rows and ledgers take over. Raises
    `RunBusy` while an import of one of the sources is not finished.
    """
    crm, found, sources = wiring.portal(house), Reconciliation(), _sources(house, source)
    _refuse_open_runs(house, sources)
    mending = Mending(crm.comparing, crm.packing, renumbered.follow)
    for entity in ENTITIES:
        for number in range(_ROUNDS):
            left, again = Left(), False
            for looked, differences in crm.comparing.of(entity, sources):
                # Later rounds meet what the first one has counted.
                _note(found, crm.portal.home, entity, 0 if number else looked, () if number else differences)
                mended = mending.mend(entity, differences)
                _keep(found, mended)
                left.add(crm.portal.home, mended)
                again = again or bool(mended.renumbered)
                watch(found, entity)
            if not again or number == _ROUNDS - 1:
                found.left += left.first
                found.left_over += left.number
                break
    return found


@dataclass(slots=True)
class Left:
    """What a round could not mend."""

    number: int = 0
    first: list[Example] = field(default_factory=list)

    def add(self, home: str, mended: Mended) -> None:
        """Of one page."""
        self.number += len(mended.left)
        room = EXAMPLES - len(self.first)
        self.first += [_example(home, one, reason) for one, reason in mended.left[:room]]


def _sources(house: House, source: str | None) -> list[str]:
    """Those to be compared.

    Raises `PortalStopped` when this database mirrors another portal, `NoSuchSource` when nothing came from the source.
    """
    crm = wiring.portal(house)
    with house.engine.connect() as connection:
        crm.setting_up.refuse_others(connection)
    known = crm.comparing.sources()
    if source is None:
        return known
    if source not in known:
        there = f"use one of {', '.join(known)}" if known else "there are no records of any"
        raise NoSuchSource(f"nothing in the register came from {source}: {there}")
    return [source]


def _refuse_open_runs(house: House, sources: Sequence[str]) -> None:
    with house.engine.connect() as connection:
        for source in sources:
            if undo.open_runs(connection, source):
                raise RunBusy(f"an import from {source} is not finished: start it again and let it end, then repair")


def _note(found: Reconciliation, home: str, entity: str, looked: int, differences: Sequence[Difference]) -> None:
    found.looked[entity] += looked
    kinds = found.found.setdefault(entity, Counter())
    for one in differences:
        if kinds[one.kind] < EXAMPLES:
            found.examples.append(_example(home, one))
        kinds[str(one.kind)] += 1


def _keep(found: Reconciliation, mended: Mended) -> None:
    found.mended.update(str(one.kind) for one in mended.done)
    found.renumbered += mended.renumbered


def _example(home: str, one: Difference, reason: str = "") -> Example:
    number = one.owner_id if one.entity == "message" else one.id
    link = "" if number is None else f"{home}crm/{_PAGES[one.entity]}/details/{number}/"
    return Example(one.entity, str(one.kind), one.id, one.source, one.origin, one.fields, link, reason)
