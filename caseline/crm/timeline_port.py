"""The port to timelines, contacts and assignments, as mail needs them; its docstrings are the contract."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from caseline.crm.cards import Deed
from caseline.crm.kin import Kin
from caseline.crm.timeline import (
    Assignment,
    Attached,
    Contact,
    Held,
    Item,
    Line,
    Message,
    NewAssignment,
    NewMessage,
    Parties,
    Successor,
)

if TYPE_CHECKING:
    import sqlalchemy as sa


class Timelines(Protocol):
    """Every method works in the caller's transaction, and writes its events in it.

    Locks are taken in one order everywhere, so that nobody waits for somebody who waits for him: ids that a mail names,
    addresses of contacts (of several at once: `hold_contacts`), `successors`, requests (`hold`; an assignment is
    changed by whoever holds its request), messages, contents of files by their digests, letters of the outbox.
    """

    def append(self, connection: "sa.Connection", new: NewMessage, deed: Deed) -> int:
        """Add a message to the timeline of a request, with the event `message_added`; answers its id."""

    def messages(self, connection: "sa.Connection", record_id: int) -> list[Message]:
        """The timeline of a request, the oldest first."""

    def messages_of(self, connection: "sa.Connection", ids: Sequence[int]) -> dict[int, Message]:
        """These messages, by their ids."""

    def happened(self, connection: "sa.Connection", record_id: int) -> list[Line]:
        """Everything that happened to a request, the oldest first; messages by their ids only."""

    def tell(self, connection: "sa.Connection", record_id: int, deed: Deed) -> None:
        """Write a line of the event log of a request."""

    def attachment(self, connection: "sa.Connection", record_id: int, attachment_id: int) -> Attached | None:
        """The file of that id, if it belongs to a message of this request."""

    def message(self, connection: "sa.Connection", message_id: int, *, hold: bool = False) -> Message | None:
        """The message of that id; `hold`: nobody else moves it until the transaction ends."""

    def move(
        self, connection: "sa.Connection", message_id: int, record_id: int, assignment_id: int | None, deed: Deed
    ) -> None:
        """Let a message stand in the timeline of a request, or on an assignment of it, because somebody says so.

        With the event `message_moved` of the request where it stood and of the one where it stands.
        """

    def held(self, connection: "sa.Connection", ids: Sequence[str]) -> list[Held]:
        """Messages with these Message-IDs (without brackets), the newest first; imported ones, also by id of thread."""

    def held_threads(self, connection: "sa.Connection", keys: Sequence[str]) -> list[Held]:
        """Messages with these ids of threads: as an import has brought them, or the root of a letter's conversation."""

    def parties(self, connection: "sa.Connection", ids: Sequence[int], sender: str | None = None) -> list[Parties]:
        """What a sender has to do with these requests, and with those that they were merged into; none for one gone.

        `sender`: a mail address; without one nobody has anything to do with them.
        """

    def hold(self, connection: "sa.Connection", ids: Sequence[int]) -> dict[int, int]:
        """Nobody else changes, closes or merges these requests until the transaction ends; answers their versions.

        Merging and unmerging raise the version of both.
        """

    def contacts(self, connection: "sa.Connection", address: str) -> list[Contact]:
        """Contacts with this mail address, the first made first; nobody makes another until the transaction ends."""

    def hold_contacts(self, connection: "sa.Connection", addresses: Collection[str]) -> None:
        """Nobody else makes a contact of one of these mail addresses until the transaction ends."""

    def contact(self, connection: "sa.Connection", contact_id: int) -> Contact | None:
        """The contact of that id."""

    def contact_of(self, connection: "sa.Connection", record_id: int) -> Contact | None:
        """The contact of a request."""

    def contacts_named(self, connection: "sa.Connection", key: str) -> list[Contact]:
        """Contacts of this id, mail address or name."""

    def make_contact(
        self, connection: "sa.Connection", name: str, *, address: str | None, company_id: int | None, at: datetime
    ) -> Contact:
        """A new contact."""

    def give_address(
        self, connection: "sa.Connection", contact_id: int, address: str, requests: Collection[int], deed: Deed
    ) -> None:
        """Give a contact a mail address, with the event `outsider_address` of the requests that he works on."""

    def company_name(self, connection: "sa.Connection", company_id: int) -> str | None:
        """The name of a company; None when there is none of that id."""

    def companies_of(self, connection: "sa.Connection", domain: str) -> list[int]:
        """Companies whose own mail address or web page lies in this domain; two at most."""

    def make_assignment(
        self, connection: "sa.Connection", new: NewAssignment, *, by_id: int | None, at: datetime
    ) -> Assignment:
        """Make an assignment, with the event `assignment_made` of its request."""

    def assignment(self, connection: "sa.Connection", assignment_id: int, *, hold: bool = False) -> Assignment | None:
        """The assignment of that id; `hold`: nobody else changes it or its request until the transaction ends.

        Raises `Refused` where somebody moves it to another request at this moment.
        """

    def requests_of(self, connection: "sa.Connection", ids: Sequence[int]) -> dict[int, int]:
        """The request of each of these assignments as it is now; none for one that is gone."""

    def assignments(self, connection: "sa.Connection", record_id: int) -> list[Assignment]:
        """Assignments of a request, the oldest first."""

    def assignments_of(self, connection: "sa.Connection", contact_id: int) -> list[Assignment]:
        """Open assignments of a contact, the oldest first."""

    def to_remind(self, connection: "sa.Connection", *, now: datetime, most: int) -> list[Assignment]:
        """Open assignments whose reminder is due, the most urgent first; others who remind may get the same ones.

        Those whose outsider has no mail address come when their deadline has passed.
        """

    def write_assignment(
        self, connection: "sa.Connection", one: Assignment, values: Mapping[str, Any], deed: Deed
    ) -> Assignment | None:
        """Change columns of an assignment, with the deed's event of its request.

        None when it has another version by now: nothing is written then.
        """

    def checklist(self, connection: "sa.Connection", assignments: Sequence[int]) -> list[Item]:
        """Steps of these assignments, each one's in order."""

    def add_steps(self, connection: "sa.Connection", assignment_id: int, texts: Sequence[str]) -> None:
        """Put steps at the end of the checklist of an assignment."""

    def tick(self, connection: "sa.Connection", one: Assignment, item_id: int, *, by: str | None, deed: Deed) -> bool:
        """Say that a step is done, by the name of whom, or that it is not (None); with its event.

        Of several who say the same, the first counts: False for the others, and for a step that is gone.
        """

    def remove_step(self, connection: "sa.Connection", one: Assignment, item_id: int, deed: Deed) -> bool:
        """Take a step away, with its event; False for one that is gone already."""

    def merge(self, connection: "sa.Connection", record_id: int, into_id: int, deed: Deed) -> list[int]:
        """Let a request go on in another one, with all messages and assignments; answers the ids of the messages."""

    def merges(self, connection: "sa.Connection", record_id: int) -> dict[int, int]:
        """Into which request this one is merged, and that one, and so on; empty: it stands by itself."""

    def kin(self, connection: "sa.Connection", record_id: int) -> Kin:
        """Links and merges of a request."""

    def unmerge(self, connection: "sa.Connection", record_id: int, deed: Deed) -> list[int] | None:
        """Let a merged request stand by itself again, with what moved and was not moved on since.

        Answers the ids of its messages; None when it is not merged.
        """

    def link(
        self, connection: "sa.Connection", record_id: int, others: Sequence[int], kind: str, *, at: datetime
    ) -> None:
        """Say what a request has to do with others: `maybe`, `follows`, `split`, `also`."""

    def successors(self, connection: "sa.Connection", ids: Sequence[int]) -> list[Successor]:
        """Requests that go on where these were closed, and where those were, the newest first; merges are followed.

        Nobody else hears of them until the transaction ends: of two that ask, the second finds what the first has made.
        """

    def succeed(
        self, connection: "sa.Connection", record_id: int, into_id: int, others: Sequence[int], deed: Deed
    ) -> None:
        """Say that what goes on where `others` were closed is no longer this request but another one.

        With the event `succession_moved` of both; none where there are no others.
        """
