"""Cuts a stream of bytes into blocks of whole records, with the place of every record in the file."""

from dataclasses import dataclass
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int32]
Bytes = NDArray[np.uint8]
SIZE: Final = 8 * 1024 * 1024
SMALL: Final = 1024 * 1024
"""Bytes of the first block where others wait for its rows; those that follow are twice as large each, up to `SIZE`."""
LONGEST: Final = 4 * SIZE
"""A record that does not end within so many bytes is given up."""
QUOTE, NEWLINE, RETURN = 0x22, 0x0A, 0x0D


@dataclass(frozen=True, slots=True)
class Block:
    """Whole records in one piece of bytes; places are relative to `offset` and `line`."""

    data: bytes
    offset: int
    """Bytes before this block in the file."""
    line: int
    """Number of the block's first line, counted from 1."""
    starts: Places
    lengths: Places
    lines: Places
    tidy: bool
    """No sign of damage was seen: quoting is strict and no line is blank."""
    newlines: int
    """Line ends inside the block."""
    last: bool = False
    """Nothing follows in the file."""
    sizes: Places | None = None
    """Bytes of each record in `data`, its line end aside, where `data` is not as it stands in the file."""


class Cutter:
    """Reads a stream and cuts it; what a block could not use is pushed back for the next one.

    `delimiter` None means that every line is a record (JSON lines): quotes have no meaning then.
    """

    def __init__(
        self,
        stream: BinaryIO,
        *,
        offset: int,
        line: int,
        delimiter: str | None,
        size: int = SIZE,
        longest: int = LONGEST,
    ) -> None:
        self._stream = stream
        self._delimiter = delimiter
        self.size = size
        """Bytes of the next block."""
        self._longest = longest
        self._wanted = size
        self._offset, self._line = offset, line
        self._data = b""
        self._ended = False

    def next(self) -> Block | None:
        """The next whole records; None at the end. A record that never ends comes as an untidy block without places."""
        while True:
            self._fill()
            if not self._data:
                return None
            block = cut(self._data, offset=self._offset, line=self._line, delimiter=self._delimiter, last=self._ended)
            full = len(self._data) >= self._longest
            if self._ended or (block.data and (block.tidy or not full)):
                return block
            if full:
                return _whole(self._data, offset=self._offset, line=self._line)
            self._wanted = len(self._data) + self.size

    def used(self, block: Block, count: int) -> None:
        """Go on behind the first `count` bytes of `block`; 0 = it needs more bytes to be understood."""
        self._line += block.newlines if count == len(block.data) else self._data.count(b"\n", 0, count)
        self._data = self._data[count:]
        self._offset += count
        self._wanted = self.size if count else len(self._data) + self.size

    def _fill(self) -> None:
        while not self._ended and len(self._data) < self._wanted:
            piece = self._stream.read(self._wanted - len(self._data))
            self._ended = not piece
            self._data += piece


def cut(data: bytes, *, offset: int, line: int, delimiter: str | None, last: bool) -> Block:
    """The whole records at the front of `data`; with `last` everything, a final record without line end included."""
    view: Bytes = np.frombuffer(data, np.uint8)
    newlines = np.flatnonzero(view == NEWLINE)
    quotes = np.flatnonzero(view == QUOTE) if delimiter is not None else newlines[:0]
    inside = np.searchsorted(quotes, newlines) & 1
    ends = newlines[inside == 0] + 1
    end = len(data) if last else int(ends[-1]) if ends.size else 0
    if last and end > (ends[-1] if ends.size else 0):
        ends = np.append(ends, end)
    if end == 0:
        return Block(b"", offset, line, *(np.zeros(0, np.int32),) * 3, tidy=True, newlines=0, last=last)
    starts = np.concatenate(([0], ends[:-1]))
    lengths = ends - starts
    newlines = newlines[newlines < end]
    tidy = _unblank(view, starts, lengths) and (
        delimiter is None or _strict(view, quotes[quotes < end], end, delimiter)
    )
    return Block(
        data[:end],
        offset,
        line,
        starts.astype(np.int32),
        lengths.astype(np.int32),
        np.searchsorted(newlines, starts).astype(np.int32),
        tidy=tidy,
        newlines=int(newlines.size),
        last=last,
    )


def _whole(data: bytes, *, offset: int, line: int) -> Block:
    empty = np.zeros(0, np.int32)
    return Block(data, offset, line, empty, empty, empty, tidy=False, newlines=data.count(b"\n"))


def _unblank(view: Bytes, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> bool:
    short = starts[lengths <= 2]  # noqa: PLR2004 - "\n" or "\r\n"
    return not bool(((view[short] == NEWLINE) | (view[short] == RETURN)).any())


def _strict(view: Bytes, quotes: NDArray[np.int64], end: int, delimiter: str) -> bool:
    """RFC 4180: a quote opens behind a delimiter or line start, closes before a delimiter or line end."""
    if quotes.size % 2:
        return False
    opens, closes = quotes[0::2], quotes[1::2]
    before = np.zeros(256, bool)
    before[[ord(delimiter), NEWLINE, QUOTE]] = True
    after = before.copy()
    after[RETURN] = True
    opened = opens[1:] if opens.size and opens[0] == 0 else opens
    closed = closes[:-1] if closes.size and closes[-1] == end - 1 else closes
    return bool(before[view[opened - 1]].all() and after[view[closed + 1]].all())
