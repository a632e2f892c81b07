"""SQL of which requests a report is about: whoever asks sees them, and the filters let them through."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from caseline.crm import tables, time_tables, vocabulary
from caseline.listing.stores import access
from caseline.people import tables as people
from caseline.people.access import Viewer
from caseline.reports import questions
from caseline.reports.questions import About, Axis, Question

Condition = sa.ColumnElement[bool]
RECORD: Final = tables.record
DEADLINE: Final = time_tables.deadline
LIMITS: Final = (
    "SET TRANSACTION READ ONLY",
    "SET LOCAL statement_timeout = '30s'",
    "SET LOCAL max_parallel_workers_per_gather = 2",
    # So that the narrow columns of a million requests are joined in memory, in two parallel parts.
    "SET LOCAL work_mem = '64MB'",
)


@dataclass(frozen=True, slots=True)
class Ground:
    """What every query of a report stands on."""

    question: Question
    viewer: Viewer
    now: datetime
    closed_stages: tuple[str, ...]


def limited(connection: sa.Connection) -> None:
    """From here to the end of the transaction nothing is written, and no query runs for more than half a minute."""
    for statement in LIMITS:
        connection.execute(sa.text(statement))


def stand(connection: sa.Connection, question: Question, viewer: Viewer, *, now: datetime) -> Ground:
    """Look up what the queries of a report need."""
    stage = tables.stage
    closed = sa.select(stage.c.code).where(stage.c.kind == vocabulary.REQUEST, stage.c.closed)
    return Ground(question, viewer, now, tuple(connection.execute(closed).scalars()))


def counted(ground: Ground) -> list[Condition]:
    """Which requests count at all."""
    about = ground.question.about
    return [RECORD.c.kind == vocabulary.REQUEST, *access.seen(ground.viewer), *_about(about)]


def needs_records(ground: Ground) -> bool:
    """Whether stage rows cannot be judged without their requests."""
    every = not access.seen(ground.viewer)
    by_row = ground.question.by in {Axis.STAGE, Axis.PERIOD}
    return not (every and by_row and not ground.question.about.narrows)


def of_request(record_id: sa.ColumnElement[int]) -> Condition:
    """Whether it is the number of a request: the records of other kinds are few and have an index of their own."""
    other = tables.record.alias("other")
    return record_id.not_in(sa.select(other.c.id).where(other.c.kind != sa.literal_column(f"'{vocabulary.REQUEST}'")))


def is_open(ground: Ground) -> Condition:
    """Whether somebody still works on a request; one whose stage is closed is, whatever its source says of when."""
    return sa.and_(RECORD.c.closed_at.is_(None), sa.not_(_in_closed_stage(ground)))


def closed_within(ground: Ground, since: datetime, until: datetime) -> Condition:
    """Whether a request was closed then; of one without a time of closing its last change tells."""
    told = sa.and_(RECORD.c.closed_at >= since, RECORD.c.closed_at < until)
    changed = sa.and_(RECORD.c.modified_at >= since, RECORD.c.modified_at < until)
    return sa.or_(told, sa.and_(RECORD.c.closed_at.is_(None), _in_closed_stage(ground), changed))


def closed_at(ground: Ground) -> sa.ColumnElement[Any]:
    """When a request was closed; NULL of an open one."""
    return sa.func.coalesce(RECORD.c.closed_at, sa.case((_in_closed_stage(ground), RECORD.c.modified_at)))


def within(column: sa.ColumnElement[Any], since: datetime, until: datetime) -> Condition:
    """Whether an instant lies in a period."""
    return sa.and_(column >= since, column < until)


def axis(by: Axis) -> sa.ColumnElement[Any]:
    """The column of a request by which lines are made."""
    columns = {
        Axis.STAGE: RECORD.c.stage,
        Axis.CATEGORY: RECORD.c.category,
        Axis.GROUP: RECORD.c.group_id,
        Axis.PERSON: RECORD.c.assignee_id,
        Axis.CHANNEL: RECORD.c.channel,
    }
    return columns[by]


def key(value: object) -> str:
    """How addresses and lines name a value of an axis; nothing is the empty text."""
    return "" if value is None else str(value)


def is_key(column: sa.ColumnElement[Any], by: Axis, named: str) -> Condition:
    """Whether a request belongs to the line of that key."""
    if named == "":
        return sa.or_(column.is_(None), column == "") if by is Axis.CHANNEL else column.is_(None)
    if by in {Axis.GROUP, Axis.PERSON}:
        return column == sa.literal(questions.key(named), sa.BigInteger)
    return column == named


def labels(connection: sa.Connection, by: Axis, keys: Sequence[str]) -> dict[str, str]:
    """What people call the lines of an axis; those that need no name are missing."""
    if by is Axis.STAGE:
        stage = tables.stage
        query = sa.select(stage.c.code, stage.c.label).where(stage.c.kind == vocabulary.REQUEST)
    elif by is Axis.CATEGORY:
        query = sa.select(tables.category.c.code, tables.category.c.label)
    elif by in {Axis.GROUP, Axis.PERSON}:
        table = people.group if by is Axis.GROUP else people.person
        ids = [questions.key(one) for one in keys if one]
        query = sa.select(sa.cast(table.c.id, sa.Text), table.c.name).where(table.c.id == _any(ids, sa.BigInteger()))
    else:
        return {}
    return {row[0]: row[1] for row in connection.execute(query)}


def _about(about: About) -> list[Condition]:
    asked = (
        (Axis.CATEGORY, about.categories),
        (Axis.GROUP, about.groups),
        (Axis.PERSON, about.persons),
        (Axis.CHANNEL, about.channels),
    )
    return [sa.or_(*(is_key(axis(by), by, key(one)) for one in wanted)) for by, wanted in asked if wanted]


def _in_closed_stage(ground: Ground) -> Condition:
    return RECORD.c.stage == _any(ground.closed_stages, sa.Text())


def _any(values: Sequence[object], kind: sa.types.TypeEngine[Any]) -> sa.ColumnElement[Any]:
    return sa.any_(sa.literal(list(values), ARRAY(kind)))
