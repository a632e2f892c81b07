"""Moves one batch of staging rows into a CRM that shares our transaction: convert, check, write, settle."""

from dataclasses import dataclass, replace
from typing import Any, Final

import psycopg
import sqlalchemy as sa

from caseline.crm.port import Crm, Incoming, Refusal, TryLater
from staging import adopt, settle
from staging.batches import Batch
from staging.plan import Plan
from staging.statements import Prepared


@dataclass(frozen=True, slots=True)
class Tally:
    """What a batch came to."""

    success: int = 0
    failed: int = 0
    deferred: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of a filled `take`."""

    good: int
    changed: int
    bad: int
    waiting: int


def move(connection: sa.Connection, prepared: Prepared, batch: Batch, crm: Crm, *, overwrite: bool) -> Tally:
    """Convert, write and settle every open row of `batch` in the caller's transaction."""
    plan = prepared.plan
    counts = prepare(connection, prepared, batch)
    refused: list[Refusal] = []
    if counts.good:
        fields, rows = prepared.incoming
        incoming = Incoming(
            plan.entity, plan.source, rows, fields, counts.good, counts.changed, overwrite, prepared.narrow
        )
        refused = _write(connection, plan, incoming, crm)
        settle.succeed(connection, plan, batch)
    return Tally(counts.good - len(refused), counts.bad + len(refused), counts.waiting)


def prepare(connection: sa.Connection, prepared: Prepared, batch: Batch) -> Counts:
    """Fill `take` for `batch` and settle what cannot go to the CRM: bad rows are FAILED, waiting ones stay NEW."""
    plan = prepared.plan
    # Tables of a first load have no statistics yet; what is joined here is always found by an index.
    connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
    connection.execute(sa.text("SET LOCAL jit = off"))  # compiling such statements costs more than running them
    _read(connection, plan, prepared.fill, batch.parameters | {"bad": None})
    if batch.final:
        _resolve_among_themselves(connection, plan)
    counts = _count(connection, plan)
    if counts.bad:
        _mark_bad(connection, prepared, batch)
    if counts.waiting:
        settle.keep_waiting(connection, plan)
    return counts


def _read(connection: sa.Connection, plan: Plan, statement: sa.Executable, parameters: dict[str, Any]) -> None:
    """Nor may a range or a small part be gone through once for each row: hash joins only, but for look-ups by index."""
    if plan.dense:
        connection.execute(sa.text("SET LOCAL enable_nestloop = off"))
    connection.execute(statement, parameters)
    connection.execute(sa.text("SET LOCAL enable_nestloop = on"))


def _count(connection: sa.Connection, plan: Plan) -> Counts:
    take = plan.take
    good = sa.and_(take.c.ok, sa.not_(take.c.waits))
    counted = sa.select(
        sa.func.count().filter(good),
        sa.func.count().filter(good, sa.not_(take.c.is_new)),
        sa.func.count().filter(sa.not_(take.c.ok)),
        sa.func.count().filter(take.c.ok, take.c.waits),
    )
    return Counts(*connection.execute(counted).one())


def _mark_bad(connection: sa.Connection, prepared: Prepared, batch: Batch) -> None:
    """All errors of the rows that are not ok; their ids are named, so that only they are looked at again."""
    take = prepared.plan.take
    bad = list(connection.execute(sa.select(take.c.ref).where(sa.not_(take.c.ok))).scalars())
    statement = prepared.final_errors if batch.final else prepared.errors
    _read(connection, prepared.plan, statement, batch.parameters | {"bad": bad})


def _write(
    connection: sa.Connection, plan: Plan, incoming: Incoming, crm: Crm, *, adopted: bool = False
) -> list[Refusal]:
    """Offer the set to the CRM; when a record breaks the set, the records that do are found and left out."""
    if not incoming.expected:
        return []
    try:
        with connection.begin_nested():
            taken = crm.take_in(connection, incoming)
    except _FAULTS as error:
        if not _of_a_record(error):
            raise
        return _leave_out(connection, plan, incoming, crm, error)
    if taken.known:
        if adopted:
            # Somebody else took these origins in between: the batch is rolled back and tried again.
            raise TryLater(f"{len(taken.known)} origins of {plan.source} appeared in the CRM meanwhile")
        twins = adopt.adopt(connection, plan, taken.known)
        return twins + _write(connection, plan, _part_of(connection, incoming, sa.true()), crm, adopted=True)
    if taken.created + taken.updated + len(taken.refused) != incoming.expected:
        raise TryLater(f"the CRM answered for {taken.created + taken.updated} of {incoming.expected} records")
    settle.note_versions(connection, plan, taken.versions)
    settle.refuse(connection, plan, taken.refused)
    return list(taken.refused)


