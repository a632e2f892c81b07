"""Writes the outcome of a batch onto its rows, and into the ledger of the run."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.crm.port import Outcome, Refusal
from staging import tables
from staging.batches import Batch
from staging.plan import Plan


def succeed(connection: sa.Connection, plan: Plan, batch: Batch) -> None:
    """Every good row of `take` is SUCCESS with its CRM id; the ledger says what this run created or changed."""
    row, take, ledger = tables.row, plan.take, tables.ledger
    good = sa.and_(take.c.ok, sa.not_(take.c.waits))
    version = sa.case((take.c.is_new, 1), else_=take.c.version)
    connection.execute(
        sa.update(row)
        .values(
            status=tables.SUCCESS, errors=None, crm_id=take.c.crm_id, crm_version=version, attempts=row.c.attempts + 1
        )
        # The range is repeated so that the rows are found by it even while the planner knows nothing of `take`.
        .where(row.c.id == take.c.ref, row.c.id.between(batch.first_id, batch.last_id), good),
    )
    entry = sa.select(sa.literal(batch.run_id, sa.BigInteger), take.c.ref, take.c.crm_id, take.c.is_new, version).where(
        good
    )
    connection.execute(sa.insert(ledger).from_select(["run_id", "row_id", "crm_id", "created", "version"], entry))


def note_versions(connection: sa.Connection, plan: Plan, versions: Sequence[tuple[int, int]]) -> None:
    """Remember in `take` the version that an update left in the CRM."""
    if versions:
        found = _recordset("ref", "version")
        data = [{"ref": ref, "version": version} for ref, version in versions]
        connection.execute(
            sa.update(plan.take).values(version=found.c.version).where(plan.take.c.ref == found.c.ref), {"rows": data}
        )


def refuse(connection: sa.Connection, plan: Plan, refused: Sequence[Refusal]) -> None:
    """Rows that the CRM does not take are FAILED with its reason and leave the set."""
    if not refused:
        return
    columns: dict[str | None, str] = {value.name: value.column for value in plan.core}
    columns |= {link.column: link.value.column for link in plan.links.values()}
    fail(
        connection,
        {r.ref: {"code": r.code, "field": columns.get(r.field), "value": r.value, "text": r.text} for r in refused},
    )
    connection.execute(sa.update(plan.take).values(ok=False).where(plan.take.c.ref.in_([r.ref for r in refused])))


def fail(connection: sa.Connection, errors: dict[int, dict[str, str | None]]) -> None:
    """Rows by staging id become FAILED with one error each."""
    if not errors:
        return
    row = tables.row
    found = (
        sa.func.jsonb_to_recordset(sa.bindparam("rows", type_=JSONB))
        .table_valued(sa.column("ref", sa.BigInteger), sa.column("error", JSONB))
        .render_derived(with_types=True)
    )
    change = sa.update(row).values(
        status=tables.FAILED, errors=sa.func.jsonb_build_array(found.c.error), attempts=row.c.attempts + 1
    )
    connection.execute(
        change.where(row.c.id == found.c.ref), {"rows": [{"ref": ref, "error": error} for ref, error in errors.items()]}
    )


def record(connection: sa.Connection, batch: Batch, outcomes: Sequence[Outcome], *, new: Collection[int]) -> None:
    """Outcomes of records that were written one by one; `new` are the refs of those that did not exist before."""
    row, ledger = tables.row, tables.ledger
    fail(
        connection,
        {o.ref: {"code": o.code, "field": None, "value": None, "text": o.text} for o in outcomes if o.crm_id is None},
    )
    taken = [o for o in outcomes if o.crm_id is not None]
    if not taken:
        return
    found = _recordset("ref", "crm_id", "version")
    success = sa.update(row).values(
        status=tables.SUCCESS,
        errors=None,
        crm_id=found.c.crm_id,
        crm_version=found.c.version,
        attempts=row.c.attempts + 1,
    )
    connection.execute(
        success.where(row.c.id == found.c.ref),
        {"rows": [{"ref": o.ref, "crm_id": o.crm_id, "version": o.version} for o in taken]},
    )
    entries = [
        {"run_id": batch.run_id, "row_id": o.ref, "crm_id": o.crm_id, "created": o.ref in new, "version": o.version}
        for o in taken
    ]
    connection.execute(sa.insert(ledger), entries)


def keep_waiting(connection: sa.Connection, plan: Plan) -> None:
    """Rows that wait for a later one of their own part stay (or become again) NEW."""
    row, take = tables.row, plan.take
    waiting = sa.select(take.c.ref).where(take.c.ok, take.c.waits)
    connection.execute(
        sa.update(row)
        .values(status=tables.NEW, errors=None)
        .where(row.c.id.in_(waiting), row.c.status == tables.FAILED)
    )


def _recordset(*names: str) -> sa.TableValuedAlias:
    columns = [sa.column(name, sa.BigInteger) for name in names]
    return (
        sa.func.jsonb_to_recordset(sa.bindparam("rows", type_=JSONB))
        .table_valued(*columns)
        .render_derived(with_types=True)
    )
