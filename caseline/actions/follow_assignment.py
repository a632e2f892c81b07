"""Gives somebody an assignment because of an answer, in the name of the head where the rule says so."""

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions import find_assignment, follow_ground, follow_people, follow_record, know_calendars, wiring
from caseline.actions.follow_ground import Undone
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.cards import HOUR_S, Card
from caseline.crm.timeline import NewAssignment
from caseline.feedback.answering import Grade
from caseline.feedback.asks import Ask
from caseline.feedback.effects import Effect
from caseline.feedback.follow import Do, Who
from caseline.feedback.forms import words
from caseline.timing.vocabulary import Mode

_DAY_S: Final = 24 * HOUR_S


def handle(house: House, connection: sa.Connection, ask: Ask, effect: Effect, *, now: datetime) -> str:
    """Give it, on the record that the campaign makes of the answer, else on what was rated. Raises `Undone`."""
    source = follow_ground.carrier(house, connection, ask, now=now)
    card = _place(house, connection, ask, source, now)
    rule, language = effect.data, house.settings.mail_language
    timelines = connect.timelines(house.settings.crm)
    timelines.hold(connection, [card.id])
    named = follow_people.found(connection, ask, source, Who(rule["to"]))
    assignee = follow_people.present(house, connection, named, now=now)
    if assignee is None:
        assignee = follow_people.doer(house, connection, ask, source, now=now)
    if assignee is None:
        raise Undone(f"ask {ask.id}, assignment: nobody is there to do it; give {source.name} a responsible person")
    title = words(rule["title"], language)
    starts_at, due_at = _days(house, connection, rule, now)
    new = NewAssignment(
        record_id=card.id,
        title=title,
        text=words(rule["text"], language) or title,
        assignee_id=assignee,
        starts_at=starts_at,
        due_at=due_at,
    )
    author = follow_people.author(house, connection, ask, source, Who(rule["author"]))
    made = timelines.make_assignment(connection, new, by_id=author, at=now)
    checklist = [words(line, language) for line in rule["checklist"]]
    timelines.add_steps(connection, made.id, find_assignment.steps(checklist))
    return f"assignment {made.id}"


def _place(house: House, connection: sa.Connection, ask: Ask, source: Card, now: datetime) -> Card:
    """Whoever is told to read the answer finds it there."""
    grade = Grade(ask.grade) if ask.grade else None
    for rule in follow_ground.campaign_of(connection, ask).follow:
        if rule.do is Do.RECORD and rule.when.holds(grade, ask.mean):
            return follow_record.ensured(house, connection, ask, rule.more, now=now)
    return source


def _days(house: House, connection: sa.Connection, rule: Any, now: datetime) -> tuple[datetime | None, datetime]:  # noqa: ANN401
    """When it starts and when it is due, each so many working days from now."""
    know_calendars.ready(connection, now=now)
    clock = wiring.intake(house).clocks.newest(connection, None, Mode.WORKING_DAYS)
    starts = rule["starts_days"]
    begun = clock.deadline(now, starts * _DAY_S) if starts else None
    return begun, clock.deadline(begun or now, rule["due_days"] * _DAY_S)
