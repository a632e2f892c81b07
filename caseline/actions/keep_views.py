"""Keeps views of the request table, the columns that people choose, and the view that each begins with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.listing import presets
from caseline.listing.presets import Owner, View
from caseline.listing.stores import views
from caseline.people import logins
from caseline.people.access import Viewer
from caseline.people.rights import Right

MOST: Final = 200
"""Views that one login, or everybody together, may have."""
LONGEST_NAME: Final = 80


class Why(StrEnum):
    """Why a view is not saved."""

    NAME = "name"
    """It has none, or too long a one."""
    TAKEN = "taken"
    MANY = "many"
    RIGHT = "right"
    """It is everybody's, and that is not for whoever asks."""


class NotKept(Exception):
    """A view is not saved; `why` says what to do."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody can choose from, and has chosen."""

    views: tuple[View, ...]
    beginning: str
    """Key of the view that he begins with."""
    layouts: Mapping[str, Any] = field(default_factory=dict)
    """The columns that he has chosen, by the key of their view; JSON, read by `listing.columns`."""

    def named(self, key: str) -> View | None:
        """The view of that key."""
        return next((view for view in self.views if view.key == key), None)


def choice(house: House, viewer: Viewer) -> Choice:
    """All views that somebody may open: those of the house, of sources, of everybody, his own."""
    with house.engine.connect() as connection:
        kept = views.kept(connection, viewer.login_id)
    saved = sorted(kept.saved, key=lambda view: view.owner is Owner.OWN)
    found = (*presets.HOUSE, *kept.of_sources, *saved)
    first = kept.beginning
    return Choice(found, first if first in {view.key for view in found} else presets.FIRST, kept.layouts)


def save(house: House, viewer: Viewer, view: View, *, shared: bool, now: datetime) -> str:
    """Save a filter under a new name; answers its key. Raises `NotKept`."""
    view = replace(view, name=_named(view.name), owner=Owner.EVERYBODY if shared else Owner.OWN)
    login_id = None if shared else viewer.login_id
    if shared and not viewer.may(Right.SHARE_PRESETS):
        raise NotKept(Why.RIGHT)
    with house.engine.begin() as connection:
        if views.count(connection, login_id) >= MOST:
            raise NotKept(Why.MANY)
        number = views.add(connection, view, login_id, by=viewer.name, now=now)
        if number is None:
            raise NotKept(Why.TAKEN)
        if shared:  # what people keep for themselves is their own affair
            logins.note(connection, viewer.name, "view_saved", view.name, _data(None, view), now=now)
    return f"v{number}"


def write(house: House, viewer: Viewer, number: int, view: View, *, now: datetime) -> str:
    """Keep another filter under the name of a saved view; answers its key. Raises `NotKept`, `Absent`."""
    with house.engine.begin() as connection:
        old = _own(connection, viewer, number)
        views.write(connection, number, view)
        told = replace(view, name=old.name, owner=old.owner)
        _changed(connection, viewer, told, old, now=now)
    return old.key


def rename(house: House, viewer: Viewer, number: int, name: str, *, now: datetime) -> None:
    """Call a saved view otherwise. Raises `NotKept`, `Absent`."""
    wanted = _named(name)
    with house.engine.begin() as connection:
        old = _own(connection, viewer, number)
        if not views.rename(connection, number, wanted):
            raise NotKept(Why.TAKEN)
        told = replace(old, name=wanted)
        _changed(connection, viewer, told, old, now=now)


def move(house: House, viewer: Viewer, number: int, steps: int) -> None:
    """Let a saved view stand so many places later among its own, or earlier. Raises `NotKept`, `Absent`."""
    with house.engine.begin() as connection:
        own = _own(connection, viewer, number).owner is Owner.OWN
        order = views.neighbours(connection, viewer.login_id if own else None)
        place = order.index(number)
        order.insert(max(place + steps, 0), order.pop(place))
        views.put_in_order(connection, order)


def delete(house: House, viewer: Viewer, number: int, *, now: datetime) -> None:
    """Forget a saved view. Raises `NotKept`, `Absent`."""
    with house.engine.begin() as connection:
        old = _own(connection, viewer, number)
        views.delete(connection, number, old.key)
        if old.owner is Owner.EVERYBODY:
            logins.note(connection, viewer.name, "view_deleted", old.name, _data(old, None), now=now)


def begin_with(house: House, viewer: Viewer, key: str) -> None:
    """Begin with another view from now on. Raises `Absent` when there is no such view."""
    if choice(house, viewer).named(key) is None:
        raise Absent(f"view {key}")
    with house.engine.begin() as connection:
        views.keep_beginning(connection, viewer.login_id, key)


def layout(house: House, viewer: Viewer, view: str) -> Any:  # noqa: ANN401 - JSON, read by `listing.columns`
    """The columns that somebody has chosen for a view; None when none."""
    with house.engine.connect() as connection:
        return views.layout(connection, viewer.login_id, view)


def keep_layout(house: House, viewer: Viewer, view: str, columns: Sequence[Any] | None) -> None:
    """Keep the columns that somebody has chosen for a view; None: the usual ones again."""
    with house.engine.begin() as connection:
        views.keep_layout(connection, viewer.login_id, view, columns)


def _named(name: str) -> str:
    found = " ".join(name.split())
    if not found or len(found) > LONGEST_NAME:
        raise NotKept(Why.NAME)
    return found


def _own(connection: sa.Connection, viewer: Viewer, number: int) -> View:
    found = views.one(connection, viewer.login_id, number)
    if found is None:
        raise Absent(f"view {number}")
    if found.owner is Owner.EVERYBODY and not viewer.may(Right.SHARE_PRESETS):
        raise NotKept(Why.RIGHT)
    return found


def _changed(connection: sa.Connection, viewer: Viewer, view: View, old: View, *, now: datetime) -> None:
    if old.owner is Owner.EVERYBODY:
        logins.note(connection, viewer.name, "view_changed", view.name, _data(old, view), now=now)


def _data(old: View | None, new: View | None) -> dict[str, Any]:
    return {"before": _plain(old), "after": _plain(new)}


def _plain(view: View | None) -> dict[str, Any]:
    if view is None:
        return {}
    conditions = [condition.text for condition in view.conditions]
    return {"name": view.name, "filter": conditions, "search": view.search, "sorts": list(view.sorts)}
