"""Shows assignments to somebody: lists of them, and one with its checklist and correspondence."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from caseline.actions import find_assignment, see_request, seen, wiring
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.cards import Card
from caseline.crm.timeline import Assignment, Attached, Item, Message
from caseline.crm.vocabulary import MessageKind
from caseline.files.spool import Content
from caseline.listing import assignments
from caseline.listing.assignments import Row, Wanted, Whose
from caseline.outbox import care
from caseline.outbox.care import Standing
from caseline.people import store as people
from caseline.people.access import Viewer
from caseline.people.store import Colleague

MOST_NAMES: Final = 300
MOST_PERSONS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list."""

    rows: Sequence[Row]
    more: bool
    total: int
    """At most `assignments.MOST_COUNTED` and one."""
    tabs: Mapping[str, int]
    """How many open ones each list has: by `Whose`, and `overdue`."""
    assignees: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Sight:
    """An assignment as somebody may see it."""

    one: Assignment
    card: Card
    whole: bool
    works: bool
    """These two as in `find_assignment.Seen`."""
    items: Sequence[Item]
    messages: Sequence[Message]
    """Its own correspondence and notes, the oldest first."""
    letters: Mapping[int, Standing]
    """What has become of the letters among them, by the ids of their messages."""
    zone: str
    """In which its deadline was counted."""

    @property
    def ticked(self) -> int:
        """How many steps are done."""
        return sum(item.ticked_at is not None for item in self.items)


def listed(house: House, viewer: Viewer, wanted: Wanted, *, now: datetime) -> Page:
    """A page of a list, with how many there are in this and in the other lists."""
    with house.engine.connect() as connection:
        rows = assignments.listed(connection, viewer, replace(wanted, most=wanted.most + 1))
        tabs = {whose.value: assignments.count(connection, viewer, Wanted(whose=whose)) for whose in Whose}
        tabs["overdue"] = assignments.count(connection, viewer, Wanted(overdue_at=now))
        return Page(
            rows=rows[: wanted.most],
            more=len(rows) > wanted.most,
            total=assignments.count(connection, viewer, wanted),
            tabs=tabs,
            assignees=assignments.assignees(connection, viewer, MOST_NAMES),
        )


def show(house: House, viewer: Viewer, assignment_id: int) -> Sight:
    """All about an assignment; raises `Absent`."""
    timelines = connect.timelines(house.settings.crm)
    with house.engine.connect() as connection:
        found = find_assignment.seen(house, connection, viewer, assignment_id)
        written = [one for one in timelines.messages(connection, found.card.id) if one.assignment_id == assignment_id]
        out = {f"<{one.mail_id}>": one.id for one in written if one.kind is MessageKind.MAIL_OUT and one.mail_id}
        return Sight(
            one=found.one,
            card=found.card,
            whole=found.whole,
            works=found.works,
            items=timelines.checklist(connection, [assignment_id]),
            messages=written,
            letters={out[name]: one for name, one in care.standings(connection, list(out)).items()},
            zone=wiring.intake(house).clocks.zone(connection, None),
        )


def attachment(
    house: House, viewer: Viewer, assignment_id: int, attachment_id: int
) -> tuple[Attached, Content, ExitStack]:
    """A file of its correspondence, open; raises like `see_request.attachment`."""
    timelines = connect.timelines(house.settings.crm)
    with house.engine.connect() as connection, ExitStack() as stack:
        found = find_assignment.seen(house, connection, viewer, assignment_id)
        written = [one for one in timelines.messages(connection, found.card.id) if one.assignment_id == assignment_id]
        held = next((file for one in written for file in one.attachments if file.id == attachment_id), None)
        if held is None:
            raise Absent(f"attachment {attachment_id}")
        return held, stack.enter_context(see_request.opened(house, connection, held)), stack.pop_all()


@dataclass(frozen=True, slots=True)
class Blank:
    """What a form for a new assignment begins with."""

    card: Card
    persons: Sequence[Colleague]


def blank(house: House, viewer: Viewer, record_id: int) -> Blank:
    """What somebody needs to give work on a request; raises `Absent`."""
    with house.engine.connect() as connection:
        card = seen.request(connection, wiring.intake(house).cards, viewer, record_id)
        return Blank(card, people.colleagues(connection, MOST_PERSONS))
