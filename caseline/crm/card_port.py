"""The port to records as people handle them, and to sets of what is counted; its docstrings are the contract."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from caseline.crm.cards import (
    Ahead,
    Alarm,
    Card,
    Category,
    Deadline,
    DeadlineMove,
    Deed,
    Labelled,
    Moved,
    NewCard,
    Stage,
    StageRow,
    Text,
    Wanted,
)
from caseline.crm.request_fields import RequestField
from caseline.crm.terms import Dues, Numbers, Spans, Terms
from caseline.crm.vocabulary import REQUEST
from caseline.timing.clock import Clock
from caseline.timing.instants import Pause

if TYPE_CHECKING:
    import sqlalchemy as sa


class Cards(Protocol):
    """Records one at a time, and in sets what the house finds out about them.

    Every method works in the caller's transaction, and writes its events in it.
    """

    def find(self, connection: "sa.Connection", key: str) -> list[Card]:
        """Records of that id, number or origin; several may share a number, old ones of different sources."""

    def get(self, connection: "sa.Connection", record_id: int) -> Card | None:
        """The record of that id; None when there is none."""

    def listed(self, connection: "sa.Connection", wanted: Wanted) -> list[Card]:
        """Records by their deadline, those without one last, then by their time of creation."""

    def recent(self, connection: "sa.Connection", most: int) -> list[tuple[int, int]]:
        """(id, version) of the newest requests by their time of creation."""

    def texts(self, connection: "sa.Connection", ids: Sequence[int]) -> list[Text]:
        """What the dictionary reads of these requests, in any order."""

    def labelled(self, connection: "sa.Connection", most: int) -> list[Labelled]:
        """The newest requests whose category people or their old system have set, oldest first."""

    def sorted_within(
        self, connection: "sa.Connection", since: datetime, until: datetime | None, after: int, most: int
    ) -> list[Text]:
        """The next requests by id whose category the dictionary has set, created since a moment and before another.

        None: up to now.
        """

    def unsorted(self, connection: "sa.Connection", version: int, size: int) -> list[tuple[int, int, int]]:
        """(first id, last id, number) of requests without category, in parts of `size`.

        Those that this version of the keyword dictionary has looked at already are left out.
        """

    def unsorted_texts(self, connection: "sa.Connection", part: tuple[int, int], version: int) -> list[Text]:
        """The requests of such a part."""

    def sort(self, connection: "sa.Connection", found: Mapping[int, str], *, at: datetime) -> list[int]:
        """Give requests the category that the dictionary has found, with its group where they have none.

        Answers those that got one: a request that has a category by now, or whose category is not in use, is left
        alone. Raises no version.
        """

    def unedited(self, connection: "sa.Connection") -> None:
        """What follows in this transaction is found out by the house, not edited by somebody: it raises no version."""

    def give_groups(self, connection: "sa.Connection") -> None:
        """Imported requests without group get that of the category that the dictionary has given them."""

    def chosen_groups(self, connection: "sa.Connection", ids: Sequence[int]) -> Mapping[int, int]:
        """The groups of those of these requests whose group is none that their category has brought.

        Somebody has chosen it, here or in the old system.
        """

    def hold(self, connection: "sa.Connection") -> None:
        """No new version of a calendar counts deadlines anew from here to the end of the transaction.

        Who sets a deadline asks for this first, and for the version of the calendar afterwards; otherwise a recount in
        between would leave out, or have overwritten, the deadline that is being set.
        """

    def open_of(self, connection: "sa.Connection", persons: Sequence[int]) -> Mapping[int, int]:
        """How many open requests each of these persons has; who has none is left out."""

    def lock(self, connection: "sa.Connection", ids: Sequence[int]) -> Mapping[int, int]:
        """Nobody else changes these records until the transaction ends; answers their versions as they are now."""

    def create(self, connection: "sa.Connection", new: NewCard, deed: Deed) -> Card:
        """Make a record with its first stage row."""

    def write(self, connection: "sa.Connection", card: Card, values: Mapping[str, Any], deed: Deed) -> Card | None:
        """Change columns of a record; None when it has another version by now: nothing is written then."""

    def move(self, connection: "sa.Connection", card: Card, stage: Stage, deed: Deed, clock: Clock) -> Moved | None:
        """Change the stage: the row of the stage left is closed and counted by `clock`, a row of the new one opened.

        None when the record has another version by now: somebody else was first, and nothing is written. A time a few
        seconds before the record entered its stage counts as that moment: whoever names it had to wait for somebody.
        Raises `Refused` for one further back.
        """

    def set_deadline(
        self, connection: "sa.Connection", card: Card, deadline: Deadline, *, reason: str, at: datetime
    ) -> Card:
        """Keep a deadline.

        One that differs from the record's own goes into the log, and its event; one that lies ahead again takes back
        the alarms that it gave. Where the record has none, it is silent about the past as one of `set_missing` is.
        """

    def drop_deadline(self, connection: "sa.Connection", card: Card, *, reason: str, at: datetime) -> Card:
        """Take the deadline of a record away with the alarms that it gave; an event tells of it."""

    def pauses(self, connection: "sa.Connection", ids: Sequence[int]) -> Mapping[int, Sequence[Pause]]:
        """When the clocks of records stood still, without pauses that still last; oldest first, by record.

        A record whose clock has not stood still is left out.
        """

    def rows(self, connection: "sa.Connection", record_id: int) -> list[StageRow]:
        """Stage rows, oldest first."""

    def deadline_moves(self, connection: "sa.Connection", record_id: int) -> list[DeadlineMove]:
        """Every deadline that a record has had, oldest first."""

    def fields(self, connection: "sa.Connection") -> tuple[RequestField, ...]:
        """All fields of requests: the register's own, then extra ones in their order."""

    def stages(self, connection: "sa.Connection", kind: str = REQUEST) -> list[Stage]:
        """Stages of records of a kind, in their order."""

    def put_stages(self, connection: "sa.Connection", stages: Sequence[Stage]) -> None:
        """Make or change stages of requests."""

    def categories(self, connection: "sa.Connection") -> list[Category]:
        """All categories, by label."""

    def put_category(self, connection: "sa.Connection", category: Category) -> None:
        """Make or change a category."""

    def terms(self, connection: "sa.Connection", calendar_id: str) -> Terms:
        """What the deadlines of open requests by a calendar are counted from; no other may be set until the end."""

    def set_deadlines(
        self, connection: "sa.Connection", found: Dues, version: int, *, reason: str, at: datetime
    ) -> int:
        """Keep deadlines counted anew by a `version` of their calendar, as a set; answers how many moved.

        Each that moved has a line in the log; alarms of what lies ahead again are taken back.
        """

    def uncounted(self, connection: "sa.Connection", after: tuple[int, int], most: int) -> Spans:
        """The next visits to stages, by (record, row), that were left and have no business time yet."""

    def count_rows(self, connection: "sa.Connection", spans: Spans, business: Numbers, clock: Clock) -> None:
        """Keep the business time of visits, as `clock` counts it; one counted meanwhile is left alone."""

    def missing(self, connection: "sa.Connection", calendar_id: str, default: str, *, by_category: bool) -> Terms:
        """What the deadlines of open, categorised requests that have none are counted from.

        Those are imported, or made here and sorted in a set; `by_category`: the clock of the latter starts with their
        first category, otherwise with their receipt.
        """

    def set_missing(
        self,
        connection: "sa.Connection",
        found: Dues,
        calendar: tuple[str, int],
        *,
        now: datetime,
    ) -> None:
        """Give such requests their deadlines, counted by (calendar, version), with what they were counted from.

        A request that has been closed meanwhile gets none. What is past now never alarms of an imported one, unless its
        source is live and it has had a deadline before: then that one's silence stays, and what was said of it, unless
        it lies ahead now. One made here has its event.
        """

    def sound(self, connection: "sa.Connection", *, now: datetime) -> list[Alarm]:
        """Write an event for each threshold (75 and 100 percent of the business time) that a running clock has passed.

        Once for each, whoever asks and however often; a deadline that somebody is moving just now is left to the next
        look. Nothing for what was past before the deadline was first counted after an import, and nothing for a source
        that is not live.
        """

    def say_late(self, connection: "sa.Connection", *, now: datetime) -> list[int]:
        """Write the event `assignment_overdue` for each open assignment whose deadline has passed, once; answers which.

        One that somebody is changing just now is left to the next look.
        """

    def waiting(self, connection: "sa.Connection", *, before: datetime, most: int) -> list[tuple[int, datetime]]:
        """(request, made at) of the oldest open ones without category, made here, of which that was not said yet."""

    def say_waiting(self, connection: "sa.Connection", ids: Sequence[int], *, now: datetime) -> list[int]:
        """Write the event `category_missing` for those that still wait for a category, once for each; answers which."""

    def ahead(self, connection: "sa.Connection", *, now: datetime) -> list[Ahead]:
        """Running deadlines of imported requests by source."""

    def go_live(self, connection: "sa.Connection", source: str, *, by: str, now: datetime) -> None:
        """From now on imported requests of a source may alarm; said again, it changes nothing."""
