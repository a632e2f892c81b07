"""Faults that stop an import before or while it works; each message ends with the remedy.

ImportFault
  FileFault          a file as a whole cannot be used: nothing of it is loaded
  NotConfirmed       the CRM holds records of others and nobody said --yes
  DatabaseLost       the database went away and did not come back
  DiskFull           the server cannot write
  RunBusy            somebody works on the run, or takes it back
"""


class ImportFault(Exception):
    """The import could not run."""


class FileFault(ImportFault):
    """A file-level fault; `code` is one of FILE_*."""

    def __init__(self, code: str, name: str, text: str) -> None:
        super().__init__(f"{code} {name}: {text}")
        self.code = code
        self.name = name


class NotConfirmed(ImportFault):
    """The CRM is not empty."""


class DatabaseLost(ImportFault):
    """The database does not answer any more."""


class DiskFull(ImportFault):
    """The database server has no room to write."""


class RunBusy(ImportFault):
    """Others are at work on the run."""
