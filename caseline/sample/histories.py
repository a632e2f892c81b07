"""Rows of CaseHistory.csv: what was changed on a case, when and by whom."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from caseline.sample import layouts, moments
from caseline.sample.cases import Case
from caseline.sample.journeys import Step, journey
from caseline.sample.object_file import ObjectFile
from caseline.sample.people import owner_names
from caseline.sample.stage_truth import StageTruth
from caseline.sample.world import World

KEPT_SINCE: Final = moments.END - 730 * moments.DAY
"""Salesforce keeps a history for two years: of older changes the export tells nothing."""
_PRIORITIES: Final = ("Low", "Medium", "High")


class Ending(NamedTuple):
    """What the row of a case says that its history has led to."""

    status: str
    priority: str
    escalated: str
    owner: str
    creator: str
    changed: str
    product: str

    @classmethod
    def of(cls, row: Sequence[str]) -> "Ending":
        """Read a row of Case.csv that has not been spoilt."""
        return cls(*(row[place] for place in _PLACES))


_PLACES: Final = tuple(
    layouts.CASE.columns.index(column)
    for column in ("Status", "Priority", "IsEscalated", "OwnerId", "CreatedById", "LastModifiedDate", "Product_Code__c")
)


class _Change(NamedTuple):
    """A line of the history before it is written."""

    at: int
    by: str
    field: str
    kind: str
    old: str = ""
    new: str = ""


class HistoryWriter:
    """Writes the history of each case of the last two years, about five lines; asked for cases in their order."""

    def __init__(self, world: World, file: ObjectFile, truth: StageTruth) -> None:
        self._world = world
        self._file = file
        self._truth = truth
        self._stream = world.stream("CaseHistory")
        self._names = owner_names(world)

    def write(self, case: Case, row: Sequence[str]) -> None:
        """All that is kept of one case, whose row is given as it was before anything spoilt it."""
        if not case.stands:
            return
        ending = Ending.of(row)
        told = list(self._told(case, ending)) if self._is_kept(case) else []
        self._truth.note(case, ending.status, told)

    def _is_kept(self, case: Case) -> bool:
        """False for cases that nobody can have touched in the last two years: they cost no draws."""
        return (case.closed or case.created) + moments.DAY >= KEPT_SINCE

    def _told(self, case: Case, ending: Ending) -> Iterator[Step]:
        """Write the lines; answers the changes of the status that an import can read."""
        lines = sorted(self._changes(case, ending), key=lambda change: change.at)
        kept = [change for change in lines if change.at >= KEPT_SINCE]
        if self._stream.chance(0.02) and len({change.at for change in kept}) == len(kept):
            kept.reverse()  # the order of lines means nothing
        for change in kept:
            if self._file.add(self._row(case, change)) and change.field == "Status":
                yield Step(change.at, change.old, change.new)

    def _changes(self, case: Case, ending: Ending) -> Iterator[_Change]:
        stream = self._stream
        until = moments.read(ending.changed)
        yield _Change(case.created, ending.creator, "created", "Text")
        steps = journey(
            ending.status, stream, begun=case.created, ended=case.closed or until, closed=case.closed is not None
        )
        for step in steps:
            yield _Change(step.at, self._somebody(case), "Status", "Picklist", step.old, step.new)
        if ending.owner in self._names and stream.chance(0.4):
            yield from self._new_owner(case, ending, steps[0].at if steps else until)
        if stream.chance(0.1):
            old = stream.pick([priority for priority in _PRIORITIES if priority != ending.priority])
            at = case.created + stream.below(until - case.created + 1)
            yield _Change(at, case.agent, "Priority", "Picklist", old, ending.priority)
        if ending.escalated == "1":
            at = case.created + stream.below(until - case.created + 1)
            yield _Change(at, self._somebody(case), "IsEscalated", "Boolean", "false", "true")
        if ending.product and stream.chance(0.1):
            yield _Change(until, case.agent, "Product_Code__c", "Text", "", ending.product)

    def _new_owner(self, case: Case, ending: Ending, at: int) -> Iterator[_Change]:
        """Two lines: one for people, one with the ids."""
        stream = self._stream
        before = stream.pick([queue for queue in self._world.queues if queue != ending.owner])
        field = "ownerAccepted" if ending.owner.startswith(layouts.USER.ids.prefix) else "ownerAssignment"
        field = "Owner" if stream.chance(0.5) else field
        names, ids = (self._names[before], self._names[ending.owner]), (before, ending.owner)
        for kind, (old, new) in (("Text", names), ("EntityId", ids)):
            yield _Change(at, case.agent, field, kind, old, new)

    def _somebody(self, case: Case) -> str:
        """The agent most of the time, a colleague, or the rules of the help desk."""
        stream = self._stream
        if stream.chance(0.8):
            return case.agent
        return stream.pick(self._world.staff) if stream.chance(0.6) else self._world.staff[0]

    def _row(self, case: Case, change: _Change) -> list[str]:
        return [
            layouts.CASE_HISTORY.ids.at(self._file.rows),
            "0",
            case.id,
            change.by,
            moments.stamp(change.at),
            change.field,
            change.kind,
            change.old,
            change.new,
        ]
