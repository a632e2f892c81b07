"""Agreements with clients and the services that they are about, as the desk keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from caseline.crm.vocabulary import AgreementStatus, ServiceKind

LONGEST_NUMBER: Final = 100
"""Letters of the number of an agreement."""
LONGEST_LABEL: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What clients are served with."""

    id: int
    code: str
    label: str
    kind: ServiceKind
    every_days: int | None
    """How often somebody is asked about it while it goes on; None: as the campaign says."""
    active: bool
    agreements: int = 0
    """How many are about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """An agreement as it is now."""

    id: int
    version: int
    number: str
    company_id: int | None
    contact_id: int | None
    service_id: int
    division_id: int | None
    """None: that of its manager."""
    manager_id: int | None
    status: AgreementStatus
    started_on: date | None
    finished_on: date | None
    done_at: datetime | None
    """When its status became done, as far as that happened here."""
    asked_at: datetime | None
    received_at: datetime | None
    source: str | None
    origin: str | None
    created_at: datetime
    modified_at: datetime
    extra: Mapping[str, Any] = field(default_factory=dict)
    company: str | None = None
    contact: str | None = None
    service: str = ""
    """The label of its service."""
    service_code: str = ""
    division: str | None = None
    """Its own, or that of its manager."""
    of_division_id: int | None = None
    """The id of that."""
    manager: str | None = None


EDITED: Final = (
    *("number", "company_id", "contact_id", "service_id", "division_id", "manager_id", "status"),
    *("started_on", "finished_on"),
)
"""Columns that people fill in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which agreements to list, the newest first."""

    text: str = ""
    """The beginning of a number, or words of the client's name."""
    status: AgreementStatus | None = None
    service_id: int | None = None
    division_id: int | None = None
    manager_id: int | None = None
    company_id: int | None = None
    contact_id: int | None = None
    before: int | None = None
    """Id of the last one of the page before."""
    after: int | None = None
    """Id of the first one of the page that follows; `before` is empty then."""
    most: int = 50
