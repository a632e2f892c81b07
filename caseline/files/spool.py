"""A content on its way: in memory while it is small, in a temporary file above that."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Final, cast

from caseline.files.faults import StoreTrouble

PIECE: Final = 1024 * 1024
"""Bytes that are read at once, and a content that is held in memory."""


@dataclass(frozen=True, slots=True)
class Content:
    """A content that is complete; whoever reads the file begins by `file.seek(0)`."""

    digest: bytes
    """SHA-256."""
    size: int
    file: IO[bytes]

    def pieces(self, size: int = PIECE) -> Iterator[bytes]:
        """The content from its beginning, in pieces of at most `size` bytes."""
        self.file.seek(0)
        while piece := self.file.read(size):
            yield piece


def digest(pieces: Iterable[bytes]) -> bytes:
    """By what a content will be kept, which is not gathered yet."""
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
    return found.digest()


@contextmanager
def spooled(pieces: Iterable[bytes]) -> Iterator[Content]:
    """Gather a content that comes in pieces. Raises `StoreTrouble` when there is no room for temporary files."""
    with spool() as file:
        sha256, size = hashlib.sha256(), 0
        for piece in pieces:
            sha256.update(piece)
            size += len(piece)
            write(file, piece)
        flush(file)
        yield Content(sha256.digest(), size, file)


@contextmanager
def spool() -> Iterator[IO[bytes]]:
    """A file in memory that goes into a temporary file when it grows."""
    with _closed(cast("IO[bytes]", tempfile.SpooledTemporaryFile(max_size=PIECE))) as file:
        yield file


@contextmanager
def temporary() -> Iterator[IO[bytes]]:
    """A temporary file without a name; `StoreTrouble` when there can be none."""
    try:
        made = tempfile.TemporaryFile()  # noqa: SIM115 - closed below, by a way of our own
    except OSError as error:
        raise _no_room(error) from error
    with _closed(made) as file:
        yield file


@contextmanager
def _closed(file: IO[bytes]) -> Iterator[IO[bytes]]:
    try:
        yield file
    finally:
        # It writes once more what `write` or `flush` could not, and has told as `StoreTrouble`.
        with suppress(OSError):
            file.close()


def write(file: IO[bytes], piece: bytes) -> None:
    """Write to a temporary file; a full disk is `StoreTrouble`."""
    try:
        file.write(piece)
    except OSError as error:
        raise _no_room(error) from error


def flush(file: IO[bytes]) -> None:
    """Write what waits to be written, like `write`."""
    try:
        file.flush()
    except OSError as error:
        raise _no_room(error) from error


def _no_room(error: OSError) -> StoreTrouble:
    """A temporary file that cannot be written, and what to do."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    try:
        folder = tempfile.gettempdir()
    except OSError:  # it is looked for by writing into it, and cannot be found while it is full
        folder = os.environ.get("TMPDIR", "the system's folder")
    return StoreTrouble(
        f"cannot write a temporary file in {folder} ({reason}): free space there, or set TMPDIR to another folder"
    )
