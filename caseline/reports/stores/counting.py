"""SQL of the figures: counts by line, spreads of durations, what was open at the end of each bucket."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
import sqlalchemy as sa

from caseline.reports import periods, questions
from caseline.reports.figures import Answer, Line, Seconds, Spread, spread
from caseline.reports.periods import Bucket
from caseline.reports.questions import FIGURES, Axis, Report
from caseline.reports.stores import facts, ground
from caseline.reports.stores.facts import ENTRY, ROW, Facts
from caseline.reports.stores.ground import RECORD, Ground

_LONGEST: Final = 2**31 - 1
"""Seconds; what has lasted longer, lasted for 68 years."""
Counts = dict[str, dict[str, int]]
_Spreads = dict[str, tuple[Spread | None, Spread | None, int]]


def answer(connection: sa.Connection, stood: Ground) -> Answer:
    """The figures of a report."""
    question = stood.question
    parts = _buckets(stood) if question.by is Axis.PERIOD else []
    if question.report is Report.STAGES:
        return _durations(connection, stood, parts)
    found: Counts = {bucket.key: {} for bucket in parts}
    if question.report is Report.FLOW:
        found = flow(connection, stood, parts)
    else:
        for each in facts.of(stood):
            _count(connection, each, parts, found)
    lines = _lines(connection, stood, found)
    return Answer(question, lines, _total(question.report, lines))


def _buckets(stood: Ground) -> list[Bucket]:
    return periods.buckets(stood.question.period, stood.question.step)


def limits(parts: Sequence[Bucket]) -> list[datetime]:
    """The instants at which buckets begin."""
    return [bucket.since for bucket in parts]


def _by(each: Facts, parts: Sequence[Bucket]) -> sa.ColumnElement[Any]:
    return facts.bucket(each, limits(parts)) if parts else each.line


def _key(value: Any, parts: Sequence[Bucket]) -> str:  # noqa: ANN401 - of whatever the lines are made
    return parts[value - 1].key if parts else ground.key(value)


def _count(connection: sa.Connection, each: Facts, parts: Sequence[Bucket], found: Counts) -> None:
    line = _by(each, parts).label("line")
    columns = [sa.func.count().filter(condition).label(name) for name, condition in each.figures.items()]
    query = sa.select(line, *columns).select_from(each.source).where(*each.where).group_by(line)
    for value, *numbers in connection.execute(query):
        # Two values may have one key: a channel that is empty, and one that is not said.
        into = found.setdefault(_key(value, parts), {})
        for name, number in zip(each.figures, numbers, strict=True):
            into[name] = into.get(name, 0) + number


def flow(connection: sa.Connection, stood: Ground, parts: Sequence[Bucket]) -> Counts:
    """What came and was closed in each bucket, and what was open at its end, from one look at the requests."""
    edges = sa.cast([*limits(parts), parts[-1].until], sa.ARRAY(sa.DateTime(timezone=True)))
    closed = ground.closed_at(stood)
    came = sa.func.width_bucket(RECORD.c.created_at, edges).label("came")
    went = sa.case((closed.is_not(None), sa.func.width_bucket(closed, edges))).label("went")
    query = sa.select(came, went, sa.func.count()).where(*ground.counted(stood)).group_by(came, went)
    number = len(parts)
    created, ended, change = np.zeros((3, number + 2), np.int64)
    for first, last, count in connection.execute(query):
        created[first] += count
        if last is not None:
            ended[last] += count
        # It is open at the end of each bucket from the one in which it came up to the one before it was closed.
        since, until = max(first, 1), number + 1 if last is None else last
        if since < until:
            change[since] += count
            change[until] -= count
    left = np.cumsum(change)
    return {
        bucket.key: {"created": int(created[i]), "closed": int(ended[i]), "backlog": int(left[i])}
        for i, bucket in enumerate(parts, 1)
    }


def _durations(connection: sa.Connection, stood: Ground, parts: Sequence[Bucket]) -> Answer:
    """How long visits lasted: all durations are fetched, since what lies in the middle cannot be added up."""
    (each,) = facts.of(stood)
    line = _by(each, parts).label("line")
    packed = [_packed(ROW.c.elapsed_s), _packed(ROW.c.business_s)]
    query = sa.select(line, *packed).select_from(each.source).where(*each.where).group_by(line)
    found: dict[str, list[tuple[Seconds, Seconds]]] = {bucket.key: [] for bucket in parts}
    for value, elapsed, business in connection.execute(query):
        found.setdefault(_key(value, parts), []).append((_unpacked(elapsed), _unpacked(business)))
    spreads: _Spreads = {}
    for key, pairs in found.items():
        spreads[key] = _spread(pairs)
    counts = {key: {"visits": number} for key, (_elapsed, _business, number) in spreads.items()}
    lines = _lines(connection, stood, counts, spreads)
    elapsed, business, number = _spread([pair for pairs in found.values() for pair in pairs])
    total = Line("", None, {"visits": number}, elapsed, business)
    return Answer(stood.question, lines, total, number - (business.number if business else 0))


def _spread(pairs: Sequence[tuple[Seconds, Seconds]]) -> tuple[Spread | None, Spread | None, int]:
    none = np.zeros(0, np.int32)
    elapsed, business = (np.concatenate([none, *side]) for side in zip(*pairs, strict=True)) if pairs else (none, none)
    return spread(elapsed), spread(business), len(elapsed)


def _packed(seconds: sa.ColumnElement[int]) -> sa.ColumnElement[bytes]:
    """All of a group in one value, four bytes each: a million of them arrive in half a second."""
    # `least` would take what is not counted for the longest of all.
    four = sa.func.int4send(
        sa.cast(sa.case((seconds < _LONGEST, seconds), (seconds >= _LONGEST, _LONGEST)), sa.Integer)
    )
    return sa.func.string_agg(four, sa.cast(sa.literal(b""), sa.LargeBinary), type_=sa.LargeBinary)


def _unpacked(packed: bytes | None) -> Seconds:
    return np.frombuffer(packed or b"", ">i4").astype(np.int32)


def _lines(
    connection: sa.Connection, stood: Ground, counts: Counts, spreads: Mapping[str, Any] | None = None
) -> list[Line]:
    question = stood.question
    names = _entries(connection, counts) if question.by is Axis.ENTRY else {}
    names = names or ground.labels(connection, question.by, list(counts))
    every = dict.fromkeys(FIGURES[question.report], 0)
    made = []
    for key, figures in counts.items():
        elapsed, business, _number = (spreads or {}).get(key, (None, None, 0))
        made.append(Line(key, names.get(key), every | figures, elapsed, business))
    if question.by is Axis.PERIOD:
        return sorted(made, key=lambda line: line.key)
    if question.by is Axis.STAGE:
        order = {code: place for place, code in enumerate(names)}
        return sorted(made, key=lambda line: (order.get(line.key, len(order)), line.key))
    return sorted(made, key=lambda line: (-_weight(question.report, line.counts), line.label or line.key))


def _weight(report: Report, counts: Mapping[str, int]) -> int:
    """By what lines are sorted: the largest first."""
    first = {Report.ENTRIES: "found", Report.WORKLOAD: "open"}.get(report)
    return counts[first] if first else sum(counts.values())


def _entries(connection: sa.Connection, counts: Counts) -> dict[str, str]:
    wanted = [questions.key(key) for key in counts]
    query = sa.select(ENTRY.c.id, ENTRY.c.keyword).where(ENTRY.c.id.in_(wanted))
    return {str(number): keyword for number, keyword in connection.execute(query)}


def keyword(connection: sa.Connection, key: str) -> str | None:
    """The keyword of an entry of the dictionary; None when there is none."""
    return _entries(connection, {key: {}}).get(key)


def _total(report: Report, lines: Sequence[Line]) -> Line:
    figures = {name: sum(line.counts[name] for line in lines) for name in FIGURES[report]}
    if report is Report.FLOW:
        figures["backlog"] = lines[-1].counts["backlog"]
    return Line("", None, figures)
