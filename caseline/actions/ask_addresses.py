"""Asks managers to which address a letter shall go, reminds them, asks their heads, and gives up in the end."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions import wiring, write_question
from caseline.actions.wiring import House
from caseline.actions.write_question import Letter
from caseline.feedback import asks, question_book, questions
from caseline.feedback.asks import Ask
from caseline.feedback.questions import Act, Question, Terms, Until
from caseline.feedback.states import State
from caseline.people.stores import presence
from caseline.timing import zones
from caseline.timing.clock import Clock

BY: Final = "job"


@dataclass(slots=True)
class Done:
    """What a round came to: ids of asks."""

    asked: list[int] = field(default_factory=list)
    reminded: list[int] = field(default_factory=list)
    escalated: list[int] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)
    unwritten: list[tuple[int, str]] = field(default_factory=list)
    """Those about which a letter could not be written, and why; the question stands at the desk all the same."""


def run(house: House, *, now: datetime, terms: Terms | None = None) -> Done:
    """Do what is due of every question. It may die anywhere and run at once with others.

    Each ask is a transaction of its own, in which it is held; each letter is written once, whatever happens.
    """
    with house.engine.connect() as connection:
        waiting = question_book.ids(connection)
        calendar = wiring.intake(house).clocks.default(connection)
        zone = zones.zone(wiring.intake(house).clocks.zone(connection, None))
    done = Done()
    today = now.astimezone(zone).date()
    for ask_id in waiting:
        with house.engine.begin() as connection:
            one = _Round(house, connection, today, now, done)
            one.see_to(ask_id, terms or Terms(), until(calendar))
    return done


def until(clock: Clock | None) -> Until:
    """The instant after so many working days of a clock; of any days as long as there is no calendar."""

    def after(since: datetime, days: int) -> datetime:
        return since + timedelta(days=days) if clock is None else clock.deadline(since, days * zones.DAY)

    return after


@dataclass(frozen=True, slots=True)
class _Round:
    """What is done about one ask."""

    house: House
    connection: sa.Connection
    today: date
    now: datetime
    done: Done

    def see_to(self, ask_id: int, terms: Terms, until: Until) -> None:
        """Do what is due, if anything."""
        ask = asks.hold(self.connection, ask_id)
        if ask is None or ask.state is not State.AWAITING_ADDRESS:
            return
        question = question_book.get(self.connection, ask_id)
        act = questions.next_act(question, terms, until, self.now)
        if act is Act.ASK:
            self._ask(ask)
        elif act is Act.REMIND and question is not None:
            self._remind(ask, question)
        elif act is Act.ESCALATE:
            self._escalate(ask)
        elif act is Act.GIVE_UP:
            changes = {"reason": questions.NO_ADDRESS}
            asks.move(self.connection, ask, State.SKIPPED, by=BY, now=self.now, changes=changes)
            self.done.skipped.append(ask.id)

    def _ask(self, ask: Ask) -> None:
        """Whoever is away has a deputy; where nobody stands in, the head is asked at once."""
        person = self._stands_in(ask) or self._head(ask)
        question_book.put(self.connection, ask.id, asked_at=self.now, person_id=person)
        self.done.asked.append(ask.id)
        self._write(ask, person, Letter.ADDRESS)

    def _remind(self, ask: Ask, question: Question) -> None:
        """Who is there now is reminded: the deputy may be gone again, or the manager by now."""
        person = self._stands_in(ask) or question.person_id
        changes: dict[str, Any] = {"asked_at": question.asked_at, "person_id": person, "reminded_at": self.now}
        question_book.put(self.connection, ask.id, **changes)
        self.done.reminded.append(ask.id)
        self._write(ask, person, Letter.REMINDER)

    def _escalate(self, ask: Ask) -> None:
        head, question = self._head(ask), question_book.get(self.connection, ask.id)
        assert question is not None  # noqa: S101 - only what was asked is escalated
        changes: dict[str, Any] = {"asked_at": question.asked_at, "escalated_at": self.now, "head_id": head}
        question_book.put(self.connection, ask.id, **changes)
        self.done.escalated.append(ask.id)
        self._write(ask, head, Letter.HEAD)

    def _stands_in(self, ask: Ask) -> int | None:
        return (
            None if ask.responsible_id is None else presence.stand_in(self.connection, ask.responsible_id, self.today)
        )

    def _head(self, ask: Ask) -> int | None:
        return presence.head_of(self.connection, ask.responsible_id, self.today, division_id=ask.division_id)

    def _write(self, ask: Ask, person: int | None, which: Letter) -> None:
        asked = question_book.one(self.connection, ask.id)
        if person is None or asked is None:
            self.done.unwritten.append((ask.id, "there is nobody to ask"))
            return
        why = write_question.write(self.house, self.connection, asked, person, which, now=self.now)
        if why:
            self.done.unwritten.append((ask.id, why))
