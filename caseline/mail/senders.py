"""Who a sender is to us: a contact that we know, or a new one made from the header."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Final

import sqlalchemy as sa

from caseline.crm.timeline import Contact
from caseline.crm.timeline_port import Timelines
from caseline.mail.addresses import Address

_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Known:
    """The contact of a mail."""

    contact: Contact
    made: bool
    """It was made from the header of this mail."""
    others: int = 0
    """How many more contacts have this address; the first made is taken."""


def contact_of(
    connection: sa.Connection, timelines: Timelines, sender: Address, *, proven: bool, at: datetime
) -> Known:
    """The contact with this address, or a new one of the company that alone lists the domain of it.

    A new one whose address is not proven is of no company: anybody may have written in its name.
    """
    address = sender.address
    found = timelines.contacts(connection, address)
    if found:
        return Known(found[0], made=False, others=len(found) - 1)
    shown = " ".join(sender.name.split())[:_LONGEST_NAME] or address
    company_id = _company_by_domain(connection, timelines, address) if proven else None
    made = timelines.make_contact(connection, shown, address=address, company_id=company_id, at=at)
    return Known(made, made=True)


def company_of(connection: sa.Connection, timelines: Timelines, address: str) -> int | None:
    """The company of whoever has this address: of the contact that we know, else of the one that would be made."""
    found = timelines.contacts(connection, address)
    return found[0].company_id if found else _company_by_domain(connection, timelines, address)


def _company_by_domain(connection: sa.Connection, timelines: Timelines, address: str) -> int | None:
    domain = address.rpartition("@")[2].lower()
    companies = [] if not domain or is_free(domain) else timelines.companies_of(connection, domain)
    return companies[0] if len(companies) == 1 else None


def is_free(domain: str) -> bool:
    """Whether anybody may have a mailbox at this domain."""
    return domain.lower() in _free()


@cache
def _free() -> frozenset[str]:
    text = resources.files("caseline.mail").joinpath("free_domains.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
