"""The port to companies and contacts, one at a time and in lists; its docstrings are the contract."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from caseline.crm.clients import Alike, Asked, Client, Entity, Group, Line, Merged, Twin
from caseline.crm.request_fields import RequestField

if TYPE_CHECKING:
    import sqlalchemy as sa


class Clients(Protocol):
    """Every method works in the caller's transaction."""

    def get(self, connection: "sa.Connection", entity: Entity, client_id: int) -> Client | None:
        """The client of that id, merged or not."""

    def listed(self, connection: "sa.Connection", entity: Entity, asked: Asked, region: str) -> list[Line]:
        """Clients by name, without those that are merged into others; one more than asked for where there are more.

        The text is parts of the name, mail address, tax number or phone, as a number of a `region` where it names none.
        """

    def named(self, connection: "sa.Connection", entity: Entity, key: str) -> list[Line]:
        """Clients of this name, whatever its capitals."""

    def persons(self, connection: "sa.Connection") -> list[tuple[int, str]]:
        """(id, name) of active persons, who can own clients."""

    def extra_fields(self, connection: "sa.Connection", entity: Entity) -> list[RequestField]:
        """What the keys of `extra` are, in order; those in use only."""

    def make(self, connection: "sa.Connection", entity: Entity, values: Mapping[str, Any], *, at: datetime) -> int:
        """Make a client by columns; answers its id."""

    def write(self, connection: "sa.Connection", client: Client, values: Mapping[str, Any], *, at: datetime) -> bool:
        """Change columns of a client, `extra` among them; False when it has another version by now."""

    def tell(
        self,
        connection: "sa.Connection",
        client: tuple[Entity, int],
        event: str,
        data: Mapping[str, Any],
        *,
        at: datetime,
    ) -> None:
        """Write a line of the event log."""

    def know_phones(self, connection: "sa.Connection", region: str, most: int) -> int:
        """Read phones that nobody has read since they were written; answers how many, `most` at the most."""

    def twins(self, connection: "sa.Connection", client: Client) -> list[Twin]:
        """Others that share its mail address, phone or tax number, unless somebody has said that they are others."""

    def groups(self, connection: "sa.Connection", entity: Entity, by: Alike, after: str, most: int) -> list[Group]:
        """Groups of those that share a value, by value, after one; one more than `most` where there are more."""

    def part(
        self, connection: "sa.Connection", entity: Entity, pair: tuple[int, int], by: str, *, at: datetime
    ) -> None:
        """Two are not the same."""

    def hold(self, connection: "sa.Connection", entity: Entity, ids: Sequence[int]) -> None:
        """Nobody else changes, deletes or points at these clients until the transaction ends."""

    def moves(self, connection: "sa.Connection", entity: Entity, client_id: int) -> dict[str, int]:
        """How many of what point at a client."""

    def merge(
        self,
        connection: "sa.Connection",
        gone: Client,
        into: Client,
        filled: Mapping[str, Any],
        *,
        by: str,
        at: datetime,
    ) -> None:
        """Let a client go on in another one: all that pointed at it points at that one, and no version rises by that.

        `filled` is written there, by column; an extra field is called `extra.<name>`.
        """

    def merged(self, connection: "sa.Connection", entity: Entity, client_id: int) -> list[Merged]:
        """Those that go on in this one, the last first."""

    def unmerge(self, connection: "sa.Connection", gone: Client, into: Client, *, at: datetime) -> None:
        """Let a merged client stand by itself again, with what moved with it and was not moved on.

        What the merge wrote into the remaining one and nobody has changed since is as before.
        """
