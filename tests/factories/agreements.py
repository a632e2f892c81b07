"""Services, agreements, campaigns and asks, made in a line each."""

from datetime import UTC, date, datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm.agreement_tables import agreement as agreements
from caseline.crm.agreement_tables import service as services
from caseline.feedback import asks, links, tables
from caseline.feedback.asks import Draft
from caseline.feedback.states import State

NOW: Final = datetime(2026, 4, 6, 9, tzinfo=UTC)
"""A Monday."""


def service(
    connection: sa.Connection, code: str, kind: str = "subscription", *, every_days: int | None = None, label: str = ""
) -> int:
    """Make a service; answers its id."""
    values = {"code": code, "label": label or code, "kind": kind, "every_days": every_days}
    return int(connection.execute(sa.insert(services).values(values).returning(services.c.id)).scalar_one())


def agreement(connection: sa.Connection, service_id: int, number: str = "A-1", **values: Any) -> int:  # noqa: ANN401 - columns
    """Make an agreement; answers its id. One that names no client gets a company."""
    if not {"company_id", "contact_id"} & values.keys():
        values["company_id"] = company(connection, "Firm")
    row = {"number": number, "service_id": service_id, "status": "work", "started_on": date(2026, 1, 1), **values}
    return int(connection.execute(sa.insert(agreements).values(row).returning(agreements.c.id)).scalar_one())


def company(connection: sa.Connection, name: str, **values: Any) -> int:  # noqa: ANN401 - columns
    """Make a company; answers its id."""
    return _client(connection, "company", name, values)


def contact(connection: sa.Connection, name: str, **values: Any) -> int:  # noqa: ANN401 - columns
    """Make a contact; answers its id."""
    return _client(connection, "contact", name, values)


def _client(connection: sa.Connection, table: str, name: str, values: dict[str, Any]) -> int:
    row = {"name": name, **values}
    statement = (
        f"INSERT INTO crm.{table} ({', '.join(row)}) VALUES ({', '.join(f':{one}' for one in row)}) RETURNING id"
    )
    return int(connection.execute(sa.text(statement), row).scalar_one())


def campaign(connection: sa.Connection, code: str = "registry", *, kind: str = "registry", at: datetime = NOW) -> int:
    """Make a campaign and a form of the same code, whose version has the campaign's id; answers the id."""
    form = sa.insert(tables.form).values(code=code, name=code).returning(tables.form.c.id)
    made = {"document": {}, "made_by": "test", "made_at": at}
    version = {"form_id": connection.execute(form).scalar_one(), "number": 1, **made}
    connection.execute(sa.insert(tables.form_version).values(version))
    row = {"code": code, "name": "Реестр отзывов", "kind": kind, "switched_on_at": at, **made}
    return int(connection.execute(sa.insert(tables.campaign).values(row).returning(tables.campaign.c.id)).scalar_one())


def ask(connection: sa.Connection, campaign_id: int, agreement_id: int, **fields: Any) -> int:  # noqa: ANN401 - of a draft
    """Make an ask about an agreement; answers its id."""
    version = connection.execute(sa.select(sa.func.min(tables.form_version.c.id))).scalar_one()
    given = {
        "public_id": links.mint_id(),
        "campaign_id": campaign_id,
        "form_version_id": version,
        "subject": "agreement",
        "subject_id": agreement_id,
        "period": "once",
        "service": "support",
        "channel": "mail_link",
        "language": "ru",
        "happened_at": NOW,
        **fields,
    }
    now = given.pop("now", given["happened_at"])
    (number,) = asks.add(connection, [Draft(**given)], by="job", now=now)
    return number


def awaiting(connection: sa.Connection, ask_id: int, *, now: datetime = NOW) -> None:
    """Its manager is to be asked for an address."""
    moved(connection, ask_id, State.AWAITING_ADDRESS, now=now)


def moved(connection: sa.Connection, ask_id: int, then: State, *, now: datetime = NOW, **changes: Any) -> None:  # noqa: ANN401 - columns
    """Let an ask take a step."""
    found = asks.one(connection, ask_id)
    assert found is not None
    assert asks.move(connection, found, then, by="job", now=now, changes=changes)
