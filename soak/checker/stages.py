"""Time spent on stages: every move that was acknowledged is there, visits follow one another, and seconds add up."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any, Final, NamedTuple

from soak.checker.finding import Finding, Kind
from soak.checker.inputs import Inputs, whole
from soak.checker.look import Tables
from soak.checker.working_time import Week, week


class _Visit(NamedTuple):
    """A stage row."""

    stage: str
    entered: int
    left: int | None
    elapsed: int | None
    business: int | None
    paused: int | None
    pausing: bool
    imported: bool
    by: int | None
    calendar: str | None
    mode: str | None


_ROWS: Final = """
    SELECT w.record_id, r.origin, r.stage, r.closed_at IS NOT NULL, r.created_at, w.stage, entered_at, left_at,
           elapsed_s, business_s, paused_s, pausing, imported, by_id, calendar_id, mode
    FROM crm.stage_row w JOIN crm.record r ON r.id = w.record_id ORDER BY w.record_id, entered_at, w.id"""


def check(inputs: Inputs, tables: Tables) -> Iterator[Finding]:
    """All requests."""
    moves = _moves(inputs)
    weeks = {mode: week(mode) for mode in ("working_days", "schedule")}
    told = dict(inputs.lives())
    seen: set[int] = set()
    origins: set[str] = set()
    for number, group in groupby(tables.stream(_ROWS), key=lambda row: row[0]):
        rows = list(group)
        _, origin, stage, closed, created, *_ = rows[0]
        visits = [_visit(row[5:]) for row in rows]
        name = f"request {number}" + (f" ({origin})" if origin else "")
        seen.add(number)
        origins.add(origin or "")
        yield from _one_after_another(name, visits, stage, closed=closed)
        for visit in visits:
            yield from _counted(name, visit, inputs.house["calendar"], weeks)
        if origin is None and visits[0].entered != whole(created):
            yield Finding(Kind.SECONDS, name, "its first visit does not begin with its creation")
        if origin in told:
            yield from _as_told(name, visits, told[origin], moved=number in moves)
        yield from _as_moved(name, visits, moves.get(number, []), inputs.house["person"], opened=origin is None)
    for number in moves.keys() - seen:
        yield Finding(Kind.LOST, f"request {number}", "it was moved, and has no stage rows")
    known = _imported(tables)
    for origin in told.keys() - origins:
        if origin in known:
            yield Finding(Kind.LOST, f"request {origin}", "it was imported, and has no stage rows")


def _imported(tables: Tables) -> set[str]:
    return {origin for (origin,) in tables.stream("SELECT origin FROM crm.record WHERE source IS NOT NULL")}


def _visit(row: Sequence[Any]) -> _Visit:
    stage, entered, left, *rest = row
    return _Visit(stage, whole(entered), None if left is None else whole(left), *rest)


def _one_after_another(name: str, visits: list[_Visit], stage: str, *, closed: bool) -> Iterator[Finding]:
    """No gap, nothing at once, and only the last one may still last: that is the stage of now."""
    for before, after in pairwise(visits):
        if before.left != after.entered and not (before.left is not None and before.imported and not after.imported):
            yield Finding(
                Kind.SECONDS, name, f"{before.stage} ends at {before.left}, {after.stage} begins at {after.entered}"
            )
    last = visits[-1]
    if last.left is None and last.stage != stage:
        yield Finding(Kind.SWAPPED, name, f"it is in {stage}, and its last visit is to {last.stage}")
    if last.left is not None and not closed:
        yield Finding(Kind.LOST, name, f"it is open, in {stage}, and no visit lasts")
    ended = [one for one in visits if one.left is not None]
    whole_time = sum((one.left or 0) - one.entered for one in ended)
    if sum(one.elapsed or 0 for one in ended) != whole_time:
        yield Finding(Kind.SECONDS, name, f"its visits took {whole_time} s, and its rows say another sum")


def _counted(name: str, visit: _Visit, calendar: str, weeks: dict[str, Week]) -> Iterator[Finding]:
    """Elapsed and working seconds of a visit, by our own clock."""
    if visit.left is None:
        return
    where = f"{name}, {visit.stage or 'unknown stage'} from {visit.entered}"
    took = visit.left - visit.entered
    if visit.elapsed != took:
        yield Finding(Kind.SECONDS, where, f"took {took} s, and its row says {visit.elapsed}")
    if visit.calendar != calendar:
        yield Finding(Kind.SECONDS, where, f"was counted by the calendar {visit.calendar}, not {calendar}")
        return
    works = took if visit.mode == "elapsed" else weeks[visit.mode or ""].between(visit.entered, visit.left)
    want = (0, works) if visit.pausing else (works, 0)
    if (visit.business, visit.paused or 0) != want:
        have = (visit.business, visit.paused)
        yield Finding(Kind.SECONDS, where, f"has (working, paused) {have} s, and it is {want} by {visit.mode}")


def _as_told(
    name: str, visits: list[_Visit], told: list[tuple[str, int, int | None, int | None]], *, moved: bool
) -> Iterator[Finding]:
    """What was imported is what the files tell; whoever moves the request meanwhile may end its last visit."""
    have = [(one.stage, one.entered, one.left, one.elapsed) for one in visits if one.imported]
    # Moved before its history came, it keeps the one visit that the request itself told of.
    same = have[:1] and have[0][1] == told[0][1] if moved else have == told
    if not same:
        yield Finding(Kind.SWAPPED, name, f"has the imported visits {have[:4]}, and the files tell {told[:4]}")


def _moves(inputs: Inputs) -> dict[int, list[tuple[str, bool]]]:
    """By request: (stage, whether it was acknowledged) of each move that was asked for and not refused."""
    found: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    for fact in inputs.of("move?", "move", "refused"):
        if fact["kind"] == "move?":
            found[fact["id"]].append((fact["stage"], False))
        else:
            found[fact["id"]].pop()
            if fact["kind"] == "move":
                found[fact["id"]].append((fact["stage"], True))
    return dict(found)


def _as_moved(
    name: str, visits: list[_Visit], moves: list[tuple[str, bool]], person: int, *, opened: bool
) -> Iterator[Finding]:
    """The agent's visits are her acknowledged moves in their order; those without an answer may be there."""
    own = [one for one in visits if not one.imported]
    strange = [one for one in own if one.by not in {person, None}]
    if strange:
        yield Finding(
            Kind.DOUBLED,
            name,
            f"has a visit to {strange[0].stage} by {strange[0].by}, whom nobody has asked to move it",
        )
    have = [one.stage for one in (own[1:] if opened else own) if one.by == person]
    if not _fits(have, moves):
        want = [stage if sure else f"{stage}?" for stage, sure in moves]
        sure = sum(one[1] for one in moves)
        kind = Kind.LOST if len(have) < sure else Kind.DOUBLED if len(have) > len(moves) else Kind.SWAPPED
        yield Finding(kind, name, f"was moved to {want}, and its rows say {have}")


def _fits(have: list[str], moves: list[tuple[str, bool]]) -> bool:
    """Whether `have` is `moves` without some of those that nobody answered."""
    places = {0}
    for stage, sure in moves:
        taken = {place + 1 for place in places if place < len(have) and have[place] == stage}
        places = taken if sure else places | taken
    return len(have) in places
