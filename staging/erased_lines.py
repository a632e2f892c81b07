"""Empties landing lines of what is a person's, and leaves what other records of the same lines are made of."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.db.arrays import bigints
from staging import mapping as model
from staging import tables
from staging.landing import Layout
from staging.loader import Landed, Loader

_SWEPT: Final = """
DELETE FROM {table} AS t WHERE NOT EXISTS (
  SELECT FROM staging.row AS r WHERE r.layout_id = :layout AND r.payload = t.id)
"""
_LAYOUTS: Final = "SELECT id, source, header FROM staging.layout ORDER BY id"
Clean = Callable[[Any], Any]
"""A text or JSON without the words of the person."""


def kept_columns(mapping: model.Mapping | None, layout: Layout, parts: Iterable[str]) -> frozenset[str]:
    """Source columns of a line that these parts read; a part that owns its lines reads all that no other one names."""
    if mapping is None:
        return frozenset()
    inline = {name for name, part in mapping.parts.items() if part.inline}
    kept: set[str] = set()
    for name in parts:
        part = mapping.parts.get(name)
        if part is None:
            continue
        kept |= _read_by(part)
        if not part.inline:
            kept |= set(layout.header) - {column for one in inline for column in _read_by(mapping.parts[one])}
    return frozenset(kept)


def _read_by(part: model.Part) -> set[str]:
    rules = [*part.fields.values(), *part.extra.values()]
    kept = set(part.keep) if isinstance(part.keep, list) else set()
    return {*part.key.column, *part.key.otherwise, *kept, *(column for rule in rules for column in rule.column)}


def wipe(connection: sa.Connection, layout: Layout, kept: frozenset[str], lines: Sequence[int], *, write: bool) -> int:
    """Lines of which something goes: all columns but the `kept` ones become empty."""
    table = layout.table
    gone = [table.c[f"c{n}"] for n, name in enumerate(layout.header, 1) if name not in kept]
    if not gone or not lines:
        return 0
    mine = table.c.id == sa.any_(sa.cast(sa.literal(bigints(lines)), sa.ARRAY(sa.BigInteger)))
    full = sa.and_(mine, sa.or_(*(column.is_not(None) for column in gone)))
    if write:
        return connection.execute(sa.update(table).values(dict.fromkeys(gone)).where(full)).rowcount
    return int(connection.execute(sa.select(sa.func.count()).select_from(table).where(full)).scalar_one())


def leave(connection: sa.Connection, loaders: Sequence[Loader], landed: Landed) -> None:
    """Empty the lines of a landed block whose records were erased, but for what other records of them are made of."""
    layout, mapping = loaders[0].layout, loaders[0].mapping
    gone = {one.name: [one.gone] if one.part_id in one.erased else [] for one in loaders}
    gone = {one.name: [*gone[one.name], *one.left_out] for one in loaders}
    flags = [sa.func.coalesce(sa.or_(sa.false(), *gone[one.name]), sa.false()).label(one.name) for one in loaders]
    query = sa.select(layout.table.c.id, *flags).where(loaders[0].within, sa.or_(*flags))
    groups: dict[frozenset[str], list[int]] = {}
    for line, *of_part in connection.execute(query, landed.parameters):
        stays = frozenset(one.name for one, is_gone in zip(loaders, of_part, strict=True) if not is_gone)
        groups.setdefault(stays, []).append(line)
    for parts, lines in groups.items():
        wipe(connection, layout, kept_columns(mapping, layout, parts), lines, write=True)


def scrub(connection: sa.Connection, layout: Layout, lines: Sequence[int], clean: Clean, *, write: bool) -> int:
    """Take the words of the person out of others' lines, and out of what was said to be wrong with them."""
    table, count = layout.table, 0
    mine = table.c.id == sa.any_(sa.cast(sa.literal(bigints(lines)), sa.ARRAY(sa.BigInteger)))
    for row in connection.execute(sa.select(table).where(mine)).mappings() if lines else ():
        new = {name: clean(text) for name, text in row.items() if name != "id" and text is not None}
        changed = {name: text for name, text in new.items() if text != row[name]}
        count += bool(changed)
        if write and changed:
            connection.execute(sa.update(table).values(changed).where(table.c.id == row["id"]))
    failing = tables.row
    at = sa.and_(
        failing.c.layout_id == layout.id,
        failing.c.payload == sa.any_(sa.cast(sa.literal(bigints(lines)), sa.ARRAY(sa.BigInteger))),
        failing.c.errors.is_not(None),
    )
    for number, errors in connection.execute(sa.select(failing.c.id, failing.c.errors).where(at)) if lines else ():
        if write and (new := clean(errors)) != errors:
            statement = sa.update(failing).values(errors=sa.literal(new, JSONB)).where(failing.c.id == number)
            connection.execute(statement)
    return count


def layouts(connection: sa.Connection) -> list[tuple[Layout, str]]:
    """All layouts with their sources."""
    return [(Layout(row.id, tuple(row.header)), row.source) for row in connection.execute(sa.text(_LAYOUTS))]


def lines(connection: sa.Connection, by_layout: Mapping[int, Sequence[int]]) -> Iterator[dict[str, Any]]:
    """What the source said in the person's own lines: source, line and columns by their names; empty ones left out."""
    for layout, source in layouts(connection):
        table = layout.table
        ids = sa.cast(sa.literal(bigints(by_layout.get(layout.id, ()))), sa.ARRAY(sa.BigInteger))
        query = sa.select(table).where(table.c.id == sa.any_(ids)).order_by(table.c.id)
        for number, *values_ in connection.execute(query):
            said = {name: text for name, text in zip(layout.header, values_, strict=True) if text}
            if said:
                yield {"source": source, "line": number, "columns": said}


def sweep(connection: sa.Connection, *, write: bool) -> int:
    """Landed lines that no staging row is made of any more: what a delta brought again, or an earlier one replaced.

    Only of sources of which something was erased, since such lines may name the person. Answers how many.
    """
    count = 0
    touched = "SELECT DISTINCT p.source FROM staging.erased AS e JOIN staging.part AS p ON p.id = e.part_id"
    sources = set(connection.execute(sa.text(touched)).scalars())
    for layout, source in layouts(connection):
        if source in sources:
            query = _SWEPT if write else _SWEPT.replace("DELETE FROM", "SELECT count(*) FROM")
            told = connection.execute(sa.text(query.format(table=f"landing.t{layout.id}")), {"layout": layout.id})
            count += told.rowcount if write else int(told.scalar_one())
    return count
