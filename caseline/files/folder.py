"""Contents in a folder: each a file named by its digest."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from caseline.files.faults import Gone, StoreTrouble
from caseline.files.spool import PIECE, Content, write


def name_of(digest: bytes) -> str:
    """The name of a content below a folder, and in a bucket."""
    return f"{digest.hex()[:2]}/{digest.hex()}"


@dataclass(frozen=True, slots=True)
class Folder:
    """Where the files lie."""

    path: Path

    def put(self, content: Content) -> None:
        """Write a file that is there as a whole or not at all; one that is there already stays."""
        path = self.path / name_of(content.digest)
        try:
            if not path.exists():
                _put(path, content)
        except OSError as error:
            reason = error.strerror or str(error)
            raise StoreTrouble(
                f"cannot write {path} ({reason}): let CASELINE_FILES_FOLDER name a folder that is there, has room and"
                " may be written to"
            ) from error

    def fetch(self, digest: bytes, into: IO[bytes]) -> None:
        """Copy a content; raises `Gone` when it does not lie there."""
        path = self.path / name_of(digest)
        try:
            file = path.open("rb")
        except OSError as error:
            raise Gone(f"file {digest.hex()}: cannot read {path} ({error.strerror}): restore the folder") from error
        with file:
            while piece := file.read(PIECE):
                write(into, piece)

    def remove(self, digest: bytes) -> None:
        """Take a content away; one that does not lie there is gone already."""
        path = self.path / name_of(digest)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise StoreTrouble(f"cannot remove {path} ({reason}): remove it by hand") from error


def _put(path: Path, content: Content) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            content.file.seek(0)
            shutil.copyfileobj(content.file, file, PIECE)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
