"""What can be found wrong, collected so that the first cases of every kind are kept and all are counted."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

KEPT: Final = 25
"""Cases of one kind, part and field that are kept."""
KEPT_IN_ALL: Final = 1_000


class Kind(StrEnum):
    """A way in which files, staging table and CRM can disagree."""

    DIFFERENT = "different"
    """A field of the record in the CRM is not what the file says."""
    MISSING = "missing"
    """SUCCESS in the staging table, but the CRM has no such record."""
    UNEXPECTED = "unexpected"
    """The CRM holds a record of this source that no file holds, or whose row never became SUCCESS."""
    NOT_IMPORTED = "not imported"
    """The row is still NEW."""
    NOT_STAGED = "not staged"
    """A record of the file has no row."""
    NO_RECORD = "no record in the files"
    """A row has no record in the files."""
    OTHER_ID = "other id"
    """The row points at another record of the CRM than the one that has its key."""
    FAILED_WITHOUT_CAUSE = "failed without cause"
    """The row is FAILED, and nothing is wrong with the record by the present mapping."""
    TAKEN_WITH_FAULT = "taken with a fault"
    """The CRM holds a value that cannot be read from the file's text by the mapping."""
    LEFT_OVER = "left over"
    """The newest export filters the record out, an earlier one did not, and the CRM still has it."""
    STAGE_ROWS = "stage rows"
    """The stage rows of a record are not what the files tell of its creation, its changes of stage and its closing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One case; values are texts for people, `personal` says whether they may be about a person."""

    part: str
    kind: Kind
    key: str | None
    field: str | None = None
    expected: str | None = None
    found: str | None = None
    place: str | None = None
    """`file:line` of the record."""
    note: str = ""
    personal: bool = False


@dataclass(slots=True)
class Findings:
    """All cases, counted; the first of each sort, kept."""

    counts: Counter[tuple[str, Kind, str | None]] = field(default_factory=Counter)
    """Cases by part, kind and field."""
    kept: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        """Count a case; keep it if it is among the first of its sort."""
        sort = (finding.part, finding.kind, finding.field)
        self.counts[sort] += 1
        if self.counts[sort] <= KEPT and len(self.kept) < KEPT_IN_ALL:
            self.kept.append(finding)

    @property
    def total(self) -> int:
        """Number of cases."""
        return self.counts.total()
