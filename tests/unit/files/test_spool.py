"""A full disk is told as one, wherever it shows itself."""

import errno
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from caseline.files import spool
from caseline.files.faults import StoreTrouble

ROOM: Final = spool.PIECE + 100_000
CONTENT: Final = ROOM + 100_000


class FullDisk(io.FileIO):
    """A file on a disk that is nearly full."""

    def write(self, piece: Any) -> int:  # noqa: ANN401 - any buffer
        if self.tell() + len(piece) > ROOM:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(piece)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[io.BufferedRandom]:
    """The temporary files that were made; the disk has not room enough for one."""
    files: list[io.BufferedRandom] = []

    def temporary(**_options: object) -> io.BufferedRandom:
        files.append(io.BufferedRandom(FullDisk(tmp_path / "file", "w+")))
        return files[-1]

    monkeypatch.setattr(tempfile, "TemporaryFile", temporary)
    return files


@contextmanager
def spooled(pieces: list[bytes]) -> Iterator[None]:
    with spool.spooled(pieces):
        yield


@contextmanager
def written(pieces: list[bytes]) -> Iterator[None]:
    with spool.temporary() as file:
        for piece in pieces:
            spool.write(file, piece)
        spool.flush(file)
        yield


@pytest.mark.parametrize("size", [100, 5_000, 1_000_000])
@pytest.mark.parametrize("gather", [spooled, written])
def test_a_full_disk_is_told_as_one_whatever_waits_in_the_buffer_of_a_file_when_it_is_closed(
    made: list[io.BufferedRandom], gather: Callable[[list[bytes]], AbstractContextManager[None]], size: int
) -> None:
    pieces = [b"x" * size] * (CONTENT // size + 1)

    with pytest.raises(StoreTrouble, match=r"No space left on device.*TMPDIR"), gather(pieces):
        pass

    assert [file.closed for file in made] == [True]
