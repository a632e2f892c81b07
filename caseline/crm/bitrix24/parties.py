"""Contacts and companies of the register follow those of a portal."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from caseline.crm.bitrix24 import book, mirrored, sync_book
from caseline.crm.bitrix24.meanings import Meanings
from caseline.crm.bitrix24.taking import Taking, columns, moment
from caseline.crm.bitrix24.tools import Tools
from caseline.crm.bitrix24.values import Item, Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa

    from caseline.crm.bitrix24.following import Follow

VIA: Final = "portal"
GRACE: Final = timedelta(minutes=5)
"""How long an import may take from writing a record into the portal to keeping it in the register."""
_UNNAMED: Final = {"contact": "Contact {}", "company": "Company {}"}


def all_words(tools: Tools, meanings: Meanings, entity: str, found: "Mapping[int, Item]", stages: set[str]) -> Words:
    """Words for what these items say and for what the register holds of them."""
    meanings.words(entity, found.values(), stages)
    return tools.naming.known_words(entity, list(tools.mirror.records(entity, list(found)).values()))


def find(connection: "sa.Connection", entity: str, said: Any) -> int | None:  # noqa: ANN401 - a name or a number
    """See `taking.Find`."""
    if entity in {"person", "group"}:
        return mirrored.named(connection, entity, str(said))
    return int(said) if mirrored.exists(connection, entity, int(said)) else None


def on_its_way(connection: "sa.Connection", entity: str, item: Item) -> bool:
    """Whether an import has sent this record and not yet kept it. To be asked before the register is."""
    source, origin = str(item.get("ORIGINATOR_ID") or ""), str(item.get("ORIGIN_ID") or "")
    return bool(source and origin and book.doubtful(connection, entity, source, [origin]))


@dataclass(frozen=True, slots=True)
class Importing:
    """Imports that are running at this time."""

    sources: frozenset[str]
    now: datetime

    def writes(self, record: "Mapping[str, Any]") -> bool:
        """Whether one of them writes this record: what changes on it meanwhile is imported."""
        return record["source"] in self.sources

    def holds(self, connection: "sa.Connection", entity: str, record: "Mapping[str, Any]") -> bool:
        """Whether one of them may just be writing it: into the portal first, into the register afterwards."""
        if not self.writes(record):
            return False
        since = sync_book.noted_since(connection, entity, record["id"])
        return since is None or self.now - since < GRACE


@dataclass(frozen=True, slots=True)
class Parties:
    """See `following.Follower`."""

    tools: Tools
    meanings: Meanings
    importing: Importing
    now: datetime

    def prepare(self, entity: str, found: "Mapping[int, Item]") -> "Follow":
        """See there."""
        return partial(self._follow, entity, all_words(self.tools, self.meanings, entity, found, set()))

    def _follow(self, entity: str, words: Words, connection: "sa.Connection", *, number: int, item: Item | None) -> str:
        if item is not None and on_its_way(connection, entity, item):
            return "later"
        record = mirrored.locked(connection, entity, number)
        if item is None:
            return gone(connection, entity, number, known=record is not None, now=self.now)
        taking = Taking(entity, self.tools.shapes.of(entity).places, words, partial(find, connection))
        if record is None:
            made = {"name": _UNNAMED[entity].format(number), **columns(taking.all(item), {})}
            mirrored.make(connection, entity, number, made, at=moment(item, "DATE_CREATE"))
            return "created"
        if self.importing.holds(connection, entity, record):
            return "later"
        sync_book.mark_back(connection, entity, number)
        return "changed" if self._change(connection, taking, record, item) else "same"

    def _change(self, connection: "sa.Connection", taking: Taking, record: "Mapping[str, Any]", item: Item) -> bool:
        changes, at, key = taking.changes(record, item), moment(item, "DATE_MODIFY", "DATE_CREATE"), record["id"]
        if not changes:
            return False
        before = mirrored.last_event(connection)
        mirrored.change(connection, taking.entity, key, columns(changes, record["extra"]), at=at)
        told = {"fields": sorted(one.place.field for one in changes), "via": VIA}
        mirrored.tell(connection, taking.entity, key, "changed", told, at=at)
        if self.importing.writes(record):
            mirrored.hush(connection, taking.entity, key, before, now=self.now)
        return True


def gone(connection: "sa.Connection", entity: str, number: int, *, known: bool, now: datetime) -> str:
    """A record is deleted in the portal. The register keeps it for what belongs to it, and notes that it is gone."""
    if not known or sync_book.is_gone(connection, entity, number):
        return "same"
    sync_book.mark_gone(connection, entity, number, at=now)
    mirrored.tell(connection, entity, number, "deleted", {"via": VIA}, at=now)
    return "deleted"
