"""Moves one batch of staging rows into a CRM that shares our transaction: convert, check, write, settle."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.crm.port import Crm, Incoming, Known, Refusal, Taken, TryLater
from staging import settle
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
    refused: Sequence[Refusal] = ()
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
    if plan.dense:
        # Nor may a range or a small part be gone through once for each row: hash joins only, but for look-ups by index.
        connection.execute(sa.text("SET LOCAL enable_nestloop = off"))
    connection.execute(prepared.fill, batch.parameters | {"bad": None})
    connection.execute(sa.text("SET LOCAL enable_nestloop = on"))
    if batch.final:
        _resolve_among_themselves(connection, plan)
    counts = _count(connection, plan)
    if counts.bad:
        _mark_bad(connection, prepared, batch)
    if counts.waiting:
        settle.keep_waiting(connection, plan)
    return counts


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
    connection.execute(statement, batch.parameters | {"bad": bad})


def _write(connection: sa.Connection, plan: Plan, incoming: Incoming, crm: Crm) -> list[Refusal]:
    """Offer the set to the CRM; when a record breaks the set, halve it until the record stands alone."""
    try:
        with connection.begin_nested():
            taken = crm.take_in(connection, incoming)
    except (sa.exc.IntegrityError, sa.exc.DataError) as error:
        return _halve(connection, plan, incoming, crm, error)
    except sa.exc.OperationalError as error:
        # A value too long for an index is a fault of its record, not of the connection.
        if not isinstance(error.orig, psycopg.errors.ProgramLimitExceeded):
            raise
        return _halve(connection, plan, incoming, crm, error)
    if taken.known:
        return _adopt(connection, plan, incoming, crm, taken.known)
    settle.note_versions(connection, plan, taken.versions)
    settle.refuse(connection, plan, taken.refused)
    return list(taken.refused)


def _halve(
    connection: sa.Connection, plan: Plan, incoming: Incoming, crm: Crm, error: sa.exc.DBAPIError
) -> list[Refusal]:
    refs = list(connection.execute(sa.select(incoming.rows.subquery().c.ref).order_by("ref")).scalars())
    if len(refs) == 1:
        refusal = Refusal(refs[0], "REFUSED", None, f"the CRM refuses the record: {str(error.orig).splitlines()[0]}")
        settle.refuse(connection, plan, [refusal])
        return [refusal]
    middle = refs[len(refs) // 2]
    refused: list[Refusal] = []
    for side in (plan.take.c.ref < middle, plan.take.c.ref >= middle):
        half = _part_of(connection, incoming, side)
        if half.expected:
            refused += _write(connection, plan, half, crm)
    return refused


def _part_of(connection: sa.Connection, incoming: Incoming, side: sa.ColumnElement[bool]) -> Incoming:
    rows = incoming.rows.where(side)
    narrow = None if incoming.narrow is None else incoming.narrow.where(side)
    inner = rows.subquery()
    expected, changed = connection.execute(
        sa.select(sa.func.count(), sa.func.count().filter(sa.not_(inner.c.is_new)))
    ).one()
    return replace(incoming, rows=rows, narrow=narrow, expected=expected, changed=changed)


def _adopt(
    connection: sa.Connection, plan: Plan, incoming: Incoming, crm: Crm, known: Sequence[Known]
) -> list[Refusal]:
    """Records that the CRM has under our origin although no row remembers: they become ours, and are updated."""
    take = plan.take
    found = (
        sa.func.jsonb_to_recordset(sa.bindparam("known", type_=JSONB))
        .table_valued(
            sa.column("origin", sa.Text), sa.column("crm_id", sa.BigInteger), sa.column("version", sa.BigInteger)
        )
        .render_derived(with_types=True)
    )
    adopted = (
        sa.update(take)
        .values(crm_id=found.c.crm_id, version=found.c.version, is_new=False)
        .where(take.c.origin == found.c.origin)
    )
    connection.execute(
        adopted, {"known": [{"origin": k.origin, "crm_id": k.crm_id, "version": k.version} for k in known]}
    )
    again = _part_of(connection, incoming, sa.true())
    taken: Taken = crm.take_in(connection, again)
    if taken.known:
        # Somebody else took these origins in between: the batch is rolled back and tried again.
        raise TryLater(f"{len(taken.known)} origins of {plan.source} appeared in the CRM meanwhile")
    settle.note_versions(connection, plan, taken.versions)
    settle.refuse(connection, plan, taken.refused)
    return list(taken.refused)


def _resolve_among_themselves(connection: sa.Connection, plan: Plan) -> None:
    """References inside the batch: chains and circles are written in one statement, each with its minted id."""
    take, other = plan.take, plan.take.alias("other")
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
