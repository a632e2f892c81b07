"""SQL of the dictionary: read whole or in part, and saved with its history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from keywords import expansion, tables
from keywords.editing import Edit
from keywords.entries import Entry, Expanded
from keywords.rules import Rules
from keywords.vocabulary import Kind, Nested, Scoring

_dictionary, _entry, _revision, _change = tables.dictionary, tables.entry, tables.revision, tables.change
SETTINGS: Final = 0
"""Stands for the settings where entries have their id."""
_FIELDS: Final = ("keyword", "weight", "category", "kind", "blocking", "enabled", "note")
_RULES: Final = ("scoring", "nested", "min_score", "min_margin", "subject_factor", "category_order")


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry as it stands in the dictionary."""

    expanded: Expanded
    version: int
    changed_at: datetime
    changed_by: str

    @property
    def entry(self) -> Entry:
        """What administrators wrote."""
        return self.expanded.entry

    @property
    def id(self) -> int:
        """Its key."""
        return self.expanded.entry.id or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Save:
    """Who saves, and why."""

    login: str
    reason: str
    source: str = "edit"
    effect: Mapping[str, Any]
    """What a dry run said before; empty when there was none."""


class Overtaken(Exception):
    """Somebody else has changed entries since the editor saw them; nothing was saved."""

    def __init__(self, entries: Sequence[int]) -> None:
        super().__init__(f"{len(entries)} entries were changed by somebody else meanwhile: look at them and save again")
        self.entries = tuple(entries)


# ------------------------------------------------------------------------------------------------------- read


def version(connection: sa.Connection) -> int:
    """The number that every save raises."""
    found: int = connection.execute(sa.select(_dictionary.c.version)).scalar_one()
    return found


def rules(connection: sa.Connection) -> Rules:
    """The settings."""
    row = connection.execute(sa.select(*(_dictionary.c[name] for name in _RULES))).mappings().one()
    return rules_of(row)


def entries(connection: sa.Connection) -> list[Kept]:
    """The whole dictionary, by id."""
    return [_kept(row) for row in connection.execute(sa.select(_entry).order_by(_entry.c.id)).mappings()]


def some(connection: sa.Connection, ids: Iterable[int]) -> dict[int, Kept]:
    """Entries by id; those that are gone are missing."""
    query = sa.select(_entry).where(_entry.c.id == sa.any_(sa.literal(list(ids), sa.ARRAY(sa.BigInteger))))
    return {row["id"]: _kept(row) for row in connection.execute(query).mappings()}


def plain(entry: Entry) -> dict[str, Any]:
    """An entry as history keeps it."""
    return {name: str(value) if name == "kind" else value for name in _FIELDS for value in [getattr(entry, name)]}


def entry_of(kept: Mapping[str, Any], entry_id: int | None) -> Entry:
    """The entry that history kept."""
    return Entry(**{**kept, "kind": Kind(kept["kind"])}, id=entry_id)


def plain_rules(found: Rules) -> dict[str, Any]:
    """Settings as history keeps them."""
    return {
        name: str(value) if name in {"scoring", "nested"} else value
        for name in _RULES
        for value in [getattr(found, name)]
    } | {"category_order": list(found.category_order)}


def rules_of(row: Mapping[Any, Any]) -> Rules:
    """The settings that history kept."""
    values = {name: row[name] for name in _RULES if name in row}  # what was kept long ago knows fewer of them
    values |= {"scoring": Scoring(row["scoring"]), "nested": Nested(row["nested"])}
    return Rules(**values | {"category_order": tuple(row.get("category_order", ()))})


def _kept(row: Mapping[Any, Any]) -> Kept:
    entry = entry_of({name: row[name] for name in _FIELDS}, row["id"])
    slots = expansion.restored(row["slots"]) if row["expansion"] == expansion.VERSION else expansion.expand(entry).slots
    return Kept(Expanded(entry, slots), row["version"], row["changed_at"], row["changed_by"])


# ------------------------------------------------------------------------------------------------------- save


def lock(connection: sa.Connection) -> int:
    """Let nobody else save until the transaction ends; answers the version."""
    found: int = connection.execute(sa.select(_dictionary.c.version).with_for_update()).scalar_one()
    return found


