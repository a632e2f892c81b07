"""Moves batches into a CRM of its own (REST): leased, looked up when in doubt, settled piece by piece."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

import sqlalchemy as sa

from caseline.crm.port import Known, Outcome, Stopped, TryLater
from staging import adopt, batches, convert, heartbeat, settle
from staging.batches import Batch
from staging.convert import Tally
from staging.statements import Prepared

if TYPE_CHECKING:
    from staging.work import Job, Plans

T = TypeVar("T")
Row = dict[str, Any]
ASKED: Final = 500
"""Origins that are looked up in one go."""


class LeaseLost(Exception):
    """Our batch belongs to another worker now: nothing that we know of it counts any more."""


@dataclass(frozen=True, slots=True)
class Held:
    """A batch that we hold by its lease."""

    job: "Job"
    batch: Batch
    prepared: Prepared
    connection: sa.Connection

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
    held = Held(job, batch, prepared, connection)
    try:
        with heartbeat.beating(job.engine, batch, job.lease_seconds, job.clock):
            return _move(connection, held)
    except LeaseLost:
        return Tally()
    except (TryLater, Stopped):
        # Given back at once, but marked as attempted: whoever takes it looks first what has arrived.
        with connection.begin():
            batches.hold(connection, batch, until=job.clock())
        raise


def _move(connection: sa.Connection, held: Held) -> Tally:
    job, batch, plan = held.job, held.batch, held.prepared.plan
    with connection.begin():
        held.renew(connection)
        counts = convert.prepare(connection, held.prepared, batch)
        twins = adopt.twins(connection, plan)
        found = connection.execute(held.prepared.incoming[1].order_by(plan.take.c.ref)).mappings()
        rows = [dict(row) | {"crm_id": _given(row["crm_id"])} for row in found]
        connection.execute(sa.delete(plan.take))
    if batch.attempt_started is not None:
        # Somebody died, or lost an answer, while sending this batch: what arrived is found before anything is sent.
        rows = _adopt(held, rows)
    outcomes = _Waves(held, rows).sent()
    refused = sum(1 for outcome in outcomes if outcome.crm_id is None)
    tally = Tally(len(outcomes) - refused, counts.bad + len(twins) + refused, counts.waiting)
    with connection.begin():
        if not batches.finish(connection, batch, now=job.clock(), counts=(tally.success, tally.failed, tally.deferred)):
            raise LeaseLost(batch.id)
    return tally


class _Waves:
    """Sends the rows of a batch: what others of the batch refer to goes before them.

    Rows that refer to one another in a circle are made without these references, and get them at once; only then are
    they settled, so that after a crash the circle is closed by whoever goes on.
    """

    def __init__(self, held: Held, rows: Sequence[Row]) -> None:
        self._held = held
        self._own = [link.column for link in held.prepared.plan.selves]
        self._left = list(rows)
        self._ids = {-row["ref"]: row["crm_id"] for row in rows if row["crm_id"] is not None}
        self._lost: set[int] = set()
        self._outcomes: list[Outcome] = []

    def sent(self) -> list[Outcome]:
        """What became of each row."""
        while self._left:
            orphans = [row for row in self._left if any(row.get(name) in self._lost for name in self._own)]
            if orphans:
                self._take(orphans, [_orphaned(row["ref"]) for row in orphans])
                continue
            ready = [row for row in self._left if not self._waits(row)]
            if ready:
                for piece in _pieces(ready, self._held.job.crm.at_once):
                    self._take(piece, self._write([self._resolved(row) for row in piece]))
            else:
                self._close_circles()
        return self._outcomes

    def _waits(self, row: Row) -> bool:
        return any((row.get(name) or 0) < 0 and row[name] not in self._ids for name in self._own)

    def _resolved(self, row: Row) -> Row:
        found = {name: row[name] for name in self._own if (row.get(name) or 0) < 0}
        return row | {name: self._ids.get(number) for name, number in found.items()}

    def _close_circles(self) -> None:
        circle = list(self._left)
        made = {outcome.ref: outcome for outcome in self._write([self._resolved(row) for row in circle])}
        self._ids |= {-ref: outcome.crm_id for ref, outcome in made.items() if outcome.crm_id is not None}
        refused = [row for row in circle if made[row["ref"]].crm_id is None]
        self._take(refused, [made[row["ref"]] for row in refused])
        whole = [row for row in circle if made[row["ref"]].crm_id is not None and not self._waits(row)]
        again = [
            self._resolved(row)
            | {"is_new": False, "crm_id": made[row["ref"]].crm_id, "version": made[row["ref"]].version}
            for row in whole
        ]
        self._take(whole, self._write(again))
        # What is left hangs on a row that was refused, and so on none.
        self._withdraw([made[row["ref"]] for row in self._left])

    def _withdraw(self, made: Sequence[Outcome]) -> None:
        """Take records out of the CRM again; their rows are orphans."""
        plan = self._held.prepared.plan
        pairs = [(one.crm_id, one.version) for one in made if one.crm_id is not None]
        if pairs:
            self._held.job.crm.delete(plan.entity, pairs)
        for one in made:
            self._ids.pop(-one.ref, None)

    def _write(self, rows: Sequence[Row]) -> list[Outcome]:
        """Send rows, whatever becomes of them later."""
        held, plan = self._held, self._held.prepared.plan
        answered: list[Outcome] = []
        for piece in _pieces(rows, held.job.crm.at_once):
            with held.connection.begin():
                held.renew(held.connection)
            answered += held.job.crm.write(plan.entity, plan.source, piece, overwrite=held.job.options.overwrite)
        return answered

    def _take(self, rows: Sequence[Row], answered: Sequence[Outcome]) -> None:
        """Settle what became of rows."""
        held = self._held
        with held.connection.begin():
            held.renew(held.connection)
            new = {row["ref"] for row in rows if row["is_new"]}
            settle.record(held.connection, held.batch, answered, new=new)
        self._outcomes += answered
        self._ids |= {-one.ref: one.crm_id for one in answered if one.crm_id is not None}
        self._lost |= {-one.ref for one in answered if one.crm_id is None}
        settled = {row["ref"] for row in rows}
        self._left = [row for row in self._left if row["ref"] not in settled]


def _orphaned(ref: int) -> Outcome:
    text = "the record of the same part that it points at is not imported: mend that one, then import again"
    return Outcome(ref, None, code="UNKNOWN_REFERENCE", text=text)


def _given(crm_id: int | None) -> int | None:
    """The id that the CRM has given; a negative one only stands for it."""
    return crm_id if crm_id is not None and crm_id > 0 else None


def _adopt(held: Held, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with the ids of records that an earlier attempt has written; they are then updates, not second records."""
    plan = held.prepared.plan
    known: dict[str, Known] = {}
    for piece in _pieces([row["origin"] for row in rows if row["is_new"]], ASKED):
        known |= {found.origin: found for found in held.job.crm.look_up(plan.entity, plan.source, piece)}
    return [_known(row, known.get(row["origin"])) if row["is_new"] else row for row in rows]


def _pieces(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _known(row: dict[str, Any], found: Known | None) -> dict[str, Any]:
    return row if found is None else {**row, "crm_id": found.crm_id, "version": found.version}