_FAULTS: Final = (sa.exc.IntegrityError, sa.exc.DataError, sa.exc.OperationalError)


def _of_a_record(error: sa.exc.DBAPIError) -> bool:
    """A value too long for an index is a fault of its record, not of the connection."""
    return not isinstance(error, sa.exc.OperationalError) or isinstance(error.orig, psycopg.errors.ProgramLimitExceeded)


def _leave_out(
    connection: sa.Connection, plan: Plan, incoming: Incoming, crm: Crm, error: sa.exc.DBAPIError
) -> list[Refusal]:
    """Refuse the records that break the set, and those that hang on them; write the others."""
    refused = _breaking(connection, plan, incoming, crm, error)
    if not refused:
        raise error
    settle.refuse(connection, plan, refused)
    lost = [refusal.ref for refusal in refused]
    while plan.selves and lost:
        orphans = adopt.orphans(connection, plan, lost)
        settle.refuse(connection, plan, orphans)
        refused, lost = [*refused, *orphans], [orphan.ref for orphan in orphans]
    return refused + _write(connection, plan, _part_of(connection, incoming, sa.true()), crm)


def _breaking(
    connection: sa.Connection, plan: Plan, incoming: Incoming, crm: Crm, error: sa.exc.DBAPIError
) -> list[Refusal]:
    """The records that cannot be written: halves of the set are tried, without parents, and taken back."""
    refs = list(connection.execute(sa.select(incoming.rows.subquery().c.ref).order_by("ref")).scalars())
    if len(refs) == 1:
        return [Refusal(refs[0], "REFUSED", None, f"the CRM refuses the record: {str(error.orig).splitlines()[0]}")]
    middle = refs[len(refs) // 2]
    found: list[Refusal] = []
    for side in (plan.take.c.ref < middle, plan.take.c.ref >= middle):
        half = _part_of(connection, incoming, side)
        try:
            with connection.begin_nested() as savepoint:
                crm.take_in(connection, _alone(plan, half))
                savepoint.rollback()
        except _FAULTS as fault:
            if not _of_a_record(fault):
                raise
            found += _breaking(connection, plan, half, crm, fault)
    return found


def _alone(plan: Plan, incoming: Incoming) -> Incoming:
    """The records without the references to their own part, which may lead into another half."""
    columns = {link.column for link in plan.selves}
    if not columns:
        return incoming

    def cut(query: sa.Select[Any]) -> sa.Select[Any]:
        rows = query.subquery()
        nothing = sa.cast(sa.null(), sa.BigInteger)
        return sa.select(*(nothing.label(c.name) if c.name in columns else c for c in rows.c))

    narrow = None if incoming.narrow is None else cut(incoming.narrow)
    return replace(incoming, rows=cut(incoming.rows), narrow=narrow)


def _part_of(connection: sa.Connection, incoming: Incoming, side: sa.ColumnElement[bool]) -> Incoming:
    rows = incoming.rows.where(side)
    narrow = None if incoming.narrow is None else incoming.narrow.where(side)
    inner = rows.subquery()
    expected, changed = connection.execute(
        sa.select(sa.func.count(), sa.func.count().filter(sa.not_(inner.c.is_new)))
    ).one()
    return replace(incoming, rows=rows, narrow=narrow, expected=expected, changed=changed)


def _resolve_among_themselves(connection: sa.Connection, plan: Plan) -> None:
    """References inside the batch: chains and circles are written in one statement, each with its minted id.

    Where the CRM gives its ids itself, negative ones stand for them until it has (see `staging.leased`).
    """
    take, other = plan.take, plan.take.alias("other")
    if plan.mint is None:
        nameless = sa.and_(take.c.is_new, take.c.crm_id.is_(None))
        connection.execute(sa.update(take).values(crm_id=-take.c.ref).where(nameless))
    for link in plan.selves:
        target, wanted = take.c[link.column], take.c[link.key_column]
        connection.execute(
            sa.update(take).values({target.name: other.c.crm_id}).where(wanted == other.c.origin, target.is_(None))
        )
        if link.reference.strict:
            connection.execute(sa.update(take).values(ok=False).where(wanted.is_not(None), target.is_(None)))
        fallen = (
            sa.update(take)
            .values({"ok": False, target.name: None})
            .where(target == other.c.crm_id, sa.not_(other.c.ok), other.c.is_new)
        )
        while connection.execute(fallen).rowcount:
            continue
    connection.execute(sa.update(take).values(waits=False).where(take.c.waits))
