"""Moves batches into a CRM of its own (REST): leased, looked up when in doubt, settled piece by piece."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

import sqlalchemy as sa

from caseline.crm.port import Known, Outcome, TryLater
from staging import batches, convert, settle
from staging.batches import Batch
from staging.convert import Tally
from staging.statements import Prepared

if TYPE_CHECKING:
    from staging.work import Job, Plans

T = TypeVar("T")
PIECE: Final = 50
"""Records sent in one go; what one batch request of a REST CRM holds."""


class LeaseLost(Exception):
    """Our batch belongs to another worker now: nothing that we know of it counts any more."""


@dataclass(frozen=True, slots=True)
class Held:
    """A batch that we hold by its lease."""

    job: "Job"
    batch: Batch
    prepared: Prepared

    def renew(self, connection: sa.Connection) -> None:
        """Hold it for another term and note that records are about to be sent; `LeaseLost` for a stale worker."""
        now = self.job.clock()
        until = now + timedelta(seconds=self.job.lease_seconds)
        if not batches.hold(connection, self.batch, until=until, attempt_started=now):
            raise LeaseLost(self.batch.id)


def move_next(job: "Job", connection: sa.Connection, plans: "Plans") -> Tally | None:
    """Claim, convert, send and settle one batch; None when there is none. A batch taken from us counts nothing."""
    now = job.clock()
    with connection.begin():
        batch = batches.claim_leased(
            connection, job.run_id, owner=job.owner, now=now, until=now + timedelta(seconds=job.lease_seconds)
        )
        prepared = None if batch is None else plans.of(connection, batch)
    if batch is None or prepared is None:
        return None
    held = Held(job, batch, prepared)
    try:
        return _move(connection, held)
    except LeaseLost:
        return Tally()
    except TryLater:
        # Given back at once, but marked as attempted: whoever takes it looks first what has arrived.
        with connection.begin():
            batches.hold(connection, batch, until=job.clock())
        raise


def _move(connection: sa.Connection, held: Held) -> Tally:
    job, batch, plan = held.job, held.batch, held.prepared.plan
    with connection.begin():
        held.renew(connection)
        counts = convert.prepare(connection, held.prepared, batch)
        rows = [dict(row) for row in connection.execute(held.prepared.incoming[1].order_by(plan.take.c.ref)).mappings()]
        connection.execute(sa.delete(plan.take))
    if job.options.overwrite:
        rows = [{**row, "version": None} for row in rows]
    if batch.attempt_started is not None:
        # Somebody died, or lost an answer, while sending this batch: what arrived is found before anything is sent.
        rows = _adopt(held, rows)
    outcomes: list[Outcome] = []
    for piece in _pieces(rows, PIECE):
        with connection.begin():
            held.renew(connection)
        answered = job.crm.write(plan.entity, plan.source, piece)
        with connection.begin():
            held.renew(connection)
            settle.record(connection, batch, answered, new={row["ref"] for row in piece if row["is_new"]})
        outcomes += answered
    refused = sum(1 for outcome in outcomes if outcome.crm_id is None)
    tally = Tally(len(outcomes) - refused, counts.bad + refused, counts.waiting)
    with connection.begin():
        if not batches.finish(connection, batch, now=job.clock(), counts=(tally.success, tally.failed, tally.deferred)):
            raise LeaseLost(batch.id)
    return tally


def _adopt(held: Held, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with the ids of records that an earlier attempt has written; they are then updates, not second records."""
    plan = held.prepared.plan
    known: dict[str, Known] = {}
    for piece in _pieces([row["origin"] for row in rows if row["is_new"]], 10 * PIECE):
        known |= {found.origin: found for found in held.job.crm.look_up(plan.entity, plan.source, piece)}
    return [_known(row, known.get(row["origin"])) if row["is_new"] else row for row in rows]


def _pieces(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _known(row: dict[str, Any], found: Known | None) -> dict[str, Any]:
    return row if found is None else {**row, "crm_id": found.crm_id, "version": found.version}
