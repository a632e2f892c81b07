"""Plans how one part of a mapping gets from one layout of files into the CRM, once for a connection."""

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from caseline.crm.port import Crm
from caseline.crm.vocabulary import Type
from staging import links, tables, take, values
from staging.checks import Check, Text
from staging.landing import Layout
from staging.links import Link
from staging.mapping import Key, Mapping, Part, Rule
from staging.values import Value


@dataclass(frozen=True)
class Plan:
    """Everything to do with the rows of one part in one layout."""

    part_id: int
    layout_id: int
    entity: str
    source: str
    take: sa.Table
    """Temporary table: one row for each row of the batch, with what is dear to compute."""
    landing: sa.FromClause
    seen: sa.Subquery
    """The open rows of a batch with their source texts (t0, t1, ...), reference keys (k_<field>) and typed values."""
    origin: sa.FromClause
    """`seen` joined with the targets of its references."""
    core: tuple[Value, ...]
    typed: tuple[Value, ...]
    """Extra fields that `take` holds."""
    links: dict[str, Link]
    """The references among the core fields, by field."""
    wide: dict[str, Text]
    """Long texts by field, over the landing row."""
    extra: tuple[Value, ...]
    checks: tuple[tuple[Value, Check], ...]
    mint: Text | None
    dense: bool
    """The statements read ranges and whole small parts: no nested loop over them may be planned."""

    @property
    def selves(self) -> tuple[Link, ...]:
        """References of the part to itself, whose targets may come later."""
        return tuple(link for link in self.links.values() if link.reference.itself)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a plan depends on besides mapping and layout."""

    ids: dict[str, int]
    """Part ids of the whole mapping."""
    crm: Crm
    dense: bool = False
    """The source texts of a batch lie side by side, and are read as a range."""
    small: frozenset[int] = frozenset()
    """Parts with few rows, which a dense batch reads as a whole to find what it refers to."""


def build(mapping: Mapping, name: str, layout: Layout, around: Surroundings) -> Plan:
    """Plan for part `name`."""
    part, ids, crm = mapping.parts[name], around.ids, around.crm
    landed = layout.columns(mapping)
    texts = _texts(mapping, name, layout, around)
    columns = values.Columns({column: texts.c[f"t{n}"] for n, column in enumerate(_used(mapping, part, landed))})
    fields = list(values.fields(mapping, name, columns))
    typed = list(values.typed_extras(mapping, name, columns))
    seen, (fields, typed) = _typed(texts, fields, typed)
    linked = {
        value.name: _link(value, value.reference, seen, around) for value in fields if value.reference is not None
    }
    core = [linked[value.name].value if value.name in linked else value for value in fields]
    origin: sa.FromClause = seen
    for link in linked.values():
        origin = origin.outerjoin(link.target, link.on)
    table = take.table(f"take_{ids[name]}_{layout.id}", core, typed, linked, shared=crm.shares_transaction)
    payload = [sa.select(bound(table.c.payload)).scalar_subquery() for bound in (sa.func.min, sa.func.max)]
    source = layout.between(*payload) if around.dense else layout.table
    landed = layout.columns(mapping, source)
    return Plan(
        part_id=ids[name],
        layout_id=layout.id,
        entity=part.entity,
        source=mapping.source,
        take=table,
        landing=source,
        seen=seen,
        origin=origin,
        core=tuple(core),
        typed=tuple(value for value in typed if not value.wide),
        links=linked,
        wide={value.name: value.expression for value in values.fields(mapping, name, landed) if value.wide},
        extra=tuple(
            value if value.wide else replace(value, expression=table.c[take.column_of(value.name)])
            for value in values.extras(mapping, name, landed)
        ),
        checks=(
            *((value, check) for value in (*core, *typed) for check in value.checks),
            *(link.unknown(link.dangles) for link in linked.values() if _strict(link)),
            *_key_checks(part.key, seen),
        ),
        mint=crm.mint(part.entity) if crm.shares_transaction else None,
        dense=around.dense,
    )


def _typed(texts: sa.Subquery, *lists: list[Value]) -> tuple[sa.Subquery, list[list[Value]]]:
    """`texts` with each value that is dear to read beside them, read once, and the values as seen from there."""
    dear = [value for found in lists for value in found if not value.wide and value.reference is None]
    named = {id(value.expression): f"v{n}" for n, value in enumerate(dear)}
    read = sa.select(texts, *(value.expression.label(named[id(value.expression)]) for value in dear))
    seen = read.select_from(texts).offset(0).subquery("seen")  # OFFSET 0 is a fence: nothing is read again above it

    def there(element: Any, **_: Any) -> Any:  # noqa: ANN401 - any part of an expression
        if id(element) in named:
            return seen.c[named[id(element)]]
        return seen.c[element.name] if getattr(element, "table", None) is texts else None

    def moved(value: Value) -> Value:
        raw, expression = (visitors.replacement_traverse(text, {}, there) for text in (value.raw, value.expression))
        bad = [visitors.replacement_traverse(check.bad, {}, there) for check in value.checks]
        checks = tuple(replace(check, bad=seen_bad) for check, seen_bad in zip(value.checks, bad, strict=True))
        return replace(value, raw=raw, expression=expression, checks=checks)

    return seen, [[moved(value) for value in found] for found in lists]


def _link(value: Value, reference: values.Reference, seen: sa.Subquery, around: Surroundings) -> Link:
    """`value` with its target; the key is read where it is computed already."""
    key = seen.c[f"k_{value.name}"]
    part_id = around.ids[reference.part]
    whole = around.dense and part_id in around.small and not reference.itself
    target, on = (links.target_among if whole else links.target_of)(value.name, part_id, key)
    return Link(replace(value, raw=key), replace(reference, key=key), target, on)


def _strict(link: Link) -> bool:
    return link.reference.strict and not link.reference.itself


def _key_checks(key: Key, seen: sa.Subquery) -> list[tuple[Value, Check]]:
    if key.ids != "salesforce":
        return []
    named = Value("key", Type.TEXT, seen.c.key, seen.c.key, ", ".join(key.column))
    bad = sa.not_(seen.c.key.regexp_match("^[0-9A-Za-z]{18}$"))
    return [(named, Check("BAD_ID", bad, "a Salesforce id has 15 or 18 letters and digits: correct it"))]


def _used(mapping: Mapping, part: Part, landed: values.Columns) -> list[str]:
    """Source columns that the fields of a part read, those that the layout has."""
    rules: list[Rule] = [*part.fields.values(), *part.extra.values()]
    keys: list[Key] = [mapping.parts[rule.to].key for rule in rules if rule.here and rule.to is not None]
    named = [column for rule in rules for column in rule.column]
    named += [column for key in keys for column in key.column]
    named += [column for key in keys for column in key.otherwise]
    return list(dict.fromkeys(column for column in named if column in landed.texts))


def _texts(mapping: Mapping, name: str, layout: Layout, around: Surroundings) -> sa.Subquery:
    """The open rows of a batch with their source texts and reference keys, each computed once."""
    row = _range()
    source = layout.between(_payload("first_id"), _payload("last_id")) if around.dense else layout.table
    landed = layout.columns(mapping, source)
    part = mapping.parts[name]
    texts = [landed.raw(column).label(f"t{n}") for n, column in enumerate(_used(mapping, part, landed))]
    keys = [
        value.reference.key.label(f"k_{value.name}")
        for value in values.fields(mapping, name, landed)
        if value.reference is not None
    ]
    batch = sa.and_(
        row.c.part_id == around.ids[name],
        row.c.layout_id == layout.id,
        row.c.duplicate_of.is_(None),
        row.c.key.is_not(None),
        _open(row),
    )
    joined = row.join(source, source.c.id == row.c.payload)
    return (
        sa.select(row.c.id, row.c.payload, row.c.key, row.c.crm_id, row.c.crm_version, *texts, *keys)
        .select_from(joined)
        .where(batch)
        .offset(0)
        .subquery("texts")
    )


def _range() -> sa.Subquery:
    """The rows of a batch's range.

    The fence around them leaves the planner the primary key alone: without statistics it would rather read the whole
    part by its other index, for every batch.
    """
    row = tables.row
    return (
        sa.select(row).where(row.c.id.between(sa.bindparam("first_id"), sa.bindparam("last_id"))).offset(0)
    ).subquery("ranged")


def _payload(bound: str) -> sa.ScalarSelect[int]:
    """Landing id of the row at an end of the batch; ids of both rise together within a loaded block."""
    row = tables.row.alias()
    return sa.select(row.c.payload).where(row.c.id == sa.bindparam(bound)).scalar_subquery()


def _open(row: sa.FromClause) -> sa.ColumnElement[bool]:
    """Rows to be worked on; with `bad` those of them whose errors are asked for."""
    code = sa.bindparam("retry_code", type_=sa.Text)
    has_code = row.c.errors.contains(
        sa.func.jsonb_build_array(sa.func.jsonb_build_object(sa.literal("code", sa.Text), code))
    )
    again = sa.and_(
        sa.bindparam("retry", type_=sa.Boolean),
        row.c.status == tables.FAILED,
        sa.or_(code.is_(None), has_code),
    )
    bad = sa.bindparam("bad", None, type_=sa.ARRAY(sa.BigInteger))
    return sa.and_(sa.or_(row.c.status == tables.NEW, again), sa.or_(bad.is_(None), row.c.id == sa.any_(bad)))
