"""Reads the files of a run block by block; every block is one transaction with the place reached."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, BinaryIO, Final

import sqlalchemy as sa

from staging import blocks, careful, erased, erased_lines, heads, json_lines, landing, load, loader, tables
from staging.blocks import Block, Cutter
from staging.careful import Damaged, Shape
from staging.faults import FileFault
from staging.landing import Layout, Refused
from staging.mapping import Mapping
from staging.survey import Found

TRIES: Final = 200
"""Records that COPY alone may refuse in one block before the block is given up."""


@dataclass(frozen=True, slots=True)
class Open:
    """A file of the run that is not loaded to its end."""

    id: int
    found: Found
    layout: Layout
    position: int
    line: int


@dataclass(frozen=True)
class Reading:
    """A file being loaded."""

    run_id: int
    mapping: Mapping
    ids: dict[str, int]
    file: Open
    most: int | None = None
    """Rows of a batch, see `batches.most`."""

    @property
    def shape(self) -> Shape:
        """What its records look like."""
        delimiter = self.mapping.delimiter if self.mapping.format == "csv" else None
        encoding = self.file.found.head.encoding
        return Shape(self.file.layout.header, delimiter, "utf-8" if encoding == "utf-16" else encoding)

    @cached_property
    def loaders(self) -> list[loader.Loader]:
        """One loader for each part in the file; the part that owns the lines comes last."""
        return self.leaving(frozenset())

    def leaving(self, gone: frozenset[int]) -> list[loader.Loader]:
        """The same, which leave alone what was erased of these parts."""
        names = sorted(self.file.found.parts, key=lambda name: not self.mapping.parts[name].inline)
        inline = tuple(
            (one, self.ids[one]) for one in names if self.mapping.parts[one].inline and self.ids[one] in gone
        )
        return [
            loader.Loader(
                self.mapping,
                name,
                self.ids[name],
                self.file.id,
                self.run_id,
                self.mapping.part_rank(name),
                self.file.layout,
                gone,
                () if self.mapping.parts[name].inline else inline,
                self.most,
            )
            for name in names
        ]


def unloaded(connection: sa.Connection, run_id: int, found: list[Found]) -> list[Open]:
    """Files of the run that still have something to load, in order."""
    file = tables.file
    by_content = {(item.file.name, item.sha256): item for item in found}
    query = (
        sa.select(file.c.id, file.c.name, file.c.sha256, file.c.layout_id, file.c.position, file.c.line)
        .where(file.c.run_id == run_id, file.c.loaded_at.is_(None))
        .order_by(file.c.id)
    )
    rows = [row for row in connection.execute(query) if (row.name, row.sha256) in by_content]
    return [
        Open(row.id, by_content[row.name, row.sha256], landing.load(connection, row.layout_id), row.position, row.line)
        for row in rows
    ]


def try_lock(connection: sa.Connection, file_id: int) -> bool:
    """One loader a file, for as long as the connection lives; a dead loader's lock falls with its connection."""
    return bool(connection.execute(sa.select(sa.func.pg_try_advisory_lock(FILE_LOCKS, file_id))).scalar_one())


FILE_LOCKS: Final = 7_205_760


def unlock(connection: sa.Connection, file_id: int) -> None:
    """Give the file back."""
    connection.execute(sa.select(sa.func.pg_advisory_unlock(FILE_LOCKS, file_id)))


def refresh(connection: sa.Connection, reading: Reading) -> Reading | None:
    """The file as it stands now that we hold its lock; None when somebody finished it meanwhile."""
    file = tables.file
    row = connection.execute(
        sa.select(file.c.position, file.c.line, file.c.loaded_at).where(file.c.id == reading.file.id)
    ).one()
    if row.loaded_at is not None:
        return None
    now = Open(reading.file.id, reading.file.found, reading.file.layout, row.position, row.line)
    return replace(reading, file=now)


