"""The outcome of a whole check, as the report and the command show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from staging.audit.census import Census
from staging.audit.digests import Digests
from staging.audit.findings import Findings
from staging.audit.samples import Sample
from staging.audit.store import Counted, Run, StagedFile


@dataclass(frozen=True, slots=True)
class PartVerdict:
    """What became of the records of a part.

    Every record has one outcome: equal, different, missing, failed, filtered, superseded (a newer export decides),
    mended (rejects decide), not imported, not staged. Their sum is `read`.
    """

    name: str
    entity: str
    read: int
    outcomes: Mapping[str, int]
    codes: Mapping[str, int]
    """FAILED records by error code."""
    reasons: Mapping[str, int]
    """Filtered records by reason."""
    earlier: int
    """FAILED records that the CRM has in an earlier version."""
    staged: Counted


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything that was found."""

    source: str
    title: str
    runs: tuple[Run, ...]
    files: tuple[StagedFile, ...]
    parts: tuple[PartVerdict, ...]
    left_out: tuple[str, ...]
    """Parts that were not looked at."""
    in_crm: Mapping[str, int]
    """Records of the source in the CRM, by entity."""
    findings: Findings
    digests: Digests
    census: Census
    samples: tuple[Sample, ...]
    names: Mapping[str, str]
    """Names of owners by their key."""
    notes: tuple[str, ...]
    seed: int
    started_at: datetime
    finished_at: datetime

    @property
    def equal(self) -> bool:
        """Files and CRM agree."""
        return not self.findings.total

    @property
    def seconds(self) -> float:
        """How long the check took."""
        return (self.finished_at - self.started_at).total_seconds()

    def summary(self) -> dict[str, Any]:
        """The numbers, without values of records."""
        return {
            "equal": self.equal,
            "source": self.source,
            "runs": [run.id for run in self.runs],
            "parts": {part.name: _part(part) for part in self.parts},
            "left_out": list(self.left_out),
            "in_crm": dict(self.in_crm),
            "differences": self.findings.total,
            "kinds": self._kinds(),
            "notes": list(self.notes),
            "seed": self.seed,
            "seconds": round(self.seconds, 1),
        }

    def _kinds(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for (_, kind, _), count in self.findings.counts.items():
            found[kind] = found.get(kind, 0) + count
        return found


def _part(part: PartVerdict) -> dict[str, Any]:
    return {
        "entity": part.entity,
        "read": part.read,
        **{str(name).replace(" ", "_"): count for name, count in sorted(part.outcomes.items()) if count},
        "codes": dict(part.codes),
        "reasons": dict(part.reasons),
        "earlier": part.earlier,
    }
