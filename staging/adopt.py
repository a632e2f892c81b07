"""Rows of a batch that turn out to be known, or to hang on what is refused."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.crm.port import Known, Refusal
from staging import settle, tables
from staging.plan import Plan


def adopt(connection: sa.Connection, plan: Plan, known: Sequence[Known]) -> list[Refusal]:
    """Records that the CRM has under our origin although no row remembers become ours, and are updated.

    A record that a row of another part has made is not ours: the row that means it too is refused.
    """
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
    ids = sa.any_(sa.literal([one.crm_id for one in known], sa.ARRAY(sa.BigInteger)))
    row, take = tables.row, plan.take
    return _refuse_twins(connection, plan, sa.and_(row.c.crm_id == take.c.crm_id, take.c.crm_id == ids))


def twins(connection: sa.Connection, plan: Plan) -> list[Refusal]:
    """Rows whose record a row of another part has made: refused, because both would be one record in the CRM."""
    part, row, take = tables.part, tables.row, plan.take
    others = sa.exists(sa.select(part.c.id).where(_beside(plan)))
    if not connection.execute(sa.select(others)).scalar_one():
        return []
    alike = sa.and_(row.c.key == take.c.origin, row.c.duplicate_of.is_(None))
    return _refuse_twins(connection, plan, sa.and_(alike, row.c.crm_id.is_not(None), take.c.is_new))


def _beside(plan: Plan) -> sa.ColumnElement[bool]:
    """Other parts whose rows are records of the same entity and source."""
    part = tables.part
    return sa.and_(part.c.source == plan.source, part.c.entity == plan.entity, part.c.id != plan.part_id)


def _refuse_twins(connection: sa.Connection, plan: Plan, alike: sa.ColumnElement[bool]) -> list[Refusal]:
    take, row, part = plan.take, tables.row, tables.part
    others = (
        sa.select(take.c.ref, take.c.origin, part.c.name, row.c.line)
        .select_from(take)
        .join(part, _beside(plan))
        .join(row, sa.and_(row.c.part_id == part.c.id, alike))
    )
    refused = [
        Refusal(
            ref,
            "DUPLICATE",
            key,
            f"part {name!r} has a {plan.entity} with this id already (line {line}): both would be one record;"
            " make their keys different, for example by a second key column",
        )
        for ref, key, name, line in connection.execute(others)
    ]
    settle.refuse(connection, plan, refused)
    return refused


def orphans(connection: sa.Connection, plan: Plan, lost: Sequence[int]) -> list[Refusal]:
    """Refusals of the good rows whose new parent is among the `lost` refs."""
    take = plan.take
    parent = take.alias("parent")
    refusals: dict[int, Refusal] = {}
    for link in plan.selves:
        query = (
            sa.select(take.c.ref, parent.c.origin)
            .join(parent, parent.c.crm_id == take.c[link.column])
            .where(take.c.ok, sa.not_(take.c.waits), parent.c.is_new, parent.c.ref.in_(lost))
        )
        for ref, key in connection.execute(query):
            text = f"the {link.reference.part} it points at ({key}) is refused itself: mend that one, then import again"
            refusals.setdefault(ref, Refusal(ref, "REFUSED", key, text, link.column))
    return list(refusals.values())
