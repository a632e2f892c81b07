"""Hundreds of requests with everything that lists sort and filter by, empty places included."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.actions.wiring import House
from caseline.crm import tables, time_tables
from caseline.people import tables as people

NOW: Final = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
STAGES: Final = (("new", False, False), ("working", False, False), ("waiting", False, True), ("closed", True, False))
FIELDS: Final = {
    "City": "list",
    "Note": "text",
    "Amount": "money",
    "Urgent": "boolean",
    "Visit": "date",
    "Seen": "datetime",
    "Tags": "multi_list",
}
_WORDS: Final = ("насос", "Ёлка", "подъезд", "pump", "100%", "a_b", "сервер", "'; DROP TABLE x; --", "<b>x</b>")
_CITIES: Final = ("Пермь", "Уфа", "a,b", "50%", "x" * 250)
_TAGS: Final = ("red", "blue", "a,b")


@dataclass(frozen=True, slots=True)
class Record:
    """What was written of one, for whoever tells by himself what a filter leaves."""

    id: int
    values: dict[str, Any]
    extra: dict[str, Any]
    due_at: datetime | None
    stopped_at: datetime | None
    names: dict[str, str]


def fill(house: House, number: int, seed: int = 1) -> list[Record]:
    """Write them with stages, categories, people and companies; answers them by id. None: what they would need."""
    dice = random.Random(seed)
    with house.engine.begin() as connection:
        _definitions(connection)
        if not number:
            return []
        names = _neighbours(connection)
        records = [_record(dice, each + 1, names) for each in range(number)]
        connection.execute(
            sa.insert(tables.record),
            [{**one.values, "id": one.id, "kind": "request", "extra": one.extra} for one in records],
        )
        terms = [_term(one) for one in records if one.due_at is not None]
        if terms:
            connection.execute(sa.insert(time_tables.deadline), terms)
        connection.execute(sa.text("SELECT setval('crm.record_id_seq', :last)"), {"last": number})
    return records


def _definitions(connection: sa.Connection) -> None:
    stages = [
        {
            "kind": "request",
            "code": code,
            "label": code.title(),
            "closed": closed,
            "pauses": pauses,
            "position": 10 * at,
        }
        for at, (code, closed, pauses) in enumerate(STAGES)
    ]
    categories = [
        {"code": code, "label": label, "hours": 24} for code, label in (("r", "Repair"), ("b", "Бухгалтерия"))
    ]
    fields = [{"entity": "request", "name": name, "type": kind, "label": name} for name, kind in FIELDS.items()]
    for table, rows in (
        (tables.stage, stages),
        (tables.category, categories),
        (tables.field_definition, fields),
    ):
        connection.execute(insert(table).on_conflict_do_nothing(), rows)


def _neighbours(connection: sa.Connection) -> dict[str, dict[int, str]]:
    found = {}
    for name, table in (
        ("company", tables.company),
        ("contact", tables.contact),
        ("assignee", people.person),
        ("group", people.group),
    ):
        rows = [{"name": text} for text in (f"ёж {name}", f"Альфа {name}", f"beta {name}")]
        made = connection.execute(sa.insert(table).returning(table.c.id, table.c.name), rows)
        found[name] = {row[0]: row[1] for row in made}
    return found


def _record(dice: random.Random, number: int, names: dict[str, dict[int, str]]) -> Record:
    created = NOW - timedelta(minutes=dice.randrange(1, 200_000))
    stage, closed, pauses = dice.choice(STAGES)
    to = {name: dice.choice([None, *ids]) for name, ids in names.items()}
    values = {
        "number": dice.choice([None, f"R-{number}", f"r-{number}"]),
        "subject": " ".join(dice.sample(_WORDS, 2)),
        "stage": stage,
        "priority": dice.choice([None, "low", "high", ""]),
        "channel": dice.choice(["mail", "phone"]),
        "category": dice.choice([None, "r", "b"]),
        "escalated": dice.random() < 0.3,
        "created_at": created,
        "modified_at": created + timedelta(minutes=dice.randrange(500)),
        "closed_at": NOW - timedelta(minutes=dice.randrange(100_000)) if closed else None,
        **{f"{name}_id": id_ for name, id_ in to.items()},
    }
    due = dice.choice([None, NOW + timedelta(minutes=dice.randrange(-9_000, 9_000))])
    stopped = NOW - timedelta(minutes=5) if closed or pauses else None
    called = {name: names[name][id_] for name, id_ in to.items() if id_ is not None}
    return Record(number, values, _extra(dice), due, stopped if due else None, called)


def _extra(dice: random.Random) -> dict[str, Any]:
    seen = NOW + timedelta(minutes=dice.randrange(-50_000, 9_000))
    drawn = {
        "City": dice.choice(_CITIES),
        "Note": dice.choice([*_WORDS, ""]),
        "Amount": dice.choice([0, -5, 12.5, 1_000_000, 7]),
        "Urgent": dice.random() < 0.5,
        "Visit": str(seen.date()),
        "Seen": f"{seen:%Y-%m-%dT%H:%M:%S}.000Z",
        "Tags": dice.sample(_TAGS, dice.randrange(3)),
    }
    kept = {name: value for name, value in drawn.items() if dice.random() < 0.7}
    return kept | ({"Amount": "seven"} if dice.random() < 0.05 else {})


def _term(one: Record) -> dict[str, Any]:
    started = min(one.values["created_at"], one.due_at or NOW)
    return {
        "record_id": one.id,
        "due_at": one.due_at,
        "warn_at": (one.due_at or NOW) - timedelta(hours=6),
        "target_s": 86_400,
        "clock_started_at": started,
        "calendar_id": "ru",
        "calendar_version": 1,
        "mode": "working_days",
        "stopped_at": one.stopped_at,
    }
