"""The statements that move one part of a mapping from one layout of files into the CRM, built once for a connection."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.crm import vocabulary
from caseline.crm.port import Crm
from caseline.crm.vocabulary import Type
from staging import tables, values
from staging.checks import Check, Text
from staging.landing import Layout
from staging.mapping import Mapping

SHOWN = 200
"""Characters of an offending value that the error keeps."""
_TYPES: dict[Type, sa.types.TypeEngine[Any]] = {
    Type.BOOLEAN: sa.Boolean(),
    Type.DATETIME: sa.DateTime(timezone=True),
    Type.DATE: sa.Date(),
    Type.INTEGER: sa.BigInteger(),
    Type.NUMBER: sa.Numeric(),
    Type.MONEY: sa.Numeric(),
    Type.MULTI_LIST: JSONB(),
}


@dataclass(frozen=True)
class Linked:
    """A field with the staging row of its target joined, if it is a reference."""

    value: values.Value
    target: sa.FromClause | None = None


@dataclass(frozen=True)
class Plan:
    """Everything to do with the rows of one part in one layout."""

    part_id: int
    layout_id: int
    entity: str
    source: str
    take: sa.Table
    """Temporary table: one row for each row of the batch, with what is dear to compute."""
    landing: sa.Table
    origin: sa.FromClause
    """The staging rows joined with landing and references."""
    core: tuple[Linked, ...]
    extra: tuple[values.Value, ...]
    checks: tuple[tuple[values.Value, Check], ...]
    mint: Text | None

    @property
    def selves(self) -> tuple[Linked, ...]:
        """References of the part to itself, whose targets may come later."""
        return tuple(link for link in self.core if link.value.reference is not None and link.value.reference.itself)


def build(mapping: Mapping, name: str, layout: Layout, ids: dict[str, int], *, crm: Crm) -> Plan:
    """Plan for part `name`; `ids` are the part ids of the whole mapping."""
    part = mapping.parts[name]
    row = tables.row
    landing = layout.table
    columns = layout.columns(mapping)
    origin: sa.FromClause = row.join(landing, landing.c.id == row.c.payload)
    core: list[Linked] = []
    for value in values.fields(mapping, name, columns):
        target: sa.FromClause | None = None
        if value.reference is not None:
            target = row.alias(f"to_{value.name}")
            match = sa.and_(target.c.part_id == ids[value.reference.part], target.c.key == value.reference.key, target.c.duplicate_of.is_(None))
            origin = origin.outerjoin(target, match)
        core.append(Linked(value, target))
    extra = tuple(values.extras(mapping, name, columns))
    checks = [(value, check) for value in [*(link.value for link in core), *extra] for check in value.checks]
    checks += [(link.value, _unknown(link, ids)) for link in core if link.target is not None and _strict(link)]
    if part.key.ids == "salesforce":
        checks.append((_key_value(part.key.column), Check("BAD_ID", sa.not_(row.c.key.regexp_match("^[0-9A-Za-z]{18}$")), "a Salesforce id has 15 or 18 letters and digits")))
    take = _take(f"take_{ids[name]}_{layout.id}", core, shared=crm.shares_transaction)
    mint = crm.mint(part.entity) if crm.shares_transaction else None
    return Plan(ids[name], layout.id, part.entity, mapping.source, take, landing, origin, tuple(core), extra, tuple(checks), mint)


def _strict(link: Linked) -> bool:
    return link.value.reference is not None and link.value.reference.strict and not link.value.reference.itself


def _key_value(column: list[str]) -> values.Value:
    return values.Value("key", Type.TEXT, tables.row.c.key, tables.row.c.key, ", ".join(column))


def _unknown(link: Linked, _: dict[str, int]) -> Check:
    target, reference = link.target, link.value.reference
    if target is None or reference is None:  # pragma: no cover - asked for references only
        raise TypeError
    bad = sa.and_(reference.key.is_not(None), target.c.crm_id.is_(None))
    return Check("UNKNOWN_REFERENCE", bad, unknown_text(target, reference.part))


def unknown_text(target: sa.FromClause, part: str) -> Text:
    """The remedy for a reference to nothing, or to a record that is itself not imported."""
    nowhere = f"no {part} with this key is in the files: add it and import again, or say `missing: empty` in the mapping"
    failed = sa.literal(f"the {part} it points at is not imported (line ").concat(sa.cast(target.c.line, sa.Text)).concat("): mend that one, then import again")
    return sa.case((target.c.id.is_(None), nowhere), else_=failed)


def column_of(value: values.Value) -> str:
    """Name of the field in incoming rows: references end in _id."""
    return f"{value.name}_id" if value.type is Type.REFERENCE else value.name


def _take(name: str, core: Sequence[Linked], *, shared: bool) -> sa.Table:
    columns: list[sa.Column[Any]] = [
        sa.Column("ref", sa.BigInteger),
        sa.Column("payload", sa.BigInteger),
        sa.Column("ok", sa.Boolean),
        sa.Column("waits", sa.Boolean),
        sa.Column("crm_id", sa.BigInteger),
        sa.Column("is_new", sa.Boolean),
        sa.Column("version", sa.BigInteger),
        sa.Column("origin", sa.Text(collation="C")),
    ]
    for link in core:
        value = link.value
        if value.reference is not None:
            columns.append(sa.Column(column_of(value), sa.BigInteger))
            if value.reference.itself:
                columns.append(sa.Column(f"{value.name}_key", sa.Text(collation="C")))
        elif not value.wide:
            columns.append(sa.Column(value.name, _TYPES.get(value.type, sa.Text())))
    return sa.Table(name, sa.MetaData(), *columns, prefixes=["TEMPORARY"], postgresql_on_commit="DELETE ROWS" if shared else "PRESERVE ROWS")


def filling(plan: Plan) -> tuple[list[str], sa.Select[Any]]:
    """(columns of `take`, query for one batch): rows with typed values, references resolved, `ok` and `waits`."""
    row = tables.row
    crm_id = row.c.crm_id if plan.mint is None else sa.func.coalesce(row.c.crm_id, plan.mint)
    named: dict[str, Text] = {
        "ref": row.c.id,
        "payload": row.c.payload,
        "ok": sa.not_(sa.or_(sa.false(), *(check.bad for _, check in plan.checks))),
        "waits": sa.or_(sa.false(), *(_waits(link) for link in plan.selves)),
        "crm_id": crm_id,
        "is_new": row.c.crm_id.is_(None),
        "version": row.c.crm_version,
        "origin": row.c.key,
    }
    for link in plan.core:
        value = link.value
        if link.target is not None:
            named[column_of(value)] = link.target.c.crm_id
            if value.reference is not None and value.reference.itself:
                named[f"{value.name}_key"] = value.reference.key
        elif not value.wide:
            named[value.name] = value.expression
    batch = sa.and_(
        row.c.id.between(sa.bindparam("first_id"), sa.bindparam("last_id")),
        row.c.part_id == plan.part_id,
        row.c.layout_id == plan.layout_id,
        row.c.duplicate_of.is_(None),
        row.c.key.is_not(None),
        sa.or_(row.c.status == tables.NEW, sa.and_(sa.bindparam("retry", type_=sa.Boolean), row.c.status == tables.FAILED)),
    )
    return list(named), sa.select(*(text.label(name) for name, text in named.items())).select_from(plan.origin).where(batch)


def _waits(link: Linked) -> Text:
    target, reference = link.target, link.value.reference
    if target is None or reference is None:  # pragma: no cover - asked for references only
        raise TypeError
    return sa.and_(reference.key.is_not(None), target.c.crm_id.is_(None))


def incoming(plan: Plan) -> tuple[tuple[str, ...], sa.Select[Any]]:
    """(field columns, query) of the good rows of the filled `take`, wide texts and extra fields joined from landing."""
    take = plan.take
    columns: list[Text] = [take.c.ref, take.c.crm_id, take.c.is_new, take.c.version, take.c.origin]
    names: list[str] = []
    for link in plan.core:
        name = column_of(link.value)
        columns.append(link.value.expression.label(name) if link.value.wide else take.c[name])
        names.append(name)
    columns.append(_extra(plan.extra).label("extra"))
    joined = take.join(plan.landing, plan.landing.c.id == take.c.payload)
    return tuple(names), sa.select(*columns).select_from(joined).where(take.c.ok, sa.not_(take.c.waits))


def _extra(extra: Sequence[values.Value]) -> Text:
    pieces: list[Text] = []
    for start in range(0, len(extra), 40):
        pairs: list[Any] = []
        for value in extra[start : start + 40]:
            pairs += [sa.literal(value.name, sa.Text), _as_json(value)]
        pieces.append(sa.func.jsonb_strip_nulls(sa.func.jsonb_build_object(*pairs, type_=JSONB), type_=JSONB))
    if not pieces:
        return sa.cast(sa.literal("{}"), JSONB)
    whole = pieces[0]
    for piece in pieces[1:]:
        whole = whole.concat(piece)
    return whole


def _as_json(value: values.Value) -> Text:
    if value.type is Type.DATETIME:
        return sa.func.to_char(value.expression, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    return value.expression


def errors(plan: Plan, checks: Sequence[tuple[values.Value, Check]]) -> Text:
    """JSON array of all errors of a row, as {code, field, value, text}."""
    found = [
        sa.case(
            (
                check.bad,
                sa.func.jsonb_build_object(
                    sa.literal("code", sa.Text),
                    sa.literal(check.code, sa.Text),
                    sa.literal("field", sa.Text),
                    sa.literal(value.column, sa.Text),
                    sa.literal("value", sa.Text),
                    sa.func.left(value.raw, SHOWN),
                    sa.literal("text", sa.Text),
                    sa.literal(check.text, sa.Text) if isinstance(check.text, str) else check.text,
                    type_=JSONB,
                ),
            ),
            else_=sa.null(),
        )
        for value, check in checks
    ]
    from sqlalchemy.dialects.postgresql import array  # noqa: PLC0415

    return sa.func.to_jsonb(sa.func.array_remove(array(found), sa.null()), type_=JSONB)


def mappable(entity: str) -> tuple[str, ...]:
    """Core fields of `entity`."""
    return tuple(f.name for f in vocabulary.ENTITIES[entity])
