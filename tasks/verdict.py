"""Judges an import by its rows: the numbers, and whether too many are FAILED."""

from dataclasses import dataclass
from typing import Self

from caseline.actions.counted import counted
from caseline.actions.summarise_import import Summary
from staging.report import Totals


@dataclass(frozen=True, slots=True)
class Verdict:
    """All rows of the source together, of this run and of those before it: a repeated run comes to the same."""

    total: Totals
    max_failed: float
    """Percent of FAILED rows that is still good."""

    @classmethod
    def on(cls, summary: Summary, max_failed: float) -> Self:
        """Judge what an import came to."""
        return cls(sum(summary.totals.values(), Totals()), max_failed)

    @property
    def failed_percent(self) -> float:
        """FAILED rows among the settled ones, from 0 to 100; 0 when there are none."""
        settled = self.total.success + self.total.failed
        return 100 * self.total.failed / settled if settled else 0.0

    @property
    def good(self) -> bool:
        """Not too many rows are FAILED."""
        return self.failed_percent <= self.max_failed

    @property
    def words(self) -> str:
        """The message of the run's last state: the numbers, and what to do when too many rows are FAILED."""
        total = self.total
        words = [counted(total.read, "row"), f"{total.success:,} SUCCESS"]
        words += [f"{total.failed:,} FAILED ({self.failed_percent:.2f} %)"]
        words += [f"{total.filtered:,} filtered"] if total.filtered else []
        words += [f"{total.new:,} NEW"] if total.new else []
        numbers = ", ".join(words)
        if self.good:
            return numbers
        return (
            f"{numbers}; that is more than max_failed = {self.max_failed:g} %. The table of errors says why: mend the "
            "mapping or the files, then press Retry; what is SUCCESS is not touched again"
        )
