"""Knows where a home keeps its PostgreSQL data: the data itself, the socket, the log, and the lock of the starters.

    <home>/postgres/lock        held by whoever starts or stops the server; the kernel frees it when the holder dies
    <home>/postgres/data/       PostgreSQL's data folder
    <home>/postgres/log/        the server's log, a week of it
    <home>/postgres/run/        the socket
    <home>/postgres/elsewhere   instead of the three folders: a file that names the folder where they are

`elsewhere` exists for root only. The server of root runs as a system user; when that user may not enter the home (it
lies below /root, say), there are three ways out: open the folders on the way, which would show root's files to
everybody; give the server the right to read everything; or keep the data where the server's user may go. Only the last
one changes nothing about what others can reach, so the data goes to /var/lib/caseline/.
"""

import fcntl
import hashlib
import logging
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from caseline.db import system_user
from caseline.db.embedded_errors import HomeNotUsableError, ServerStartError

_log = logging.getLogger(__name__)

SOCKET_PORT: Final = 5432  # only a part of the socket's name: nothing listens on the network

# sun_path holds 104 bytes on macOS and the BSDs, 108 on Linux, the closing zero included.
_LONGEST_SOCKET: Final = 103
# Clients take a comma for the end of one host's name, the server takes a quote for the end of the folder's.
_SEPARATORS: Final = frozenset(',"\n')
_SHORT_FOLDER: Final = "/tmp"  # noqa: S108 - the folder in it is private and checked; TMPDIR may be long and differs by session


@dataclass(frozen=True, slots=True)
class Cluster:
    """One home's PostgreSQL files and the user whose they are."""

    home: Path
    place: Path
    account: system_user.Account

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder; it exists as a whole or not at all."""
        return self.place / "data"

    @property
    def log(self) -> Path:
        """Folder of the server's log files."""
        return self.place / "log"

    @property
    def socket_folder(self) -> Path:
        """Folder of the socket: beside the data, or a short one when that path is too long or reads as several.

        It depends on nothing but the place and the user, so that addresses stay valid over a restart.
        """
        beside = self.place / "run"
        fits = len(os.fsencode(beside / f".s.PGSQL.{SOCKET_PORT}")) <= _LONGEST_SOCKET
        if fits and not _SEPARATORS.intersection(str(beside)):
            return beside
        return Path(_SHORT_FOLDER, f"caseline-{self.account.uid}-{_digest(self.place)}")


def find(home: Path) -> Cluster | None:
    """Find the cluster of a home, or None when it has none yet; nothing is written."""
    home = home.resolve()
    place = _elsewhere(home) or _base(home)
    if not (place / "data").exists():
        return None
    account = system_user.owner_of(place / "data")
    if os.geteuid() not in (0, account.uid):
        raise HomeNotUsableError(
            f"The database of {home} belongs to the user {account.name}: run caseline as {account.name} or as root, "
            "or choose another CASELINE_HOME."
        )
    return Cluster(home, place, account)


def settle(home: Path) -> Cluster:
    """Find the cluster of a home and make its folders where missing; call it while holding `locked`."""
    cluster = find(home)
    if cluster is None:
        home, account = home.resolve(), system_user.for_new_server()
        cluster = Cluster(home, _elsewhere(home) or _choose_place(home, account), account)
    for folder in (cluster.log, cluster.socket_folder):
        make_private(folder, cluster.account)
    return cluster


def make_private(folder: Path, account: system_user.Account) -> None:
    """Make a folder that belongs to `account` and lets nobody else in; refuse one that is there and is not so."""
    try:
        folder.mkdir(mode=0o700)
        if not account.is_caller:
            os.chown(folder, account.uid, account.gid, follow_symlinks=False)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or found.st_mode & 0o022:
            raise HomeNotUsableError(
                f"{folder} must be a folder that belongs to {account.name} and that nobody else may write to, "
                "and it is not: remove it, or choose another, shorter CASELINE_HOME."
            ) from None


@contextmanager
def locked(home: Path, *, deadline: float) -> Iterator[int]:
    """Hold the home's lock; wait for it until `deadline` (a reading of `time.monotonic`); gives its descriptor."""
    base = _base(home.resolve())
    base.mkdir(parents=True, exist_ok=True)
    lock = os.open(base / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        while not _try_lock(lock):
            if time.monotonic() > deadline:
                raise ServerStartError(
                    f"Another process has been starting or stopping the database of {home} all this time: "
                    f"try again later, or see who holds {base / 'lock'} (`fuser`, `lsof`)."
                )
            time.sleep(0.02)
        yield lock
    finally:
        os.close(lock)  # frees the lock as well


def _try_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _base(home: Path) -> Path:
    return home / "postgres"


def _elsewhere(home: Path) -> Path | None:
    """Read which folder outside the home holds its data; None when there is no such."""
    pointer = _base(home) / "elsewhere"
    if not pointer.exists():
        return None
    place = Path(pointer.read_text(encoding="utf-8").strip())
    if not place.is_dir():
        raise HomeNotUsableError(
            f"The database of {home} was kept in {place}, which is gone: bring it back, "
            f"or remove {pointer} to begin with an empty database."
        )
    origin = Path((place / "home").read_text(encoding="utf-8").strip())
    if origin != home and _points_at(origin, place):
        raise HomeNotUsableError(
            f"The home {home} is a copy of {origin}, whose database lies in {place}: "
            f"remove {pointer} to begin with an empty database, or use {origin}."
        )
    return place


def _points_at(home: Path, place: Path) -> bool:
    pointer = _base(home) / "elsewhere"
    return pointer.exists() and pointer.read_text(encoding="utf-8").strip() == str(place)


def _choose_place(home: Path, account: system_user.Account) -> Path:
    base = _base(home)
    if account.is_caller or account.can_enter(base):
        return base
    shared = system_user.shared_folder()
    if not account.can_enter(shared):
        raise HomeNotUsableError(
            f"The server runs as the user {account.name}, who may enter neither {base} nor {shared}: "
            "choose a CASELINE_HOME that every user may enter, for example below /srv."
        )
    place = Path(tempfile.mkdtemp(dir=shared, prefix=f"{_digest(home)}-"))
    place.chmod(0o711)  # just made; the server's user passes through to its own folders
    (place / "home").write_text(f"{home}\n", encoding="utf-8")
    draft = base / "elsewhere.draft"
    draft.write_text(f"{place}\n", encoding="utf-8")
    draft.replace(base / "elsewhere")
    _log.warning("The user %s may not enter %s: the database of this home lies in %s", account.name, base, place)
    return place


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]
