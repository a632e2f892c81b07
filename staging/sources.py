"""Finds the files of an export in folders and zips, safely, and opens them as streams of bytes."""

import codecs
import fnmatch
import hashlib
import io
import lzma
import os
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final, cast

from staging.faults import FileFault

BOMB_RATIO: Final = 250
BOMB_SIZE: Final = 64 * 1024 * 1024
CHUNK: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of an export, in a folder or inside a zip."""

    name: str
    """Last part of its path; mappings name files by it."""
    path: str
    """Where it lies; `archive.zip!inner/name` inside a zip."""
    size: int
    container: Path
    member: str | None = None

    def open(self) -> BinaryIO:
        """Stream of its bytes; `FileFault` when it cannot be opened, and `readable` for what comes later."""
        with readable(self.path):
            if self.member is None:
                return self.container.open("rb")
            # The archive stays open as long as the member does: ZipExtFile holds it.
            return cast("BinaryIO", zipfile.ZipFile(self.container).open(self.member))

    def sha256(self) -> str:
        """Digest of its content; `FileFault` when it cannot be read to its end."""
        digest = hashlib.sha256()
        with readable(self.path), self.open() as stream:
            while piece := stream.read(CHUNK):
                digest.update(piece)
        return digest.hexdigest()


@contextmanager
def readable(path: str) -> Iterator[None]:
    """Everything that reading a file can fail with, as `FileFault`."""
    try:
        yield
    except OSError as error:
        text = f"{error.strerror or error}: give the user who imports the right to read it, or mend the disk"
        raise FileFault("FILE_UNREADABLE", path, text) from error
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError) as error:
        raise FileFault("FILE_UNREADABLE", path, f"not a whole zip file ({error}): fetch it again") from error
    except NotImplementedError as error:
        text = f"packed in a way that cannot be read here ({error}): unpack it and give the folder"
        raise FileFault("FILE_UNREADABLE", path, text) from error


def find(paths: Sequence[Path]) -> list[SourceFile]:
    """All files below the given folders, in the given zips, or the given files themselves; sorted by path."""
    return sorted((file for path in paths for file in _of(path)), key=lambda file: file.path)


def matching(files: Sequence[SourceFile], patterns: Sequence[str]) -> list[SourceFile]:
    """Those whose name fits one of the patterns, letter case aside."""
    return [file for file in files if fits(file.name, patterns)]


def fits(name: str, patterns: Sequence[str]) -> bool:
    """The name of a file fits one of the patterns, letter case aside."""
    return any(fnmatch.fnmatch(name.casefold(), pattern.casefold()) for pattern in patterns)


def _of(path: Path) -> Iterator[SourceFile]:
    try:
        if not path.exists():
            raise FileFault("FILE_MISSING", str(path), "there is no such file or folder: check the path")
        if path.is_dir():
            for inner in sorted(_inside(path)):
                if inner.is_file():
                    file = _plain(path, inner)
                    yield from _members(inner) if inner.suffix.lower() == ".zip" else [file]
        elif path.suffix.lower() == ".zip":
            yield from _members(path)
        else:
            yield _plain(path.parent, path)
    except PermissionError as error:
        raise FileFault(
            "FILE_UNREADABLE", str(error.filename or path), "no right to read it: give it to the user who imports"
        ) from error


def _inside(folder: Path) -> Iterator[Path]:
    """Everything below a folder; unlike `rglob` it does not pass over what it has no right to list."""

    def refuse(error: OSError) -> None:
        raise error

    for inner, _, names in os.walk(folder, onerror=refuse):
        yield from (Path(inner, name) for name in names)


def _plain(folder: Path, file: Path) -> SourceFile:
    real = file.resolve()
    if not real.is_relative_to(folder.resolve()):
        raise FileFault("FILE_UNSAFE", str(file), "the link leads out of the folder: replace it by the file itself")
    return SourceFile(file.name, str(file), real.stat().st_size, file)


def _members(archive: Path) -> Iterator[SourceFile]:
    try:
        with zipfile.ZipFile(archive) as opened:
            infos = [info for info in opened.infolist() if not info.is_dir()]
    except zipfile.BadZipFile as error:
        raise FileFault("FILE_UNREADABLE", str(archive), f"not a whole zip file ({error}): fetch it again") from error
    packed, unpacked = sum(info.compress_size for info in infos), sum(info.file_size for info in infos)
    size = archive.stat().st_size
    if packed > size:
        raise FileFault("FILE_BOMB", str(archive), "its members overlap: this is no honest archive, do not unpack it")
    if unpacked > BOMB_SIZE and unpacked > BOMB_RATIO * size:
        raise FileFault(
            "FILE_BOMB",
            str(archive),
            f"unpacks to more than {BOMB_RATIO} times its size: unpack it yourself if you trust it",
        )
    for info in infos:
        inner = PurePosixPath(info.filename.replace("\\", "/"))
        if inner.is_absolute() or ".." in inner.parts or ":" in "".join(inner.parts[:1]):
            raise FileFault(
                "FILE_UNSAFE", f"{archive}!{info.filename}", "the path climbs out of the archive: pack it again"
            )
        if info.flag_bits & 1:
            raise FileFault(
                "FILE_UNREADABLE", f"{archive}!{info.filename}", "it is encrypted: unpack it first and give the folder"
            )
        if info.file_size > BOMB_SIZE and info.file_size > BOMB_RATIO * max(info.compress_size, 1):
            raise FileFault(
                "FILE_BOMB",
                f"{archive}!{info.filename}",
                f"unpacks to more than {BOMB_RATIO} times its size: unpack it yourself if you trust it",
            )
        yield SourceFile(inner.name, f"{archive}!{info.filename}", info.file_size, archive, info.filename)


def _keep_broken(error: UnicodeError) -> tuple[str | bytes, int]:
    """Lone surrogates pass; half a unit at the end of the file becomes one."""
    if isinstance(error, UnicodeDecodeError) and error.reason == "truncated data":
        return "\udc80", error.end
    return codecs.lookup_error("surrogatepass")(error)


_HALF: Final = "caseline.keep_broken"
codecs.register_error(_HALF, _keep_broken)


class Recoded(io.RawIOBase):
    """UTF-16 as UTF-8 while it is read; broken characters stay broken, so that they cost their own record only."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._text = io.TextIOWrapper(stream, encoding="utf-16", errors=_HALF, newline="")
        self._rest = b""

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; fewer only at the end."""
        wanted = size if size >= 0 else 1 << 62
        pieces, have = [self._rest], len(self._rest)
        while have < wanted and (text := self._text.read(CHUNK)):
            pieces.append(text.encode("utf-8", "surrogatepass"))
            have += len(pieces[-1])
        whole = b"".join(pieces)
        self._rest = whole[wanted:]
        return whole[:wanted]

    def close(self) -> None:
        """Close the stream below."""
        self._text.close()
        super().close()
