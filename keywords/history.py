"""SQL of the dictionary's history: its saves, what each changed, and what it was at any of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from keywords import store, tables
from keywords.entries import Entry
from keywords.rules import Rules

_revision, _change = tables.revision, tables.change


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A save of the past."""

    version: int
    at: datetime
    login: str
    reason: str
    source: str
    effect: Mapping[str, Any]
    changes: int
    """Entries that it touched."""


@dataclass(frozen=True, slots=True)
class Change:
    """An entry before and after a save; None where there was none."""

    version: int
    entry_id: int
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None


def revisions(connection: sa.Connection, *, before: int | None, most: int) -> list[Revision]:
    """Saves, newest first, older than `before`."""
    counted = sa.select(sa.func.count()).where(_change.c.version == _revision.c.version).scalar_subquery()
    query = sa.select(_revision, counted.label("changes")).order_by(_revision.c.version.desc()).limit(most)
    if before is not None:
        query = query.where(_revision.c.version < sa.literal(before, sa.BigInteger))
    return [Revision(**row) for row in connection.execute(query).mappings()]


def revision(connection: sa.Connection, number: int) -> Revision | None:
    """One save."""
    found = revisions(connection, before=number + 1, most=1)
    return found[0] if found and found[0].version == number else None


def changes(connection: sa.Connection, number: int) -> list[Change]:
    """What a save changed."""
    query = (
        sa.select(_change).where(_change.c.version == sa.literal(number, sa.BigInteger)).order_by(_change.c.entry_id)
    )
    return [Change(**row) for row in connection.execute(query).mappings()]


def left(connection: sa.Connection, seen: Mapping[int, int]) -> dict[int, Entry]:
    """Entries by id, as the save whose number stands beside each left them; one query for any number.

    Missing where that save did not touch the entry, or took it away.
    """
    asked = (
        sa.func.unnest(
            sa.literal(list(seen), sa.ARRAY(sa.BigInteger)), sa.literal(list(seen.values()), sa.ARRAY(sa.BigInteger))
        )
        .table_valued("entry_id", "version")
        .render_derived(name="asked")
    )
    query = sa.select(_change.c.entry_id, _change.c.new).join(
        asked, sa.and_(_change.c.entry_id == asked.c.entry_id, _change.c.version == asked.c.version)
    )
    return {key: store.entry_of(new, key) for key, new in connection.execute(query) if new is not None}


def of_entry(connection: sa.Connection, entry_id: int) -> list[tuple[Revision, Change]]:
    """The life of an entry, newest first."""
    query = sa.select(_change).where(_change.c.entry_id == entry_id).order_by(_change.c.version.desc())
    found = [Change(**row) for row in connection.execute(query).mappings()]
    return [(kept, change) for change in found if (kept := revision(connection, change.version)) is not None]


def as_of(connection: sa.Connection, number: int) -> tuple[dict[int, Entry], Rules]:
    """The dictionary right after save `number` (0: the empty one), told backwards from the one of now."""
    standing: dict[int, Mapping[str, Any]] = {kept.id: store.plain(kept.entry) for kept in store.entries(connection)}
    settings: Mapping[str, Any] = store.plain_rules(store.rules(connection))
    query = (
        sa.select(_change)
        .where(_change.c.version > sa.literal(number, sa.BigInteger))
        .order_by(_change.c.version.desc())
    )
    for row in connection.execute(query).mappings():
        if row["entry_id"] == store.SETTINGS:
            settings = row["old"]
        elif row["old"] is None:
            standing.pop(row["entry_id"], None)
        else:
            standing[row["entry_id"]] = row["old"]
    return {key: store.entry_of(value, key) for key, value in standing.items()}, store.rules_of(settings)
