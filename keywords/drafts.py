"""SQL of drafts: edits that somebody looks at before they are saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from keywords import store, tables
from keywords.editing import Edit
from keywords.rules import Rules

_draft = tables.draft
_SEEN: Final = "seen"
"""Under this name the settings that the editor saw lie beside the ones that they want."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Edits, and settings if they change."""

    id: int = 0
    """0: not kept yet."""
    login: str
    source: str
    title: str
    edits: tuple[Edit, ...]
    settings: Rules | None = None
    seen: Rules | None = None
    """The settings that the editor saw; None: whatever there is."""
    details: tuple[Mapping[str, Any], ...] = ()
    """Of proposals: what speaks for each edit, in the same order."""
    made_at: datetime
    saved_version: int | None = None


def add(connection: sa.Connection, draft: Draft) -> int:
    """Keep edits to be looked at; answers the draft's number."""
    made = sa.insert(_draft).values(
        login=draft.login,
        source=draft.source,
        title=draft.title,
        edits=[_plain(edit) for edit in draft.edits],
        settings=_plain_settings(draft),
        details=[dict(detail) for detail in draft.details] or None,
        made_at=draft.made_at,
    )
    number: int = connection.execute(made.returning(_draft.c.id)).scalar_one()
    return number


def get(connection: sa.Connection, number: int) -> Draft | None:
    """The draft of that number. Settings that were kept when there was no order of categories leave it as it is now."""
    row = connection.execute(sa.select(_draft).where(_draft.c.id == number)).mappings().one_or_none()
    return None if row is None else _read(row, store.rules(connection))


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A draft that is not saved, without its edits, which may be many."""

    id: int
    login: str
    title: str
    made_at: datetime
    edits: int
    """How many there are."""


def waiting(connection: sa.Connection, *, most: int) -> list[Waiting]:
    """Drafts that are not saved, newest first."""
    columns = (_draft.c[name] for name in ("id", "login", "title", "made_at"))
    query = sa.select(*columns, sa.func.jsonb_array_length(_draft.c.edits).label("edits"))
    query = query.where(_draft.c.saved_version.is_(None)).order_by(_draft.c.id.desc()).limit(most)
    return [Waiting(**row) for row in connection.execute(query).mappings()]


def settle(connection: sa.Connection, number: int, version: int) -> None:
    """Note that a draft was saved."""
    connection.execute(sa.update(_draft).where(_draft.c.id == number).values(saved_version=version))


def drop(connection: sa.Connection, number: int) -> None:
    """Throw a draft away."""
    connection.execute(sa.delete(_draft).where(_draft.c.id == number, _draft.c.saved_version.is_(None)))


def _plain(edit: Edit) -> dict[str, Any]:
    return {
        "id": edit.id,
        "version": edit.version,
        "entry": None if edit.entry is None else store.plain(edit.entry),
    }


def _plain_settings(draft: Draft) -> dict[str, Any] | None:
    if draft.settings is None:
        return None
    seen = {} if draft.seen is None else {_SEEN: store.plain_rules(draft.seen)}
    return {**store.plain_rules(draft.settings), **seen}


def _rules(plain: Mapping[str, Any] | None, present: Rules) -> Rules | None:
    return None if plain is None else store.rules_of({"category_order": present.category_order, **plain})


def _read(row: Mapping[Any, Any], present: Rules) -> Draft:
    edits = tuple(
        Edit(None if each["entry"] is None else store.entry_of(each["entry"], each["id"]), each["id"], each["version"])
        for each in row["edits"]
    )
    settings = _rules(row["settings"], present)
    seen = _rules((row["settings"] or {}).get(_SEEN), present)
    return Draft(**{**row, "edits": edits, "settings": settings, "seen": seen, "details": tuple(row["details"] or ())})
