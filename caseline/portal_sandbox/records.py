"""Making, changing and removing CRM records: what every way into the register does to them."""

from dataclasses import dataclass
from typing import Final

from caseline.portal_sandbox import multifields, php
from caseline.portal_sandbox.call import Call
from caseline.portal_sandbox.catalogue import COMPANY, CONTACT, LEAD, Kind
from caseline.portal_sandbox.fields import MULTIFIELDS
from caseline.portal_sandbox.php import Params
from caseline.portal_sandbox.portal import FINAL, Portal
from caseline.portal_sandbox.refusals import Refusal, required, unfit

_EVENTS: Final = {kind: f"ONCRM{kind.name.upper()}" for kind in (LEAD, CONTACT, COMPANY)}
_CREATED, _BETWEEN, _FINISHED = "1", "2", "3"


@dataclass(frozen=True, slots=True)
class Way:
    """A way into the register, and what it checks."""

    items: bool
    """Names of crm.item.* instead of the old ones, and its codes of errors."""
    imported: bool = False
    """May set who made a record and when, and starts no automation."""


CLASSIC: Final = Way(items=False)
CLASSIC_IMPORT: Final = Way(items=False, imported=True)
ITEM: Final = Way(items=True)
ITEM_IMPORT: Final = Way(items=True, imported=True)


def create(call: Call, kind: Kind, given: Params, way: Way) -> int:
    """Make a record; its id."""
    portal = call.portal
    row = _taken(call, kind, given, way)
    _require(portal, kind, row, way)
    if way.imported:
        _check_moments(portal, kind, row)
    row.update(multifields.read(given, {}, portal.multi))
    _complete(call, kind, row, way)
    number = portal.table(kind).add(row)
    portal.newest[kind.name] = max(portal.newest[kind.name], row["DATE_CREATE"])
    if kind.stage:
        _stage_entered(portal, kind, row, _CREATED)
    if kind in _EVENTS:
        portal.event(f"{_EVENTS[kind]}ADD", number)
    if not way.imported:
        _automate(portal, kind, row, "create")
    return number


def change(call: Call, kind: Kind, number: int, given: Params, way: Way) -> None:
    """Change a record that exists."""
    portal = call.portal
    row = portal.table(kind).rows[number]
    values = _taken(call, kind, given, way)
    values.update(multifields.read(given, row, portal.multi))
    if way.items:
        _require(portal, kind, {**row, **values}, way, among=set(values))
    values["DATE_MODIFY"] = portal.now()
    values["MODIFY_BY_ID"] = str(call.caller.user)
    moved = bool(kind.stage) and values.get(kind.stage, row.get(kind.stage)) != row.get(kind.stage)
    if moved:
        values["MOVED_TIME"] = portal.now()
        values["MOVED_BY_ID"] = str(call.caller.user)
        values[_semantics_name(kind)] = portal.semantics.get((kind.stages, values[kind.stage]), "P")
    portal.table(kind).change(number, values)
    if moved:
        _stage_entered(portal, kind, row, "")
        _automate(portal, kind, row, row[kind.stage])
    _automate(portal, kind, row, "change")
    if kind in _EVENTS:
        portal.event(f"{_EVENTS[kind]}UPDATE", number)


def remove(portal: Portal, kind: Kind, number: int) -> None:
    """Remove a record that exists."""
    portal.table(kind).remove(number)
    if kind in _EVENTS:
        portal.event(f"{_EVENTS[kind]}DELETE", number)


def _taken(call: Call, kind: Kind, given: Params, way: Way) -> Params:
    """What the fields keep of the values given; unknown and read-only fields are ignored in silence."""
    schema = call.portal.schema(kind)
    find = schema.named if way.items else schema.fields.get
    kept: Params = {}
    for name, value in given.items():
        field = find(name)
        if field is None or field.type == "crm_multifield":
            continue
        if field.read_only:
            if not (way.imported and field.importable):
                continue
            if way.items and not call.caller.administrator:
                raise unfit(field.title)
        try:
            kept[field.name] = field.read(value)
        except Refusal:
            if way.items:
                raise
            kept[field.name] = ""  # the old methods drop what is no date
    return _staged(call.portal, kind, kept, way)


def _staged(portal: Portal, kind: Kind, kept: Params, way: Way) -> Params:
    stage = kept.get(kind.stage) if kind.stage else None
    if stage is not None and (kind.stages, stage) not in portal.semantics:
        if way.items and stage:
            raise unfit("Stage")
        del kept[kind.stage]
    return kept


