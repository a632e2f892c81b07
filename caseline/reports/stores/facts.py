"""SQL of what each report counts, said once: from it come the counts, and the rows behind each of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm import time_tables, timeline_tables
from caseline.reports.questions import AGE_FIGURES, AGES, Axis, Report
from caseline.reports.stores.ground import (
    DEADLINE,
    RECORD,
    Condition,
    Ground,
    axis,
    closed_within,
    counted,
    is_open,
    needs_records,
    of_request,
    within,
)
from keywords import tables as keywords

ROW: Final = time_tables.stage_row
TASK: Final = timeline_tables.assignment
SCORED: Final = keywords.scored
ENTRY: Final = keywords.entry
_HIT: Final = sa.func.unnest(SCORED.c.entries).table_valued("entry_id").render_derived(name="hit").lateral()
HIT: Final = sa.cast(_HIT.c.entry_id, sa.BigInteger)


@dataclass(frozen=True, slots=True)
class Facts:
    """Things that a report counts: each belongs to one line, and to the figures whose conditions it meets."""

    source: sa.FromClause
    where: tuple[Condition, ...]
    line: sa.ColumnElement[Any]
    figures: Mapping[str, Condition]
    at: sa.ColumnElement[Any]
    """The instant that decides to which bucket of a period it belongs."""
    place: tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]] = (RECORD.c.id, sa.literal(0, sa.BigInteger))
    """By what the rows behind stand, the greatest first; no two have the same."""
    shown: Mapping[str, sa.ColumnElement[Any]] = field(default_factory=dict)
    """What else is told of a row."""
    record: sa.ColumnElement[int] = RECORD.c.id
    """Of which request it is."""


def of(ground: Ground) -> list[Facts]:
    """What a report counts; its figures stand in one of them each."""
    return _MADE[ground.question.report](ground)


def _stages(ground: Ground) -> list[Facts]:
    question = ground.question
    stages = question.about.stages
    joined = needs_records(ground)
    of_records = counted(ground) if joined else [of_request(ROW.c.record_id)]
    wanted = [ROW.c.stage.in_(stages)] if stages else []
    return [
        Facts(
            ROW.join(RECORD, RECORD.c.id == ROW.c.record_id) if joined else ROW,
            (within(ROW.c.left_at, question.period.since, question.period.until), *wanted, *of_records),
            ROW.c.stage if question.by is Axis.STAGE else _line(question.by),
            {"visits": sa.true()},
            ROW.c.left_at,
            place=(ROW.c.elapsed_s, ROW.c.id),
            shown={"detail": ROW.c.stage, "elapsed_s": ROW.c.elapsed_s, "business_s": ROW.c.business_s},
            record=ROW.c.record_id,
        )
    ]


def _deadlines(ground: Ground) -> list[Facts]:
    question, due = ground.question, DEADLINE.c.due_at
    live = is_open(ground)
    ended = sa.func.coalesce(RECORD.c.closed_at, DEADLINE.c.stopped_at, RECORD.c.modified_at)
    # While the clock of an open request stands still, its deadline does not come nearer.
    late = sa.case((live, sa.func.coalesce(DEADLINE.c.stopped_at, ground.now) > due), else_=ended > due)
    return [
        Facts(
            RECORD.join(DEADLINE, DEADLINE.c.record_id == RECORD.c.id),
            (within(due, question.period.since, question.period.until), *counted(ground)),
            _line(question.by),
            {"met": sa.not_(sa.or_(live, late)), "missed": late, "running": sa.and_(live, sa.not_(late))},
            due,
            shown={"due_at": due},
        )
    ]


def _backlog(ground: Ground) -> list[Facts]:
    edges = [ground.now - timedelta(days=days) for days in AGES]
    made = RECORD.c.created_at
    younger = [made > edges[0], *(sa.and_(made <= one, made > two) for one, two in pairwise(edges))]
    return [
        Facts(
            RECORD,
            (is_open(ground), *counted(ground)),
            _line(ground.question.by),
            dict(zip(AGE_FIGURES, [*younger, made <= edges[-1]], strict=True)),
            made,
        )
    ]


def _categories(ground: Ground) -> list[Facts]:
    question, by = ground.question, RECORD.c.category_by
    filled = RECORD.c.category.is_not(None)
    # The dictionary has said something else than whoever looked at it afterwards.
    other = sa.and_(by == "person", SCORED.c.category.is_not(None), SCORED.c.category != RECORD.c.category)
    corrected = sa.func.coalesce(other, sa.false())
    return [
        Facts(
            RECORD.outerjoin(SCORED, SCORED.c.record_id == RECORD.c.id),
            (within(RECORD.c.created_at, question.period.since, question.period.until), *counted(ground)),
            _line(question.by),
            {
                "keywords": sa.and_(filled, by == "keywords"),
                "corrected": sa.and_(filled, corrected),
                "person": sa.and_(filled, by == "person", sa.not_(corrected)),
                "import": sa.and_(filled, sa.or_(by == "import", by.is_(None))),
                "none": sa.not_(filled),
            },
            RECORD.c.created_at,
        )
    ]


def _entries(ground: Ground) -> list[Facts]:
    period = ground.question.period
    found = RECORD.join(SCORED, SCORED.c.record_id == RECORD.c.id).join(_HIT, sa.true())
    return [
        Facts(
            found.outerjoin(ENTRY, ENTRY.c.id == HIT),
            (within(RECORD.c.created_at, period.since, period.until), *counted(ground)),
            HIT,
            {
                "found": sa.true(),
                "decided": sa.any_(SCORED.c.decisive) == HIT,
                "agreed": sa.func.coalesce(ENTRY.c.category == RECORD.c.category, sa.false()),
            },
            RECORD.c.created_at,
            place=(RECORD.c.id, HIT),
            shown={"detail": ENTRY.c.keyword},
        )
    ]


def _workload(ground: Ground) -> list[Facts]:
    question, line = ground.question, _line(ground.question.by)
    since, until = question.period.since, question.period.until
    overdue = sa.and_(DEADLINE.c.stopped_at.is_(None), DEADLINE.c.due_at < ground.now)
    tasks = TASK.join(RECORD, RECORD.c.id == TASK.c.record_id)
    # An assignment counts for whoever does it, or for the group of its request.
    doer = TASK.c.assignee_id if question.by is Axis.PERSON else line
    inside = (TASK.c.assignee_id.is_not(None), *counted(ground))
    place, title = (RECORD.c.id, TASK.c.id), {"detail": TASK.c.title}
    done = (TASK.c.state == "done", within(TASK.c.ended_at, since, until))
    return [
        Facts(
            RECORD.outerjoin(DEADLINE, DEADLINE.c.record_id == RECORD.c.id),
            (is_open(ground), *counted(ground)),
            line,
            {"open": sa.true(), "overdue": sa.func.coalesce(overdue, sa.false())},
            RECORD.c.created_at,
            shown={"due_at": DEADLINE.c.due_at},
        ),
        Facts(
            RECORD,
            (closed_within(ground, since, until), *counted(ground)),
            line,
            {"closed": sa.true()},
            RECORD.c.closed_at,
        ),
        Facts(
            tasks, (TASK.c.state == "open", *inside), doer, {"tasks_open": sa.true()}, TASK.c.created_at, place, title
        ),
        Facts(tasks, (*done, *inside), doer, {"tasks_done": sa.true()}, TASK.c.ended_at, place, title),
    ]


def _flow(ground: Ground) -> list[Facts]:
    """Created and closed; what is open at an end stands in `flow`."""
    period = ground.question.period
    every, at = tuple(counted(ground)), sa.func.coalesce(RECORD.c.closed_at, RECORD.c.modified_at)
    came = within(RECORD.c.created_at, period.since, period.until)
    went = closed_within(ground, period.since, period.until)
    return [
        Facts(RECORD, (came, *every), sa.null(), {"created": sa.true()}, RECORD.c.created_at),
        Facts(RECORD, (went, *every), sa.null(), {"closed": sa.true()}, at),
    ]


def _line(by: Axis) -> sa.ColumnElement[Any]:
    return sa.null() if by in {Axis.PERIOD, Axis.ENTRY} else axis(by)


def bucket(facts: Facts, limits: list[datetime]) -> sa.ColumnElement[int]:
    """Which bucket a thing falls into, from 1; `limits` are the instants at which they begin."""
    return sa.func.width_bucket(facts.at, sa.cast(limits, sa.ARRAY(sa.DateTime(timezone=True))))


_MADE: Final[dict[Report, Callable[[Ground], list[Facts]]]] = {
    Report.STAGES: _stages,
    Report.DEADLINES: _deadlines,
    Report.FLOW: _flow,
    Report.BACKLOG: _backlog,
    Report.CATEGORIES: _categories,
    Report.ENTRIES: _entries,
    Report.WORKLOAD: _workload,
}