def save(
    connection: sa.Connection, edits: Sequence[Edit], about: Save, *, now: datetime, settings: Rules | None = None
) -> int:
    """Write edits, and settings if given, as one revision; answers its version, or the present one if nothing changed.

    Raises `Overtaken` when an entry is not what the editor saw. Edits that change nothing are left out.
    """
    present = lock(connection)
    known = some(connection, [edit.id for edit in edits if edit.id is not None])
    overtaken = [edit.id for edit in edits if edit.id is not None and _overtaken(edit, known.get(edit.id))]
    if overtaken:
        raise Overtaken(overtaken)
    old_rules = rules(connection)
    effective = [edit for edit in edits if edit.id is None or _changes(edit, known.get(edit.id))]
    if not effective and (settings is None or plain_rules(settings) == plain_rules(old_rules)):
        return present
    number = present + 1
    connection.execute(
        sa.insert(_revision).values(
            version=number,
            at=now,
            login=about.login,
            reason=about.reason,
            source=about.source,
            effect=dict(about.effect),
        )
    )
    changes = _written(connection, effective, known, (number, about.login, now))
    values: dict[str, Any] = {"version": number}
    if settings is not None and plain_rules(settings) != plain_rules(old_rules):
        values |= plain_rules(settings)
        changes.append({"entry_id": SETTINGS, "old": plain_rules(old_rules), "new": plain_rules(settings)})
    connection.execute(sa.insert(_change), [{"version": number, **change} for change in changes])
    connection.execute(sa.update(_dictionary).values(values))
    return number


def _overtaken(edit: Edit, kept: Kept | None) -> bool:
    if kept is None:
        return edit.entry is not None
    return edit.version is not None and edit.version != kept.version


def _changes(edit: Edit, kept: Kept | None) -> bool:
    if kept is None or edit.entry is None:
        return kept is not None
    return plain(edit.entry) != plain(kept.entry)


_By = tuple[int, str, datetime]


def _written(
    connection: sa.Connection, edits: Sequence[Edit], known: Mapping[int, Kept], by: _By
) -> list[dict[str, Any]]:
    """Write edits, however many, in a few statements; answers what history keeps of each."""
    gone = [edit.id for edit in edits if edit.entry is None]
    changed = [(edit.id, edit.entry) for edit in edits if edit.id is not None and edit.entry is not None]
    added = [edit.entry for edit in edits if edit.id is None and edit.entry is not None]
    if gone:
        connection.execute(sa.delete(_entry).where(_entry.c.id == sa.any_(sa.literal(gone, sa.ARRAY(sa.BigInteger)))))
    if changed:
        rows = [{"key": key, **_row(entry, by)} for key, entry in changed]
        connection.execute(sa.update(_entry).where(_entry.c.id == sa.bindparam("key")), rows)
    new = _added(connection, added, by)
    touched: list[tuple[int | None, Entry | None]] = [*((key, None) for key in gone), *changed]
    told = [
        {"entry_id": key, "old": plain(known[key].entry), "new": None if entry is None else plain(entry)}
        for key, entry in touched
        if key is not None
    ]
    return [*told, *({"entry_id": key, "old": None, "new": plain(entry)} for key, entry in new)]


def _added(connection: sa.Connection, entries: Sequence[Entry], by: _By) -> list[tuple[int, Entry]]:
    """Entries that are new with their ids; one that was deleted comes back under its own."""
    if not entries:
        return []
    query = "SELECT nextval(pg_get_serial_sequence('keywords.entry', 'id')) FROM generate_series(1, :many)"
    fresh = iter(connection.execute(sa.text(query), {"many": sum(not entry.id for entry in entries)}).scalars().all())
    new = [(entry.id or next(fresh), entry) for entry in entries]
    connection.execute(sa.insert(_entry), [{**_row(entry, by), "id": key} for key, entry in new])
    return new


def _row(entry: Entry, by: _By) -> dict[str, Any]:
    values = {**plain(entry), "slots": expansion.stored(expansion.expand(entry).slots), "expansion": expansion.VERSION}
    # The number of the save, and no counter: an entry that is deleted and restored never has an old version again.
    return values | dict(zip(("version", "changed_by", "changed_at"), by, strict=True))
