"""Plans how one part of a mapping gets from one layout of files into the CRM, once for a connection."""

from dataclasses import dataclass, replace

import sqlalchemy as sa

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
    landing: sa.Table
    seen: sa.Subquery
    """The open rows of a batch with their source texts."""
    origin: sa.FromClause
    """`seen` joined with the targets of its references."""
    core: tuple[Value, ...]
    links: dict[str, Link]
    """The references among the core fields, by field."""
    wide: dict[str, Text]
    """Long texts by field, over the landing row."""
    extra: tuple[Value, ...]
    checks: tuple[tuple[Value, Check], ...]
    mint: Text | None

    @property
    def selves(self) -> tuple[Link, ...]:
        """References of the part to itself, whose targets may come later."""
        return tuple(link for link in self.links.values() if link.reference.itself)


def build(mapping: Mapping, name: str, layout: Layout, ids: dict[str, int], *, crm: Crm) -> Plan:
    """Plan for part `name`; `ids` are the part ids of the whole mapping."""
    part = mapping.parts[name]
    landed = layout.columns(mapping)
    seen = _seen(mapping, name, layout, part_id=ids[name])
    columns = values.Columns({column: seen.c[f"t{n}"] for n, column in enumerate(_used(mapping, part, landed))})
    origin: sa.FromClause = seen
    core: list[Value] = []
    linked: dict[str, Link] = {}
    for value in values.fields(mapping, name, columns):
        if value.reference is None:
            core.append(value)
            continue
        link = _link(value, value.reference, seen, ids)
        origin = origin.outerjoin(link.target, sa.true())
        core.append(link.value)
        linked[value.name] = link
    typed = values.typed_extras(mapping, name, columns)
    return Plan(
        part_id=ids[name],
        layout_id=layout.id,
        entity=part.entity,
        source=mapping.source,
        take=take.table(f"take_{ids[name]}_{layout.id}", core, linked, shared=crm.shares_transaction),
        landing=layout.table,
        seen=seen,
        origin=origin,
        core=tuple(core),
        links=linked,
        wide={value.name: value.expression for value in values.fields(mapping, name, landed) if value.wide},
        extra=tuple(values.extras(mapping, name, landed)),
        checks=(
            *((value, check) for value in (*core, *typed) for check in value.checks),
            *(link.unknown(link.dangles) for link in linked.values() if _strict(link)),
            *_key_checks(part.key, seen),
        ),
        mint=crm.mint(part.entity) if crm.shares_transaction else None,
    )


def _link(value: Value, reference: values.Reference, seen: sa.Subquery, ids: dict[str, int]) -> Link:
    """`value` with its target; the key is read where it is computed already."""
    key = seen.c[f"k_{value.name}"]
    known = replace(reference, key=key)
    return Link(replace(value, raw=key), known, links.target_of(value.name, ids[reference.part], key))


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


_CODE = sa.bindparam("retry_code", type_=sa.Text)
_WITH_CODE = sa.or_(
    _CODE.is_(None),
    tables.row.c.errors.contains(
        sa.func.jsonb_build_array(sa.func.jsonb_build_object(sa.literal("code", sa.Text), _CODE))
    ),
)
_WANTED = sa.and_(
    tables.row.c.id.between(sa.bindparam("first_id"), sa.bindparam("last_id")),
    sa.or_(
        tables.row.c.status == tables.NEW,
        sa.and_(sa.bindparam("retry", type_=sa.Boolean), tables.row.c.status == tables.FAILED, _WITH_CODE),
    ),
    sa.or_(
        sa.bindparam("bad", None, type_=sa.ARRAY(sa.BigInteger)).is_(None),
        tables.row.c.id == sa.any_(sa.bindparam("bad", None, type_=sa.ARRAY(sa.BigInteger))),
    ),
)
"""Open rows of the batch; with `bad` those of them whose errors are asked for."""
