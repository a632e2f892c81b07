"""What the checker finds."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is wrong."""

    LOST = "lost"
    DOUBLED = "doubled"
    SWAPPED = "swapped"
    """It is there, and belongs to something else, or says something else."""
    LATE = "late"
    """A letter that arrived when it should not have, or not any more."""
    SECONDS = "seconds"
    """Time spent on stages that does not add up, or was counted wrong."""
    LEDGER = "ledger"
    """Bonuses that do not add up."""
    OPEN = "open"
    """It has not come to its end, though all had time to."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, with the record that shows it."""

    kind: Kind
    record: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.record}: {self.text}"