@contextmanager
def cutter(reading: Reading, *, size: int = blocks.SIZE) -> Iterator[Cutter]:
    """Cuts the file from where it is loaded to into blocks of about `size` bytes."""
    file = reading.file
    with heads.open_stream(file.found.file, file.found.head.encoding) as stream:
        _skip(stream, file.position)
        yield Cutter(stream, offset=file.position, line=file.line, delimiter=reading.shape.delimiter, size=size)


def ended(connection: sa.Connection, reading: Reading, *, now: datetime) -> None:
    """The file is read to its end."""
    file = tables.file
    connection.execute(sa.update(file).values(loaded_at=now).where(file.c.id == reading.file.id))


def _skip(stream: BinaryIO, position: int) -> None:
    if stream.seekable() and not isinstance(stream, io.RawIOBase):
        stream.seek(position)
        return
    while position > 0 and (piece := stream.read(min(position, blocks.SIZE))):
        position -= len(piece)


def take(connection: sa.Connection, reading: Reading, block: Block) -> int:
    """Load one block with everything that belongs to it, in the caller's transaction; answers the bytes dealt with."""
    landed = _land(connection, reading, block) if block.tidy else None
    damaged: list[Damaged] = []
    used = len(block.data)
    if landed is None:
        found = careful.sort_out(block, reading.shape)
        damaged, used = list(found.damaged), found.used
        landed = _stubborn(connection, reading, block, found.good, damaged)
    load.alone(connection)
    gone = erased.parts(connection, reading.ids.values())
    loaders = reading.leaving(gone) if gone else reading.loaders
    for each in loaders:
        if landed is not None:
            load.stage(connection, each, landed)
    # Last, so that a record that can be read has its key rather than a damaged one that seems to have the same.
    load.damaged(connection, loaders[-1], block, damaged)
    if gone and landed is not None:
        erased_lines.leave(connection, loaders, landed)
    _note(connection, reading, block, used=used, read=(landed.count if landed else 0) + len(damaged))
    return used


def _land(connection: sa.Connection, reading: Reading, block: Block) -> loader.Landed | None:
    """The block in its landing table; None when the server refuses it or counts other records than we do."""
    try:
        return _copied(connection, reading, block)
    except Refused:
        return None


def _copied(connection: sa.Connection, reading: Reading, block: Block) -> loader.Landed:
    layout, mapping = reading.file.layout, reading.mapping
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LAYOUT_LOCKS, layout.id)))
    with connection.begin_nested():
        if mapping.format == "jsonl":
            count = json_lines.land(connection, layout, block.data, encoding=reading.shape.encoding)
        else:
            count = landing.copy(connection, layout, block.data, mapping=mapping, encoding=reading.shape.encoding)
        if count != len(block.starts):
            # PostgreSQL before 18 takes a lone \. for the end of the data.
            raise Refused(f"{count} records taken of {len(block.starts)}", {})
    return loader.Landed(block, landing.last_id(connection, layout) - count + 1)


LAYOUT_LOCKS: Final = 7_205_761


def _stubborn(
    connection: sa.Connection, reading: Reading, source: Block, good: Block, damaged: list[Damaged]
) -> loader.Landed | None:
    """Land records that passed our own look; those that the server still refuses join the damaged by its word."""
    for _ in range(TRIES):
        if not len(good.starts):
            return None
        try:
            return _copied(connection, reading, good)
        except Refused as error:
            if not error.lines:
                raise
            good, bad = careful.without(good, source, error.lines, code=error.code, shape=reading.shape)
            damaged += bad
    text = (
        f"the database refuses more than {TRIES} records in a row: look at its encoding, in the file and in the mapping"
    )
    raise FileFault("FILE_UNREADABLE", reading.file.found.file.path, text)


def _note(connection: sa.Connection, reading: Reading, block: Block, *, used: int, read: int) -> None:
    file = tables.file
    newlines = block.data.count(b"\n", 0, used) if used < len(block.data) else block.newlines
    values: dict[str, Any] = {
        "position": block.offset + used,
        "line": block.line + newlines,
        "read": file.c.read + read,
    }
    connection.execute(sa.update(file).values(values).where(file.c.id == reading.file.id))
