"""SQL of what requests choose from: stages and categories."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.crm import tables, vocabulary
from caseline.crm.cards import Category, Stage
from caseline.people import tables as people
from caseline.timing.vocabulary import Mode

_stage, _category = tables.stage, tables.category
_STAGES: Final = (
    sa.select(_stage.c.code, _stage.c.label, _stage.c.closed, _stage.c.pauses, _stage.c.position)
    .where(_stage.c.kind == sa.bindparam("kind"))
    .order_by(_stage.c.position, _stage.c.code)
)
_CATEGORIES: Final = (
    sa.select(_category, people.group.c.name.label("group"))
    .outerjoin(people.group, people.group.c.id == _category.c.group_id)
    .order_by(_category.c.label, _category.c.code)
)


def stages(connection: sa.Connection, kind: str = vocabulary.REQUEST) -> list[Stage]:
    """Stages of records of a kind, in their order."""
    return [Stage(**found) for found in connection.execute(_STAGES, {"kind": kind}).mappings()]


def put_stages(connection: sa.Connection, wanted: Sequence[Stage]) -> None:
    """Make or change stages of requests."""
    for stage in wanted:
        values = asdict(stage)
        write = insert(_stage).values(kind=vocabulary.REQUEST, **values)
        connection.execute(write.on_conflict_do_update(index_elements=["kind", "code"], set_=values))


def categories(connection: sa.Connection) -> list[Category]:
    """All categories, by label."""
    return [_read(found) for found in connection.execute(_CATEGORIES).mappings()]


def _read(found: Any) -> Category:  # noqa: ANN401 - a mapping of a row
    return Category(**{**found, "mode": Mode(found["mode"])})


def put_category(connection: sa.Connection, category: Category) -> None:
    """Make or change a category."""
    values = asdict(category) | {"mode": category.mode.value, "hours_by_priority": dict(category.hours_by_priority)}
    del values["group"]
    write = insert(_category).values(values)
    connection.execute(write.on_conflict_do_update(index_elements=["code"], set_=values))
