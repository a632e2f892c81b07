"""Puts faults that are to be expected into words for people: what happened, and what to do."""

import psycopg
import sqlalchemy as sa

from caseline.actions.back_up import BackupFailed
from caseline.crm.cards import Refused
from caseline.crm.port import TryLater
from caseline.db.embedded_errors import EmbeddedServerError
from caseline.db.engine import DatabaseUnfit
from caseline.timing.faults import TimingFault
from staging.audit.faulty import AuditFault
from staging.faults import ImportFault
from staging.mapping_file import MappingFault
from staging.report import NothingImported

_OURS = (
    *(MappingFault, ImportFault, AuditFault, EmbeddedServerError, DatabaseUnfit, BackupFailed, NothingImported),
    *(Refused, TimingFault),
)
_HOW = "correct CASELINE_DATABASE_URL, or start that server; without the variable the embedded one is used"


def explain(error: BaseException) -> str | None:
    """A message with the remedy, or None for what nobody expected: that deserves its traceback."""
    if isinstance(error, _OURS):
        return str(error)
    if isinstance(error, TryLater):
        return f"{error}: start the same command again later"
    if isinstance(error, sa.exc.DBAPIError):
        return _database(error.orig)
    if isinstance(error, sa.exc.ArgumentError | sa.exc.NoSuchModuleError):
        return f"CASELINE_DATABASE_URL is no address of a database ({error}): use postgresql://user:password@host:5432/name"
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror or error}"
    return None


def _database(error: BaseException | None) -> str | None:
    said = " ".join(line.strip() for line in str(error).splitlines()[:2])
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return f"the database user lacks a right ({said}): grant it, or use the database's owner"
    if isinstance(error, psycopg.errors.DiskFull):
        return f"the database server has no room left ({said}): free space, then run the same command again"
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return f"the database cannot be reached ({said}): {_HOW}"
    return None
