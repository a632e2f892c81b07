"""Makes the register follow a portal, record by record, each in a transaction of its own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol

import sqlalchemy as sa

from caseline.crm.bitrix24 import reading, sync_book, values
from caseline.crm.bitrix24.answers import Refused as Denied
from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.faults import PortalRefused
from caseline.crm.bitrix24.places import TYPE_IDS, Kind
from caseline.crm.bitrix24.tools import Tools
from caseline.crm.bitrix24.values import Item
from caseline.crm.cards import Refused

AT_ONCE: Final = 2_500
"""Records that are read together: fifty pages, one request."""
_GONE: Final = "NOT_FOUND"
_FAULTS: Final = (sa.exc.IntegrityError, sa.exc.DataError, Refused, ValueError, KeyError)
_UNREADABLE: Final = (PortalRefused, sa.exc.DataError, ValueError, KeyError, TypeError)
_MOST_UNREADABLE: Final = 20
"""More of them, and none that can be read, are not the fault of single records."""


@dataclass
class Followed:
    """What came of the portal's changes, as numbers of records."""

    read: int = 0
    created: int = 0
    changed: int = 0
    deleted: int = 0
    same: int = 0
    """The register had it so: our own echo, or what was read before."""
    later: int = 0
    """An import is about to bring them; they are read again when it has."""
    failed: list[tuple[str, int, str]] = field(default_factory=list)
    """(entity, id, reason); they are read again by the next sync."""

    def count(self, what: str) -> None:
        """One more of `created`, `changed`, `deleted`, `same` or `later`."""
        setattr(self, what, getattr(self, what) + 1)


class Follow(Protocol):
    """What is done with one record."""

    def __call__(self, connection: sa.Connection, number: int, item: Item | None) -> str:
        """Follow the item (None: it is deleted in the portal) and answer what it came to (`Followed.count`)."""


class Follower(Protocol):
    """What is done with records of an entity."""

    def prepare(self, entity: str, found: Mapping[int, Item]) -> Follow:
        """Get ready for items that were read together, before any transaction."""


@dataclass(frozen=True)
class Following:
    """Reads records of the portal and has followers do what follows from them."""

    tools: Tools
    followers: Mapping[str, Follower]
    """By entity."""
    done: Followed = field(default_factory=Followed)
    _unreadable: set[tuple[str, int]] = field(default_factory=set, repr=False)
    """(entity, id) of those that stood alone and could not be read; they are not tried twice."""
    _readable: set[str] = field(default_factory=set, repr=False)
    """Entities of which something was read."""

    def noted(self, entity: str) -> None:
        """Read all that is noted of an entity; what is noted meanwhile, too, if its id lies ahead."""
        after = 0
        while True:
            with self.tools.mirror.engine.connect() as connection:
                turns = sync_book.noted(connection, entity, after=after, most=AT_ONCE)
            if not turns:
                return
            self.take(entity, turns)
            after = max(turns)

    def take(self, entity: str, turns: Mapping[int, int]) -> None:
        """Read these records and follow them; they were noted in these turns."""
        turns = {number: turn for number, turn in turns.items() if (entity, number) not in self._unreadable}
        if not turns:
            return
        try:
            found = reading.items(self.tools.portal, entity, list(turns), self.tools.shapes.of(entity).names)
            self._bring_targets(entity, list(found.values()))
            follow = self.followers[entity].prepare(entity, found)
        except _UNREADABLE as error:
            self._without_the_unreadable(entity, turns, error)
            return
        lost = self._lost(entity, [number for number in turns if number not in found])
        self.done.read += len(turns)
        self._readable.add(entity)
        for number, turn in turns.items():
            if number in found or number in lost:
                self._one(entity, number, turn, partial(follow, number=number, item=found.get(number)))
            else:
                text = "the portal does not let us read it: give the owner of the webhook the right to"
                self.done.failed.append((entity, number, text))

    def _without_the_unreadable(self, entity: str, turns: Mapping[int, int], error: Exception) -> None:
        """Take the records in halves until those stand alone that make reading fail.

        Where many of an entity fail and none can be read, the others are left to the next sync: it is not their fault.
        """
        many = sum(one == entity for one, _number in self._unreadable) >= _MOST_UNREADABLE
        hopeless = many and entity not in self._readable
        if len(turns) == 1 or hopeless:
            said = f"it cannot be read: {type(error).__name__} {error}".partition("\n")[0]
            self.done.failed += ((entity, number, said) for number in turns)
            self._unreadable.update((entity, number) for number in turns)
            return
        # Every second one, so that those that stand alone first are spread over all: neighbours share their faults.
        ordered = list(turns.items())
        for piece in (ordered[::2], ordered[1::2]):
            self.take(entity, dict(piece))

    def _one(self, entity: str, number: int, turn: int, follow: "partial[str]") -> None:
        try:
            with self.tools.mirror.engine.begin() as connection:
                what = follow(connection)
                if what != "later":
                    sync_book.settle(connection, entity, number, turn)
        except _FAULTS as error:
            said = error.orig if isinstance(error, sa.exc.DBAPIError) else error
            self.done.failed.append((entity, number, str(said).strip().partition("\n")[0]))
        else:
            self.done.count(what)

    def _lost(self, entity: str, ids: Sequence[int]) -> set[int]:
        """Those that are deleted in the portal, and not only hidden from us."""
        if not ids:
            return set()
        type_id = TYPE_IDS[entity]
        asked = {f"is{number}": Call("crm.item.get", {"entityTypeId": type_id, "id": number}) for number in ids}
        return {
            int(key.removeprefix("is"))
            for key, answer in self.tools.portal.read_many(asked).items()
            if isinstance(answer, Denied) and answer.code.upper() == _GONE
        }

    def _bring_targets(self, entity: str, found: Iterable[Item]) -> None:
        """Firms and people must be there before what refers to them."""
        for place in self.tools.shapes.of(entity).places:
            if place.kind is not Kind.LINK or place.field not in {"company", "contact"}:
                continue
            said = {values.seen(place, item) for item in found} - {None}
            ids = sorted(int(one) for one in said)
            new = set(ids) - self.tools.mirror.records(place.field, ids).keys()
            if new:
                with self.tools.mirror.engine.connect() as connection:
                    turns = sync_book.turns(connection, place.field, sorted(new))
                self.take(place.field, dict.fromkeys(sorted(new), 0) | turns)
