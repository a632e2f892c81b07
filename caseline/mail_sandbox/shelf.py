"""Keeps the mails of a post office as files, so that it has them again when it is started anew."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from caseline.mail_sandbox.delivery import USERS


class Kept(NamedTuple):
    """A mail that lay in a mailbox."""

    user: str
    raw: bytes
    at: datetime


class Shelf:
    """A folder with a file for each mail of each mailbox, named NUMBER.MAILBOX.eml; numbers rise as mails came."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._last = max((int(file.name.partition(".")[0]) for file in self._files()), default=0)

    def mails(self) -> Iterator[Kept]:
        """All mails, in the order in which they came."""
        for file in self._files():
            at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
            yield Kept(file.name.split(".")[1], file.read_bytes(), at)

    def put(self, user: str, raw: bytes) -> None:
        """Keep a mail: it is on the disk, whole, when this returns."""
        self._last += 1
        place = self._folder / f"{self._last:08}.{user}.eml"
        draft = place.with_suffix(".draft")
        with draft.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(place)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _files(self) -> list[Path]:
        return sorted(file for user in USERS for file in self._folder.glob(f"[0-9]*.{user}.eml"))
