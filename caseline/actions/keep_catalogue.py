"""Makes, renames, moves, orders and retires products of the catalogue; each change stands in the audit log."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

import sqlalchemy as sa

from caseline.actions import editing
from caseline.actions.editing import Editor
from caseline.actions.wiring import House
from caseline.crm.catalogue import DEEPEST, LONGEST_NAME, Product, Tree, folded, tidy
from caseline.crm.catalogue_port import Catalogue
from caseline.crm.connect import catalogue
from caseline.crm.refusals import Overtaken, Told

_Answer = TypeVar("_Answer")

TOO_DEEP: Final = "a catalogue has %(most)s levels at most: put it further up"
NO_PLACE: Final = "it cannot stand below itself, nor deeper than %(most)s levels: choose another place"
IN_USE: Final = "requests are about it, or something stands below it: take it out of use instead"
GONE: Final = "the catalogue has no such product any more: look at it again"
CHANGED: Final = "somebody else has changed %(name)s meanwhile: look at it again, then repeat what you want"
NAME: Final = "a name has 1 to %(most)s letters: give such a one"
TWICE: Final = "%(name)s stands there already: give another name"


@dataclass(frozen=True, slots=True)
class _Work:
    """The catalogue while it is being changed."""

    connection: sa.Connection
    store: Catalogue
    tree: Tree
    editor: Editor

    def added(self, subject: str, after: editing.Plain) -> None:
        connection = self.connection
        editing.note(connection, self.editor, "product.added", subject, None, after)

    def changed(self, subject: str, before: editing.Plain, after: editing.Plain) -> None:
        connection = self.connection
        editing.note(connection, self.editor, "product.changed", subject, before, after)

    def removed(self, subject: str, before: editing.Plain) -> None:
        connection = self.connection
        editing.note(connection, self.editor, "product.removed", subject, before, None)


def usage(house: House, ids: Sequence[int]) -> dict[int, int]:
    """How many requests are about each of these products, of those that any is about."""
    with house.engine.connect() as connection:
        return catalogue(house.settings.crm).used(connection, ids)


def add(house: House, login: str, parent_id: int | None, name: str, *, now: datetime) -> int:
    """Make a product, the last one below its parent; answers its id. Raises `Refused`."""

    def work(at: _Work) -> int:
        wanted = _named(at.tree, parent_id, name, None)
        if parent_id is not None and len(at.tree.path(_there(at.tree, parent_id).id)) >= DEEPEST:
            raise Told(TOO_DEEP, most=DEEPEST)
        last = max((one.position for one in at.tree.children(parent_id)), default=0)
        (number,) = at.store.mint(at.connection, 1)
        at.store.add(at.connection, [{"id": number, "parent_id": parent_id, "name": wanted, "position": last + 10}])
        above = f"{at.tree.words(parent_id)} / " if parent_id is not None else ""
        at.added(f"{above}{wanted}", {"name": wanted, "above": above.removesuffix(" / ")})
        return number

    return _do(house, login, now, work)


def rename(house: House, login: str, product_id: int, name: str, *, version: int, now: datetime) -> None:
    """Give a product another name; raises `Refused`."""

    def work(at: _Work) -> None:
        old = _as_seen(at.tree, product_id, version)
        wanted = _named(at.tree, old.parent_id, name, product_id)
        if wanted != old.name:
            at.store.change(at.connection, product_id, {"name": wanted})
            at.changed(at.tree.words(product_id), {"name": old.name}, {"name": wanted})

    _do(house, login, now, work)


def move(house: House, login: str, product_id: int, parent_id: int | None, *, version: int, now: datetime) -> None:
    """Put a product with all below it under another one, or on top (None); raises `Refused`."""

    def work(at: _Work) -> None:
        old = _as_seen(at.tree, product_id, version)
        if parent_id is not None:
            _there(at.tree, parent_id)
        if old.parent_id == parent_id:
            return
        if not at.tree.may_move(product_id, parent_id):
            raise Told(NO_PLACE, most=DEEPEST)
        _named(at.tree, parent_id, old.name, product_id)
        last = max((one.position for one in at.tree.children(parent_id)), default=0)
        at.store.change(at.connection, product_id, {"parent_id": parent_id, "position": last + 10})
        after = f"{at.tree.words(parent_id)} / {old.name}" if parent_id is not None else old.name
        before = at.tree.words(product_id)
        at.changed(before, {"above": _above(before)}, {"above": _above(after)})

    _do(house, login, now, work)


def use(house: House, login: str, product_id: int, *, active: bool, version: int, now: datetime) -> None:
    """Take a product out of use with all below it, or into use again; requests keep it. Raises `Refused`."""

    def work(at: _Work) -> None:
        old = _as_seen(at.tree, product_id, version)
        if old.active != active:
            at.store.change(at.connection, product_id, {"active": active})
            at.changed(at.tree.words(product_id), {"active": old.active}, {"active": active})

    _do(house, login, now, work)


def shift(house: House, login: str, product_id: int, *, up: bool, now: datetime) -> None:
    """Let a product change places with the one before it, or after it; raises `Refused`."""

    def work(at: _Work) -> None:
        old = _there(at.tree, product_id)
        ids = [one.id for one in at.tree.children(old.parent_id)]
        here = ids.index(product_id)
        there = here - 1 if up else here + 1
        if 0 <= there < len(ids):
            ids[here], ids[there] = ids[there], ids[here]
            at.store.put_order(at.connection, ids)
            at.changed(at.tree.words(product_id), {"order": here + 1}, {"order": there + 1})

    _do(house, login, now, work)


def by_name(house: House, login: str, parent_id: int | None, *, now: datetime) -> None:
    """Order all that stands right below a product by name, or the uppermost (None); raises `Refused`."""

    def work(at: _Work) -> None:
        above = _there(at.tree, parent_id).id if parent_id is not None else None
        before = list(at.tree.children(above))
        after = sorted(before, key=lambda one: folded(one.name))
        if before != after:
            at.store.put_order(at.connection, [one.id for one in after])
            subject = at.tree.words(above) if above is not None else "/"
            at.changed(subject, {"order": [one.name for one in before]}, {"order": [one.name for one in after]})

    _do(house, login, now, work)


def drop(house: House, login: str, product_id: int, *, version: int, now: datetime) -> None:
    """Delete a product that was never used and has nothing below it; raises `Refused` for any other."""

    def work(at: _Work) -> None:
        old = _as_seen(at.tree, product_id, version)
        if at.tree.children(product_id) or at.store.used(at.connection, [product_id]):
            raise Told(IN_USE)
        at.store.drop(at.connection, product_id)
        at.removed(at.tree.words(product_id), {"name": old.name, "active": old.active})

    _do(house, login, now, work)


def _do(house: House, login: str, now: datetime, work: "Callable[[_Work], _Answer]") -> "_Answer":
    store = catalogue(house.settings.crm)
    with house.engine.begin() as connection:
        store.hold(connection)
        return work(_Work(connection, store, store.tree(connection), Editor(login, now)))


def _above(words: str) -> str:
    """The groups of a path in words."""
    return words.rpartition(" / ")[0]


def _there(tree: Tree, product_id: int) -> Product:
    found = tree.get(product_id)
    if found is None:
        raise Told(GONE)
    return found


def _as_seen(tree: Tree, product_id: int, version: int) -> Product:
    found = _there(tree, product_id)
    if found.version != version:
        raise Overtaken(CHANGED, name=found.name)
    return found


def _named(tree: Tree, parent_id: int | None, name: str, product_id: int | None) -> str:
    """The name, made tidy, if a product can bear it there."""
    wanted = tidy(name)
    if not wanted or len(wanted) > LONGEST_NAME:
        raise Told(NAME, most=LONGEST_NAME)
    other = tree.child_named(parent_id, wanted)
    if other is not None and other.id != product_id:
        raise Told(TWICE, name=tree.words(other.id))
    return wanted
