"""What the records of a set refer to: held until the transaction ends, or the reason why a record is refused."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from caseline.crm import tables
from caseline.crm.embedded.shapes import Shape, shape
from caseline.crm.port import Incoming, Refusal


def hold(connection: sa.Connection, incoming: Incoming) -> list[Refusal]:
    """Lock all that the set refers to until the transaction ends; answers refusals of the rows that refer to nothing.

    These are the locks that a foreign key takes row by row (FOR KEY SHARE), taken once for each target. A row is
    refused once, by the first of its references that point at nothing (any more).
    """
    return _refused(connection, incoming, shape(incoming.entity).table.foreign_key_constraints)


def foresee(connection: sa.Connection, incoming: Incoming) -> tuple[Incoming, list[Refusal]]:
    """The set less what would be refused because people have not made what it names yet, and those refusals.

    Records that a rehearsal imports are not there, so references to them cannot be asked for.
    """
    keys = shape(incoming.entity).table.foreign_key_constraints
    refused = _refused(connection, incoming, [key for key in keys if key.referred_table is tables.category])
    return without(connection, incoming, refused), refused


def _refused(connection: sa.Connection, incoming: Incoming, keys: Collection[sa.ForeignKeyConstraint]) -> list[Refusal]:
    form = shape(incoming.entity)
    rows = narrow(incoming).subquery("referring")
    found: dict[int, Refusal] = {}
    gone: set[int] = set()
    for key in sorted(keys, key=lambda key: str(key.name)):
        (name,) = (column.name for column in key.columns if column.name not in form.constants)
        if name not in incoming.fields:
            continue
        for ref, value, crm_id, is_new in _pointing_at_nothing(connection, form, key, rows):
            found.setdefault(ref, _refusal(ref, key.referred_table, value, name))
            gone |= {crm_id} if is_new else set()
    if gone and "parent_id" in incoming.fields:
        found |= _orphans(connection, rows, found, gone)
    return list(found.values())


def _refusal(ref: int, target: sa.Table, value: object, name: str) -> Refusal:
    if target is tables.category:
        text = (
            "there is no category of this code: make it (`caseline category set CODE --hours 24`), or map the value to"
            " another one, then `caseline retry`"
        )
        return Refusal(ref, "UNKNOWN_VALUE", str(value), text, name)
    text = (
        f"it refers to a {target.name} ({value}) that was deleted in the CRM:"
        " clear the reference or name another one, then import again"
    )
    return Refusal(ref, "REFUSED", str(value), text, name)


def _pointing_at_nothing(
    connection: sa.Connection, form: Shape, key: sa.ForeignKeyConstraint, rows: sa.FromClause
) -> Sequence[tuple[int, Any, int, bool]]:
    """(ref, value, crm id, is new) of the rows whose target is not there; targets that are there are locked."""
    (element,) = (one for one in key.elements if one.parent.name not in form.constants)
    wanted = rows.c[element.parent.name]
    target = key.referred_table.alias("target")
    fixed = [target.c[one.column.name] == form.constants[one.parent.name] for one in key.elements if one is not element]
    named = sa.select(wanted.label("id")).where(wanted.is_not(None)).distinct()
    if key.referred_table is form.table:
        # Parents inside the set are written together with it.
        named = named.where(wanted.not_in(sa.select(rows.c.crm_id).where(rows.c.is_new)))
    asked = named.cte("asked")
    held = (
        sa.select(target.c[element.column.name].label("id"))
        .where(target.c[element.column.name].in_(sa.select(asked.c.id)), *fixed)
        .order_by(target.c[element.column.name])
        .with_for_update(read=True, key_share=True)
        .cte("held")
    )
    lost = list(connection.execute(sa.select(asked.c.id).where(asked.c.id.not_in(sa.select(held.c.id)))).scalars())
    if not lost:
        return []
    pointing = sa.select(rows.c.ref, wanted, rows.c.crm_id, rows.c.is_new).where(wanted.in_(lost))
    return [tuple(row) for row in connection.execute(pointing)]


def _orphans(
    connection: sa.Connection, rows: sa.FromClause, found: dict[int, Refusal], gone: set[int]
) -> dict[int, Refusal]:
    """Refusals of the rows whose parent in the same set is refused, and of theirs."""
    orphans: dict[int, Refusal] = {}
    while gone:
        lost = sa.any_(sa.literal(sorted(gone), sa.ARRAY(sa.BigInteger)))
        children = connection.execute(
            sa.select(rows.c.ref, rows.c.parent_id, rows.c.crm_id).where(rows.c.parent_id == lost)
        )
        gone = set()
        for ref, parent, crm_id in children:
            if ref not in found and ref not in orphans:
                text = "its parent is refused itself: mend that one, then import again"
                orphans[ref] = Refusal(ref, "REFUSED", str(parent), text, "parent_id")
                gone.add(crm_id)
    return orphans


def narrow(incoming: Incoming) -> sa.Select[Any]:
    """The rows without long texts, as far as the caller has them so."""
    return incoming.rows if incoming.narrow is None else incoming.narrow


def without(connection: sa.Connection, incoming: Incoming, refused: Sequence[Refusal]) -> Incoming:
    """The set less the rows that are refused already."""
    if not refused:
        return incoming
    gone = sa.literal([refusal.ref for refusal in refused], sa.ARRAY(sa.BigInteger))
    left, slim = (_less(query, gone) for query in (incoming.rows, narrow(incoming)))
    rows = slim.subquery()
    counted = sa.select(sa.func.count(), sa.func.count().filter(sa.not_(rows.c.is_new)))
    expected, changed = connection.execute(counted).one()
    return replace(incoming, rows=left, narrow=slim, expected=expected, changed=changed)


def _less(query: sa.Select[Any], gone: sa.ColumnElement[Any]) -> sa.Select[Any]:
    offered = query.subquery("offered")
    return sa.select(offered).where(offered.c.ref != sa.all_(gone))
