"""Brings a catalogue from a file, with a dry run first, and gives it away as one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions import catalogue_at_hand
from caseline.actions.wiring import House
from caseline.crm import catalogue_file
from caseline.crm.catalogue_file import Sheet
from caseline.crm.catalogue_plan import SOURCE, Kind, Plan, Step, plan
from caseline.crm.catalogue_port import Catalogue
from caseline.crm.connect import catalogue
from caseline.crm.refusals import Told
from caseline.people import logins

CHANGED: Final = "the catalogue was changed since the file was compared with it: compare again"
_TOLD: Final = 50
"""Products that a line of the audit log names."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a file would change, and in which catalogue."""

    plan: Plan
    stamp: str
    """Of the catalogue that it was compared with."""


def read(content: bytes, name: str) -> Sheet:
    """The rows of a file; raises `FileFault`."""
    return catalogue_file.read(content, name)


def propose(house: House, sheet: Sheet, *, retire: bool) -> Proposal:
    """What a file would change; nothing is written."""
    with house.engine.connect() as connection:
        stamp = _stamp(connection, catalogue(house.settings.crm))
        return Proposal(plan(catalogue_at_hand.of(house, connection), sheet, retire=retire), stamp)


def bring(
    house: House, sheet: Sheet, login: str | None, *, retire: bool, now: datetime, stamp: str | None = None
) -> Plan:
    """Do what a file says; rows with faults are left out, as the answer tells.

    Raises `Refused` when the catalogue is no longer the one of `stamp`; None: whatever it is.
    """
    store = catalogue(house.settings.crm)
    with house.engine.begin() as connection:
        store.hold(connection)
        if stamp not in {None, _stamp(connection, store)}:
            raise Told(CHANGED)
        tree = store.tree(connection)
        found = plan(tree, sheet, retire=retire)
        # New ones stand after what was there before, in the order of the file.
        last = max((one.position for one in tree.branch(None)), default=0)
        _follow(connection, store, found.steps, last)
        if found.steps:
            logins.note(connection, login, "catalogue_imported", "", _told(found), now=now)
    return found


def written(house: House, *, by_ids: bool) -> str:
    """The catalogue as a file that `read` takes back."""
    return catalogue_file.written(catalogue_at_hand.tree(house), by_ids=by_ids)


def _stamp(connection: sa.Connection, store: Catalogue) -> str:
    return "-".join(map(str, store.stamp(connection)))


def _follow(connection: sa.Connection, store: Catalogue, steps: Sequence[Step], last: int) -> None:
    made = [step for step in steps if step.kind is Kind.MADE]
    ids = dict(zip((step.product for step in made), store.mint(connection, len(made)), strict=True))
    new: list[dict[str, Any]] = []
    for step in steps:
        parent = ids.get(step.parent, step.parent) if step.parent is not None else None
        if step.kind is Kind.MADE:
            origin = {"source": SOURCE if step.origin else None, "origin": step.origin}
            own = {"id": ids[step.product], "name": step.name, "parent_id": parent, "active": step.active}
            new.append({**own, **origin, "position": last - 10 * step.product})
            continue
        store.add(connection, new)
        new = []
        number = ids.get(step.product, step.product)
        if step.kind in {Kind.RETIRED, Kind.REVIVED}:
            store.change(connection, number, {"active": step.active})
        else:
            store.change(connection, number, {"name": step.name, "parent_id": parent})
    store.add(connection, new)


def _told(found: Plan) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for kind in Kind:
        steps = found.of(kind)
        if steps:
            told[kind.value] = len(steps)
            told[f"{kind.value}_names"] = [
                f"{step.before} → {step.after}" if step.before != step.after and step.before else step.after
                for step in steps[:_TOLD]
            ]
    return told
