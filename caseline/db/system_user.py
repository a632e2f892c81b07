"""Decides which user of the operating system runs the server: PostgreSQL refuses to run as root."""

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from caseline.db.embedded_errors import OTHER_SERVER, NoSystemUserError

_STATE: Final = Path("/var/lib/caseline")
_NAME: Final = "caseline"
_FALLBACK: Final = "postgres"
_SHELL: Final = "/usr/sbin/nologin"
_CREATE: Final = (
    # the usual one, then BusyBox
    ("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", _SHELL, _NAME),
    ("adduser", "-S", "-D", "-H", "-s", "/sbin/nologin", _NAME),
)
_REMEDY: Final = f"Create one with `useradd --system caseline`, run caseline as an ordinary user {OTHER_SERVER}."


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the operating system."""

    uid: int
    gid: int
    name: str

    @property
    def is_caller(self) -> bool:
        """Whether this process runs as that user already."""
        return self.uid == os.geteuid()

    def run(
        self, command: Sequence[str | Path], *, text: str = "", keep_open: Sequence[int] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as this user, in a session of its own; `text` goes to its standard input.

        `keep_open` are file descriptors that the command holds as well, and with them the locks on these files.

        The environment is bare: no PG* variable and no secret of the caller gets in. The folder is /, for the caller's
        may be one that this user cannot enter. Raises `NoSystemUserError` when the system refuses the change of user.
        """
        other = None if self.is_caller else self.uid
        try:
            return subprocess.run(  # noqa: S603 - our own words, and no shell between
                [str(word) for word in command],
                input=text,
                capture_output=True,
                check=False,
                encoding="utf-8",
                errors="replace",
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C"},
                user=other,
                group=None if other is None else self.gid,
                extra_groups=None if other is None else [],
                umask=0o077,
                pass_fds=keep_open,
                start_new_session=True,
            )
        except OSError as error:
            if self.is_caller:
                raise
            raise NoSystemUserError(
                f"PostgreSQL does not run as root, and the system does not let us act as the user {self.name} "
                f"({error.strerror}). {_REMEDY}"
            ) from error

    def can_enter(self, folder: Path) -> bool:
        """Whether every folder on the way lets this user in (asked of the system, which knows access lists too)."""
        return self.run(["/bin/sh", "-c", 'cd "$1"', "sh", folder]).returncode == 0

    def can_execute(self, program: Path) -> bool:
        """Whether this user may run the program."""
        return self.run(["/bin/sh", "-c", 'test -r "$1" && test -x "$1"', "sh", program]).returncode == 0


def caller() -> Account:
    """Return the user of this process."""
    return by_uid(os.geteuid())


def owner_of(folder: Path) -> Account:
    """Return the user who owns an existing folder."""
    return by_uid(folder.stat().st_uid)


def for_new_server() -> Account:
    """Who runs a server that is made now: the caller, or for root the system user `caseline`, made when missing."""
    if os.geteuid() != 0:
        return caller()
    account = _by_name(_NAME) or _create() or _by_name(_FALLBACK)
    if account is None:
        raise NoSystemUserError(f"PostgreSQL does not run as root, and the user {_NAME} could not be made. {_REMEDY}")
    return account


def shared_folder() -> Path:
    """Where root keeps what the server's user must reach and cannot reach in root's own folders."""
    if not _STATE.exists():
        _STATE.mkdir(parents=True, exist_ok=True)
        _STATE.chmod(0o755)  # just made, so this opens nobody's folder; the umask may have closed it
    return _STATE


def _create() -> Account | None:
    search = os.pathsep.join((os.defpath, "/usr/sbin", "/sbin"))  # root's PATH lacks them after a plain `su`
    for command in _CREATE:
        program = shutil.which(command[0], path=search)
        for _attempt in range(5 if program else 0):
            # its exit code does not count: another process may have made the user at this moment
            subprocess.run([str(program), *command[1:]], capture_output=True, check=False, cwd="/")  # noqa: S603 - as above
            if account := _by_name(_NAME):
                return account
            time.sleep(0.2)  # the user list is locked while somebody changes it
    return None


def _by_name(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)


def by_uid(uid: int) -> Account:
    """Return the user with that number; `NoSystemUserError` when it has no name."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError as error:
        raise NoSystemUserError(
            f"PostgreSQL runs only under a user with a name, and user id {uid} has none in the system's user list "
            f"(/etc/passwd): add a line for it, run as another user {OTHER_SERVER}."
        ) from error
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)
