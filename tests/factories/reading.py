"""Reads bytes as the import does, block by block, without a database: what comes out, and where it says it stood."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from staging import careful
from staging.blocks import Block, Cutter
from staging.careful import Damaged, Shape


@dataclass(frozen=True, slots=True)
class Taken:
    """A record that came out of the reader."""

    offset: int
    length: int
    line: int
    fields: tuple[str, ...]
    code: str = ""
    """Error code; empty when the record can be loaded."""
    raw: bytes = b""
    """What a damaged record keeps of the file."""


def read(
    data: bytes,
    columns: Sequence[str],
    *,
    delimiter: str | None = ",",
    size: int,
    longest: int = 1_000_000,
    encoding: str = "utf-8",
) -> list[Taken]:
    """Records of `data` in the order in which they stand."""
    shape = Shape(tuple(columns), delimiter, encoding)
    cutter = Cutter(_Trickle(data), offset=0, line=1, delimiter=delimiter, size=size, longest=longest)
    found: list[Taken] = []
    while (block := cutter.next()) is not None:
        if block.tidy and _takes(block, shape):
            found += _good(block, shape)
            used = len(block.data)
        else:
            parts = careful.sort_out(block, shape)
            found += _good(parts.good, shape)
            found += [_damaged(block, record) for record in parts.damaged]
            used = parts.used
        cutter.used(block, used)
    return sorted(found, key=lambda taken: taken.offset)


def _takes(block: Block, shape: Shape) -> bool:
    """COPY would take the block: it refuses NULs, broken bytes, ragged rows and carriage returns outside quotes."""
    pieces = [
        block.data[start : start + length]
        for start, length in zip(block.starts.tolist(), block.lengths.tolist(), strict=True)
    ]
    try:
        widths = {len(_fields(piece, shape)) for piece in pieces}
    except (UnicodeDecodeError, csv.Error, ValueError):
        return False
    return b"\0" not in block.data and (shape.delimiter is None or widths == {len(shape.columns)})


def _good(block: Block, shape: Shape) -> list[Taken]:
    sizes = block.lengths if block.sizes is None else block.sizes + 1
    ends = np.cumsum(sizes)
    pieces = [block.data[int(end - size) : int(end)] for end, size in zip(ends, sizes, strict=True)]
    return [
        Taken(block.offset + int(start), int(length), block.line + int(line), _fields(piece, shape))
        for start, length, line, piece in zip(block.starts, block.lengths, block.lines, pieces, strict=True)
    ]


def _fields(piece: bytes, shape: Shape) -> tuple[str, ...]:
    text = piece.decode(shape.encoding)
    if shape.delimiter is None:
        return (text.rstrip("\r\n"),)
    (fields,) = csv.reader(io.StringIO(text, newline=""), delimiter=shape.delimiter, strict=True)
    return tuple(fields)


def _damaged(block: Block, record: Damaged) -> Taken:
    return Taken(
        block.offset + record.start, len(record.raw), block.line + record.line, record.fields, record.code, record.raw
    )


class _Trickle(io.BytesIO):
    """A stream that gives less than it is asked for, as pipes and archives do."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(size if size is None or size < 3 else (size + 1) // 2)
