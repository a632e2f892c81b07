"""SQL of services."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.crm.agreement_tables import agreement, service
from caseline.crm.agreements import Service
from caseline.crm.vocabulary import ServiceKind

_COLUMNS = [service.c[name] for name in ("id", "code", "label", "kind", "every_days", "active")]


def services(connection: sa.Connection) -> list[Service]:
    """All services by label."""
    counted = sa.select(agreement.c.service_id, sa.func.count().label("number")).group_by(agreement.c.service_id)
    numbers = counted.subquery()
    query = (
        sa.select(*_COLUMNS, sa.func.coalesce(numbers.c.number, 0).label("agreements"))
        .outerjoin_from(service, numbers, numbers.c.service_id == service.c.id)
        .order_by(sa.func.lower(service.c.label), service.c.id)
    )
    return [_made(row) for row in connection.execute(query).mappings()]


def service_of(connection: sa.Connection, service_id: int, *, hold: bool = False) -> Service | None:
    """The service of that id; `hold`: nobody else changes it until the transaction ends."""
    query = sa.select(*_COLUMNS).where(service.c.id == service_id)
    row = connection.execute(query.with_for_update() if hold else query).mappings().one_or_none()
    if row is None:
        return None
    number = sa.select(sa.func.count()).where(agreement.c.service_id == service_id)
    return _made({**row, "agreements": connection.execute(number).scalar_one()})


def make_service(connection: sa.Connection, values: Mapping[str, Any], *, at: datetime) -> int | None:
    """Make a service; None where another one has its code."""
    made = insert(service).values(**values, created_at=at, modified_at=at)
    once = made.on_conflict_do_nothing(index_elements=["code"]).returning(service.c.id)
    return connection.execute(once).scalar_one_or_none()


def write_service(connection: sa.Connection, service_id: int, values: Mapping[str, Any], *, at: datetime) -> None:
    """Change columns of a service."""
    changed = {**values, "modified_at": sa.func.greatest(service.c.modified_at, at)}
    connection.execute(sa.update(service).where(service.c.id == service_id).values(changed))


def _made(row: Mapping[Any, Any]) -> Service:
    return Service(**{**row, "kind": ServiceKind(row["kind"])})
