"""Puts faults that are to be expected into words for people: what happened, and what to do."""

import errno
from concurrent.futures.process import BrokenProcessPool

import psycopg
import sqlalchemy as sa

from caseline.actions.back_up import BackupFailed
from caseline.actions.edit_keywords import NotSaved
from caseline.actions.editing import Faulty
from caseline.actions.restore import NotRestored
from caseline.actions.seen import Absent
from caseline.crm.bitrix24.faults import PortalRefused, PortalStopped
from caseline.crm.cards import Refused
from caseline.crm.port import NotOffered, TryLater
from caseline.db.embedded_errors import EmbeddedServerError
from caseline.db.engine import DatabaseUnfit
from caseline.feedback.reading import CampaignUnfit
from caseline.files.faults import Gone, StoreTrouble
from caseline.outbox.faults import Away, CannotSend, OutboxFault
from caseline.text_files.faults import FileFault
from caseline.timing.faults import TimingFault
from keywords.faults import NothingToJudge, NothingToLearn
from keywords.store import Overtaken
from staging.audit.faulty import AuditFault
from staging.faults import ImportFault
from staging.mapping_file import MappingFault
from staging.report import NothingImported

_OURS = (
    *(
        MappingFault,
        ImportFault,
        AuditFault,
        EmbeddedServerError,
        DatabaseUnfit,
        BackupFailed,
        NotRestored,
        NothingImported,
    ),
    *(Refused, TimingFault, Faulty, FileFault, NothingToJudge, NothingToLearn, NotSaved, Overtaken),
    *(PortalRefused, PortalStopped, NotOffered),
    *(OutboxFault, CannotSend, Gone, StoreTrouble, CampaignUnfit),
)
_HOW = "correct CASELINE_DATABASE_URL, or start that server; without the variable the embedded one is used"


def explain(error: BaseException) -> str | None:
    """A message with the remedy, or None for what nobody expected: that deserves its traceback."""
    if isinstance(error, _OURS):
        return str(error)
    if isinstance(error, BrokenProcessPool):
        return "a process that shared the work was killed: start the same command again, it goes on where it was"
    if isinstance(error, TryLater | Away):
        return f"{error}: start the same command again later"
    if isinstance(error, sa.exc.DBAPIError):
        return _database(error.orig)
    if isinstance(error, sa.exc.ArgumentError | sa.exc.NoSuchModuleError):
        return f"CASELINE_DATABASE_URL is no address of a database ({error}): use postgresql://user:password@host:5432/name"
    return _outside(error)


def _outside(error: BaseException) -> str | None:
    """Of files, and of what was typed."""
    if isinstance(error, Absent):
        return f"{error}: there is none of this name; the command `list` of the same family shows which there are"
    if isinstance(error, UnicodeEncodeError):
        return f"{error.object[:40]!r} is no UTF-8 text: type it again, in a terminal that speaks UTF-8"
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        said = error.strerror or str(error)
        place = f"{error.filename}: " if error.filename else ""
        told = f"{place}{said[:1].lower()}{said[1:]}"
        return f"{told}: end the program that listens there, or choose another port (see --help)"
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
