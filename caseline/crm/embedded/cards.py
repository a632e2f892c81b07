"""Records of the embedded register, one at a time, behind their port."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm.cards import (
    Card,
    Deadline,
    Deed,
    Moved,
    NewCard,
    Stage,
)
from caseline.crm.embedded.stores import (
    alarms,
    choices,
    counting,
    deadlines,
    field_definitions,
    records,
    recounting,
    sorting,
    stage_rows,
    workload,
)
from caseline.crm.embedded.stores import texts as said
from caseline.crm.refusals import Told
from caseline.crm.terms import Numbers, Spans
from caseline.timing.clock import Clock

_WAITED: Final = timedelta(seconds=30)
"""Whoever waits for somebody else has read the clock before, and clocks of two machines differ: so much is no error."""


class EmbeddedCards:
    """`caseline.crm.card_port.Cards` over our own tables: what takes more than one store stands here."""

    find = staticmethod(records.find)
    get = staticmethod(records.get)
    listed = staticmethod(records.listed)
    lock = staticmethod(records.hold)
    open_of = staticmethod(workload.open_of)
    recent = staticmethod(said.recent)
    texts = staticmethod(said.texts)
    labelled = staticmethod(said.labelled)
    sorted_within = staticmethod(sorting.sorted_within)
    unsorted = staticmethod(sorting.ranges)
    unsorted_texts = staticmethod(sorting.unsorted)
    sort = staticmethod(sorting.sort)
    unedited = staticmethod(sorting.unedited)
    give_groups = staticmethod(sorting.give_groups)
    chosen_groups = staticmethod(sorting.chosen_groups)
    hold = staticmethod(deadlines.hold)
    terms = staticmethod(recounting.terms)
    set_deadlines = staticmethod(recounting.write)
    uncounted = staticmethod(counting.uncounted)
    missing = staticmethod(counting.missing)
    set_missing = staticmethod(counting.set_missing)
    pauses = staticmethod(stage_rows.pauses)
    rows = staticmethod(stage_rows.rows)
    deadline_moves = staticmethod(deadlines.moves)
    fields = staticmethod(field_definitions.of_requests)
    stages = staticmethod(choices.stages)
    put_stages = staticmethod(choices.put_stages)
    categories = staticmethod(choices.categories)
    put_category = staticmethod(choices.put_category)
    sound = staticmethod(alarms.sound)
    say_late = staticmethod(alarms.say_late)
    waiting = staticmethod(alarms.unsorted)
    say_waiting = staticmethod(alarms.say_unsorted)
    ahead = staticmethod(alarms.ahead)
    go_live = staticmethod(alarms.go_live)

    def create(self, connection: sa.Connection, new: NewCard, deed: Deed) -> Card:
        """See the port."""
        number = records.create(connection, new, deed)
        made = self._read(connection, number)
        stage_rows.enter(connection, number, made.stage, deed.at, by_id=deed.by_id)
        data = {**deed.data, "stage": new.stage, "channel": new.channel, "category": new.category}
        data |= {"assignee_id": new.assignee_id} if new.assignee_id else {}
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
        # The record is locked from here on: whoever comes second waits, and then finds another version.
        if records.hold(connection, [card.id]).get(card.id) != card.version:
            return None
        row = stage_rows.present(connection, card)
        if timedelta() < row.entered_at - deed.at <= _WAITED:
            deed = replace(deed, at=row.entered_at)
        closed_at = (card.closed_at or deed.at) if stage.closed else None
        records.write(connection, card, {"stage": stage.code, "closed_at": closed_at}, deed)
        at = self._change(connection, card, row, deed.at, clock)
        stage_rows.enter(connection, card.id, stage, at, by_id=deed.by_id)
        told = {**deed.data, "old": card.stage.code, "new": stage.code, "closed": stage.closed}
        records.tell(connection, card.id, replace(deed, event="stage_changed", data=told))
        now = self._read(connection, card.id)
        return Moved(card=now, at=deed.at, pauses=tuple(stage_rows.pauses(connection, [card.id]).get(card.id, ())))

    def _change(
        self, connection: sa.Connection, card: Card, row: stage_rows.Present, at: datetime, clock: Clock
    ) -> datetime:
        """Leave the stage of now; answers when.

        What an import believes to lie ahead takes no time: nobody could move such a record for years otherwise.
        """
        if at < row.entered_at:
            if not stage_rows.imported_after(connection, card.id, at):
                raise Told(
                    "%(name)s: stage %(stage)s was entered at %(entered)s, which is after %(at)s: give a later time",
                    name=card.name,
                    stage=card.stage.label,
                    entered=row.entered_at.isoformat(),
                    at=at.isoformat(),
                )
            at = row.entered_at
        stage_rows.leave(connection, card.id, row, at, clock)
        return at

    def set_deadline(
        self, connection: sa.Connection, card: Card, deadline: Deadline, *, reason: str, at: datetime
    ) -> Card:
        """See the port."""
        old = card.deadline
        if old is None and card.source is not None:
            deadline = replace(deadline, quiet_until=deadlines.quiet_until(connection, card.id, now=at))
        deadlines.keep(connection, card.id, deadline)
        if old is None or (old.due_at, old.target_s) != (deadline.due_at, deadline.target_s):
            deadlines.log(connection, card, deadline, reason=reason, at=at)
            # That of an imported one may have been taken away, to be counted anew, after it had alarmed.
            if old is not None or card.source is not None:
                deadlines.take_back_alarms(connection, card.id, deadline, at=at)
            told = {"due_at": deadline.due_at.isoformat(), "reason": reason}
            if old is not None:
                told["old_due_at"] = old.due_at.isoformat()
            records.tell(connection, card.id, Deed(at=at, event="deadline_set", data=told))
        return replace(card, deadline=deadline)

    def drop_deadline(self, connection: sa.Connection, card: Card, *, reason: str, at: datetime) -> Card:
        """See the port."""
        deadlines.drop(connection, card.id)
        told = {"reason": reason}
        if card.deadline is not None:
            told["old_due_at"] = card.deadline.due_at.isoformat()
        records.tell(connection, card.id, Deed(at=at, event="deadline_dropped", data=told))
        return replace(card, deadline=None)

    def count_rows(self, connection: sa.Connection, spans: Spans, business: Numbers, clock: Clock) -> None:
        """See the port."""
        by = counting.Counted(clock.calendar.id, clock.calendar.version, clock.mode)
        counting.count(connection, spans, business, by)

    def _read(self, connection: sa.Connection, record_id: int) -> Card:
        found = records.get(connection, record_id)
        if found is None:
            raise Told("request %(number)s is gone: somebody has deleted it", number=record_id)
        return found
