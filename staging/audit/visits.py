"""Works out which stage rows a record should have from its creation, its changes of stage and its closing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

SECOND: Final = 1_000_000
"""Moments are microseconds since 1970."""
UNKNOWN: Final = ""
"""The stage of a time of which the source kept no history."""


class Life(NamedTuple):
    """What the files say of a record as it is now."""

    created: int
    ended: int
    """When it was closed, or else changed last; counts only if it is closed."""
    sure: bool
    """Whether the files tell when it was closed."""
    stage: str


class Step(NamedTuple):
    """A change of stage, in the words of the source."""

    at: int
    old: str
    new: str


class Visit(NamedTuple):
    """A stage row; one that has not been left has no end and no length."""

    stage: str
    entered: int
    left: int | None
    seconds: int | None


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages of a mapping."""

    codes: Mapping[str, str]
    """Code by code, and by label."""
    closed: frozenset[str]
    pausing: frozenset[str] = frozenset()
    """Those that pause the clock."""

    def code(self, word: str) -> str:
        """The stage that a source means; a word that is none stays what it is."""
        return self.codes.get(word, word)


def expected(life: Life, steps: Sequence[Step], stages: Stages) -> list[Visit]:
    """The rows of a record with these changes, which come in their order.

    It begins in the stage that the first change left, and it is open to the end in the stage of now. The row of a
    closed one ends with its closing: the time in the closed stage is none of its life. When that was, the record itself
    knows better than its history, unless the last visit only began later.
    """
    closed = life.stage in stages.closed
    begun = [(stages.code(steps[0].old) if steps else UNKNOWN, life.created)]
    begun += [(stages.code(step.new), max(step.at, life.created)) for step in steps]
    end: int | None = None
    if closed:
        end = max(life.ended, begun[-1][1])
        if begun[-1][0] in stages.closed:
            told = begun.pop()[1]
            end = life.ended if life.sure and life.ended >= begun[-1][1] else told
    else:
        begun[-1] = (life.stage, begun[-1][1])
    ends = [*(at for _, at in begun[1:]), end]
    return [visit(stage, at, left) for (stage, at), left in zip(begun, ends, strict=True)]


def visit(stage: str, entered: int, left: int | None) -> Visit:
    """A row with its length in whole seconds by the clock."""
    return Visit(stage, entered, left, None if left is None else left // SECOND - entered // SECOND)


def gap(rows: Sequence[Visit]) -> str | None:
    """What is wrong with rows by themselves; None when each begins where the one before ends, and lasts as it says."""
    for number, row in enumerate(rows):
        if row != visit(row.stage, row.entered, row.left):
            return f"row {number + 1} does not last as long as it says"
        if row.left is None and number + 1 < len(rows):
            return f"row {number + 1} of {len(rows)} has no end"
        if number and row.entered != rows[number - 1].left:
            return f"row {number + 1} does not begin where the one before it ends"
    return None


def grown(rows: Sequence[Visit], known: Sequence[Visit], life: Life, stages: Stages) -> str | None:
    """What is wrong with rows that later imports have continued: `known` ones but the last must stand as they are."""
    past = len(known) - 1
    if list(rows[:past]) != list(known[:past]) or not rows or rows[0].entered != life.created:
        return "they do not begin as the history tells"
    wrong = gap(rows)
    if wrong is None and life.stage in stages.closed and rows[-1].left is None:
        wrong = "the record is closed, and its last row has no end"
    if wrong is None and life.stage not in stages.closed and (rows[-1].left, rows[-1].stage) != (None, life.stage):
        wrong = "the last row is not the stage of now"
    return wrong
