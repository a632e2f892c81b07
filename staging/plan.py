"""The statements that move one part of a mapping from one layout of files into the CRM, built once for a connection."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, array

from caseline.crm.port import Crm
from caseline.crm.vocabulary import Type
from staging import tables, values
from staging.checks import Check, Text
from staging.landing import Layout
from staging.mapping import Mapping, Part

SHOWN = 200
"""Characters of an offending value that the error keeps."""
ARGUMENTS = 100
"""PostgreSQL's limit for a function call."""
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
    seen: sa.Subquery
    """The open rows of a batch with their source texts."""
    origin: sa.FromClause
    """`seen` joined with the targets of its references."""
    core: tuple[Linked, ...]
    wide: dict[str, Text]
    """Long texts by field, over the landing row."""
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
    landed = layout.columns(mapping)
    seen = _seen(mapping, name, layout, part_id=ids[name])
    columns = values.Columns({column: seen.c[f"t{n}"] for n, column in enumerate(_used(mapping, part, landed))})
    origin: sa.FromClause = seen
    core: list[Linked] = []
    for value in values.fields(mapping, name, columns):
        if value.reference is None:
            core.append(Linked(value))
            continue
        known = replace(
            value, raw=seen.c[f"k_{value.name}"], reference=replace(value.reference, key=seen.c[f"k_{value.name}"])
        )
        target = _target(value.name, ids[value.reference.part], seen.c[f"k_{value.name}"])
        origin = origin.outerjoin(target, sa.true())
        core.append(Linked(known, target))
    typed = tuple(values.typed_extras(mapping, name, columns))
    checks = [(value, check) for value in [*(link.value for link in core), *typed] for check in value.checks]
    checks += [(link.value, _unknown(link)) for link in core if _strict(link)]
    if part.key.ids == "salesforce":
        checks.append(
            (
                _key_value(part.key.column, seen),
                Check(
                    "BAD_ID",
                    sa.not_(seen.c.key.regexp_match("^[0-9A-Za-z]{18}$")),
                    "a Salesforce id has 15 or 18 letters and digits: correct it",
                ),
            )
        )
    return Plan(
        part_id=ids[name],
        layout_id=layout.id,
        entity=part.entity,
        source=mapping.source,
        take=_take(f"take_{ids[name]}_{layout.id}", core, shared=crm.shares_transaction),
        landing=layout.table,
        seen=seen,
        origin=origin,
        core=tuple(core),
        wide={value.name: value.expression for value in values.fields(mapping, name, landed) if value.wide},
        extra=tuple(values.extras(mapping, name, landed)),
        checks=tuple(checks),
        mint=crm.mint(part.entity) if crm.shares_transaction else None,
    )


def _target(name: str, part_id: int, key: Text) -> sa.Lateral:
    """The row that a reference means. LIMIT keeps the planner to a look-up by index, whatever it knows of fresh tables."""
    row = tables.row.alias(f"row_of_{name}")
    match = sa.and_(row.c.part_id == part_id, row.c.key == key, row.c.duplicate_of.is_(None))
    return sa.select(row.c.id, row.c.line, row.c.crm_id).where(match).limit(1).lateral(f"to_{name}")


def _used(mapping: Mapping, part: Part, landed: values.Columns) -> list[str]:
    """Source columns that the fields of a part read, those that the layout has."""
    rules = (*part.fields.values(), *part.extra.values())
    keys = [mapping.parts[rule.to].key for rule in rules if rule.here and rule.to is not None]
    named = [column for each in (*rules, *keys) for column in each.column]
    named += [column for key in keys for column in key.otherwise]
    return list(dict.fromkeys(column for column in named if column in landed.texts))


def _seen(mapping: Mapping, name: str, layout: Layout, *, part_id: int) -> sa.Subquery:
    """The open rows of a batch with their source texts and reference keys, each computed once (OFFSET 0 is a fence)."""
    row, landed = tables.row, layout.columns(mapping)
    part = mapping.parts[name]
    texts = [landed.raw(column).label(f"t{n}") for n, column in enumerate(_used(mapping, part, landed))]
    keys = [
        value.reference.key.label(f"k_{value.name}")
        for value in values.fields(mapping, name, landed)
        if value.reference is not None
    ]
    batch = sa.and_(
        row.c.part_id == part_id,
        row.c.layout_id == layout.id,
        row.c.duplicate_of.is_(None),
        row.c.key.is_not(None),
        _WANTED,
    )
    joined = row.join(layout.table, layout.table.c.id == row.c.payload)
    return (
        sa.select(row.c.id, row.c.payload, row.c.key, row.c.crm_id, row.c.crm_version, *texts, *keys)
        .select_from(joined)
        .where(batch)
        .offset(0)
        .subquery("seen")
    )


