"""Reads the stage history that a portal keeps (`crm.stagehistory.list`) as visits to stages with their time.

An item is written whenever a record enters a stage, so a visit lasts until the next item of the same record. Leads name
their stage in `STATUS_ID`, deals and other records in `STAGE_ID`; the semantics `S` and `F` are final stages.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from caseline.crm import stage_times
from caseline.crm.cards import Refused, StageRow
from caseline.timing.clock import Clock

_FINAL: Final = frozenset({"S", "F"})
_STAGES: Final = ("STAGE_ID", "STATUS_ID")
_SEMANTICS: Final = ("STAGE_SEMANTIC_ID", "STATUS_SEMANTIC_ID")
_Item = Mapping[str, Any]
_Step = tuple[int, datetime, int, str, bool]
"""(record, entered at, item, stage, whether it is final)."""


def items(answer: object) -> Iterator[_Item]:
    """The items of an answer of the portal, of its `result` or `items` alone, or of a list of any of these."""
    if isinstance(answer, list):
        for part in answer:
            yield from items(part)
    elif isinstance(answer, dict) and "OWNER_ID" in answer:
        yield answer
    elif isinstance(answer, dict) and ("result" in answer or "items" in answer):
        yield from items(answer["result"] if "result" in answer else answer["items"])
    else:
        raise Refused("this is no answer of the portal to crm.stagehistory.list: save what it answers, as JSON")


def visits(found: Iterable[_Item], clock: Clock, pausing: Collection[str] = ()) -> dict[int, list[StageRow]]:
    """Stage rows by record, in their order; the last of each has not been left.

    In `pausing` and in final stages the clock stands still. Items that come twice, as polling brings them, count once.
    Raises `Refused` that names the item, its field and the remedy.
    """
    steps = sorted({_step(item) for item in found})
    rows: dict[int, list[StageRow]] = {}
    for step, following in pairwise([*steps, None]):
        if step is not None:
            left_at = following[1] if following is not None and following[0] == step[0] else None
            rows.setdefault(step[0], []).append(_row(step, left_at, clock, pausing))
    return rows


def _step(item: _Item) -> _Step:
    stage = _first(item, _STAGES)
    if not stage:
        raise Refused(f"stage history item {item.get('ID')}: it names no stage (STAGE_ID or STATUS_ID): read it again")
    final = _first(item, _SEMANTICS) in _FINAL
    return _number(item, "OWNER_ID"), _moment(item), _number(item, "ID"), stage, final


def _row(step: _Step, left_at: datetime | None, clock: Clock, pausing: Collection[str]) -> StageRow:
    _record, entered_at, number, stage, final = step
    stands = final or stage in pausing
    spent = None if left_at is None else stage_times.lasted(clock, entered_at, left_at, pausing=stands)
    return StageRow(
        id=number,
        stage=stage,
        pausing=stands,
        entered_at=entered_at,
        left_at=left_at,
        elapsed_s=None if spent is None else spent.elapsed_s,
        business_s=None if spent is None else spent.business_s,
        paused_s=None if spent is None else spent.paused_s,
        by_id=None,
        by=None,
        imported=True,
        calendar_id=clock.calendar.id,
        calendar_version=clock.calendar.version,
        mode=clock.mode,
    )


def _first(item: _Item, names: Iterable[str]) -> str:
    return next((str(item[name]) for name in names if item.get(name)), "")


def _number(item: _Item, name: str) -> int:
    """Classic methods of the portal answer numbers as text."""
    try:
        return int(item[name])
    except (KeyError, TypeError, ValueError):
        raise Refused(f"stage history item {item.get('ID')}: {name} is no number: read it again") from None


def _moment(item: _Item) -> datetime:
    said = item.get("CREATED_TIME")
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Refused(
            f"stage history item {item.get('ID')}: CREATED_TIME {said!r} is no instant with its offset, such as"
            " 2026-06-05T18:30:00+03:00: read it again"
        )
    return moment
