"""Reads FAILED rows back in the columns of their source, so that people can mend them and import them again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from staging import careful, landing, sources, tables, values
from staging.careful import Shape
from staging.mapping import Mapping

_ROWS_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Part:
    """A part with FAILED rows."""

    id: int
    name: str
    entity: str
    failed: int


@dataclass(frozen=True, slots=True)
class Reject:
    """A FAILED row: its number, its values by column, its errors as {code, field, value, text}."""

    row_id: int
    values: tuple[str | None, ...]
    errors: tuple[dict[str, str | None], ...]
    raw: str | None
    """The record as it stands in the file, if it could not be read; broken bytes shown as U+FFFD."""


def parts(connection: sa.Connection, source: str, wanted: str | None = None) -> list[Part]:
    """Parts of a source that have FAILED rows, in the order of import; `wanted` names a part or an entity."""
    part, row = tables.part, tables.row
    named = sa.true() if wanted is None else sa.or_(part.c.name == wanted, part.c.entity == wanted)
    query = (
        sa.select(part.c.id, part.c.name, part.c.entity, sa.func.count())
        .join(row, row.c.part_id == part.c.id)
        .where(part.c.source == source, row.c.status == tables.FAILED, named)
        .group_by(part.c.id)
        .order_by(part.c.id)
    )
    return [Part(*line) for line in connection.execute(query)]


def file_name(connection: sa.Connection, mapping: Mapping, part: Part) -> str:
    """The name under which a file of the part is found by the mapping."""
    file = tables.file
    query = (
        sa.select(file.c.name)
        .where(sa.literal(part.id, sa.Integer) == sa.any_(file.c.parts))
        .order_by(file.c.id.desc())
    )
    patterns = mapping.parts[part.name].files
    for name in connection.execute(query).scalars():
        if sources.fits(name, patterns):
            return str(name)
    return patterns[0].replace("*", "").replace("?", "")


def columns(connection: sa.Connection, part: Part) -> list[str]:
    """Columns of the part's FAILED rows: those of the first layout in their order, then what later ones added."""
    found: dict[str, None] = {}
    for layout in _layouts(connection, part):
        found |= dict.fromkeys(name for name in layout.header if not name.startswith(values.OWN))
    return list(found)


def stream(connection: sa.Connection, mapping: Mapping, part: Part, names: Sequence[str]) -> Iterator[Reject]:
    """The part's FAILED rows with the values of columns `names`, in the order of the files.

    For records that could not be read the row remembers what is given here: the line counts as mended when it comes
    back changed, and only then.
    """
    delimiter = mapping.delimiter if mapping.format == "csv" else None
    ignored = set(mapping.parts[part.name].ignore)
    row, file = tables.row, tables.file
    for layout in _layouts(connection, part):
        table = layout.table
        texts = dict(zip(layout.header, list(table.c)[1:], strict=True))
        found = [texts.get(name, sa.cast(sa.null(), sa.Text)).label(f"v{n}") for n, name in enumerate(names)]
        query = (
            sa.select(row.c.id, row.c.errors, row.c.raw, file.c.encoding, *found)
            .select_from(row.join(file, file.c.id == row.c.file_id).outerjoin(table, table.c.id == row.c.payload))
            .where(row.c.part_id == part.id, row.c.layout_id == layout.id, row.c.status == tables.FAILED)
            .order_by(row.c.file_id, row.c.line, row.c.id)
        )
        shape = Shape(layout.header, delimiter, "utf-8")
        options = {"stream_results": True, "max_row_buffer": _ROWS_AT_ONCE}
        with connection.execute(query, execution_options=options) as result:
            for row_id, errors, raw, encoding, *content in result:
                if raw is None:
                    yield Reject(row_id, tuple(content), tuple(errors), None)
                    continue
                seen = _seen(raw, Shape(shape.columns, shape.delimiter, _text(encoding)), names)
                _remember(connection, row_id, [seen[n] for n in _counting(names, ignored)])
                yield Reject(row_id, seen, tuple(errors), _printable(raw.decode(_text(encoding), "replace")))


def _layouts(connection: sa.Connection, part: Part) -> list[landing.Layout]:
    row = tables.row
    query = sa.select(row.c.layout_id).where(row.c.part_id == part.id, row.c.status == tables.FAILED).distinct()
    return [landing.load(connection, number) for number in sorted(connection.execute(query).scalars())]


def _text(encoding: str) -> str:
    return "utf-8" if encoding == "utf-16" else encoding


def _seen(raw: bytes, shape: Shape, names: Sequence[str]) -> tuple[str | None, ...]:
    """As many values as can be read; what the header has no column for stays in the last one."""
    if shape.delimiter is None:
        return (None,) * len(names)
    found = [_printable(value) for value in careful.fields(raw, shape)]
    width = len(shape.columns)
    if len(found) > width:
        found[width - 1 :] = [shape.delimiter.join(found[width - 1 :])]
    by_name = dict(zip(shape.columns, found, strict=False))
    return tuple(by_name.get(name) or None for name in names)


def _printable(text: str) -> str:
    return text.replace("\0", "\u2400")


def _counting(names: Sequence[str], ignored: set[str]) -> list[int]:
    """Places of the columns that count when rows are compared, in the order of `Loader.hash`."""
    return [names.index(name) for name in sorted(names) if name not in ignored]


def _remember(connection: sa.Connection, row_id: int, content: Sequence[str | None]) -> None:
    texts: list[Any] = [sa.cast(sa.literal(value, sa.Text), sa.Text) for value in content]
    digest = sa.func.hash_record_extended(sa.func.row(*texts), 0)
    connection.execute(sa.update(tables.row).values(hash=digest).where(tables.row.c.id == row_id))
