"""Shows a request with its deadline told and the time that it spent on every stage; lists requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import sqlalchemy as sa

from caseline.actions import find_request, wiring
from caseline.actions.wiring import House
from caseline.crm import connect, deadlines, stage_times
from caseline.crm.cards import Card, DeadlineMove, StageRow, Total, Wanted
from caseline.crm.deadlines import Policy
from caseline.crm.intake import Intake
from caseline.crm.refusals import Told
from caseline.crm.timeline import Assignment, Message
from caseline.crm.vocabulary import MessageKind
from caseline.outbox import care
from caseline.outbox.care import Standing
from caseline.timing import trust, zones
from caseline.timing.clock import Clock, Duration
from caseline.timing.explain import Explanation
from caseline.timing.trust import Notice
from keywords import scored
from keywords import store as dictionary


@dataclass(frozen=True, slots=True)
class Word:
    """An entry of the dictionary that was found in a request."""

    keyword: str
    weight: int
    category: str
    decisive: bool
    """It is one of those that decided."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A request with all that is counted about it."""

    card: Card
    told: Explanation | None
    """How its deadline came about; None without one, and where its visits have changed since it was counted.

    Those of an open request never do; a source may tell of a closed one later that it had waited.
    """
    doubt: Notice | None
    """The deadline lies in a year that its calendar does not know exactly."""
    uncountable: datetime | None
    """Why it has no deadline though it has a category: a time of it that lies where no calendar reaches."""
    moves: tuple[DeadlineMove, ...]
    """Every deadline that it has had, oldest first."""
    rows: tuple[StageRow, ...]
    totals: tuple[Total, ...]
    """Of the stages left."""
    present: Duration | None
    """How long the row of now has lasted; None when the request is closed."""
    zone: str
    """The zone of its calendar, in which its times are shown."""
    timeline: tuple[Message, ...] = ()
    """What was written, the oldest first."""
    letters: Mapping[int, Standing] = field(default_factory=dict)
    """What has become of the letters among it, by the ids of their messages."""
    assignments: tuple[Assignment, ...] = ()
    words: tuple[Word, ...] = ()
    """Why the dictionary has set its category, or found none; as far as its entries are there yet."""
    links: tuple[tuple[int, int, str], ...] = ()
    """(request, other, kind) of what it has to do with others."""
    merged_into: int | None = None
    """The request in which it goes on."""
    merged: tuple[int, ...] = ()
    """Requests that go on in this one."""


def show(house: House, key: str, *, now: datetime) -> Sight:
    """All about a request; raises `Refused` when there is not exactly one of this key."""
    intake, timelines = wiring.intake(house), connect.timelines(house.settings.crm)
    with house.engine.connect() as connection:
        card = find_request.request(connection, intake.cards, key)
        return sight(house, connection, card, timelines.messages(connection, card.id), now=now)


def sight(house: House, connection: sa.Connection, card: Card, written: Sequence[Message], *, now: datetime) -> Sight:
    """All about a request of which these messages are shown, in the caller's transaction."""
    intake, timelines = wiring.intake(house), connect.timelines(house.settings.crm)
    clock, kin = _clock(connection, intake, card), timelines.kin(connection, card.id)
    rows = tuple(intake.cards.rows(connection, card.id))
    told, doubt = None, None
    if card.deadline is not None and clock is not None:
        told = deadlines.told(clock, card.deadline, deadlines.counted(card, rows))
        doubt = trust.doubt(clock.calendar, card.deadline.due_at)
    return Sight(
        card=card,
        told=told,
        doubt=doubt,
        uncountable=_uncountable(card, rows, intake.policy, now),
        moves=tuple(intake.cards.deadline_moves(connection, card.id)),
        rows=rows,
        totals=tuple(stage_times.totals(rows)),
        present=_present(rows, clock, card, now),
        zone=clock.calendar.zone if clock else "UTC",
        timeline=tuple(written),
        letters=letters(connection, written),
        assignments=tuple(timelines.assignments(connection, card.id)),
        words=_words(connection, card.id),
        links=kin.links,
        merged_into=find_request.last(kin.merges, card.id),
        merged=kin.merged,
    )


def letters(connection: sa.Connection, timeline: Sequence[Message]) -> dict[int, Standing]:
    """What has become of the letters among messages, by the ids of the messages."""
    out = {f"<{one.mail_id}>": one.id for one in timeline if one.kind is MessageKind.MAIL_OUT and one.mail_id}
    return {out[name]: found for name, found in care.standings(connection, list(out)).items()}


def _words(connection: sa.Connection, record_id: int) -> tuple[Word, ...]:
    found = scored.of_record(connection, record_id)
    if found is None:
        return ()
    entries = dictionary.some(connection, found.entries)
    made = [
        Word(kept.entry.keyword, kept.entry.weight, kept.entry.category, number in found.decisive)
        for number, kept in entries.items()
    ]
    return tuple(sorted(made, key=lambda one: (not one.decisive, -one.weight, one.keyword)))


def listed(house: House, wanted: Wanted) -> list[Card]:
    """Requests by their deadline, those without one last; raises `Refused` for a filter by what does not exist."""
    cards = wiring.intake(house).cards
    with house.engine.connect() as connection:
        if wanted.stage is not None:
            wanted = replace(wanted, stage=find_request.stage(cards.stages(connection), wanted.stage).code)
        codes = [one.code for one in cards.categories(connection)]
        if wanted.category is not None and wanted.category not in codes:
            raise Told(
                "category %(key)r: there is none of that code: use one of %(codes)s",
                key=wanted.category,
                codes=", ".join(codes),
            )
        if wanted.group is not None:
            find_request.group(connection, wanted.group)
        return cards.listed(connection, wanted)


def zone(house: House) -> str:
    """The zone in which lists show their times: that of the default calendar, UTC as long as there is none."""
    intake = wiring.intake(house)
    with house.engine.connect() as connection:
        return intake.clocks.zone(connection, None)


def local(at: datetime, zone: str) -> datetime:
    """An instant on the clock of a zone."""
    return at.astimezone(zones.zone(zone))


def overdue(card: Card, *, now: datetime) -> bool:
    """Whether the running clock of an open request has passed its deadline."""
    due = card.deadline
    return due is not None and card.closed_at is None and due.stopped_at is None and due.due_at <= now


def _clock(connection: sa.Connection, intake: Intake, card: Card) -> Clock | None:
    """The clock that the deadline was counted by, or the default one; None as long as there are no calendars."""
    if card.deadline is not None:
        due = card.deadline
        return intake.clocks.of_version(connection, due.calendar_id, due.calendar_version, due.mode)
    return intake.clocks.default(connection)


def _uncountable(card: Card, rows: Sequence[StageRow], policy: Policy, now: datetime) -> datetime | None:
    if card.category is None or card.deadline is not None or not card.open:
        return None
    return deadlines.beyond(deadlines.start_again(card, policy, at=now), deadlines.pauses(rows))


def _present(rows: tuple[StageRow, ...], clock: Clock | None, card: Card, now: datetime) -> Duration | None:
    open_rows = [row for row in rows if row.left_at is None]
    if not open_rows or clock is None or card.stage.closed or now < open_rows[0].entered_at:
        return None
    return stage_times.lasted(clock, open_rows[0].entered_at, now, pausing=open_rows[0].pausing)