def _require(portal: Portal, kind: Kind, row: Params, way: Way, among: set[str] | None = None) -> None:
    for field in portal.schema(kind).fields.values():
        if not field.required or (among is not None and field.name not in among):
            continue
        if field.dynamic and not way.items:  # whether the old methods check these is not documented
            continue
        if not row.get(field.name):
            raise required(field.title) if way.items else Refusal("", f'Field "{field.title}" is required')
    if kind is CONTACT and among is None and not (row.get("NAME") or row.get("LAST_NAME")):
        raise required("Name") if way.items else Refusal("", "Either first name or last name must be given")


def _check_moments(portal: Portal, kind: Kind, row: Params) -> None:
    """No record may be made before one that is there already, or in the future; later moments follow earlier ones."""
    now = portal.now()
    created = row.get("DATE_CREATE") or now
    if created > now or created < portal.newest[kind.name]:
        raise unfit("Created on")
    updated = row.get("DATE_MODIFY") or (created if row.get("DATE_CREATE") else now)
    if updated < created:
        raise unfit("Modified on")
    if row.get("MOVED_TIME") and not created <= row["MOVED_TIME"] <= updated:
        raise unfit("Moved on")


def _complete(call: Call, kind: Kind, row: Params, way: Way) -> None:
    now, user = call.portal.now(), str(call.caller.user)
    row["DATE_CREATE"] = row.get("DATE_CREATE") or now
    row["DATE_MODIFY"] = row.get("DATE_MODIFY") or (row["DATE_CREATE"] if way.imported else now)
    for name in ("ASSIGNED_BY_ID", "CREATED_BY_ID", "MODIFY_BY_ID"):
        row[name] = row.get(name) or user
    row.setdefault("OPENED", "Y")
    if kind.stage:
        row.setdefault(kind.stage, "NEW")
        row[_semantics_name(kind)] = call.portal.semantics[kind.stages, row[kind.stage]]
        row["MOVED_TIME"] = row.get("MOVED_TIME") or row["DATE_CREATE"]
        row["MOVED_BY_ID"] = row.get("MOVED_BY_ID") or user
        row["CURRENCY_ID"] = row.get("CURRENCY_ID") or "RUB"
        row["OPPORTUNITY"] = row.get("OPPORTUNITY") or "0.00"


def _semantics_name(kind: Kind) -> str:
    return "STATUS_SEMANTIC_ID" if kind is LEAD else "STAGE_SEMANTIC_ID"


def _stage_entered(portal: Portal, kind: Kind, row: Params, type_id: str) -> None:
    semantics = row[_semantics_name(kind)]
    portal.store.table("stage_history").add(
        {
            "KIND": kind.name,
            "TYPE_ID": type_id or (_FINISHED if semantics in FINAL else _BETWEEN),
            "OWNER_ID": row["ID"],
            "CREATED_TIME": row["MOVED_TIME"],
            "STAGE_SEMANTIC_ID": semantics,
            "STAGE": row[kind.stage],
            "CATEGORY_ID": row.get("CATEGORY_ID") or "0",
        }
    )


def _automate(portal: Portal, kind: Kind, row: Params, happened: str) -> None:
    """The robot writes to the client of a lead when what it waits for happens: entering a stage, or any change."""
    robot = portal.options.robot
    entered = {happened, row[kind.stage]} if happened == "create" and kind.stage else {happened}
    if kind is LEAD and robot and robot in entered:
        addresses = [item["VALUE"] for item in row.get("EMAIL", ())]
        portal.letter(
            VIA="robot",
            KIND=kind.name,
            OWNER_ID=row["ID"],
            TO=", ".join(addresses),
            SUBJECT=php.text(row.get("TITLE")),
            ORIGINATOR_ID=php.text(row.get("ORIGINATOR_ID")),
            ORIGIN_ID=php.text(row.get("ORIGIN_ID")),
        )
        portal.store.count("automation")


def classic(portal: Portal, kind: Kind, row: Params) -> Params:
    """A record with all of its fields as the old methods answer it: nothing but texts."""
    shown: Params = {}
    for name, field in portal.schema(kind).fields.items():
        if name in MULTIFIELDS:
            if row.get(name):
                shown[name] = row[name]
        else:
            shown[name] = row.get(name) or ([] if field.multiple else _EMPTY.get(name, ""))
    return shown


_EMPTY: Final = {"HAS_PHONE": "N", "HAS_EMAIL": "N", "HAS_IMOL": "N", "IS_RETURN_CUSTOMER": "N", "OPENED": "N"}
