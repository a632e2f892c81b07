"""Gives extra fields of requests an index of their own, so that filters by them are quick; at most eight have one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import sqlalchemy as sa

from caseline.actions import wiring
from caseline.actions.wiring import House
from caseline.crm.refusals import Told
from caseline.crm.request_fields import MOST_FILTERABLE, RequestField
from caseline.crm.vocabulary import Type
from caseline.db import named_locks
from caseline.listing.stores import field_indexes
from caseline.people import logins

_PATIENCE_MS: Final = 600_000
_LOCK: Final = "indexes of request fields"


class State(StrEnum):
    """How it stands with the index of a field."""

    NONE = "none"
    BUILDING = "building"
    READY = "ready"
    BROKEN = "broken"
    """It was not finished: building it once more drops what is left of it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The index of a field."""

    state: State
    size: int = 0
    """In bytes."""


def standings(house: House) -> Mapping[str, Standing]:
    """How it stands with the indexes of all extra fields, by the field's key."""
    with house.engine.connect() as connection:
        found = field_indexes.there(connection)
        fields = [field for field in wiring.intake(house).cards.fields(connection) if field.extra]
    return {field.key: _standing(found.get(field_indexes.name(field))) for field in fields}


def make_filterable(house: House, key: str, *, by: str, now: datetime) -> Standing:
    """Build the index of an extra field, and say so in its definition; nobody who writes has to wait.

    Takes a second or two for each million requests, and is committed in steps: what is left of one that broke off is
    dropped first, so it may be done again. Raises `Refused` for an unknown field and for one too many.
    """
    field = _field(house, key)
    if field.type is Type.FILE:
        raise Told("field %(label)r: files have no order, and no index helps to find them", label=field.label)
    with house.engine.begin() as connection:
        named_locks.hold(connection, [_LOCK])
        fields = wiring.intake(house).cards.fields(connection)
        others = sum(one.filterable for one in fields if one.extra and one.key != key)
        if others >= MOST_FILTERABLE:
            raise Told(
                "field %(label)r: %(most)s fields are filterable already: take one back first",
                label=field.label,
                most=MOST_FILTERABLE,
            )
        field_indexes.mark(connection, field, filterable=True)
        logins.note(connection, by, "field_indexed", field.label or field.name, {"filterable": True}, now=now)
    engine = house.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        standing = _standing(field_indexes.there(connection).get(field_indexes.name(field)))
        if standing.state in {State.READY, State.BUILDING}:
            return standing
        connection.execute(sa.text("SELECT set_config('statement_timeout', :ms, false)"), {"ms": str(_PATIENCE_MS)})
        if standing.state is State.BROKEN:
            field_indexes.drop(connection, field)
        field_indexes.build(connection, field)
        return _standing(field_indexes.there(connection).get(field_indexes.name(field)))


def make_plain(house: House, key: str, *, by: str, now: datetime) -> None:
    """Drop the index of an extra field; filters by it work on, slower. Raises `Refused` for an unknown field."""
    field = _field(house, key)
    with house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        field_indexes.drop(connection, field)
    with house.engine.begin() as connection:
        field_indexes.mark(connection, field, filterable=False)
        logins.note(connection, by, "field_indexed", field.label or field.name, {"filterable": False}, now=now)


def _field(house: House, key: str) -> RequestField:
    with house.engine.connect() as connection:
        fields = {field.key: field for field in wiring.intake(house).cards.fields(connection) if field.extra}
    if key not in fields:
        raise Told("field %(key)r: there is no extra field of this name", key=key)
    return fields[key]


def _standing(index: field_indexes.Index | None) -> Standing:
    if index is None:
        return Standing(State.NONE)
    state = State.READY if index.valid else State.BUILDING if index.building else State.BROKEN
    return Standing(state, index.size)
