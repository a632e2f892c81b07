"""Keeps contents of files by what they are, and gives them out again."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Final

import sqlalchemy as sa

from caseline.db import named_locks
from caseline.files import rows
from caseline.files.bucket import Bucket
from caseline.files.faults import Gone, TooLarge
from caseline.files.folder import Folder
from caseline.files.rows import Place
from caseline.files.spool import Content, flush, spool, spooled, write

_SETTINGS: Final = {
    Place.FOLDER: "a folder: set CASELINE_FILES_FOLDER",
    Place.BUCKET: "a bucket: set CASELINE_FILES_S3",
}


@dataclass(frozen=True, slots=True)
class Files:
    """Where new contents are kept; old ones are found wherever they were kept."""

    folder: Folder | None = None
    bucket: Bucket | None = None
    place: Place = Place.DATABASE
    """Of new contents; in the database, a backup of it holds everything."""

    def keep(self, connection: sa.Connection, pieces: Iterable[bytes], *, at: datetime) -> bytes:
        """Keep a content that comes in pieces; answers its digest. Doing it twice keeps it once.

        A folder or bucket gets it before the transaction ends: what ends in a rollback leaves a content that nobody
        names, never a name without its content. Raises `TooLarge`, and `StoreTrouble` when the place does not work.
        """
        with spooled(pieces) as content:
            if self.place is not Place.DATABASE:
                named_locks.hold(connection, [_lock(content.digest)])
            if rows.place(connection, content.digest, hold=True) is None:
                self._put(content)
                rows.note(connection, content, self.place, at=at)
            return content.digest

    @contextmanager
    def open(self, connection: sa.Connection, digest: bytes) -> Iterator[Content]:
        """The content of that digest, whole and checked. Raises `Gone` when it cannot be had, or is another by now."""
        with spool() as file:
            self._fetch(connection, digest, file)
            flush(file)
            content = Content(digest, file.tell(), file)
            found = hashlib.sha256()
            for piece in content.pieces():
                found.update(piece)
            if found.digest() != digest:
                raise Gone(f"file {digest.hex()}: what lies there is another content by now: restore it from a backup")
            yield content

    def read(self, connection: sa.Connection, digest: bytes) -> bytes:
        """All bytes of that digest, like `open`."""
        with self.open(connection, digest) as content:
            return b"".join(content.pieces())

    def elsewhere(self, connection: sa.Connection, after: bytes) -> bytes | None:
        """The next content, by its digest, that does not lie where new ones are kept; locked for `move`."""
        return rows.elsewhere(connection, self.place, after)

    def move(self, connection: sa.Connection, digest: bytes) -> int:
        """Move a content to where new ones are kept; answers its size. Raises what `open` and `keep` raise.

        What it leaves in a folder or bucket stays there.
        """
        with self.open(connection, digest) as content:
            self._put(content)
            rows.move(connection, content, self.place)
            return content.size

    def remove(self, connection: sa.Connection, digest: bytes, place: Place) -> bool:
        """Take a content, of which the database knows no more, out of folder or bucket; whether it did.

        Somebody may have kept the same content anew meanwhile: then it stays. Raises `StoreTrouble`.
        """
        store = self._store(place)
        if store is None:
            return False
        named_locks.hold(connection, [_lock(digest)])
        if rows.place(connection, digest) is not None:
            return False
        store.remove(digest)
        return True

    def _put(self, content: Content) -> None:
        if self.place is Place.DATABASE:
            if content.size > rows.LARGEST:
                raise TooLarge(
                    f"file {content.digest.hex()}: {content.size:,} bytes, and the database takes {rows.LARGEST:,}:"
                    " set CASELINE_FILES_FOLDER or CASELINE_FILES_S3"
                )
        elif (store := self._store(self.place)) is not None:
            store.put(content)

    def _fetch(self, connection: sa.Connection, digest: bytes, into: IO[bytes]) -> None:
        place = rows.place(connection, digest)
        if place is None:
            raise Gone(f"file {digest.hex()}: no content of this digest was ever kept")
        if place is Place.DATABASE:
            for piece in rows.pieces(connection, digest):
                write(into, piece)
            return
        store = self._store(place)
        if store is None:
            raise Gone(f"file {digest.hex()}: it lies in {_SETTINGS[place]} to it")
        store.fetch(digest, into)

    def _store(self, place: Place) -> Folder | Bucket | None:
        return self.folder if place is Place.FOLDER else self.bucket


def _lock(digest: bytes) -> str:
    """Nobody keeps a content in a folder or bucket while another one takes it away."""
    return f"file {digest.hex()}"
