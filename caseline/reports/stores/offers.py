"""SQL of what reports can be narrowed to: categories, groups, persons, channels, stages."""

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from caseline.crm import tables, vocabulary
from caseline.listing.stores import access
from caseline.people import tables as people
from caseline.people.access import Viewer

_LATEST: Final = 20_000
"""Requests. Nobody keeps a list of channels; those of the latest ones are in use."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What there is to choose, with what people call it, in the order of a list."""

    categories: dict[str, str]
    groups: dict[str, str]
    persons: dict[str, str]
    channels: dict[str, str]
    stages: dict[str, str]


def all_of_them(connection: sa.Connection, viewer: Viewer) -> Offers:
    """Look them up; channels are those of requests that the viewer sees."""
    category, stage = tables.category, tables.stage
    named = [
        sa.select(category.c.code, category.c.label).order_by(category.c.label),
        _by_name(people.group),
        _by_name(people.person),
        sa.select(stage.c.code, stage.c.label).where(stage.c.kind == vocabulary.REQUEST).order_by(stage.c.position),
    ]
    categories, groups, persons, stages = (
        {str(key): label for key, label in connection.execute(query)} for query in named
    )
    channels = {str(name): str(name) for name in connection.execute(_channels(viewer)).scalars()}
    return Offers(categories, groups, persons, channels, stages)


def _channels(viewer: Viewer) -> sa.Select[tuple[str]]:
    channel = tables.record.c.channel
    latest = (
        sa.select(channel)
        .where(tables.record.c.kind == vocabulary.REQUEST, *access.seen(viewer))
        .order_by(tables.record.c.id.desc())
        .limit(_LATEST)
        .subquery()
    )
    return sa.select(latest.c.channel).distinct().where(latest.c.channel != "").order_by(latest.c.channel)


def _by_name(table: sa.Table) -> sa.Select[tuple[int, str]]:
    return sa.select(table.c.id, table.c.name).order_by(table.c.name, table.c.id)
