"""Staging rows and ledgers follow records that have got other ids in the CRM."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from staging import tables


def follow(connection: sa.Connection, source: str, entity: str, pairs: Mapping[int, int]) -> None:
    """Old to new ids of one entity of a source."""
    part, row, ledger = tables.part, tables.row, tables.ledger
    data = [{"old": old, "new": new} for old, new in pairs.items()]
    found = (
        sa.func.jsonb_to_recordset(sa.bindparam("pairs", type_=JSONB))
        .table_valued(sa.column("old", sa.BigInteger), sa.column("new", sa.BigInteger))
        .render_derived(with_types=True)
    )
    parts = sa.select(part.c.id).where(part.c.source == source, part.c.entity == entity)
    rows = sa.select(row.c.id).where(row.c.part_id.in_(parts))
    entries = (
        sa.update(ledger).values(crm_id=found.c.new).where(ledger.c.crm_id == found.c.old, ledger.c.row_id.in_(rows))
    )
    connection.execute(entries, {"pairs": data})
    ours = sa.update(row).values(crm_id=found.c.new).where(row.c.crm_id == found.c.old, row.c.part_id.in_(parts))
    connection.execute(ours, {"pairs": data})
