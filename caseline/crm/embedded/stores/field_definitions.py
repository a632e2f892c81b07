"""SQL of what the fields of requests are, and in which sections they stand."""

from dataclasses import replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.crm import request_fields, rule_tables, tables, vocabulary
from caseline.crm.request_fields import RequestField, Section
from caseline.crm.vocabulary import Type

_field, _own, _section = tables.field_definition, rule_tables.own_field, tables.section
KEPT: Final = sa.and_(
    _field.c.source.is_not(None),
    _field.c.label == _field.c.name,
    _field.c.type == Type.TEXT.value,
    _field.c.section.is_(None),
    sa.not_(_field.c.filterable),
)
"""So come columns that a mapping keeps unnamed; a name, a section or an index says that somebody needs one."""
_KNOWN: Final = (
    sa.select(_field.c.name, _field.c.type, _field.c.label, _field.c.choices, _field.c.section)
    .add_columns(_field.c.position, _field.c.active, _field.c.filterable, _field.c.target.label("to"))
    .add_columns(KEPT.label("kept"))
    .where(_field.c.entity == vocabulary.REQUEST)
    .order_by(_field.c.position, _field.c.label, _field.c.name)
)
_PLACED: Final = sa.select(_own)
_SECTIONS: Final = sa.select(_section.c.code, _section.c.label, _section.c.position).order_by(
    _section.c.position, _section.c.label
)


def of_requests(connection: sa.Connection) -> tuple[RequestField, ...]:
    """All fields of requests: the register's own, then extra ones in their order."""
    placed = {row["name"]: row for row in connection.execute(_PLACED).mappings()}
    own = [_placed(one, placed[one.name]) if one.name in placed else one for one in request_fields.OWN]
    extra = [
        RequestField(**dict(row) | {"type": Type(row["type"]), "choices": tuple(row["choices"]), "extra": True})
        for row in connection.execute(_KNOWN).mappings()
    ]
    return (*own, *extra)


def sections(connection: sa.Connection) -> tuple[Section, ...]:
    """Parts of the card, in their order."""
    return tuple(Section(*row) for row in connection.execute(_SECTIONS))


def _placed(field: RequestField, row: Any) -> RequestField:  # noqa: ANN401 - a mapping of a row
    return replace(
        field,
        label=row["label"],
        section=row["section"],
        position=row["position"],
        active=row["active"],
        choices=tuple(row["choices"]) or field.choices,
    )


def put_section(connection: sa.Connection, section: Section) -> None:
    """Make a section or change it."""
    values = {"label": section.label, "position": section.position}
    write = insert(_section).values(code=section.code, **values)
    connection.execute(write.on_conflict_do_update(index_elements=["code"], set_=values))


def drop_section(connection: sa.Connection, code: str) -> None:
    """Delete a section; its fields stand in none then."""
    connection.execute(sa.delete(_section).where(_section.c.code == code))


def put(connection: sa.Connection, field: RequestField) -> None:
    """Make an extra field or change it; of the register's own keep what administrators decide about it."""
    values: dict[str, Any] = {
        "label": field.label,
        "section": field.section,
        "position": field.position,
        "active": field.active,
        "choices": list(field.choices),
    }
    if not field.extra:
        write = insert(_own).values(name=field.name, **values)
        connection.execute(write.on_conflict_do_update(index_elements=["name"], set_=values))
        return
    values |= {"type": field.type.value, "target": field.to}
    write = insert(_field).values(entity=vocabulary.REQUEST, name=field.name, **values)
    connection.execute(write.on_conflict_do_update(index_elements=["entity", "name"], set_=values))


def drop(connection: sa.Connection, name: str) -> None:
    """Delete the definition of an extra field."""
    connection.execute(sa.delete(_field).where(_field.c.entity == vocabulary.REQUEST, _field.c.name == name))


def uses(connection: sa.Connection, field: RequestField) -> bool:
    """Whether any request holds something in an extra field."""
    extra = tables.record.c.extra
    found = sa.select(tables.record.c.id).where(extra.has_key(field.name), extra[field.name].astext.is_not(None))
    return bool(connection.execute(sa.select(sa.exists(found))).scalar_one())
