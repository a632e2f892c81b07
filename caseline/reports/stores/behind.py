"""SQL of the rows behind a figure: the same facts, one by one."""

from typing import Any, Final

import sqlalchemy as sa

from caseline.crm import tables, vocabulary
from caseline.people import tables as people
from caseline.reports import periods, questions
from caseline.reports.figures import Behind
from caseline.reports.periods import Bucket
from caseline.reports.questions import FIGURES, Axis, Report, Spot
from caseline.reports.stores import facts, ground
from caseline.reports.stores.facts import HIT, Facts
from caseline.reports.stores.ground import RECORD, Condition, Ground

_STAGE, _VISITED, _CATEGORY = tables.stage, tables.stage.alias("visited"), tables.category
_GROUP, _PERSON = people.group, people.person
_NOTHING: Final = {
    "due_at": sa.null(),
    "detail": sa.null(),
    "elapsed_s": sa.null(),
    "business_s": sa.null(),
}


class NoSuchFigure(LookupError):
    """The report has no such figure, or no such line."""


def rows(
    connection: sa.Connection, stood: Ground, spot: Spot, after: tuple[int, int] | None, most: int
) -> list[Behind]:
    """The next rows behind a figure; raises `NoSuchFigure`."""
    each = _of(stood, spot)
    query = _query(stood, each, spot).limit(most)
    if after is not None:
        query = query.where(sa.tuple_(*each.place) < sa.tuple_(*map(sa.literal, after)))
    return [_read(row) for row in connection.execute(_named(query, each)).mappings()]


def count(connection: sa.Connection, stood: Ground, spot: Spot) -> int:
    """How many rows there are behind a figure."""
    number: int = connection.execute(
        sa.select(sa.func.count()).select_from(_query(stood, _of(stood, spot), spot).subquery())
    ).scalar_one()
    return number


def untimed(connection: sa.Connection, stood: Ground, spot: Spot) -> bool:
    """Whether some of the rows are closed requests of which nobody knows when, so that their last change counts."""
    if spot.figure != "closed":
        return False
    some = _query(stood, _of(stood, spot), spot).where(RECORD.c.closed_at.is_(None)).order_by(None)
    found: bool = connection.execute(sa.select(some.exists())).scalar_one()
    return found


def _of(stood: Ground, spot: Spot) -> Facts:
    if spot.figure == "backlog" and stood.question.report is Report.FLOW:
        return _open_at_the_end(stood, _bucket(stood, spot.line))
    for each in facts.of(stood):
        if spot.figure in each.figures or (spot.figure == "all" and len(each.figures) == len(_figures(stood))):
            return each
    raise NoSuchFigure(spot.figure)


def _figures(stood: Ground) -> tuple[str, ...]:
    return FIGURES[stood.question.report]


def _open_at_the_end(stood: Ground, bucket: Bucket) -> Facts:
    """Requests that were open when a bucket was over."""
    closed = ground.closed_at(stood)
    still = sa.or_(closed.is_(None), closed >= bucket.until)
    where = (RECORD.c.created_at < bucket.until, still, *ground.counted(stood))
    return Facts(RECORD, where, sa.null(), {"backlog": sa.true()}, RECORD.c.created_at)


def _query(stood: Ground, each: Facts, spot: Spot) -> sa.Select[Any]:
    """Keys of the rows behind a figure, in their order: names are looked up for what is shown alone."""
    first, second = each.place
    shown = {**_NOTHING, **each.shown}
    columns = [column.label(name) for name, column in shown.items()]
    query = sa.select(each.record.label("record_id"), first.label("first"), second.label("second"), *columns)
    query = query.select_from(each.source).where(*each.where)
    if spot.figure != "all":
        query = query.where(each.figures[spot.figure])
    if spot.line is not None and spot.figure != "backlog":
        query = query.where(_on_line(stood, each, spot.line))
    return query.order_by(first.desc(), second.desc())


def _on_line(stood: Ground, each: Facts, line: str) -> Condition:
    by = stood.question.by
    if by is Axis.PERIOD:
        bucket = _bucket(stood, line)
        return ground.within(each.at, bucket.since, bucket.until)
    if by is Axis.ENTRY:
        return sa.literal(questions.key(line), sa.BigInteger) == HIT
    if by is Axis.STAGE:
        return each.line == line
    return ground.is_key(each.line, by, line)


def _bucket(stood: Ground, line: str | None) -> Bucket:
    parts = periods.buckets(stood.question.period, stood.question.step)
    if line is None:
        return parts[-1]
    for bucket in parts:
        if bucket.key == line:
            return bucket
    raise NoSuchFigure(line)


def _named(query: sa.Select[Any], each: Facts) -> sa.Select[Any]:
    part = query.subquery("part")
    visits = each.place[1] is facts.ROW.c.id
    detail = sa.func.coalesce(_VISITED.c.label, part.c.detail) if visits else part.c.detail
    source = part.join(RECORD, RECORD.c.id == part.c.record_id)
    source = source.outerjoin(_STAGE, sa.and_(_STAGE.c.kind == RECORD.c.kind, _STAGE.c.code == RECORD.c.stage))
    source = source.outerjoin(_CATEGORY, _CATEGORY.c.code == RECORD.c.category)
    source = source.outerjoin(_GROUP, _GROUP.c.id == RECORD.c.group_id)
    source = source.outerjoin(_PERSON, _PERSON.c.id == RECORD.c.assignee_id)
    if visits:
        of_request = _VISITED.c.kind == vocabulary.REQUEST
        source = source.outerjoin(_VISITED, sa.and_(of_request, _VISITED.c.code == part.c.detail))
    return (
        sa.select(
            RECORD.c.id.label("record_id"),
            sa.func.coalesce(RECORD.c.number, sa.cast(RECORD.c.id, sa.Text)).label("number"),
            RECORD.c.subject,
            sa.func.coalesce(_STAGE.c.label, RECORD.c.stage).label("stage"),
            sa.func.coalesce(_CATEGORY.c.label, RECORD.c.category).label("category"),
            _GROUP.c.name.label("group"),
            _PERSON.c.name.label("person"),
            RECORD.c.created_at,
            RECORD.c.closed_at,
            part.c.due_at,
            detail.label("detail"),
            part.c.elapsed_s,
            part.c.business_s,
            part.c.first,
            part.c.second,
        )
        .select_from(source)
        .order_by(part.c.first.desc(), part.c.second.desc())
    )


def _read(row: Any) -> Behind:  # noqa: ANN401 - a mapping of a row
    told = {name: value for name, value in row.items() if name not in {"first", "second"}}
    return Behind(**told, place=(row["first"], row["second"]))
