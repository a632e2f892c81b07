"""Writes a file beside its place and moves it there when it is whole, so that nobody ever meets half a file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def drafted(path: Path) -> Iterator[Path]:
    """The path to write to; it becomes `path` when the context ends well, and vanishes when it does not."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """The same, opened for writing."""
    with drafted(path) as draft, draft.open("wb") as file:
        yield file
