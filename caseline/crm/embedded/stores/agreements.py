"""SQL of agreements one at a time, and of their lists."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm import tables
from caseline.crm.agreement_tables import agreement, service
from caseline.crm.agreements import Agreement, Asked
from caseline.crm.embedded.stores.clients import folded
from caseline.crm.vocabulary import AgreementStatus
from caseline.people import tables as people
from caseline.people.access import Reach

_OWN: Final = (
    *("id", "version", "number", "company_id", "contact_id", "service_id", "division_id", "manager_id", "status"),
    *("started_on", "finished_on", "done_at", "asked_at", "received_at", "source", "origin", "created_at"),
    *("modified_at", "extra"),
)
_manager, _division = people.person.alias("manager"), people.division
OF_DIVISION: Final = sa.func.coalesce(agreement.c.division_id, _manager.c.division_id)
"""The division of an agreement: its own, or that of its manager."""


def _query() -> sa.Select[Any]:
    joined = (
        agreement.join(service, service.c.id == agreement.c.service_id)
        .outerjoin(tables.company, tables.company.c.id == agreement.c.company_id)
        .outerjoin(tables.contact, tables.contact.c.id == agreement.c.contact_id)
        .outerjoin(_manager, _manager.c.id == agreement.c.manager_id)
        .outerjoin(_division, _division.c.id == OF_DIVISION)
    )
    return sa.select(
        *(agreement.c[name] for name in _OWN),
        tables.company.c.name.label("company"),
        tables.contact.c.name.label("contact"),
        service.c.label.label("service"),
        service.c.code.label("service_code"),
        _division.c.name.label("division"),
        OF_DIVISION.label("of_division_id"),
        _manager.c.name.label("manager"),
    ).select_from(joined)


def get(connection: sa.Connection, agreement_id: int, *, hold: bool = False) -> Agreement | None:
    """The agreement of that id; `hold`: nobody else changes it until the transaction ends."""
    query = _query().where(agreement.c.id == agreement_id)
    row = connection.execute(query.with_for_update(of=agreement) if hold else query).mappings().one_or_none()
    return None if row is None else _made(row)


def listed(connection: sa.Connection, asked: Asked, reach: Reach) -> list[Agreement]:
    """Agreements that may be seen, the newest first; one more than asked for where there are more."""
    query = _query().where(*_wanted(asked), _visible(reach)).limit(asked.most + 1)
    if asked.after is not None:
        query = query.where(agreement.c.id > asked.after).order_by(agreement.c.id)
    elif asked.before is not None:
        query = query.where(agreement.c.id < asked.before).order_by(agreement.c.id.desc())
    else:
        query = query.order_by(agreement.c.id.desc())
    return [_made(row) for row in connection.execute(query).mappings()]


def make(connection: sa.Connection, values: Mapping[str, Any], *, at: datetime) -> int:
    """Make an agreement by columns; answers its id."""
    made = sa.insert(agreement).values(**values, created_at=at, modified_at=at).returning(agreement.c.id)
    return int(connection.execute(made).scalar_one())


def write(connection: sa.Connection, agreement_id: int, values: Mapping[str, Any], *, at: datetime) -> None:
    """Change columns of an agreement."""
    changed = {**values, "modified_at": sa.func.greatest(agreement.c.modified_at, at)}
    connection.execute(sa.update(agreement).where(agreement.c.id == agreement_id).values(changed))


def tell(connection: sa.Connection, agreement_id: int, event: str, data: Mapping[str, Any], *, at: datetime) -> None:
    """Write a line of the event log."""
    row = {"entity": "agreement", "record_id": agreement_id, "type": event, "at": at, "data": dict(data)}
    connection.execute(sa.insert(tables.event), row)


def was_asked(connection: sa.Connection, agreement_id: int, *, at: datetime) -> None:
    """A letter that asks for a review was sent."""
    _note(connection, agreement_id, agreement.c.asked_at, at)


def was_answered(connection: sa.Connection, agreement_id: int, *, at: datetime) -> None:
    """A review was received."""
    _note(connection, agreement_id, agreement.c.received_at, at)


def _note(connection: sa.Connection, agreement_id: int, column: sa.Column[Any], at: datetime) -> None:
    # A later time alone is written: an update that changes nothing would count as an edit.
    earlier = sa.or_(column.is_(None), column < at)
    connection.execute(sa.update(agreement).where(agreement.c.id == agreement_id, earlier).values({column.name: at}))


def _wanted(asked: Asked) -> list[sa.ColumnElement[bool]]:
    equal = {
        agreement.c.status: asked.status and asked.status.value,
        agreement.c.service_id: asked.service_id,
        OF_DIVISION: asked.division_id,
        agreement.c.manager_id: asked.manager_id,
        agreement.c.company_id: asked.company_id,
        agreement.c.contact_id: asked.contact_id,
    }
    found = [column == value for column, value in equal.items() if value is not None]
    if asked.text.strip():
        found.append(_found(asked.text.strip()))
    return found


def _found(text: str) -> sa.ColumnElement[bool]:
    """Whether a number holds the text, or a client's name every word of it."""
    words = text.lower().replace("ё", "е").split()
    ways = [sa.func.strpos(folded(agreement.c.number), " ".join(words)) > 0]
    for client, column in ((tables.company, agreement.c.company_id), (tables.contact, agreement.c.contact_id)):
        named = sa.select(client.c.id).where(*(sa.func.strpos(folded(client.c.name), word) > 0 for word in words))
        ways.append(column.in_(named))
    return sa.or_(*ways)


def _visible(reach: Reach) -> sa.ColumnElement[bool]:
    """The SQL twin of `Reach.holds`; a test compares them."""
    if reach.all:
        return sa.true()
    ways = [] if reach.person_id is None else [agreement.c.manager_id == reach.person_id]
    if reach.divisions:
        ways.append(sa.any_(sa.literal(sorted(reach.divisions), sa.ARRAY(sa.BigInteger))) == OF_DIVISION)
    return sa.or_(sa.false(), *ways)


def _made(row: Mapping[Any, Any]) -> Agreement:
    return Agreement(**{**row, "status": AgreementStatus(row["status"])})
