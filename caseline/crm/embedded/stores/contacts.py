"""SQL of contacts and companies by mail address and domain."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.crm import client_tables, tables
from caseline.crm.embedded.stores import forms
from caseline.crm.timeline import Contact
from caseline.db import named_locks

_contact, _company = tables.contact, tables.company
_merge, _company_merge = client_tables.contact_merge, client_tables.company_merge
_MOST: Final = 20
_KNOWN: Final = (_contact.c.id, _contact.c.name, _contact.c.email, _contact.c.company_id)
_BEARING: Final = (
    sa.select(_contact.c.id)
    .where(sa.func.lower(_contact.c.email) == sa.any_(sa.bindparam("forms", type_=sa.ARRAY(sa.Text))))
    .offset(sa.literal_column("0"))  # else the order might make the planner read all contacts
    .subquery()
)
_MEANT: Final = (
    sa.select(sa.func.coalesce(_merge.c.into_id, _BEARING.c.id).label("id"))
    .outerjoin_from(_BEARING, _merge, _merge.c.gone_id == _BEARING.c.id)
    .distinct()
    .offset(sa.literal_column("0"))
    .subquery()
)
"""Those in which contacts of an address go on where they were merged."""
_BY_ADDRESS: Final = sa.select(*_KNOWN).join(_MEANT, _MEANT.c.id == _contact.c.id).order_by(_contact.c.id).limit(_MOST)
_MOST_COMPANIES: Final = 2
_IN_DOMAIN: Final = [
    sa.select(_company.c.id)
    .where(sa.literal_column(domain, sa.Text) == sa.bindparam(form))
    .order_by(_company.c.id)
    .limit(_MOST_COMPANIES)
    .subquery()
    for domain in (tables.MAIL_DOMAIN, tables.WEB_DOMAIN)
    for form in ("domain", "other")
]
_BY_DOMAIN: Final = (
    sa.union(
        *(
            sa.select(sa.func.coalesce(_company_merge.c.into_id, found.c.id).label("id")).outerjoin_from(
                found, _company_merge, _company_merge.c.gone_id == found.c.id
            )
            for found in _IN_DOMAIN
        )
    )
    .order_by("id")
    .limit(_MOST_COMPANIES)
)
"""Each part begins in an index of its own: an OR of them would read the whole table for the domain of nobody."""


def by_address(connection: sa.Connection, address: str) -> list[Contact]:
    """Contacts with this mail address; the first made first."""
    return [Contact(*row) for row in connection.execute(_BY_ADDRESS, {"forms": forms.of_address(address)})]


def get(connection: sa.Connection, contact_id: int) -> Contact | None:
    """The contact of that id, or the one in which it goes on."""
    into = sa.select(_merge.c.into_id).where(_merge.c.gone_id == contact_id).scalar_subquery()
    query = sa.select(*_KNOWN).where(_contact.c.id == sa.func.coalesce(into, contact_id))
    row = connection.execute(query).one_or_none()
    return None if row is None else Contact(*row)


def of_record(connection: sa.Connection, record_id: int) -> Contact | None:
    """The contact of a record."""
    query = sa.select(*_KNOWN)
    joined = query.join(tables.record, tables.record.c.contact_id == _contact.c.id)
    row = connection.execute(joined.where(tables.record.c.id == record_id)).one_or_none()
    return None if row is None else Contact(*row)


def named(connection: sa.Connection, key: str) -> list[Contact]:
    """Contacts of this id, mail address or name."""
    query = sa.select(*_KNOWN).where(sa.not_(sa.exists().where(_merge.c.gone_id == _contact.c.id)))
    wanted: list[sa.ColumnElement[bool]] = [
        *([_contact.c.id == int(key)] if key.isdecimal() and len(key) <= len("9" * 18) else []),
        sa.func.lower(_contact.c.email).in_(forms.of_address(key)),
        sa.func.translate(sa.func.lower(_contact.c.name), "ё", "е") == key.lower().replace("ё", "е"),
    ]
    for condition in wanted:
        found = connection.execute(query.where(condition).order_by(_contact.c.id).limit(_MOST)).all()
        if found:
            return [Contact(*row) for row in found]
    return []


def make(connection: sa.Connection, name: str, *, address: str | None, company_id: int | None, at: datetime) -> Contact:
    """A new contact."""
    values = {"name": name, "email": address, "company_id": company_id, "created_at": at, "modified_at": at}
    number = connection.execute(sa.insert(_contact).values(values).returning(_contact.c.id)).scalar_one()
    return Contact(number, name, address, company_id)


def address(connection: sa.Connection, contact_id: int, address: str, *, at: datetime) -> None:
    """Give a contact a mail address."""
    values = {"email": address, "modified_at": sa.func.greatest(_contact.c.modified_at, at)}
    connection.execute(sa.update(_contact).values(values).where(_contact.c.id == contact_id))


def company_name(connection: sa.Connection, company_id: int) -> str | None:
    """The name of a company; None when there is none of that id."""
    return connection.execute(sa.select(_company.c.name).where(_company.c.id == company_id)).scalar_one_or_none()


def companies_of(connection: sa.Connection, domain: str) -> list[int]:
    """Companies whose own mail address or web page lies in this domain; two at most, since one of several is none."""
    found = forms.of_domain(domain)
    return list(connection.execute(_BY_DOMAIN, {"domain": found[0], "other": found[-1]}).scalars())


def hold_addresses(connection: sa.Connection, addresses: Collection[str]) -> None:
    """Nobody else makes a contact of one of these addresses until the transaction ends."""
    named_locks.hold(connection, [f"contact {min(forms.of_address(one))}" for one in addresses])
