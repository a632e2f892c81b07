"""Completes records: a category brings its group and its deadline, whichever channel the record came by."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from caseline.crm import deadlines
from caseline.crm.card_port import Cards
from caseline.crm.cards import Card, Category, Deed, NewCard, Refused, Stage
from caseline.crm.deadlines import Policy, Term
from caseline.timing.clock import Clock
from caseline.timing.clocks import Clocks
from caseline.timing.instants import Pause


@dataclass(frozen=True, slots=True)
class Intake:
    """What records are completed by; every method works in the caller's transaction."""

    cards: Cards
    clocks: Clocks
    policy: Policy

    def create(self, connection: sa.Connection, new: NewCard, deed: Deed) -> Card:
        """Make a record; with a category it has that one's group, unless another is named, and a deadline."""
        if new.category is None:
            return self.cards.create(connection, new, deed)
        category = self.category(connection, new.category)
        card = self.cards.create(connection, replace(new, group_id=new.group_id or category.group_id), deed)
        start = deadlines.first_start(card, self.policy, set_at=deed.at)
        return self._count(connection, card, category, Term(start=start, at=deed.at, reason="category set"))

    def categorise(
        self, connection: sa.Connection, card: Card, code: str, deed: Deed, *, group_id: int | None = None
    ) -> Card | None:
        """Set or change the category with its group, and with its deadline unless the record is closed.

        None when somebody else has changed the record meanwhile.
        """
        category = self.category(connection, code)
        values: dict[str, Any] = {
            "category": code,
            "category_first_set_at": card.category_first_set_at or deed.at,
            "category_set_at": deed.at,
        }
        if group_id or category.group_id:
            values["group_id"] = group_id or category.group_id
        told = replace(deed, event="category_set", data={"old": card.category, "new": code})
        changed = self.cards.write(connection, card, values, told)
        if changed is None or card.stage.closed:
            return changed
        start = deadlines.start(card, self.policy, now=deed.at)
        reason = "category set" if card.category is None else "category changed"
        return self._count(connection, changed, category, self._term(connection, card, start, deed.at, reason))

    def prioritise(self, connection: sa.Connection, card: Card, priority: str, deed: Deed) -> Card | None:
        """Set the priority; an open record's deadline follows where its category has hours for that."""
        told = replace(deed, event="changed", data={"priority": {"old": card.priority, "new": priority}})
        changed = self.cards.write(connection, card, {"priority": priority}, told)
        if changed is None or changed.deadline is None or changed.category is None or card.stage.closed:
            return changed
        category = self.category(connection, changed.category)
        if category.target_s(priority) == changed.deadline.target_s:
            return changed
        start = changed.deadline.clock_started_at
        term = self._term(connection, card, start, deed.at, "priority changed")
        return self._count(connection, changed, category, term)

    def move(self, connection: sa.Connection, card: Card, stage: Stage, deed: Deed) -> Card | None:
        """Change the stage; the clock of the deadline stops and goes on with it. None when somebody was first."""
        moved = self.cards.move(connection, card, stage, deed, self._clock(connection, card))
        if moved is None:
            return None
        if stage.stops:
            return self._stop(connection, moved.card, deed.at)
        return self._go_on(connection, moved.card, moved.pauses, deed.at)

    def category(self, connection: sa.Connection, code: str) -> Category:
        """The category of that code; raises `Refused` when there is none, or none in use."""
        known = {category.code: category for category in self.cards.categories(connection) if category.active}
        if code not in known:
            names = ", ".join(known) or "none yet; make one with `caseline category set`"
            raise Refused(f"category {code!r}: there is none in use of that code: use one of {names}")
        return known[code]

    def _clock(self, connection: sa.Connection, card: Card) -> Clock:
        """The clock by which the time of a record is counted: its deadline's, or the default one."""
        if card.deadline is None:
            return self.clocks.newest(connection, None)
        return self.clocks.newest(connection, card.deadline.calendar_id, card.deadline.mode)

    def _stop(self, connection: sa.Connection, card: Card, at: datetime) -> Card:
        if card.deadline is None or card.deadline.stopped_at is not None:
            return card
        return self.cards.set_deadline(
            connection, card, deadlines.stopped(card.deadline, at), reason="clock stopped", at=at
        )

    def _go_on(self, connection: sa.Connection, card: Card, pauses: tuple[Pause, ...], at: datetime) -> Card:
        if card.category is None or (card.deadline is not None and card.deadline.stopped_at is None):
            return card
        category = next(one for one in self.cards.categories(connection) if one.code == card.category)
        if card.deadline is None:
            start = deadlines.first_start(card, self.policy, set_at=card.category_first_set_at or at)
        else:
            start = card.deadline.clock_started_at
        term = Term(start=start, pauses=pauses, at=at, reason="clock goes on")
        clock = self.clocks.newest(connection, category.calendar_id, category.mode)
        running = deadlines.stopped(deadlines.count(clock, category, card, term), None)
        return self.cards.set_deadline(connection, card, running, reason=term.reason, at=at)

    def _term(self, connection: sa.Connection, card: Card, start: datetime, at: datetime, reason: str) -> Term:
        return Term(start=start, pauses=self.cards.pauses(connection, card.id), at=at, reason=reason)

    def _count(self, connection: sa.Connection, card: Card, category: Category, term: Term) -> Card:
        clock = self.clocks.newest(connection, category.calendar_id, category.mode)
        found = deadlines.count(clock, category, card, term)
        if card.stage.stops and found.stopped_at is None:
            found = deadlines.stopped(found, term.at)
        return self.cards.set_deadline(connection, card, found, reason=term.reason, at=term.at)
