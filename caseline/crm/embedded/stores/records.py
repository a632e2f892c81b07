"""SQL of records one at a time: found, listed, made, changed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm import tables, time_tables, vocabulary
from caseline.crm.cards import Card, Deadline, Deed, NewCard, Stage, Wanted
from caseline.db.fixed import Fixed
from caseline.people import tables as people
from caseline.timing.vocabulary import Mode

_record, _stage, _deadline = tables.record, tables.stage, time_tables.deadline
_TERM: Final = [column for column in _deadline.c if column is not _deadline.c.record_id]
_PLAIN: Final = (
    *("id", "kind", "version", "number", "source", "origin", "subject", "description", "priority", "channel"),
    *("group_id", "assignee_id", "company_id", "contact_id", "created_at", "closed_at"),
    *("category", "category_by", "category_first_set_at", "category_set_at"),
)
_LONGEST_ID: Final = 18
_NEXT: Final = sa.text("SELECT nextval('crm.record_id_seq')")
_HOLD: Final = Fixed(
    # As an update locks: what refers to the record is written meanwhile.
    sa.text("SELECT id, version FROM crm.record WHERE id = ANY (CAST(:ids AS bigint[])) ORDER BY id FOR NO KEY UPDATE")
)


def get(connection: sa.Connection, record_id: int) -> Card | None:
    """The record of that id."""
    found = connection.execute(_one(), {"one": record_id}).mappings().one_or_none()
    return None if found is None else _card(found)


def find(connection: sa.Connection, key: str) -> list[Card]:
    """Records of that id, number or origin, asked one after the other."""
    wanted = [_record.c.number == key, _record.c.origin == key]
    if key.isdecimal() and len(key) <= _LONGEST_ID:
        wanted.append(_record.c.id == int(key))
    for condition in wanted:
        query = _query().where(_record.c.kind == vocabulary.REQUEST, condition).order_by(_record.c.id)
        if found := [_card(row) for row in connection.execute(query).mappings()]:
            return found
    return []


def listed(connection: sa.Connection, wanted: Wanted) -> list[Card]:
    """Records by their deadline, those without one last, then by their time of creation."""
    query = _query().where(_record.c.kind == vocabulary.REQUEST)
    if wanted.open is not None:
        query = query.where(_record.c.closed_at.is_(None) == sa.literal(wanted.open))
        query = query.where(_stage.c.closed == sa.literal(not wanted.open))
    for column, value in (
        (_record.c.stage, wanted.stage),
        (_record.c.category, wanted.category),
        (people.group.c.name, wanted.group),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.overdue_at is not None:
        query = query.where(_deadline.c.due_at <= wanted.overdue_at, _deadline.c.stopped_at.is_(None))
        query = query.where(_record.c.closed_at.is_(None))
    order = (_deadline.c.due_at.asc().nulls_last(), _record.c.created_at, _record.c.id)
    return [_card(row) for row in connection.execute(query.order_by(*order).limit(wanted.limit)).mappings()]


def create(connection: sa.Connection, new: NewCard, deed: Deed) -> int:
    """Insert a record; its number is its id where none is given."""
    number = new.id or connection.execute(_NEXT).scalar_one()
    set_at = deed.at if new.category else None
    values = (
        asdict(new)
        | dict(new.more)
        | {
            "id": number,
            "number": new.number or str(number),
            "category_first_set_at": set_at,
            "category_set_at": set_at,
            "created_at": deed.at,
            "modified_at": deed.at,
        }
    )
    del values["more"]
    connection.execute(sa.insert(_record), values)
    return int(number)


def write(connection: sa.Connection, card: Card, values: Mapping[str, Any], deed: Deed) -> bool:
    """Change columns of a record if it still has the card's version."""
    changed = (
        sa.update(_record)
        .values({**values, "modified_at": sa.func.greatest(_record.c.modified_at, deed.at)})
        .where(_record.c.id == card.id, _record.c.version == card.version)
        .returning(_record.c.id)
    )
    return connection.execute(changed).scalar_one_or_none() is not None


def hold(connection: sa.Connection, ids: Sequence[int]) -> dict[int, int]:
    """Lock records until the transaction ends, in one order everywhere; answers their versions as they are now."""
    return dict(_HOLD.rows(connection, {"ids": list(ids)}))


def touch(connection: sa.Connection, ids: Sequence[int], *, at: datetime) -> None:
    """Raise the version of records about which something beside them has changed."""
    touched = {"modified_at": sa.func.greatest(_record.c.modified_at, at)}
    connection.execute(sa.update(_record).values(touched).where(_record.c.id.in_(ids)))


def tell(connection: sa.Connection, record_id: int, deed: Deed) -> None:
    """Write a line of the event log."""
    data = {**deed.data, "by": deed.by_id} if deed.by_id else dict(deed.data)
    row = {"entity": vocabulary.REQUEST, "record_id": record_id, "type": deed.event, "at": deed.at, "data": data}
    connection.execute(sa.insert(tables.event), row)


@cache
def _one() -> sa.Select[Any]:
    return _query().where(_record.c.id == sa.bindparam("one"))


@cache
def _query() -> sa.Select[Any]:
    group, person, company, contact = people.group, people.person, tables.company, tables.contact
    joined = (
        _record.join(_stage, sa.and_(_stage.c.kind == _record.c.kind, _stage.c.code == _record.c.stage))
        .outerjoin(group, group.c.id == _record.c.group_id)
        .outerjoin(person, person.c.id == _record.c.assignee_id)
        .outerjoin(company, company.c.id == _record.c.company_id)
        .outerjoin(contact, contact.c.id == _record.c.contact_id)
        .outerjoin(_deadline, _deadline.c.record_id == _record.c.id)
    )
    columns = [
        *(_record.c[name] for name in _PLAIN),
        *(_stage.c[name].label(f"stage_{name}") for name in ("code", "label", "closed", "pauses", "position")),
        group.c.name.label("group"),
        person.c.name.label("assignee"),
        company.c.name.label("company"),
        contact.c.name.label("contact"),
        *_TERM,
    ]
    return sa.select(*columns).select_from(joined)


def _card(found: Any) -> Card:  # noqa: ANN401 - a mapping of a row
    stage = Stage(**{name: found[f"stage_{name}"] for name in ("code", "label", "closed", "pauses", "position")})
    names = ("group", "assignee", "company", "contact")
    return Card(**{name: found[name] for name in (*_PLAIN, *names)}, stage=stage, deadline=_term(found))


def _term(found: Any) -> Deadline | None:  # noqa: ANN401 - a mapping of a row
    if found["due_at"] is None:
        return None
    term = {column.name: found[column.name] for column in _TERM}
    return Deadline(**term | {"mode": Mode(term["mode"])})
