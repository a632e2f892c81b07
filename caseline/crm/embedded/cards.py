"""Records of the embedded register, one at a time, behind their port."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from caseline.crm.cards import (
    Ahead,
    Alarm,
    Card,
    Category,
    Deadline,
    Deed,
    Moved,
    NewCard,
    Refused,
    Stage,
    StageRow,
    Total,
    Wanted,
)
from caseline.crm.embedded.stores import alarms, choices, counting, deadlines, records, recounting, stage_rows
from caseline.crm.terms import Dues, Numbers, Spans, Terms
from caseline.timing.clock import Clock
from caseline.timing.instants import Pause


class EmbeddedCards:
    """`caseline.crm.cards.Cards` over our own tables."""

    def find(self, connection: sa.Connection, key: str) -> list[Card]:
        """See the port."""
        return records.find(connection, key)

    def get(self, connection: sa.Connection, record_id: int) -> Card | None:
        """See the port."""
        return records.get(connection, record_id)

    def listed(self, connection: sa.Connection, wanted: Wanted) -> list[Card]:
        """See the port."""
        return records.listed(connection, wanted)

    def create(self, connection: sa.Connection, new: NewCard, deed: Deed) -> Card:
        """See the port."""
        number = records.create(connection, new, deed)
        made = self._read(connection, number)
        stage_rows.enter(connection, number, made.stage, deed.at, by_id=deed.by_id)
        data = {"stage": new.stage, "channel": new.channel, "category": new.category}
        records.tell(connection, number, replace(deed, event="created", data=data))
        return made

    def write(self, connection: sa.Connection, card: Card, values: Mapping[str, Any], deed: Deed) -> Card | None:
        """See the port."""
        if not records.write(connection, card, values, deed):
            return None
        records.tell(connection, card.id, deed)
        return self._read(connection, card.id)

    def move(self, connection: sa.Connection, card: Card, stage: Stage, deed: Deed, clock: Clock) -> Moved | None:
        """See the port."""
        closed_at = (card.closed_at or deed.at) if stage.closed else None
        # The record is locked from here on: whoever comes second waits, and then finds another version.
        if not records.write(connection, card, {"stage": stage.code, "closed_at": closed_at}, deed):
            return None
        row = stage_rows.present(connection, card)
        if deed.at < row.entered_at:
            raise Refused(
                f"{card.name}: stage {card.stage.label} was entered at {row.entered_at.isoformat()}, which is after"
                f" {deed.at.isoformat()}: give a later time"
            )
        stage_rows.leave(connection, card.id, row, deed.at, clock)
        stage_rows.enter(connection, card.id, stage, deed.at, by_id=deed.by_id)
        told = {"old": card.stage.code, "new": stage.code, "closed": stage.closed}
        records.tell(connection, card.id, replace(deed, event="stage_changed", data=told))
        now = self._read(connection, card.id)
        return Moved(card=now, pauses=stage_rows.pauses(connection, card.id))

    def set_deadline(
        self, connection: sa.Connection, card: Card, deadline: Deadline, *, reason: str, at: datetime
    ) -> Card:
        """See the port."""
        deadlines.keep(connection, card.id, deadline)
        old = card.deadline
        if old is None or (old.due_at, old.target_s) != (deadline.due_at, deadline.target_s):
            deadlines.log(connection, card, deadline, reason=reason, at=at)
            deadlines.take_back_alarms(connection, card.id, deadline, at=at)
            told = {"due_at": deadline.due_at.isoformat(), "reason": reason}
            if old is not None:
                told["old_due_at"] = old.due_at.isoformat()
            records.tell(connection, card.id, Deed(at=at, event="deadline_set", data=told))
        return replace(card, deadline=deadline)

    def terms(self, connection: sa.Connection, calendar_id: str) -> Terms:
        """See the port."""
        return recounting.terms(connection, calendar_id)

    def set_deadlines(self, connection: sa.Connection, found: Dues, version: int, *, reason: str, at: datetime) -> int:
        """See the port."""
        return recounting.write(connection, found, version, reason=reason, at=at)

    def uncounted(self, connection: sa.Connection, after: tuple[int, int], most: int) -> Spans:
        """See the port."""
        return counting.uncounted(connection, after, most)

    def count_rows(self, connection: sa.Connection, spans: Spans, business: Numbers, clock: Clock) -> None:
        """See the port."""
        by = counting.Counted(clock.calendar.id, clock.calendar.version, clock.mode)
        counting.count(connection, spans, business, by)

    def missing(self, connection: sa.Connection, calendar_id: str, default: str) -> Terms:
        """See the port."""
        return counting.missing(connection, calendar_id, default)

    def set_missing(self, connection: sa.Connection, found: Dues, calendar: tuple[str, int], *, now: datetime) -> None:
        """See the port."""
        counting.set_missing(connection, found, *calendar, now=now)

    def pauses(self, connection: sa.Connection, record_id: int) -> tuple[Pause, ...]:
        """See the port."""
        return stage_rows.pauses(connection, record_id)

    def rows(self, connection: sa.Connection, record_id: int) -> list[StageRow]:
        """See the port."""
        return stage_rows.rows(connection, record_id)

    def totals(self, connection: sa.Connection, record_id: int) -> list[Total]:
        """See the port."""
        return stage_rows.totals(connection, record_id)

    def stages(self, connection: sa.Connection) -> list[Stage]:
        """See the port."""
        return choices.stages(connection)

    def put_stages(self, connection: sa.Connection, stages: Sequence[Stage]) -> None:
        """See the port."""
        choices.put_stages(connection, stages)

    def categories(self, connection: sa.Connection) -> list[Category]:
        """See the port."""
        return choices.categories(connection)

    def put_category(self, connection: sa.Connection, category: Category) -> None:
        """See the port."""
        choices.put_category(connection, category)

    def sound(self, connection: sa.Connection, *, now: datetime) -> list[Alarm]:
        """See the port."""
        return alarms.sound(connection, now=now)

    def ahead(self, connection: sa.Connection, *, now: datetime) -> list[Ahead]:
        """See the port."""
        return alarms.ahead(connection, now=now)

    def go_live(self, connection: sa.Connection, source: str, *, by: str, now: datetime) -> None:
        """See the port."""
        alarms.go_live(connection, source, by=by, now=now)

    def _read(self, connection: sa.Connection, record_id: int) -> Card:
        found = records.get(connection, record_id)
        if found is None:
            raise Refused(f"request {record_id} is gone: somebody has deleted it")
        return found
