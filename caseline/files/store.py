"""Keeps contents of files by what they are, and gives them out again."""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.files import tables

_content = tables.content
DATABASE: Final = "database"
FOLDER: Final = "folder"


class Gone(Exception):
    """A content that was kept cannot be had; the message says where it should be."""


@dataclass(frozen=True, slots=True)
class Files:
    """Where new contents are kept; old ones are found wherever they were kept."""

    folder: Path | None = None
    """None: in the database, so that a backup of it holds everything."""

    def keep(self, connection: sa.Connection, contents: Sequence[bytes], *, at: datetime) -> list[bytes]:
        """Keep contents; answers the digest of each. Doing it twice keeps each once.

        A folder gets its file before the transaction ends: what ends in a rollback leaves a file that nobody names,
        never a name without its file.
        """
        digests = [hashlib.sha256(one).digest() for one in contents]
        known = self._known(connection, digests)
        for digest, content in dict(zip(digests, contents, strict=True)).items():
            if digest in known:
                continue
            if self.folder is not None:
                _put(_path(self.folder, digest), content)
            values = {"sha256": digest, "size": len(content), "kept_at": at}
            values |= {"place": DATABASE, "bytes": content} if self.folder is None else {"place": FOLDER}
            connection.execute(insert(_content).values(values).on_conflict_do_nothing())
        return digests

    def read(self, connection: sa.Connection, digest: bytes) -> bytes:
        """The content of that digest. Raises `Gone` when it cannot be had, or is another by now."""
        query = sa.select(_content.c.place, _content.c.bytes).where(_content.c.sha256 == digest)
        row = connection.execute(query).one_or_none()
        if row is None:
            raise Gone(f"file {digest.hex()}: no content of this digest was ever kept")
        content = row.bytes if row.place == DATABASE else self._read(digest)
        if hashlib.sha256(content).digest() != digest:
            raise Gone(f"file {digest.hex()}: what lies there is another content by now: restore it from the backup")
        return bytes(content)

    def _read(self, digest: bytes) -> bytes:
        if self.folder is None:
            raise Gone(f"file {digest.hex()}: it lies in a folder: set CASELINE_FILES_FOLDER to it")
        path = _path(self.folder, digest)
        try:
            return path.read_bytes()
        except OSError as error:
            raise Gone(f"file {digest.hex()}: cannot read {path} ({error.strerror}): restore the folder") from error

    def _known(self, connection: sa.Connection, digests: Sequence[bytes]) -> set[bytes]:
        wanted = sa.any_(sa.literal(list(digests), sa.ARRAY(sa.LargeBinary)))
        return {
            bytes(one)
            for one in connection.execute(sa.select(_content.c.sha256).where(_content.c.sha256 == wanted)).scalars()
        }


def _path(folder: Path, digest: bytes) -> Path:
    name = digest.hex()
    return folder / name[:2] / name


def _put(path: Path, content: bytes) -> None:
    """Write a file that is there as a whole or not at all."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
