"""Shows somebody what he was told, notes what he has read, and keeps how he wants to be told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from caseline.actions import sign_in
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.notices import shelf
from caseline.notices.kinds import Kind, Way
from caseline.notices.shelf import Asked, Notice
from caseline.people import logins, store
from caseline.people.access import Viewer


@dataclass(frozen=True, slots=True)
class Choices:
    """How somebody is told of what."""

    ways: Mapping[Kind, Way]
    email: str | None
    """Where letters to him go."""
    mail_works: bool
    """Whether letters leave this house at all."""


def listed(house: House, viewer: Viewer, asked: Asked) -> list[Notice]:
    """Notices of somebody, the newest first; none for a login that belongs to no person."""
    if viewer.person_id is None:
        return []
    with house.engine.connect() as connection:
        return shelf.listed(connection, viewer, asked)


def unread(house: House, viewer: Viewer) -> int:
    """How many he has not read, at most `shelf.MOST_COUNTED`."""
    if viewer.person_id is None:
        return 0
    with house.engine.connect() as connection:
        return shelf.unread(connection, viewer)


def opened(house: House, viewer: Viewer, number: int, *, now: datetime) -> Notice:
    """A notice that somebody opens, and has read thereby; raises `Absent` for one that is not his."""
    if viewer.person_id is None:
        raise Absent(f"notice {number}")
    with house.engine.begin() as connection:
        found = shelf.get(connection, viewer, number)
        if found is None:
            raise Absent(f"notice {number}")
        shelf.read(connection, viewer.person_id, number, now=now)
    return found


def read_all(house: House, viewer: Viewer, up_to: int, *, now: datetime) -> int:
    """He has read all up to one of them: what came meanwhile stays unread."""
    if viewer.person_id is None:
        return 0
    with house.engine.begin() as connection:
        return shelf.read_all(connection, viewer.person_id, up_to, now=now)


def choices(house: House, viewer: Viewer) -> Choices | None:
    """How somebody is told; None for a login that belongs to no person."""
    if viewer.person_id is None:
        return None
    with house.engine.connect() as connection:
        ways = shelf.choices(connection, viewer.person_id)
        email = store.address_of(connection, viewer.person_id)
    settings = house.settings
    return Choices(ways, email, settings.mail_address is not None and settings.smtp() is not None)


def choose(house: House, viewer: Viewer, wanted: Mapping[Kind, Way], *, now: datetime) -> bool:
    """Keep how somebody wants to be told; answers whether that is anything new. The audit log tells of it."""
    if viewer.person_id is None:
        raise Absent(f"person of {viewer.name}")
    with house.engine.begin() as connection:
        before = shelf.choices(connection, viewer.person_id)
        changed = {kind: way for kind, way in wanted.items() if before[kind] is not way}
        shelf.choose(connection, viewer.person_id, changed)
        if changed:
            told = {
                "before": {kind.value: before[kind].value for kind in changed},
                "after": {kind.value: way.value for kind, way in changed.items()},
            }
            logins.note(connection, viewer.name, "notices_chosen", viewer.name, told, now=now)
    return bool(changed)


@dataclass(frozen=True, slots=True)
class News:
    """What the bells of a process must know."""

    open: frozenset[bytes]
    """Which of the sessions are still open."""
    states: Mapping[int, tuple[int, int]]
    """As `shelf.states`."""


def news(house: House, sessions: Sequence[bytes], persons: Collection[int], *, now: datetime) -> News:
    """Looks once for all bells of a process; looking keeps no session open."""
    with house.engine.connect() as connection:
        still = logins.open_of(connection, sessions, begun_after=now - sign_in.LONGEST, seen_after=now - sign_in.IDLE)
        return News(frozenset(still), shelf.states(connection, persons))
