"""Says what was found in words and numbers that may be shown: personal values shortened unless asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from staging import discretion
from staging.audit.census import NOBODY, Line
from staging.audit.digests import Sums, text_of
from staging.audit.findings import Finding
from staging.audit.judging import side_by_side
from staging.audit.samples import Sample
from staging.audit.verdict import PartVerdict, Verdict

OUTCOMES = (
    "equal",
    "different",
    "missing",
    "not imported",
    "not staged",
    "failed",
    "filtered",
    "superseded",
    "mended",
)
"""What can become of a record, in the order of the tables."""


@dataclass(frozen=True, slots=True)
class Presentation:
    """A verdict as it may be shown."""

    verdict: Verdict
    show_values: bool = False

    def summary(self) -> dict[str, Any]:
        """The numbers and the first findings, for programs."""
        return self.verdict.summary() | {"first": [self.finding(finding) for finding in self.verdict.findings.kept]}

    def finding(self, finding: Finding) -> dict[str, str | None]:
        """A finding, its values as they may be shown."""
        return {
            "part": finding.part,
            "kind": str(finding.kind),
            "key": None if finding.key is None else self.key(finding.key),
            "field": finding.field,
            "expected": self.value(finding.expected, personal=finding.personal),
            "found": self.value(finding.found, personal=finding.personal),
            "place": finding.place,
            "note": finding.note,
        }

    def key(self, key: str) -> str:
        """Ids and numbers whole; what may be a name or an address shortened."""
        return key if self.show_values else discretion.shorten(key, "DUPLICATE")

    def value(self, text: str | None, *, personal: bool) -> str | None:
        """A value; None stays None."""
        return text if text is None or self.show_values or not personal else discretion.shorten(text, "")

    def counts(self) -> list[tuple[str, str, str, int]]:
        """(part, kind, field, cases), most cases first."""
        found = self.verdict.findings.counts.most_common()
        return [(part, str(kind), field or "", count) for (part, kind, field), count in found]

    def outcomes(self) -> list[str]:
        """The outcomes that occur, and always the common ones."""
        always = {"equal", "different", "missing", "failed", "filtered"}
        return [name for name in OUTCOMES if name in always or any(p.outcomes.get(name) for p in self.verdict.parts)]

    def census(self, dimension: str) -> Iterator[tuple[str, list[tuple[str, Line]]]]:
        """(entity, [(value, counts)]) for `year`, `status` or `owner`; values that occur nowhere are left out."""
        for (entity, kind), lines in self.verdict.census.lines.items():
            if kind == dimension:
                yield entity, [(self._label(dimension, value), line) for value, line in sorted(lines.items())]

    def _label(self, dimension: str, value: str) -> str:
        if value == NOBODY:
            return "(none)"
        if dimension != "owner":
            return value
        name = self.verdict.names.get(value)
        return self.key(value) if name is None else f"{self.value(name, personal=True)} · {self.key(value)}"

    def digests(self) -> list[tuple[str, str, Sums]]:
        """(entity, field, sums), fields that are empty everywhere left out."""
        found = self.verdict.digests.sums.items()
        return [(entity, name, s) for (entity, name), s in found if s.expected_count or s.found_count]

    def sample(self, sample: Sample) -> list[tuple[str, str | None, str | None, bool]]:
        """(field, text in the file, text in the CRM, equal) of a record."""
        lines = []
        for pair in sample.pairs:
            if self.show_values:
                sides = tuple(None if side is None else text_of(side) for side in (pair.expected, pair.found))
            else:
                cut = side_by_side(pair.expected, pair.found)
                sides = tuple(self.value(side, personal=pair.personal) for side in cut)
            lines.append((pair.field, sides[0], sides[1], pair.expected == pair.found))
        return lines


def is_whole(part: PartVerdict) -> bool:
    """Every record of the part has exactly one outcome."""
    return part.read == sum(part.outcomes.values())
