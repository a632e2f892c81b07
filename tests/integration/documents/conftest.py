"""A reader of documents: an empty folder, a fresh home, and whoever types what a document says."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import pytest

from caseline.db import embedded
from tests.factories import consoles
from tests.factories.consoles import Block

Reader: TypeAlias = Callable[[Sequence[Block]], list[str]]
"""Types blocks in their order; answers what does not go as they say."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder in which a reader begins, with the environment that `make install` has made beside it."""
    made = Path(tempfile.mkdtemp(prefix="caseline-"))
    made.chmod(0o755)
    (made / ".venv").symlink_to(sys.prefix)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def reader(folder: Path, home: Path) -> Reader:
    """Type blocks in a home that nobody has used."""
    return lambda blocks: _type(blocks, folder, home)


def _type(blocks: Sequence[Block], folder: Path, home: Path) -> list[str]:
    """Type blocks; each `fresh` one begins in a home of its own."""
    found: list[str] = []
    with ExitStack() as left:
        shell = left.enter_context(consoles.opened(folder, _home(left, home / "0")))
        for number, block in enumerate(blocks, 1):
            if "fresh" in block.words:
                shell = left.enter_context(consoles.opened(folder, _home(left, home / str(number))))
            if any("caseline up" in one.typed for one in block.commands):
                left.callback(shell.type, "caseline down")  # whatever goes wrong after it
            found += consoles.complaints(block, shell)
            if found:
                break
    return found


def _home(left: ExitStack, home: Path) -> Path:
    home.mkdir()
    left.callback(_stop, home)
    return home


def _stop(home: Path) -> None:
    if (home / "postgres").exists():
        embedded.stop(home, mode="immediate")
