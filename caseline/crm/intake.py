"""Completes records: a category brings its group and its deadline, whichever channel the record came by."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm import deadlines, sharing
from caseline.crm.card_port import Cards
from caseline.crm.cards import Card, Category, Deadline, Deed, NewCard, Stage
from caseline.crm.deadlines import Policy, RecalcOnCalendar, Term
from caseline.crm.refusals import Told
from caseline.timing.clock import Clock
from caseline.timing.clocks import Clocks
from caseline.timing.instants import Pause
from keywords import scored
from keywords.source import Words

BY_KEYWORDS: Final = "keywords"
BY_PERSON: Final = "person"


@dataclass(frozen=True, slots=True)
class Intake:
    """What records are completed by; every method works in the caller's transaction."""

    cards: Cards
    clocks: Clocks
    policy: Policy
    words: Words
    shares: bool = True
    """Whether requests of a group are given to its members; not where a portal gives them."""

    def create(self, connection: sa.Connection, new: NewCard, deed: Deed) -> Card:
        """Make a record; with a category it has that one's group, unless another is named, and a deadline.

        Without one the keyword dictionary is asked; where it finds none, a person decides.
        """
        self.cards.hold(connection)
        if new.category is not None:
            named = replace(new, category_by=new.category_by or BY_PERSON)
            return self._create(connection, named, self.category(connection, new.category), deed)
        said = self.words.now(connection).say(new.description or "", new.subject)
        category = self._usable(connection, said.decision.category)
        named = replace(new, category=category.code, category_by=BY_KEYWORDS) if category else new
        card = self._create(connection, named, category, deed)
        scored.keep_scored(connection, [said.row(card.id)], at=deed.at)
        return card

    def _usable(self, connection: sa.Connection, code: str | None) -> Category | None:
        if code is None:
            return None
        known = self.cards.categories(connection)
        return next((category for category in known if category.active and category.code == code), None)

    def _create(self, connection: sa.Connection, new: NewCard, category: Category | None, deed: Deed) -> Card:
        if category is None:
            return self.cards.create(connection, *sharing.new(self, connection, new, deed))
        told = replace(deed, data={**deed.data, "category_group": category.group_id})
        routed = replace(new, group_id=new.group_id or category.group_id)
        card = self.cards.create(connection, *sharing.new(self, connection, routed, told))
        start = deadlines.first_start(card, self.policy, set_at=deed.at)
        stopped_at = deed.at if card.stage.stops else None
        term = Term(start=start, at=deed.at, reason="category set", stopped_at=stopped_at)
        return self._count(connection, card, category, term)

    def categorise(
        self, connection: sa.Connection, card: Card, code: str, deed: Deed, *, group_id: int | None = None
    ) -> Card | None:
        """Set or change the category with its group, unless another is named, and its deadline unless it is closed.

        None when somebody else has changed the record meanwhile.
        """
        self.cards.hold(connection)
        category = self.category(connection, code)
        # A category that came with an import was there from the beginning.
        before = card.category_first_set_at or (card.created_at if card.category else deed.at)
        values: dict[str, Any] = {"category": code, "category_first_set_at": before, "category_set_at": deed.at}
        values["category_by"] = deed.data.get("set_by", BY_PERSON)
        if group_id or category.group_id:
            values["group_id"] = group_id or category.group_id
        data = {"old": card.category, "new": code, "set_by": values["category_by"], "category_group": category.group_id}
        if values["category_by"] == BY_PERSON:
            routed = replace(card, group_id=values.get("group_id", card.group_id))
            shared = sharing.known(self, connection, routed, deed.at)
            values, data = {**values, **shared.values}, {**data, **shared.told}
        data |= _who(deed)
        told = replace(deed, event="category_set", data=data)
        changed = self.cards.write(connection, card, values, told)
        if changed is None or not card.open:
            return changed
        start = deadlines.start(card, self.policy, now=deed.at)
        reason = "category set" if card.category is None else "category changed"
        return self._count(connection, changed, category, self._term(connection, card, start, deed.at, reason))

    def confirm(self, connection: sa.Connection, card: Card, deed: Deed) -> Card | None:
        """Note that a person stands by the category that a record has; deadline and group stay.

        None when somebody else has changed the record meanwhile.
        """
        self.cards.hold(connection)
        data = {"old": card.category, "new": card.category, "set_by": BY_PERSON} | _who(deed)
        return self.cards.write(
            connection, card, {"category_by": BY_PERSON}, replace(deed, event="category_set", data=data)
        )

    def prioritise(self, connection: sa.Connection, card: Card, priority: str | None, deed: Deed) -> Card | None:
        """Set the priority, or none; an open record's deadline follows where its category has hours for that."""
        self.cards.hold(connection)
        data = {"priority": {"old": card.priority, "new": priority}} | _who(deed)
        told = replace(deed, event="changed", data=data)
        changed = self.cards.write(connection, card, {"priority": priority}, told)
        if changed is None or changed.deadline is None or changed.category is None or not card.open:
            return changed
        category = self._own(connection, changed.category)
        if category.target_s(priority) == category.target_s(card.priority):
            return changed
        start = changed.deadline.clock_started_at
        term = self._term(connection, card, start, deed.at, "priority changed")
        return self._count(connection, changed, category, term)

    def move(self, connection: sa.Connection, card: Card, stage: Stage, deed: Deed) -> Card | None:
        """Change the stage; the clock of the deadline stops and goes on with it. None when somebody was first.

        A deadline goes on with the hours and the calendar that it had; only of a record that is opened again it is
        counted anew by its category.
        """
        self.cards.hold(connection)
        moved = self.cards.move(connection, card, stage, deed, self._clock(connection, card))
        if moved is None:
            return None
        old = moved.card.deadline
        if stage.closed and (old is None or (card.stage.closed and old.stopped_at is not None)):
            return moved.card
        if old is None or (card.stage.closed and not stage.closed):
            return self._open_again(connection, moved.card, moved.pauses, moved.at)
        return self._go_on(connection, moved.card, old, moved.pauses, moved.at)

    def category(self, connection: sa.Connection, code: str) -> Category:
        """The category of that code; raises `Refused` when there is none, or none in use."""
        known = {category.code: category for category in self.cards.categories(connection) if category.active}
        if code not in known:
            names = ", ".join(known) or "none yet; make one with `caseline category set`"
            raise Told(
                "category %(code)r: there is none in use of that code: use one of %(codes)s", code=code, codes=names
            )
        return known[code]

    def _own(self, connection: sa.Connection, code: str) -> Category:
        """The category that a record has, in use or not."""
        return next(category for category in self.cards.categories(connection) if category.code == code)

    def _clock(self, connection: sa.Connection, card: Card) -> Clock:
        """The clock by which the time of a record is counted: its deadline's, or the default one."""
        if card.deadline is None:
            return self.clocks.newest(connection, None)
        return self.clocks.newest(connection, card.deadline.calendar_id, card.deadline.mode)

    def _open_again(self, connection: sa.Connection, card: Card, pauses: tuple[Pause, ...], at: datetime) -> Card:
        """Count by the category, as when it is set: it may have changed while nothing was counted."""
        if card.category is None:
            return card
        start = deadlines.start_again(card, self.policy, at=at)
        since = card.deadline.stopped_at if card.deadline else None
        stopped_at = (since or at) if card.stage.stops else None
        term = Term(start=start, pauses=pauses, at=at, reason="clock goes on", stopped_at=stopped_at)
        return self._count(connection, card, self._own(connection, card.category), term)

    def _go_on(
        self, connection: sa.Connection, card: Card, old: Deadline, pauses: tuple[Pause, ...], at: datetime
    ) -> Card:
        """Of an open record: the clock stops, goes on, or stands still in another stage.

        A pause that has ended counts at once, whatever comes after it: the deadline of a record that is closed from it
        is the one that it would have if it had gone on.
        """
        if old.stopped_at is None:
            if not card.stage.stops:
                return card
            return self.cards.set_deadline(connection, card, deadlines.stopped(old, at), reason="clock stopped", at=at)
        stopped_at = old.stopped_at if card.stage.stops else None
        reason = "pause counted" if card.stage.stops else "clock goes on"
        term = Term(start=old.clock_started_at, pauses=pauses, at=at, reason=reason, stopped_at=stopped_at)
        if deadlines.beyond(term.start, term.pauses):
            return self._without(connection, card, term)
        found = deadlines.count(self._kept_clock(connection, old), old.target_s, card, term)
        return self.cards.set_deadline(connection, card, found, reason=term.reason, at=at)

    def _kept_clock(self, connection: sa.Connection, old: Deadline) -> Clock:
        """The clock of a deadline that goes on: by its calendar's newest version, unless deadlines never follow one."""
        if self.policy.recalc_on_calendar is RecalcOnCalendar.NEVER:
            return self.clocks.of_version(connection, old.calendar_id, old.calendar_version, old.mode)
        return self.clocks.newest(connection, old.calendar_id, old.mode)

    def _term(self, connection: sa.Connection, card: Card, start: datetime, at: datetime, reason: str) -> Term:
        """`card` as it was before; a first deadline stands still where the visit of now pauses the clock."""
        rows = self.cards.rows(connection, card.id)
        if card.deadline is not None:
            stopped_at = card.deadline.stopped_at
        else:
            stands = next((row.pausing for row in rows if row.left_at is None), card.stage.stops)
            stopped_at = at if stands else None
        return Term(start=start, pauses=deadlines.pauses(rows), at=at, reason=reason, stopped_at=stopped_at)

    def _count(self, connection: sa.Connection, card: Card, category: Category, term: Term) -> Card:
        """Count by a category, where calendars reach."""
        if deadlines.beyond(term.start, term.pauses):
            return self._without(connection, card, term)
        clock = self.clocks.newest(connection, category.calendar_id, category.mode)
        found = deadlines.count(clock, category.target_s(card.priority), card, term)
        return self.cards.set_deadline(connection, card, found, reason=term.reason, at=term.at)

    def _without(self, connection: sa.Connection, card: Card, term: Term) -> Card:
        """From a time that no calendar reaches nothing can be counted; a deadline from before would never come due."""
        if card.deadline is None:
            return card
        return self.cards.drop_deadline(connection, card, reason=term.reason, at=term.at)


def _who(deed: Deed) -> dict[str, Any]:
    """The login behind a deed: it may belong to no person."""
    return {"login": deed.data["login"]} if "login" in deed.data else {}
