"""What a file would change in the catalogue: products made, renamed, moved, retired; rows that cannot be followed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from caseline.crm import catalogue_file as file
from caseline.crm.catalogue import DEEPEST, Tree, folded
from caseline.crm.catalogue_file import Row, RowFault, Sheet

SOURCE: Final = "file"
"""The source of products whose ids are those of a file."""


class Kind(StrEnum):
    """What is done to a product."""

    MADE = "made"
    RENAMED = "renamed"
    MOVED = "moved"
    RETIRED = "retired"
    REVIVED = "revived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change; steps are done in their order."""

    kind: Kind
    product: int
    """Its id; below zero: one that this plan makes."""
    parent: int | None
    name: str
    active: bool = True
    origin: str | None = None
    before: str = ""
    """Its path in words; empty for a new one."""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would change."""

    steps: tuple[Step, ...]
    faults: tuple[RowFault, ...]
    unchanged: int

    def of(self, kind: Kind) -> list[Step]:
        """The steps of one kind."""
        return [step for step in self.steps if step.kind is kind]


@dataclass
class _Draft:
    """The catalogue as it becomes, step by step."""

    tree: Tree
    steps: list[Step] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    unchanged: int = 0
    made: int = 0
    parents: dict[int, int | None] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    active: dict[int, bool] = field(default_factory=dict)
    places: dict[tuple[int | None, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for one in self.tree.branch(None):
            self.parents[one.id], self.names[one.id], self.active[one.id] = one.parent_id, one.name, one.active
            self.places[one.parent_id, folded(one.name)] = one.id

    def way(self, number: int | None) -> list[int]:
        way: list[int] = []
        while number is not None:
            way.append(number)
            number = self.parents[number]
        return way

    def words(self, number: int) -> str:
        return " / ".join(self.names[one] for one in reversed(self.way(number)))

    def make(self, parent: int | None, name: str, *, active: bool, origin: str | None = None) -> int:
        self.made += 1
        number = -self.made
        self.parents[number], self.names[number], self.active[number] = parent, name, active
        self.places[parent, folded(name)] = number
        self._step(Kind.MADE, number, origin=origin)
        return number

    def put(self, number: int, parent: int | None, name: str) -> bool:
        """Rename and move; answers whether anything changed."""
        before, old = self.words(number), (self.parents[number], self.names[number])
        if old == (parent, name):
            return False
        del self.places[old[0], folded(old[1])]
        self.parents[number], self.names[number] = parent, name
        self.places[parent, folded(name)] = number
        self._step(Kind.MOVED if old[0] != parent else Kind.RENAMED, number, before=before)
        return True

    def use(self, number: int, *, active: bool) -> bool:
        if self.active[number] == active:
            return False
        self.active[number] = active
        self._step(Kind.REVIVED if active else Kind.RETIRED, number, before=self.words(number))
        return True

    def _step(self, kind: Kind, number: int, *, before: str = "", origin: str | None = None) -> None:
        self.steps.append(
            Step(
                kind=kind,
                product=number,
                parent=self.parents[number],
                name=self.names[number],
                active=self.active[number],
                origin=origin,
                before=before,
                after=self.words(number),
            )
        )


def plan(tree: Tree, sheet: Sheet, *, retire: bool = False) -> Plan:
    """What a file would change.

    Rows that cannot be followed are left out with all that stands below them. Products that the file does not name stay
    as they are, or are taken out of use where `retire` says so.
    """
    draft = _Draft(tree, faults=list(sheet.faults))
    if sheet.by_ids:
        _follow_ids(draft, sheet.rows)
    else:
        for row in sheet.rows:
            _follow_path(draft, row)
    if retire and sheet.rows:
        kept = {above for number in draft.seen for above in draft.way(number)}
        for one in tree.branch(None):
            if one.id not in kept:
                draft.use(one.id, active=False)
    draft.faults.sort(key=lambda fault: fault.line)
    return Plan(tuple(draft.steps), tuple(draft.faults), draft.unchanged)


def _follow_path(draft: _Draft, row: Row) -> None:
    parent: int | None = None
    *above, name = row.path
    for one in above:
        found = draft.places.get((parent, folded(one)))
        parent = draft.make(parent, one, active=True) if found is None else found
    number = draft.places.get((parent, folded(name)))
    if number is None:
        number = draft.make(parent, name, active=row.active)
    elif not draft.use(number, active=row.active):
        draft.unchanged += number not in draft.seen
    draft.seen.add(number)


def _follow_ids(draft: _Draft, rows: Sequence[Row]) -> None:
    known = {one.origin: one.id for one in draft.tree.branch(None) if one.source == SOURCE and one.origin}
    numbers: dict[str, int] = {}
    for row in _parents_first(draft, rows):
        fault = _follow_id(draft, row, known, numbers)
        if fault:
            draft.faults.append(fault)


def _parents_first(draft: _Draft, rows: Sequence[Row]) -> Iterable[Row]:
    """Rows in such an order that parents come before what names them; those in a circle are faults."""
    waiting: dict[str, list[Row]] = {}
    keys = {row.key for row in rows}
    ready = []
    for row in rows:
        if row.parent in keys and row.parent is not None:
            waiting.setdefault(row.parent, []).append(row)
        else:
            ready.append(row)
    ready.reverse()
    done = 0
    while ready:
        row = ready.pop()
        done += 1
        yield row
        ready += reversed(waiting.pop(row.key or "", []))
    draft.faults += [RowFault(row.line, file.CIRCLE, row.name) for left in waiting.values() for row in left]


def _follow_id(draft: _Draft, row: Row, known: dict[str, int], numbers: dict[str, int]) -> RowFault | None:
    key = row.key or ""
    number, own = known.get(key), file.own_id(key)
    if number is None and own is not None:
        if own not in draft.tree:
            return RowFault(row.line, file.NOT_OURS, key[:40])
        number = own
    parent = None
    if row.parent is not None:
        parent = numbers.get(row.parent) or known.get(row.parent) or _existing(draft, file.own_id(row.parent))
        if parent is None:
            return RowFault(row.line, file.NO_PARENT, row.parent[:40])
    fault = _misplaced(draft, row, number, parent)
    if fault:
        return fault
    if number is None:
        number = draft.make(parent, row.name, active=row.active, origin=key)
    else:
        changed = draft.put(number, parent, row.name)
        draft.unchanged += not (draft.use(number, active=row.active) or changed)
    numbers[key] = number
    draft.seen.add(number)
    return None


def _misplaced(draft: _Draft, row: Row, number: int | None, parent: int | None) -> RowFault | None:
    above = draft.way(parent)
    if number in above:
        return RowFault(row.line, file.CIRCLE, row.name)
    if len(above) >= DEEPEST:
        return RowFault(row.line, file.TOO_DEEP, str(DEEPEST))
    if draft.places.get((parent, folded(row.name)), number) != number:
        return RowFault(row.line, file.SAME_NAME, row.name)
    return None


def _existing(draft: _Draft, own: int | None) -> int | None:
    return own if own is not None and own in draft.tree else None