_WANTED = sa.and_(
    tables.row.c.id.between(sa.bindparam("first_id"), sa.bindparam("last_id")),
    sa.or_(
        tables.row.c.status == tables.NEW,
        sa.and_(sa.bindparam("retry", type_=sa.Boolean), tables.row.c.status == tables.FAILED),
    ),
    sa.or_(
        sa.bindparam("bad", None, type_=sa.ARRAY(sa.BigInteger)).is_(None),
        tables.row.c.id == sa.any_(sa.bindparam("bad", None, type_=sa.ARRAY(sa.BigInteger))),
    ),
)
"""Open rows of the batch; with `bad` those of them whose errors are asked for."""


def _strict(link: Linked) -> bool:
    return link.value.reference is not None and link.value.reference.strict and not link.value.reference.itself


def _key_value(column: list[str], seen: sa.Subquery) -> values.Value:
    return values.Value("key", Type.TEXT, seen.c.key, seen.c.key, ", ".join(column))


def _unknown(link: Linked) -> Check:
    target, reference = link.target, link.value.reference
    if target is None or reference is None:  # pragma: no cover - asked for references only
        raise TypeError
    bad = sa.and_(reference.key.is_not(None), target.c.crm_id.is_(None))
    return Check("UNKNOWN_REFERENCE", bad, unknown_text(target, reference.part))


def unknown_text(target: sa.FromClause, part: str) -> Text:
    """The remedy for a reference to nothing, or to a record that is itself not imported."""
    nowhere = (
        f"no {part} with this key is in the files: add it and import again, or say `missing: empty` in the mapping"
    )
    failed = (
        sa.literal(f"the {part} it points at is not imported (line ")
        .concat(sa.cast(target.c.line, sa.Text))
        .concat("): mend that one, then import again")
    )
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
    return sa.Table(
        name,
        sa.MetaData(),
        *columns,
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DELETE ROWS" if shared else "PRESERVE ROWS",
    )


def filling(plan: Plan) -> tuple[list[str], sa.Select[Any]]:
    """(columns of `take`, query for one batch): rows with typed values, references resolved, `ok` and `waits`."""
    row = plan.seen
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
    return list(named), sa.select(*(text.label(name) for name, text in named.items())).select_from(plan.origin)


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
        columns.append(plan.wide[name].label(name) if link.value.wide else take.c[name])
        names.append(name)
    extra = _extra(plan.extra)
    # A changed record keeps what the layout does not have, so it must hear what is empty now.
    columns.append(sa.case((take.c.is_new, sa.func.jsonb_strip_nulls(extra, type_=JSONB)), else_=extra).label("extra"))
    joined = take.join(plan.landing, plan.landing.c.id == take.c.payload)
    return tuple(names), sa.select(*columns).select_from(joined).where(take.c.ok, sa.not_(take.c.waits))


def _extra(extra: Sequence[values.Value]) -> Text:
    """Extra fields as one JSON object; plain texts by the quicker of PostgreSQL's two functions."""
    texts = [value for value in extra if value.type is Type.TEXT]
    typed = [value for value in extra if value.type is not Type.TEXT]
    pieces: list[Text] = []
    if texts:
        names = sa.literal([value.name for value in texts], sa.ARRAY(sa.Text))
        pieces.append(
            sa.func.jsonb_object(names, array([value.expression for value in texts], type_=sa.Text), type_=JSONB)
        )
    for start in range(0, len(typed), ARGUMENTS // 2):
        pairs: list[Any] = []
        for value in typed[start : start + ARGUMENTS // 2]:
            pairs += [sa.literal(value.name, sa.Text), _as_json(value)]
        pieces.append(sa.func.jsonb_build_object(*pairs, type_=JSONB))
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
    return sa.func.to_jsonb(sa.func.array_remove(array(found), sa.null()), type_=JSONB)
