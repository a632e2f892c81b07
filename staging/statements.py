"""The statements of a plan: fill `take` with a batch, read the good rows, mark the bad ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, array
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from caseline.crm.vocabulary import Type
from staging import tables, take
from staging.checks import Check, Text
from staging.links import Link
from staging.plan import Plan
from staging.values import Value

SHOWN = 200
"""Characters of an offending value that the error keeps."""


@dataclass(frozen=True)
class Prepared:
    """A plan with its statements compiled once."""

    plan: Plan

    @cached_property
    def fill(self) -> sa.Insert:
        """Fills `take` for a batch."""
        names, query = _filling(self.plan)
        return sa.insert(self.plan.take).from_select(names, query)

    @cached_property
    def incoming(self) -> tuple[tuple[str, ...], sa.Select[Any]]:
        """(field columns, query) of the good rows of the filled `take`, for the CRM."""
        return _incoming(self.plan)

    @cached_property
    def narrow(self) -> sa.Select[Any]:
        """Those rows without what lies in landing."""
        taken = self.plan.take
        return sa.select(taken).where(taken.c.ok, sa.not_(taken.c.waits))

    @cached_property
    def errors(self) -> sa.Update:
        """Marks the rows that are not ok FAILED with all their errors."""
        return _marking(self.plan, self.plan.checks, self.plan.origin)

    @cached_property
    def final_errors(self) -> sa.Update:
        """The same in the last pass, where a reference to the part itself must be resolved."""
        plan = self.plan
        checks = [*plan.checks, *(_unresolved(plan, link) for link in plan.selves)]
        return _marking(plan, checks, plan.origin.join(plan.take, plan.take.c.ref == plan.seen.c.id))


def _filling(plan: Plan) -> tuple[list[str], sa.Select[Any]]:
    """(columns of `take`, query for one batch): rows with typed values, references resolved, `ok` and `waits`."""
    row = plan.seen
    crm_id = row.c.crm_id if plan.mint is None else sa.func.coalesce(row.c.crm_id, plan.mint)
    named: dict[str, Text] = {
        "ref": row.c.id,
        "payload": row.c.payload,
        "ok": sa.not_(sa.or_(sa.false(), *(check.bad for _, check in plan.checks))),
        "waits": sa.or_(sa.false(), *(link.dangles for link in plan.selves)),
        "crm_id": crm_id,
        "is_new": row.c.crm_id.is_(None),
        "version": row.c.crm_version,
        "origin": row.c.key,
    }
    for value in plan.core:
        link = plan.links.get(value.name)
        if link is not None:
            named[link.column] = link.target.c.crm_id
            if link.reference.itself:
                named[link.key_column] = link.reference.key
        elif not value.wide:
            named[value.name] = value.expression
    named |= {take.column_of(value.name): value.expression for value in plan.typed}
    return list(named), sa.select(*(text.label(name) for name, text in named.items())).select_from(plan.origin)


def _incoming(plan: Plan) -> tuple[tuple[str, ...], sa.Select[Any]]:
    """Wide texts and extra fields are joined from landing."""
    taken = plan.take
    columns: list[Text] = [taken.c.ref, taken.c.crm_id, taken.c.is_new, taken.c.version, taken.c.origin]
    names: list[str] = []
    for value in plan.core:
        link = plan.links.get(value.name)
        name = value.name if link is None else link.column
        columns.append(plan.wide[name].label(name) if value.wide else taken.c[name])
        names.append(name)
    # A changed record keeps what the layout does not have, so it must hear what is empty now.
    extra = sa.case((taken.c.is_new, _extra(plan.extra, nulls=False)), else_=_extra(plan.extra, nulls=True))
    columns.append(extra.label("extra"))
    joined = taken.join(plan.landing, plan.landing.c.id == taken.c.payload)
    return tuple(names), sa.select(*columns).select_from(joined).where(taken.c.ok, sa.not_(taken.c.waits))


class _JsonObject(sa.sql.functions.FunctionElement[Any]):
    """JSON_OBJECT of names and values in turn: one pass, where jsonb_build_object and jsonb_strip_nulls need two."""

    type = JSONB()
    inherit_cache = True
    name = "json_object"


class _JsonObjectWithNulls(_JsonObject):
    """The same with what is NULL as null."""

    inherit_cache = True


@compiles(_JsonObjectWithNulls)
def _with_nulls(element: _JsonObject, compiler: SQLCompiler, **words: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    return _written(element, compiler, "NULL ON NULL", words)


@compiles(_JsonObject)
def _without_nulls(element: _JsonObject, compiler: SQLCompiler, **words: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    return _written(element, compiler, "ABSENT ON NULL", words)


def _written(element: _JsonObject, compiler: SQLCompiler, nulls: str, words: dict[str, Any]) -> str:
    texts = [compiler.process(clause, **words) for clause in element.clauses]
    pairs = ", ".join(f"({name}) VALUE {value}" for name, value in zip(texts[::2], texts[1::2], strict=True))
    return f"JSON_OBJECT({pairs} {nulls} RETURNING jsonb)"


def _extra(extra: Sequence[Value], *, nulls: bool) -> Text:
    """Extra fields as one JSON object."""
    if not extra:
        return sa.cast(sa.literal("{}"), JSONB)
    pairs = [text for value in extra for text in (sa.literal(value.name, sa.Text), _as_json(value))]
    return (_JsonObjectWithNulls if nulls else _JsonObject)(*pairs)


def _as_json(value: Value) -> Text:
    if value.type is Type.DATETIME:
        return sa.func.to_char(value.expression, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
    return value.expression


def _marking(plan: Plan, checks: Sequence[tuple[Value, Check]], origin: sa.FromClause) -> sa.Update:
    seen = plan.seen
    found = sa.select(seen.c.id.label("ref"), _errors(checks).label("errors")).select_from(origin).cte("found")
    target: Any = tables.row.alias("failing")  # SQLAlchemy declares it as what cannot be updated
    return (
        sa.update(target)
        .values(status=tables.FAILED, errors=found.c.errors, attempts=target.c.attempts + 1)
        .where(target.c.id == found.c.ref)
    )


def _errors(checks: Sequence[tuple[Value, Check]]) -> Text:
    """JSON array of all errors of a row, as {code, field, value, text}."""
    found = [sa.case((check.bad, _error(value, check)), else_=sa.null()) for value, check in checks]
    return sa.func.to_jsonb(sa.func.array_remove(array(found), sa.null()), type_=JSONB)


def _error(value: Value, check: Check) -> Text:
    return sa.func.jsonb_build_object(
        sa.literal("code", sa.Text),
        sa.literal(check.code, sa.Text),
        sa.literal("field", sa.Text),
        sa.literal(value.column, sa.Text),
        sa.literal("value", sa.Text),
        sa.func.left(value.raw, SHOWN),
        sa.literal("text", sa.Text),
        sa.literal(check.text, sa.Text) if isinstance(check.text, str) else check.text,
        type_=JSONB,
    )


def _unresolved(plan: Plan, link: Link) -> tuple[Value, Check]:
    taken = plan.take
    return link.unknown(sa.and_(taken.c[link.key_column].is_not(None), taken.c[link.column].is_(None)))
