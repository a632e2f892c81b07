"""Works out which stage rows an import must make of the sample, and writes them down case by case."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple, TextIO

from caseline.sample import moments
from caseline.sample.cases import Case
from caseline.sample.journeys import Step

_STAGES: Final = {
    "New": "new",
    "Working": "working",
    "Escalated": "escalated",
    "Waiting on Customer": "waiting",
    "Closed": "closed",
    "Closed - No Response": "no_response",
}
"""Stage by status, in the words of the import; a status that is none any more stays what it was."""
UNKNOWN: Final = ""
"""The stage of a time that no history tells of."""


class StageRow(NamedTuple):
    """A visit to a stage; one that goes on has no end and no length."""

    stage: str
    entered: int
    left: int | None

    @property
    def seconds(self) -> int | None:
        """How long it took."""
        return None if self.left is None else self.left - self.entered


def stage_rows(case: Case, status: str, steps: Sequence[Step]) -> Iterator[StageRow]:
    """The visits of a case that is in `status` now; `steps` are the changes that can be read, in any order.

    A case begins in the status that its first change left. Without any change an open case has been in its own all the
    time, and of a closed one nobody knows. The last visit of an open case is to the status of now, whatever is missing
    in between. The last visit of a closed case ends with its closing, and the time after that is none.
    """
    known = sorted(steps, key=lambda step: step.at)
    opening = known[0].old if known else UNKNOWN
    visits = [(opening, case.created), *((step.new, step.at) for step in known)]
    end = case.closed
    if end is not None and known and _is_closed(known[-1].new):
        visits.pop()
    ends = [*(at for _, at in visits[1:]), end]
    for (name, entered), left in zip(visits, ends, strict=True):
        now = name if left is not None else status
        yield StageRow(_STAGES.get(now, now), entered, left)


def _is_closed(status: str) -> bool:
    return status.startswith("Closed")


class StageTruth:
    """Expected stage rows as JSON lines, one for each case that must succeed, in the order of the cases.

    A line: `{"key": id, "rows": [[stage, entered, left, seconds], ...]}`, moments in GMT as the export writes them,
    `left` and `seconds` null for the visit that goes on, the stage empty for a time of which no history tells.
    """

    def __init__(self, path: Path | None) -> None:
        self._file: TextIO | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("w", encoding="utf-8", newline="\n")

    def note(self, case: Case, status: str, steps: Sequence[Step]) -> None:
        """Write the line of a case."""
        if self._file is not None:
            rows = [_told(row) for row in stage_rows(case, status, steps)]
            self._file.write(json.dumps({"key": case.id, "rows": rows}) + "\n")

    def close(self) -> None:
        """Finish the file."""
        if self._file is not None:
            self._file.close()


def _told(row: StageRow) -> tuple[str, str, str | None, int | None]:
    left = None if row.left is None else moments.stamp(row.left)
    return row.stage, moments.stamp(row.entered), left, row.seconds
