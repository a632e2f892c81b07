"""SQL that gives records other ids, with everything that points at them; no version rises, for nothing was edited.

Only a register that mirrors another system needs it: there the ids are that system's, and a record that is made there
anew has a new one.
"""

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

import caseline.crm.search_tables  # noqa: F401 - its key is changed like any other that points at a record
import keywords.tables
from caseline.crm import tables, time_tables, vocabulary

_BESIDE: Final = (tables.event, time_tables.deadline_change, keywords.tables.scored)
"""Tables that name records without a foreign key."""


def renumber(connection: sa.Connection, table: sa.Table, entity: str, pairs: Mapping[int, int]) -> None:
    """Old to new ids of one entity. The login must be allowed to leave out triggers (see `store.may_skip_triggers`)."""
    role = "SET LOCAL session_replication_role = {}"
    connection.exec_driver_sql(role.format("replica"))
    _change(connection, table.c.id, pairs)
    for other in table.metadata.tables.values():
        for key in other.foreign_keys:
            if key.column is table.c.id:
                _change(connection, key.parent, pairs)
    event = tables.event
    _change(connection, event.c.record_id, pairs, event.c.entity == entity)
    if entity == vocabulary.REQUEST:
        for beside in _BESIDE[1:]:
            _change(connection, beside.c.record_id, pairs)
    connection.exec_driver_sql(role.format("origin"))


def _change(
    connection: sa.Connection,
    column: sa.Column[Any],
    pairs: Mapping[int, int],
    where: Any = None,  # noqa: ANN401 - a condition
) -> None:
    data = [{"old": old, "new": new} for old, new in pairs.items()]
    found = (
        sa.func.jsonb_to_recordset(sa.bindparam("pairs", type_=JSONB))
        .table_valued(sa.column("old", sa.BigInteger), sa.column("new", sa.BigInteger))
        .render_derived(with_types=True)
    )
    change = sa.update(column.table).values({column: found.c.new}).where(column == found.c.old)
    connection.execute(change if where is None else change.where(where), {"pairs": data})
