"""Requests with their whole history, drawn by chance: as plain values for a test to count, and the same in the register."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from caseline.actions.wiring import House
from caseline.crm import tables as crm
from caseline.crm import time_tables, timeline_tables
from caseline.people import tables as people
from keywords import tables as keywords

NOW = datetime(2026, 6, 15, 10, tzinfo=UTC)
STAGES = (("new", False), ("working", False), ("waiting", False), ("closed", True))
CATEGORIES, CHANNELS = (None, "power", "water", "roof"), (None, "", "mail", "phone")
GROUPS, PERSONS = (None, 1, 2), (None, 1, 2, 3)
ENTRIES = {1: "power", 2: "water", 3: "roof"}
_DAY = 86_400


@dataclass(frozen=True)
class Visit:
    """A stay on a stage; None: it still lasts."""

    stage: str
    entered: datetime
    left: datetime | None
    business: int | None


@dataclass
class Told:
    """A request as a person would write it on paper."""

    id: int
    stage: str
    created: datetime
    modified: datetime
    closed: datetime | None
    category: str | None
    by: str | None
    channel: str | None
    group: int | None
    person: int | None
    due: datetime | None = None
    stopped: datetime | None = None
    said: str | None = None
    """What the dictionary has said."""
    entries: tuple[int, ...] = ()
    decisive: tuple[int, ...] = ()
    visits: list[Visit] = field(default_factory=list)
    tasks: list[tuple[int | None, str, datetime, datetime | None]] = field(default_factory=list)


def drawn(seed: int, number: int = 120) -> list[Told]:
    """Requests of about a year before `NOW`, with all the oddities of legacy data."""
    dice = random.Random(seed)
    return [_one(dice, number + 1) for number in range(number)]


def _one(dice: random.Random, number: int) -> Told:
    created = NOW - timedelta(seconds=dice.choice([dice.randrange(400 * _DAY), dice.randrange(5 * _DAY)]))
    if dice.random() < 0.2:  # at midnight in Moscow, to the second, or one before it
        created = created.replace(hour=21, minute=0, second=0) - timedelta(days=1, seconds=dice.randrange(2))
    stage = dice.choice(["closed", "closed", "closed", "new", "working", "waiting"])
    ended = min(created + timedelta(seconds=dice.randrange(40 * _DAY)), NOW)
    category = dice.choice(CATEGORIES)
    told = Told(
        id=number,
        stage=stage,
        created=created,
        modified=ended,
        closed=ended if stage == "closed" and dice.random() < 0.9 else None,
        category=category,
        by=dice.choice(["person", "keywords", "import", None]) if category else None,
        channel=dice.choice(CHANNELS),
        group=dice.choice(GROUPS),
        person=dice.choice(PERSONS),
    )
    if told.closed and dice.random() < 0.1:
        told.closed = created - timedelta(days=3)  # a slip of the old system
    if category:
        told.due = created + timedelta(seconds=dice.randrange(30 * _DAY))
        told.stopped = ended if stage in {"closed", "waiting"} else None
    if dice.random() < 0.7:
        told.said = dice.choice([None, "power", "water", "roof"])
        told.entries = tuple(dice.sample(sorted(ENTRIES), dice.randrange(4)))
        told.decisive = told.entries[:1]
    _visit(dice, told, ended)
    for _ in range(dice.randrange(3)):
        done = created + timedelta(seconds=dice.randrange(20 * _DAY)) if dice.random() < 0.6 else None
        told.tasks.append((dice.choice(PERSONS), "done" if done else "open", created, done))
    return told


def _visit(dice: random.Random, told: Told, ended: datetime) -> None:
    """Visits that follow one another from the creation to the end."""
    life = int((ended - told.created).total_seconds())
    cuts = sorted({0, *(dice.randrange(life + 1) for _ in range(dice.randrange(4)))})
    times = [told.created + timedelta(seconds=cut) for cut in cuts]
    for since, until in zip(times, [*times[1:], ended], strict=True):
        seconds = int((until - since).total_seconds())
        business = seconds * 5 // 7 if dice.random() < 0.8 else None
        told.visits.append(Visit(dice.choice(["", "new", "working", "waiting"]), since, until, business))
    if told.stage != "closed":
        told.visits.append(Visit(told.stage, ended, None, None))


def kept(house: House, requests: list[Told]) -> None:
    """Write them into the register."""
    with house.engine.begin() as connection:
        _choices(connection)
        _put(connection, crm.record, [_record(one) for one in requests])
        _put(connection, time_tables.deadline, [_deadline(one) for one in requests if one.due])
        _put(connection, time_tables.stage_row, [_row(one, visit) for one in requests for visit in one.visits])
        _put(connection, keywords.scored, [_scored(one) for one in requests if one.said or one.entries])
        _put(connection, timeline_tables.assignment, [row for one in requests for row in _tasks(one)])


def _put(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(sa.insert(table), rows)


def _choices(connection: sa.Connection) -> None:
    _put(connection, people.group, [{"id": number, "name": f"Group {number}"} for number in GROUPS if number])
    _put(connection, people.person, [{"id": number, "name": f"Person {number}"} for number in PERSONS if number])
    _put(connection, crm.category, [{"code": code, "label": code.title(), "hours": 24} for code in CATEGORIES if code])
    connection.execute(sa.text("DELETE FROM crm.stage"))
    connection.execute(sa.text("INSERT INTO crm.kind VALUES ('request', 'Request') ON CONFLICT DO NOTHING"))
    stages = [
        {"kind": "request", "code": code, "label": code.title(), "closed": closed, "position": place}
        for place, (code, closed) in enumerate(STAGES)
    ]
    _put(connection, crm.stage, stages)
    fixed = {"weight": 50, "kind": "forms", "blocking": False, "enabled": True, "note": "", "slots": [], "expansion": 1}
    entries = [
        {
            "id": number,
            "keyword": f"word {number}",
            "category": code,
            "version": 1,
            "changed_by": "x",
            "changed_at": NOW,
        }
        for number, code in ENTRIES.items()
    ]
    _put(connection, keywords.entry, [entry | fixed for entry in entries])


def _record(one: Told) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": "request",
        "number": f"R-{one.id}",
        "subject": f"Matter {one.id}",
        "stage": one.stage,
        "channel": one.channel,
        "category": one.category,
        "category_by": one.by,
        "group_id": one.group,
        "assignee_id": one.person,
        "created_at": one.created,
        "modified_at": one.modified,
        "closed_at": one.closed,
    }


def _deadline(one: Told) -> dict[str, Any]:
    fixed = {"target_s": 1, "calendar_id": "ru", "calendar_version": 1, "mode": "working_days"}
    times = {"due_at": one.due, "warn_at": one.created, "clock_started_at": one.created, "stopped_at": one.stopped}
    return {"record_id": one.id, **fixed, **times}


def _row(one: Told, visit: Visit) -> dict[str, Any]:
    elapsed = None if visit.left is None else int((visit.left - visit.entered).total_seconds())
    times = {"entered_at": visit.entered, "left_at": visit.left, "elapsed_s": elapsed, "business_s": visit.business}
    return {"record_id": one.id, "stage": visit.stage, **times}


def _scored(one: Told) -> dict[str, Any]:
    fixed = {"version": 1, "outcome": "decided", "score": 1.0, "margin": 1.0, "silent": [], "at": one.created}
    told = {"entries": list(one.entries), "decisive": list(one.decisive), "category": one.said}
    return {"record_id": one.id, **fixed, **told}


def _tasks(one: Told) -> list[dict[str, Any]]:
    return [
        {
            "record_id": one.id,
            "title": "look",
            "text": "look",
            "assignee_id": person or 1,
            "state": state,
            "created_at": created,
            "ended_at": done,
        }
        for person, state, created, done in one.tasks
    ]
