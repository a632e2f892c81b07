"""SQL of what people call the lines of reports of feedback."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from caseline.crm import tables as crm
from caseline.crm.agreement_tables import service
from caseline.feedback import forms, tables
from caseline.people import tables as people
from caseline.reports.feedback_questions import Axis
from caseline.reports.stores.feedback_ground import ASKED, Ground


def named(label: sa.ColumnElement[Any], language: str) -> sa.ColumnElement[str]:
    """A text of a document in a language, or in the first one; one that is written without languages as it is."""
    first = forms.LANGUAGES[0]
    return sa.func.coalesce(label[language].astext, label[first].astext, label.op("#>>")(sa.cast([], ARRAY(sa.Text))))


def labels(connection: sa.Connection, ground: Ground, by: Axis, keys: Sequence[str] | None = None) -> dict[str, str]:
    """What people call the lines of an axis; those that need no name are missing. `keys`: of these alone."""
    query = _labelled(ground, by)
    if query is None:
        return {}
    some = query.subquery()
    wanted = sa.select(some.c.key, some.c.name)
    if keys is not None:
        wanted = wanted.where(some.c.key == sa.any_(sa.literal([key for key in keys if key], ARRAY(sa.Text))))
    return {row[0]: row[1] for row in connection.execute(wanted.order_by(some.c.name, some.c.key))}


def _labelled(ground: Ground, by: Axis) -> sa.Select[Any] | None:
    campaign, variant = tables.campaign, tables.variant
    called = sa.func.coalesce(campaign.c.document["name"][ground.language].astext, campaign.c.name)
    if by in {Axis.PERSON, Axis.DIVISION}:
        table = people.person if by is Axis.PERSON else people.division
        return sa.select(sa.cast(table.c.id, sa.Text).label("key"), table.c.name.label("name"))
    if by is Axis.CAMPAIGN:
        return sa.select(sa.cast(campaign.c.id, sa.Text).label("key"), called.label("name"))
    if by is Axis.VARIANT:
        both = variant.join(campaign, campaign.c.id == variant.c.campaign_id)
        name = sa.func.concat(called, ": ", variant.c.code).label("name")
        columns: list[sa.ColumnElement[Any]] = [sa.cast(variant.c.id, sa.Text).label("key"), name]
        return sa.select(*columns).select_from(both)
    if by is Axis.SERVICE:
        # As asks have it, and links.
        code = sa.func.replace(sa.func.lower(crm.category.c.code), "_", "-")
        rendered = sa.select(service.c.code.label("key"), service.c.label.label("name"))
        categories = sa.select(code.label("key"), crm.category.c.label.label("name"))
        known = sa.union_all(rendered, categories.where(code.not_in(sa.select(service.c.code)))).subquery()
        return sa.select(known.c.key, known.c.name)
    if by is Axis.QUESTION:
        # A question may have been worded otherwise before: its last wording is its name.
        name = named(ASKED.c.label, ground.language).label("name")
        query = sa.select(ASKED.c.question.label("key"), name).where(ASKED.c.kind.in_([*forms.RATED]))
        return query.ext(distinct_on(ASKED.c.question)).order_by(ASKED.c.question, ASKED.c.version_id.desc())
    return None
