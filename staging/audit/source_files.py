"""Finds the files that were imported where they lie now, and makes sure that they are still the same."""

import hashlib
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from staging.audit.faulty import AuditFault
from staging.audit.store import StagedFile

PIECE: Final = 1 << 20
INSIDE: Final = "!"
"""Stands between an archive and the name inside it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the import that can be read."""

    staged: StagedFile
    path: Path
    member: str | None
    """Name inside the archive `path`."""

    def open(self) -> IO[bytes]:
        """Its bytes from the beginning."""
        if self.member is None:
            return self.path.open("rb")
        # The archive stays open as long as the member that is read from it.
        return zipfile.ZipFile(self.path).open(self.member)

    def digest(self) -> str:
        """SHA-256 of its bytes."""
        found = hashlib.sha256()
        with self.open() as stream:
            while piece := stream.read(PIECE):
                found.update(piece)
        return found.hexdigest()


def locate(files: Sequence[StagedFile], moved: Sequence[Path]) -> list[Source]:
    """Every file at its recorded path, or below one of the paths `moved`; `AuditFault` when one is gone or changed."""
    elsewhere = [place for path in moved for place in _below(path)]
    return [_unchanged(file, _places(file, elsewhere), moved) for file in files]


def _places(file: StagedFile, elsewhere: Sequence[tuple[Path, str | None]]) -> list[Source]:
    path, _, member = file.path.partition(INSIDE)
    recorded = [Source(file, Path(path), member or None)]
    named = [Source(file, path, member) for path, member in elsewhere if Path(member or path).name == file.name]
    return [source for source in [*named, *recorded] if _there(source)]


def _there(source: Source) -> bool:
    try:
        with source.open():
            return True
    except (OSError, KeyError, zipfile.BadZipFile):
        return False


def _unchanged(file: StagedFile, places: Sequence[Source], moved: Sequence[Path]) -> Source:
    for source in places:
        if source.digest() == file.sha256:
            return source
    if places:
        where = ", ".join(str(source.path) for source in places)
        raise AuditFault(
            f"{file.name}: {where} is not what run {file.run_id} imported (its SHA-256 should be {file.sha256}): "
            "put the imported file back, or say where it lies with --path"
        )
    searched = f" nor below {', '.join(map(str, moved))}" if moved else ""
    raise AuditFault(f"{file.name}: it is not at {file.path} any more{searched}: say where it lies with --path")


def _below(path: Path) -> Iterator[tuple[Path, str | None]]:
    if not path.exists():
        raise AuditFault(f"--path {path}: there is no such file or folder: check the path")
    for found in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if zipfile.is_zipfile(found):
            with zipfile.ZipFile(found) as archive:
                yield from ((found, name) for name in archive.namelist())
        elif found.is_file():
            yield found, None
