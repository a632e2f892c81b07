"""The port to services and agreements; its docstrings are the contract."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from caseline.crm.agreements import Agreement, Asked, Service
from caseline.people.access import Reach

if TYPE_CHECKING:
    import sqlalchemy as sa


class Agreements(Protocol):
    """Every method works in the caller's transaction."""

    def services(self, connection: "sa.Connection") -> list[Service]:
        """All services by label."""

    def service(self, connection: "sa.Connection", service_id: int, *, hold: bool = False) -> Service | None:
        """The service of that id; `hold`: nobody else changes it until the transaction ends."""

    def make_service(self, connection: "sa.Connection", values: Mapping[str, Any], *, at: datetime) -> int | None:
        """Make a service by columns; answers its id, None where another one has its code."""

    def write_service(
        self, connection: "sa.Connection", service_id: int, values: Mapping[str, Any], *, at: datetime
    ) -> None:
        """Change columns of a service."""

    def get(self, connection: "sa.Connection", agreement_id: int, *, hold: bool = False) -> Agreement | None:
        """The agreement of that id; `hold`: nobody else changes it until the transaction ends."""

    def listed(self, connection: "sa.Connection", asked: Asked, reach: Reach) -> list[Agreement]:
        """Agreements that may be seen, the newest first; one more than asked for where there are more."""

    def make(self, connection: "sa.Connection", values: Mapping[str, Any], *, at: datetime) -> int:
        """Make an agreement by columns; answers its id."""

    def write(self, connection: "sa.Connection", agreement_id: int, values: Mapping[str, Any], *, at: datetime) -> None:
        """Change columns of an agreement that is held."""

    def tell(
        self, connection: "sa.Connection", agreement_id: int, event: str, data: Mapping[str, Any], *, at: datetime
    ) -> None:
        """Write a line of the event log."""

    def was_asked(self, connection: "sa.Connection", agreement_id: int, *, at: datetime) -> None:
        """A letter that asks for a review of it was sent; an earlier time than the one that is kept changes nothing."""

    def was_answered(self, connection: "sa.Connection", agreement_id: int, *, at: datetime) -> None:
        """A review of it was received; as with `was_asked`."""
