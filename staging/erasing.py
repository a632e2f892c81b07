"""Takes data of a person out of the staging tables, and leaves marks by which an import knows the records again."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.db.arrays import bigints, texts
from staging import erased, erased_lines, tables, values
from staging import mapping as model
from staging.erased_lines import Clean
from staging.landing import Layout

ENTITIES: Final = ("contact", "request", "message", "history")
_OWN: Final = """
SELECT r.id, r.part_id, r.key, r.layout_id, r.payload FROM staging.part AS p
JOIN {register} AS c ON c.source = p.source AND c.{by} = ANY (CAST(:ids AS bigint[]))
JOIN staging.row AS r ON r.part_id = p.id AND r.key = c.origin
WHERE p.entity = :entity
"""
_REGISTER: Final[Mapping[str, tuple[str, str]]] = {
    "contact": ("crm.contact", "id"),
    "request": ("crm.record", "id"),
    "message": ("crm.message", "id"),
    "history": ("crm.history", "record_id"),
}
_DOUBLES: Final = """
SELECT id, part_id, key, layout_id, payload FROM staging.row WHERE duplicate_of = ANY (CAST(:ids AS bigint[]))
"""
_AT_LINES: Final = """
SELECT r.id, r.part_id, r.key, r.layout_id, r.payload, r.crm_id IS NULL AND p.entity = ANY (:entities)
FROM staging.row AS r
JOIN unnest(CAST(:layouts AS bigint[]), CAST(:lines AS bigint[])) AS at (layout_id, line)
  ON r.layout_id = at.layout_id AND r.payload = at.line
JOIN staging.part AS p ON p.id = r.part_id
"""
_MARK: Final = """
INSERT INTO staging.erased (part_id, digest, at)
SELECT part_id, sha256(convert_to(key, 'UTF8')), :now FROM staging.row
WHERE id = ANY (CAST(:ids AS bigint[])) AND key IS NOT NULL AND NOT starts_with(key, 'erased:')
ON CONFLICT DO NOTHING
"""
_CLEAN: Final = """
UPDATE staging.row SET raw = CASE WHEN payload IS NULL THEN ''::bytea END,
  errors = CASE WHEN crm_id IS NULL THEN CAST(:errors AS jsonb) END,
  status = CASE WHEN crm_id IS NULL THEN 'FAILED' ELSE 'SUCCESS' END
WHERE id = ANY (CAST(:ids AS bigint[]))
"""
_UNCLEAN: Final = """
SELECT count(*) FROM staging.row WHERE id = ANY (CAST(:ids AS bigint[]))
  AND (raw IS NOT NULL AND raw <> '' OR status = 'NEW'
    OR status = 'FAILED' AND (crm_id IS NOT NULL OR errors IS DISTINCT FROM CAST(:errors AS jsonb)))
"""
_KEYS: Final = """
SELECT id, key FROM staging.row WHERE id = ANY (CAST(:ids AS bigint[])) AND key IS NOT NULL ORDER BY id
"""
_RUNS: Final = "SELECT DISTINCT ON (source) source, mapping FROM staging.run ORDER BY source, id DESC"


@dataclass(frozen=True, slots=True)
class Trail:
    """What the staging tables hold of a person."""

    rows: tuple[int, ...] = ()
    """Staging rows of the person's records, imported or not."""
    lines: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    """By layout: landing lines of which nothing but what belongs to others stays."""
    named: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    """By layout: lines of others in which the person is named."""


@dataclass(slots=True)
class _Search:
    connection: sa.Connection
    rows: dict[int, Any] = field(default_factory=dict)
    lines: set[tuple[int, int]] = field(default_factory=set)

    def add(self, found: Iterable[Any]) -> None:
        for row in found:
            self.rows[row.id] = row
            if row.payload is not None:
                self.lines.add((row.layout_id, row.payload))


def find(connection: sa.Connection, ids: Mapping[str, Sequence[int]], said: str, words: Sequence[str] = ()) -> Trail:
    """What there is of records with these register ids, by entity (`ENTITIES`), and of whoever `said` names.

    `said` is a pattern over small letters, empty for none; nothing fits it that has none of the `words`, which are
    looked for first, since that is quick. All landing tables are read through.
    """
    search = _Search(connection)
    for entity in ENTITIES:
        register, by = _REGISTER[entity]
        query = sa.text(_OWN.format(register=register, by=by))
        search.add(connection.execute(query, {"entity": entity, "ids": bigints(ids.get(entity, ()))}))
    search.add(connection.execute(sa.text(_DOUBLES), {"ids": bigints(search.rows)}))
    contacts = _origins(connection, ids.get("contact", ()))
    mappings, named = _mappings(connection), set[tuple[int, int]]()
    for layout, source in erased_lines.layouts(connection):
        keys = _key_lines(connection, layout, mappings.get(source), search.rows.values())
        search.lines |= {(layout.id, line) for line in keys}
        named |= {(layout.id, line) for line in _hits(connection, layout, contacts, (said, words))}
    _sort_out(search, named)
    return Trail(tuple(sorted(search.rows)), _by_layout(search.lines), _by_layout(named - search.lines))


def _sort_out(search: _Search, named: set[tuple[int, int]]) -> None:
    """What was found by words: the person's own where it is no record of the CRM, or nobody's record at all."""
    found = _at_lines(search.connection, named)
    search.add(row for row in found if row[5])
    held = {(row.layout_id, row.payload) for row in found}
    search.lines |= named - held


