"""The statements of a plan: fill `take` with a batch, read the good rows, mark the bad ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, array

from caseline.crm.vocabulary import Type
from staging import tables
from staging.checks import Check, Text
from staging.links import Link
from staging.plan import Plan
from staging.values import Value

SHOWN = 200
"""Characters of an offending value that the error keeps."""
ARGUMENTS = 100
"""PostgreSQL's limit for a function call."""


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
    return list(named), sa.select(*(text.label(name) for name, text in named.items())).select_from(plan.origin)


def _incoming(plan: Plan) -> tuple[tuple[str, ...], sa.Select[Any]]:
    """Wide texts and extra fields are joined from landing."""
    take = plan.take
    columns: list[Text] = [take.c.ref, take.c.crm_id, take.c.is_new, take.c.version, take.c.origin]
    names: list[str] = []
    for value in plan.core:
        link = plan.links.get(value.name)
        name = value.name if link is None else link.column
        columns.append(plan.wide[name].label(name) if value.wide else take.c[name])
        names.append(name)
    extra = _extra(plan.extra)
    # A changed record keeps what the layout does not have, so it must hear what is empty now.
    columns.append(sa.case((take.c.is_new, sa.func.jsonb_strip_nulls(extra, type_=JSONB)), else_=extra).label("extra"))
    joined = take.join(plan.landing, plan.landing.c.id == take.c.payload)
    return tuple(names), sa.select(*columns).select_from(joined).where(take.c.ok, sa.not_(take.c.waits))


def _extra(extra: Sequence[Value]) -> Text:
    """Extra fields as one JSON object; plain texts by the quicker of PostgreSQL's two functions."""
    texts = [value for value in extra if value.type is Type.TEXT]
    typed = [value for value in extra if value.type is not Type.TEXT]
    pieces: list[Text] = []
    if texts:
        names = sa.literal([value.name for value in texts], sa.ARRAY(sa.Text))
        found: array[Any] = array([value.expression for value in texts], type_=sa.Text)
        pieces.append(sa.func.jsonb_object(names, found, type_=JSONB))
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
    take = plan.take
    return link.unknown(sa.and_(take.c[link.key_column].is_not(None), take.c[link.column].is_(None)))
