"""SQL of the rules that fields of requests follow, and of the ways between stages."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm import rule_tables, vocabulary
from caseline.crm.field_port import Ways
from caseline.crm.field_rules import Condition, Effect, Match, Op, Rule
from caseline.db.fixed import Fixed

_rule, _way = rule_tables.field_rule, rule_tables.transition
_REQUIRES: Final = Fixed(sa.text("SELECT 1 FROM crm.field_rule WHERE active AND effect = 'require' LIMIT 1"))
_RULES: Final = sa.select(_rule).order_by(_rule.c.position, _rule.c.id)


def rules(connection: sa.Connection, *, all_of_them: bool = False) -> tuple[Rule, ...]:
    """Rules in their order; unless asked for, those that are switched off are left out."""
    query = _RULES if all_of_them else _RULES.where(_rule.c.active)
    return tuple(_read(row) for row in connection.execute(query).mappings())


def requires(connection: sa.Connection) -> bool:
    """Whether any rule in use requires a field; asked for every mail."""
    return bool(_REQUIRES.rows(connection, {}))


def put_rule(connection: sa.Connection, rule: Rule) -> int:
    """Make a rule (id 0) or change it; answers its id."""
    values = {
        "match": rule.match.value,
        "conditions": [asdict(one) for one in rule.conditions],
        "effect": rule.effect.value,
        "field": rule.field,
        "position": rule.position,
        "active": rule.active,
    }
    if rule.id:
        connection.execute(sa.update(_rule).where(_rule.c.id == rule.id).values(values))
        return rule.id
    made: int = connection.execute(sa.insert(_rule).values(values).returning(_rule.c.id)).scalar_one()
    return made


def drop_rule(connection: sa.Connection, rule_id: int) -> None:
    """Delete a rule."""
    connection.execute(sa.delete(_rule).where(_rule.c.id == rule_id))


def ways(connection: sa.Connection) -> Ways:
    """Between which stages requests may be moved; none: between all."""
    query = sa.select(_way.c.from_stage, _way.c.to_stage).where(_way.c.kind == vocabulary.REQUEST)
    return frozenset((row.from_stage, row.to_stage) for row in connection.execute(query))


def put_ways(connection: sa.Connection, wanted: Iterable[tuple[str, str]]) -> None:
    """Keep these ways and no others."""
    connection.execute(sa.delete(_way).where(_way.c.kind == vocabulary.REQUEST))
    rows = [{"kind": vocabulary.REQUEST, "from_stage": one, "to_stage": other} for one, other in sorted(wanted)]
    if rows:
        connection.execute(sa.insert(_way), rows)


def _read(row: Any) -> Rule:  # noqa: ANN401 - a mapping of a row
    conditions = tuple(
        Condition(field=one["field"], op=Op(one["op"]), values=tuple(one["values"])) for one in row["conditions"]
    )
    return Rule(
        id=row["id"],
        match=Match(row["match"]),
        conditions=conditions,
        effect=Effect(row["effect"]),
        field=row["field"],
        position=row["position"],
        active=row["active"],
    )