def _at_lines(connection: sa.Connection, lines: set[tuple[int, int]]) -> list[Any]:
    ordered = sorted(lines)
    at = {"layouts": bigints(one for one, _ in ordered), "lines": bigints(one for _, one in ordered)}
    return list(connection.execute(sa.text(_AT_LINES), {**at, "entities": list(ENTITIES)})) if ordered else []


def _origins(connection: sa.Connection, contacts: Sequence[int]) -> list[str]:
    query = "SELECT origin FROM crm.contact WHERE id = ANY (CAST(:ids AS bigint[])) AND origin IS NOT NULL"
    return list(connection.execute(sa.text(query), {"ids": bigints(contacts)}).scalars())


def _mappings(connection: sa.Connection) -> dict[str, model.Mapping]:
    return {row.source: model.Mapping.model_validate(row.mapping) for row in connection.execute(sa.text(_RUNS))}


def _key_lines(
    connection: sa.Connection, layout: Layout, mapping: model.Mapping | None, rows: Iterable[Any]
) -> set[int]:
    """Lines that earlier runs have landed under the keys of these rows."""
    if mapping is None:
        return set()
    keys: dict[int, list[str]] = {}
    for row in rows:
        if row.key is not None:
            keys.setdefault(row.part_id, []).append(row.key)
    part, found = tables.part, set[int]()
    named = connection.execute(sa.select(part.c.id, part.c.name).where(part.c.source == mapping.source)).all()
    for part_id, name in named:
        rules = mapping.parts.get(name)
        if part_id in keys and rules is not None and set(rules.key.column) & set(layout.header):
            key = values.key(rules.key, layout.columns(mapping))
            wanted = sa.any_(sa.cast(sa.literal(texts(sorted(keys[part_id]))), sa.ARRAY(sa.Text)))
            found |= set(connection.execute(sa.select(layout.table.c.id).where(key == wanted)).scalars())
    return found


def _hits(
    connection: sa.Connection, layout: Layout, keys: Sequence[str], wanted: tuple[str, Sequence[str]]
) -> set[int]:
    """Lines in which one of the keys is a column, or the pattern (with the words that it needs) fits."""
    columns = [layout.table.c[f"c{n}"] for n in range(1, len(layout.header) + 1)]
    any_key = sa.any_(sa.cast(sa.literal(texts(sorted(keys))), sa.ARRAY(sa.Text)))
    conditions: list[Any] = [column == any_key for column in columns] if keys else []
    said, words = wanted
    if said:
        text = sa.func.lower(sa.func.concat_ws("\n", *columns))
        quick = [sa.func.strpos(text, word.lower()) > 0 for word in words] or [sa.true()]
        conditions.append(sa.and_(sa.or_(*quick), text.op("~")(said)))
    if not conditions:
        return set()
    return set(connection.execute(sa.select(layout.table.c.id).where(sa.or_(*conditions))).scalars())


def _by_layout(lines: Iterable[tuple[int, int]]) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = {}
    for layout_id, line in sorted(lines):
        found.setdefault(layout_id, []).append(line)
    return {layout_id: tuple(ids) for layout_id, ids in found.items()}


def erase(
    connection: sa.Connection, trail: Trail, clean: Clean, hide: Callable[[str], str], *, now: datetime | None
) -> dict[str, int]:
    """Rows by table of which something goes; without `now` it stays. `hide` makes of a key what may stay of it."""
    write = now is not None
    given = {"ids": bigints(trail.rows), "errors": json.dumps([erased.ERROR]), "now": now}
    counts = {"staging.row": int(connection.execute(sa.text(_UNCLEAN), given).scalar_one())}
    if write:
        connection.execute(sa.text(_MARK), given)
        connection.execute(sa.text(_CLEAN), given)
    keys = [(row.id, row.key, hide(row.key)) for row in connection.execute(sa.text(_KEYS), given)]
    hidden = [{"id": number, "key": new} for number, old, new in keys if new != old]
    if write and hidden:
        connection.execute(sa.text("UPDATE staging.row SET key = :key WHERE id = :id"), hidden)
    counts["staging.row"] = max(counts["staging.row"], len(hidden))
    lines = 0
    for layout, source in erased_lines.layouts(connection):
        lines += _wipe_all(connection, layout, source, trail, write=write)
        lines += erased_lines.scrub(connection, layout, trail.named.get(layout.id, ()), clean, write=write)
    return counts | {"landing": lines}


def _wipe_all(connection: sa.Connection, layout: Layout, source: str, trail: Trail, *, write: bool) -> int:
    lines = trail.lines.get(layout.id, ())
    if not lines:
        return 0
    mapping = _mappings(connection).get(source)
    own, names = frozenset(trail.rows), _names(connection, source)
    others: dict[int, set[str]] = {}
    for row in _at_lines(connection, {(layout.id, line) for line in lines}):
        if row.id not in own and row.part_id in names:
            others.setdefault(row.payload, set()).add(names[row.part_id])
    groups: dict[frozenset[str], list[int]] = {}
    for line in lines:
        groups.setdefault(frozenset(others.get(line, ())), []).append(line)
    return sum(
        erased_lines.wipe(connection, layout, erased_lines.kept_columns(mapping, layout, parts), ids, write=write)
        for parts, ids in groups.items()
    )


def _names(connection: sa.Connection, source: str) -> dict[int, str]:
    part = tables.part
    return {
        row.id: row.name for row in connection.execute(sa.select(part.c.id, part.c.name).where(part.c.source == source))
    }
