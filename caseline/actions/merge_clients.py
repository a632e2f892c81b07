"""Finds companies and contacts that may be the same, merges two of them, and takes a merge back."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions import keep_clients, wiring
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm import clients as rules
from caseline.crm.client_port import Clients
from caseline.crm.clients import Alike, Client, Entity, Group, Preview
from caseline.crm.connect import clients
from caseline.crm.refusals import Overtaken, Told
from caseline.db import named_locks
from caseline.people import logins
from caseline.people.access import Viewer
from caseline.people.rights import Right

ONE: Final = "it is one and the same: choose another one to merge it into"
GONE: Final = "%(name)s was merged into another one already: look at that one"
STANDS: Final = "%(name)s is merged into none: there is nothing to take back"
CHANGED: Final = "somebody has changed one of the two since you looked: look at both again"
ABOVE: Final = "%(name)s stands below the other one: merge that one into it, or take it out from below first"
ROUND: Final = (
    "%(above)s stands below %(below)s by now and would stand above it again: give %(above)s another parent first"
)
Seen = tuple[int, int]
"""(id, version) of a client that somebody has looked at."""
_AT_ONCE: Final = 20_000
"""Phones that one look at duplicates reads."""


def groups(
    house: House, viewer: Viewer, entity: Entity, by: Alike, *, after: str = "", most: int = 30
) -> tuple[Sequence[Group], bool]:
    """(groups of suspected duplicates by what they share, whether there are more)."""
    _may(viewer)
    store = clients(house.settings.crm)
    with house.engine.begin() as connection:
        if by is Alike.PHONE:
            store.know_phones(connection, house.settings.phone_region, _AT_ONCE)
        found = store.groups(connection, entity, by, after, most)
    return found[:most], len(found) > most


def know_phones(house: House) -> int:
    """Read all phones that nobody has read since an import wrote them; answers how many."""
    store, done = clients(house.settings.crm), 0
    while True:
        with house.engine.begin() as connection:
            now = store.know_phones(connection, house.settings.phone_region, _AT_ONCE)
        done += now
        if not now:
            return done


def preview(house: House, viewer: Viewer, entity: Entity, gone_id: int, into_id: int) -> Preview:
    """What a merge would do; raises `Absent`, `Refused`."""
    _may(viewer)
    store = clients(house.settings.crm)
    with house.engine.connect() as connection:
        gone, into = _both(connection, store, entity, gone_id, into_id)
        filled, differing, extra = _compared(connection, store, gone, into)
        return Preview(gone, into, store.moves(connection, entity, gone_id), filled, differing, extra)


def merge(
    house: House,
    viewer: Viewer,
    entity: Entity,
    seen: tuple[Seen, Seen],
    *,
    taken: Collection[str],
    now: datetime,
) -> None:
    """Let the first of two clients go on in the second one, as they were `seen`.

    What is empty there is filled; `taken` are columns in which the first one's value is right. Imports and mails that
    know the first one find the second from now on. Raises `Absent`, `Refused`.
    """
    _may_merge(house, viewer)
    store = clients(house.settings.crm)
    with house.engine.begin() as connection:
        _nobody_else_sets_parents(connection, entity)
        store.hold(connection, entity, [number for number, _version in seen])
        gone, into = _both(connection, store, entity, seen[0][0], seen[1][0])
        if ((gone.id, gone.version), (into.id, into.version)) != seen:
            raise Overtaken(CHANGED)
        filled, differing, extra = _compared(connection, store, gone, into)
        values: dict[str, Any] = {name: gone.values[name] for name in [*filled, *(set(differing) & set(taken))]}
        values |= {f"extra.{name}": gone.extra[name] for name in extra}
        moved = store.moves(connection, entity, gone.id)
        store.merge(connection, gone, into, values, by=viewer.name, at=now)
        data = {"into": f"{into.name} ({into.id})", "moved_things": moved, "filled": sorted(values)}
        logins.note(connection, viewer.name, "clients_merged", f"{gone.name} ({gone.id})", data, now=now)
        told = {"login": viewer.name, "by": viewer.person_id, "into": into.id, "gone": gone.id}
        for number, event in ((gone.id, "merged"), (into.id, "merged_here")):
            store.tell(connection, (entity, number), event, told, at=now)


def unmerge(house: House, viewer: Viewer, entity: Entity, gone_id: int, *, now: datetime) -> None:
    """Let a merged client stand by itself again, with what moved with it; raises `Absent`, `Refused`."""
    _may_merge(house, viewer)
    store = clients(house.settings.crm)
    with house.engine.begin() as connection:
        gone = _get(connection, store, entity, gone_id)
        if gone.into_id is None:
            raise Told(STANDS, name=gone.name)
        _nobody_else_sets_parents(connection, entity)
        store.hold(connection, entity, sorted((gone.id, gone.into_id)))
        gone = _get(connection, store, entity, gone_id)
        if gone.into_id is None:
            raise Told(STANDS, name=gone.name)
        into = _get(connection, store, entity, gone.into_id)
        store.unmerge(connection, gone, into, at=now)
        for one in (gone, into):
            _no_circle(connection, store, one)
        data = {"into": f"{into.name} ({into.id})"}
        logins.note(connection, viewer.name, "clients_unmerged", f"{gone.name} ({gone.id})", data, now=now)
        told = {"login": viewer.name, "by": viewer.person_id, "into": into.id, "gone": gone.id}
        for number in (gone.id, into.id):
            store.tell(connection, (entity, number), "unmerged", told, at=now)


def part(house: House, viewer: Viewer, entity: Entity, pair: tuple[int, int], *, now: datetime) -> None:
    """Note that two are not the same, whatever they share; raises `Absent`, `Refused`."""
    _may_merge(house, viewer)
    store = clients(house.settings.crm)
    with house.engine.begin() as connection:
        one, other = (_get(connection, store, entity, number) for number in pair)
        if one.id == other.id:
            raise Told(ONE)
        store.part(connection, entity, pair, viewer.name, at=now)
        data = {"into": f"{other.name} ({other.id})"}
        logins.note(connection, viewer.name, "clients_parted", f"{one.name} ({one.id})", data, now=now)


def _both(
    connection: sa.Connection, store: Clients, entity: Entity, gone_id: int, into_id: int
) -> tuple[Client, Client]:
    gone, into = _get(connection, store, entity, gone_id), _get(connection, store, entity, into_id)
    if gone.id == into.id:
        raise Told(ONE)
    for one in (gone, into):
        if one.into_id is not None:
            raise Told(GONE, name=one.name)
    if into.values.get("parent_id") != gone.id and gone.id in _above(connection, store, into):
        raise Told(ABOVE, name=into.name)
    return gone, into


def _above(connection: sa.Connection, store: Clients, one: Client) -> set[int]:
    """All companies above one."""
    above, found = one.values.get("parent_id"), set[int]()
    while above is not None and above not in found:
        found.add(above)
        higher = store.get(connection, one.entity, above)
        above = higher.values["parent_id"] if higher else None
    return found


def _compared(
    connection: sa.Connection, store: Clients, gone: Client, into: Client
) -> tuple[list[str], list[str], list[str]]:
    """As `compare`; a parent that stands below the remaining one is none for it."""
    filled, differing, extra = rules.compare(gone, into)
    if "parent_id" in (*filled, *differing) and into.id in _above(connection, store, gone):
        filled, differing = ([name for name in names if name != "parent_id"] for names in (filled, differing))
    return filled, differing, extra


def _nobody_else_sets_parents(connection: sa.Connection, entity: Entity) -> None:
    if entity is Entity.COMPANY:
        named_locks.hold(connection, [keep_clients.PARENTS])


def _no_circle(connection: sa.Connection, store: Clients, start: Client) -> None:
    """Refuse what would put a company above itself: parents may have been set since they were moved."""
    way = [_get(connection, store, start.entity, start.id)]
    while (above := way[-1].values.get("parent_id")) is not None and above not in {one.id for one in way[1:]}:
        if above == start.id:
            nearest, lowest = way[1], way[-1]
            raise Told(ROUND, above=nearest.name, below=(start if lowest.id == nearest.id else lowest).name)
        way.append(_get(connection, store, start.entity, above))


def _get(connection: sa.Connection, store: Clients, entity: Entity, client_id: int) -> Client:
    found = store.get(connection, entity, client_id)
    if found is None:
        raise Absent(f"{entity} {client_id}")
    return found


def _may(viewer: Viewer) -> None:
    if not viewer.may(Right.SEE_REQUESTS):
        raise Absent("clients")


def _may_merge(house: House, viewer: Viewer) -> None:
    if not viewer.may(Right.WORK_REQUESTS):
        raise Absent("clients")
    wiring.own_intake(house, "merging companies and contacts")
