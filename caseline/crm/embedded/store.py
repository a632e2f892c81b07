"""SQL of the embedded register: sets of records in, out and away."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from psycopg.errors import UniqueViolation
from sqlalchemy.dialects.postgresql import JSONB, insert

from caseline.crm import tables, vocabulary
from caseline.crm.embedded.shapes import TABLES, readable, shape
from caseline.crm.embedded.stores import imported, merged_clients, references
from caseline.crm.port import Definitions, Incoming, Known, Refusal

CHUNK = 1000
_SPELL = """
UPDATE crm.stage SET spellings = spellings || CAST(:label AS text)
WHERE kind = 'request' AND code = :code AND NOT CAST(:label AS text) = ANY (spellings)
"""


def prepare(connection: sa.Connection, definitions: Definitions) -> None:
    """Stages, fields and presets of a source; what exists stays as administrators left it."""
    position = connection.execute(sa.select(sa.func.coalesce(sa.func.max(tables.stage.c.position), 0))).scalar_one()
    stages = [
        {
            "kind": "request",
            "code": code,
            "label": label,
            "closed": closed,
            "pauses": code in definitions.pausing,
            "position": position + 10 * (n + 1),
            "spellings": [label],
        }
        for n, (code, label, closed) in enumerate(definitions.stages)
    ]
    fields = [
        {"entity": entity, "name": name, "type": kind, "label": label, "source": definitions.source}
        for entity, name, kind, label in definitions.fields
    ]
    presets = [
        {"source": definitions.source, "name": name, "filter": dict(where), "sort": sort}
        for name, where, sort in definitions.presets
    ]
    for table, rows in ((tables.stage, stages), (tables.field_definition, fields), (tables.preset, presets)):
        if rows:
            connection.execute(insert(table).on_conflict_do_nothing(), rows)
    if stages:  # those that were there already, whatever they are called here
        connection.execute(sa.text(_SPELL), [{"code": row["code"], "label": row["label"]} for row in stages])


def may_skip_triggers(connection: sa.Connection) -> bool:
    """Whether the login may set session_replication_role; a superuser may, others where it was granted."""
    return bool(
        connection.execute(sa.select(sa.func.has_parameter_privilege("session_replication_role", "SET"))).scalar_one()
    )


def create(connection: sa.Connection, incoming: Incoming, *, checked: bool = False) -> int:
    """Insert the new ones with their minted ids and a quiet event each, all or none; answers how many.

    Where the references are `checked` and held (see `references.hold`), PostgreSQL does not check each of them once
    more. That silences every ordinary trigger on INSERT for the moment: the register has none (a test sees to it).
    """
    if not checked:
        return _create(connection, incoming)
    role = "SET LOCAL session_replication_role = {}"
    connection.exec_driver_sql(role.format("replica"))
    created = _create(connection, incoming)
    connection.exec_driver_sql(role.format("origin"))
    return created


def met_strangers(error: sa.exc.IntegrityError, entity: str) -> bool:
    """Whether `create` failed because some of the origins exist already."""
    fault = error.orig
    return (
        isinstance(fault, UniqueViolation) and fault.diag.constraint_name == f"uq_{TABLES[entity].name}_source_origin"
    )


def _create(connection: sa.Connection, incoming: Incoming) -> int:
    form = shape(incoming.entity)
    rows = incoming.rows.subquery("incoming")
    columns = merged_clients.columns(connection, form, incoming, rows)
    if "created_at" in columns:
        columns.setdefault("modified_at", columns["created_at"])
    new = sa.select(rows.c.crm_id, rows.c.origin, *columns.values()).where(rows.c.is_new)
    made = sa.insert(form.table).from_select(["id", "origin", *columns], new)
    if incoming.entity == vocabulary.REQUEST:
        made = imported.with_first_rows(made)
    # SQLAlchemy forgets the row count of an INSERT unless told otherwise.
    created = connection.execute(made, execution_options={"preserve_rowcount": True}).rowcount
    ids = references.narrow(incoming).subquery("made")
    connection.execute(_events("created", incoming.entity, sa.select(ids.c.crm_id.label("id")).where(ids.c.is_new)))
    if incoming.entity == vocabulary.HISTORY:
        _rebuild(connection, sa.select(ids.c.record_id).where(ids.c.is_new))
    return created


def _rebuild(connection: sa.Connection, records: sa.Select[Any]) -> None:
    imported.rebuild(connection, list(connection.execute(records.distinct()).scalars()))


def update(connection: sa.Connection, incoming: Incoming) -> tuple[list[tuple[int, int]], list[Refusal]]:
    """([(ref, version now)], refusals) of the changed ones; one edited or deleted since is refused."""
    form = shape(incoming.entity)
    rows = incoming.rows.subquery("incoming")
    columns = merged_clients.columns(connection, form, incoming, rows)
    same = sa.true() if incoming.overwrite else form.table.c.version == rows.c.version
    kept = sa.func.jsonb_strip_nulls(form.table.c.extra.concat(rows.c.extra), type_=JSONB)
    old = form.table.alias("old")
    changed = (
        sa.update(form.table)
        .values(columns | {"extra": kept})
        .where(form.table.c.id == rows.c.crm_id, old.c.id == rows.c.crm_id, sa.not_(rows.c.is_new), same)
        .returning(rows.c.ref, form.table.c.id, form.table.c.version, *_old(incoming.entity, form.table, old))
        .cte("changed")
    )
    event = _events("changed", incoming.entity, sa.select(changed.c.id)).cte("logged")
    written = connection.execute(sa.select(changed).add_cte(event)).all()
    if incoming.entity == vocabulary.REQUEST:
        imported.follow(connection, [row.id for row in written], [row.id for row in written if row.altered])
    if incoming.entity == vocabulary.HISTORY:
        imported.rebuild(connection, [number for row in written for number in (row.record_id, row.old_record_id)])
    versions = [(row.ref, row.version) for row in written]
    expected = connection.execute(sa.select(rows.c.ref, rows.c.crm_id).where(sa.not_(rows.c.is_new))).all()
    done = {ref for ref, _ in versions}
    text = (
        "somebody changed or deleted this record in the CRM after it was imported:"
        " keep that, or import with --overwrite"
    )
    return versions, [Refusal(ref, "EDITED_SINCE", str(crm_id), text) for ref, crm_id in expected if ref not in done]


def _old(entity: str, table: sa.Table, old: sa.FromClause) -> list[sa.ColumnElement[Any]]:
    """What must be known of a row before it was changed."""
    if entity == vocabulary.HISTORY:
        return [table.c.record_id, old.c.record_id.label("old_record_id")]
    if entity == vocabulary.REQUEST:
        pairs = ((table.c[name], old.c[name]) for name in ("category", "priority", "created_at"))
        return [sa.or_(*(new.is_distinct_from(before) for new, before in pairs)).label("altered")]
    return []


def existing(connection: sa.Connection, incoming: Incoming) -> list[Known]:
    """Records that the register has already under the origins of the new ones."""
    table = TABLES[incoming.entity]
    rows = incoming.rows.subquery("incoming")
    query = sa.select(table.c.origin, table.c.id, table.c.version).join(
        rows, sa.and_(table.c.source == incoming.source, table.c.origin == rows.c.origin)
    )
    return [Known(*row) for row in connection.execute(query.where(rows.c.is_new))]


def look_up(connection: sa.Connection, entity: str, source: str, origins: Sequence[str]) -> list[Known]:
    """Records under these origins."""
    table = TABLES[entity]
    query = sa.select(table.c.origin, table.c.id, table.c.version).where(
        table.c.source == source, table.c.origin == _any(origins)
    )
    return [Known(*row) for row in connection.execute(query)]


def versions(connection: sa.Connection, entity: str, ids: Sequence[int]) -> dict[int, int]:
    """Versions by id of those of these records that are there."""
    table, wanted = TABLES[entity], sa.any_(sa.literal(list(ids), sa.ARRAY(sa.BigInteger)))
    found = connection.execute(sa.select(table.c.id, table.c.version).where(table.c.id == wanted))
    return {row.id: row.version for row in found}


def read(
    connection: sa.Connection, entity: str, source: str | None, origins: Sequence[str] | None
) -> Iterator[dict[str, Any]]:
    """Rows as the port promises, streamed from a server-side cursor."""
    joined, columns = readable(entity)
    table = TABLES[entity]
    query = sa.select(*columns).select_from(joined).order_by(table.c.id)
    if source is not None:
        query = query.where(table.c.source == source)
    if origins is not None:
        query = query.where(table.c.origin == _any(origins))
    with connection.execution_options(stream_results=True, max_row_buffer=CHUNK).execute(query) as result:
        for row in result.mappings():
            yield dict(row)


def delete(connection: sa.Connection, entity: str, pairs: Sequence[tuple[int, int]]) -> list[int]:
    """Delete by (id, version) what nothing points at any more, with its events; answers the deleted ids."""
    table = TABLES[entity]
    wanted = sa.select(
        sa.func.unnest(sa.literal([i for i, _ in pairs], sa.ARRAY(sa.BigInteger))).label("id"),
        sa.func.unnest(sa.literal([v for _, v in pairs], sa.ARRAY(sa.BigInteger))).label("version"),
    ).subquery()
    free = sa.and_(
        table.c.id == wanted.c.id, table.c.version == wanted.c.version, *(_unused(table, by) for by in _pointing(table))
    )
    told = [table.c.record_id] if entity == vocabulary.HISTORY else []
    deleted = connection.execute(sa.delete(table).where(free).returning(table.c.id, *told)).all()
    gone = [row.id for row in deleted]
    event = tables.event
    connection.execute(
        sa.delete(event).where(
            event.c.entity == entity, event.c.record_id == sa.any_(sa.literal(gone, sa.ARRAY(sa.BigInteger)))
        )
    )
    if entity == vocabulary.HISTORY:
        imported.rebuild(connection, [row.record_id for row in deleted])
    if entity == vocabulary.REQUEST:
        imported.forget(connection, gone)
    return gone


def count(connection: sa.Connection) -> dict[str, dict[str | None, int]]:
    """Records by entity and source."""
    found: dict[str, dict[str | None, int]] = {}
    for entity, table in TABLES.items():
        query = sa.select(table.c.source, sa.func.count().label("number")).group_by(table.c.source)
        found[entity] = {row.source: row.number for row in connection.execute(query)}
    return found


def _events(kind: str, entity: str, ids: sa.Select[Any]) -> Any:  # noqa: ANN401 - SQLAlchemy's own type of an insert differs by use
    event, rows = tables.event, ids.subquery("ids")
    source = sa.select(sa.literal(entity, sa.Text), rows.c.id, sa.literal(kind, sa.Text), sa.true())
    return sa.insert(event).from_select([event.c.entity, event.c.record_id, event.c.type, event.c.imported], source)


def _pointing(table: sa.Table) -> list[sa.Column[Any]]:
    return [
        key.parent
        for other in table.metadata.tables.values()
        for key in other.foreign_keys
        if key.column.table is table and len(key.constraint.columns if key.constraint else ()) == 1
        if key.ondelete != "CASCADE"
    ]


def _unused(table: sa.Table, by: sa.Column[Any]) -> sa.ColumnElement[bool]:
    pointing = by.table.alias()
    return sa.not_(
        sa.exists().where(
            pointing.c[by.name] == table.c.id, sa.true() if by.table is not table else pointing.c.id != table.c.id
        )
    )


def _any(origins: Sequence[str]) -> "sa.CollectionAggregate[Any]":
    """One array instead of a parameter for each: thousands of parameters cost more than the look-up."""
    return sa.any_(sa.literal(list(origins), sa.ARRAY(sa.Text)))
