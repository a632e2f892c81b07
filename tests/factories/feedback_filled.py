"""Feedback that came in over some weeks: campaigns, forms, asks, answers and ratings, drawn as plain values and written."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions.wiring import House
from caseline.reports.feedback_questions import Axis

BEGAN: Final = datetime(2026, 5, 1, tzinfo=UTC)
NOW: Final = datetime(2026, 6, 15, 12, tzinfo=UTC)
DAYS: Final = 45
PERSONS: Final = ("Анна Ветрова", "Борис Громов", "Вера Дымова", "Глеб Ершов")
DIVISIONS: Final = ("Сервис", "Монтаж", "Продажи")
CATEGORIES: Final = {"repair": "Ремонт", "delivery": "Доставка"}
COMMENTS: Final = ("Всё отлично", "Долго ждали мастера", "=1+1", "Спасибо", "Не перезвонили, обещали дважды")
REASONS: Final = ("asked lately", "no contact", "opted out")


def _question(key: str, kind: str, ru: str, en: str, **more: object) -> dict[str, object]:
    return {"key": key, "kind": kind, "label": {"ru": ru, "en": en}, **more}


FORMS: Final[dict[str, list[dict[str, object]]]] = {
    "smileys": [
        _question("smiley", "smileys", "Как всё прошло?", "How was it?"),
        _question("words", "text", "Комментарий", "Comment"),
    ],
    "nps": [
        _question("nps", "nps", "Порекомендуете ли вы нас?", "Would you recommend us?"),
        _question("quality", "scale", "Качество обслуживания", "Quality of service"),
        _question("better", "text", "Что улучшить?", "What could be better?"),
    ],
    "ten": [
        _question("master", "scale", "Мастер", "The engineer", **{"from": 1, "to": 10}),
        _question("words", "text", "Комментарий", "Comment"),
    ],
}
CAMPAIGNS: Final = (
    ("smileys", "Смайлики после закрытия", "Smileys on closure", "mail_smileys", {"base": 0.3, "hoped": 0.4}),
    ("nps", "NPS после этапа", "NPS after a stage", "mail_link", None),
    ("ten", "Оценка в чате", "Rating in a chat", "chat", None),
)
"""Code and form, name in Russian and English, channel, plan of the experiment; ids count from 1."""
SCALES: Final = {"smiley": (1, 5), "nps": (0, 10), "quality": (1, 5), "master": (1, 10)}
RATED_OF: Final = {1: ("smiley",), 2: ("nps", "quality"), 3: ("master",)}
TEXT_OF: Final = {1: "words", 2: "better", 3: "words"}


@dataclass
class Given:
    """A rating that counts or counted."""

    question: str
    value: int
    at: datetime
    superseded: datetime | None = None
    phone: bool = False


@dataclass
class Click:
    """A signal with a value."""

    question: str
    value: int
    at: datetime
    prefetch: bool = False


@dataclass
class Told:
    """An ask, as a person would tell it."""

    id: int
    campaign: int
    channel: str
    service: str
    person: int | None
    division: int | None
    group: int
    """Of the record that it is about, which has the id and the number of the ask."""
    contact: int | None
    variant: int | None
    state: str
    happened: datetime
    reason: str | None = None
    sent: datetime | None = None
    visited: bool = False
    answered: datetime | None = None
    phone: bool = False
    ratings: list[Given] = field(default_factory=list)
    clicks: list[Click] = field(default_factory=list)
    comment: str = ""

    def line(self, by: Axis, question: str = "") -> str:
        """The key of its line."""
        values = {
            Axis.PERSON: self.person,
            Axis.DIVISION: self.division,
            Axis.SERVICE: self.service,
            Axis.CAMPAIGN: self.campaign,
            Axis.CHANNEL: self.channel,
            Axis.VARIANT: self.variant,
            Axis.QUESTION: question,
        }
        return "" if values[by] is None else str(values[by])


def drawn(seed: int, number: int = 240) -> list[Told]:
    """Asks of some weeks; the same seed draws the same ones."""
    dice = random.Random(seed)
    return [_drawn(dice, place) for place in range(1, number + 1)]


def _drawn(dice: random.Random, number: int) -> Told:
    campaign = dice.choice((1, 1, 1, 2, 2, 3))
    person = dice.choice((1, 2, 3, 4, None))
    happened = BEGAN + timedelta(minutes=dice.randrange(DAYS * 24 * 60))
    told = Told(
        id=number,
        campaign=campaign,
        channel=CAMPAIGNS[campaign - 1][3],
        service=dice.choice(("repair", "delivery", "request")),
        person=person,
        division=None if person is None else 1 + person % len(DIVISIONS),
        group=dice.choice((1, 2)),
        contact=dice.choice((None, dice.randrange(1, 40))),
        variant=dice.choice((1, 2)) if campaign == 1 else None,
        state="draft",
        happened=happened,
    )
    fate = dice.random()
    if fate < 0.12:
        told.state, told.reason = "skipped", dice.choice(REASONS)
    elif fate < 0.2:
        told.state = dice.choice(("queued", "awaiting_address", "needs_data"))
    elif fate < 0.25:
        told.state, told.reason = "failed", "550 no such mailbox"
        told.sent = dice.choice((None, happened + timedelta(hours=1)))
    elif fate < 0.33:
        _answer(dice, told, happened + timedelta(hours=dice.randrange(1, 60)), phone=True)
    else:
        _sent(dice, told)
    return told


def _sent(dice: random.Random, told: Told) -> None:
    told.sent = told.happened + timedelta(hours=1)
    later = told.sent + timedelta(minutes=dice.randrange(10, 9_000))
    told.visited = dice.random() < 0.7
    told.state = "visited" if told.visited else dice.choice(("sent", "expired"))
    if not told.visited:
        return
    fate = dice.random()
    if fate < 0.25:
        told.state = dice.choice(("answering", "expired"))
        question = RATED_OF[told.campaign][0]
        lowest, highest = SCALES[question]
        for _ in range(dice.randrange(1, 4)):
            later += timedelta(seconds=dice.randrange(1, 90_000))
            value = dice.randint(lowest, highest)
            told.clicks.append(Click(question, value, later, prefetch=dice.random() < 0.2))
    elif fate < 0.9:
        _answer(dice, told, later, phone=False)


def _answer(dice: random.Random, told: Told, at: datetime, *, phone: bool) -> None:
    told.answered, told.phone, told.state = at, phone, dice.choice(("answered", "closed"))
    told.comment = dice.choice(("", "", *COMMENTS))
    for question in RATED_OF[told.campaign]:
        lowest, highest = SCALES[question]
        value = max(lowest, highest - int(abs(dice.gauss(0, (highest - lowest) / 3))))
        told.ratings.append(Given(question, value, at, phone=phone))
        told.clicks.append(Click(question, value, at))
        if dice.random() < 0.15 and not phone:
            again = at + timedelta(seconds=dice.randrange(5, 60))
            told.ratings[-1].superseded = again
            told.ratings.append(Given(question, dice.randint(lowest, highest), again))
        elif dice.random() < 0.1 and not phone:
            told.ratings.append(Given(question, dice.randint(lowest, highest), at + timedelta(days=2)))


def smiley(number: int, value: int, at: datetime, *, division: int = 1) -> Told:
    """An ask about a request of the first person that was sent, and answered with a smiley at once."""
    return Told(
        id=number,
        campaign=1,
        channel="mail_smileys",
        service="repair",
        person=1,
        division=division,
        group=1,
        contact=None,
        variant=None,
        state="answered",
        happened=at,
        sent=at,
        visited=True,
        answered=at,
        ratings=[Given("smiley", value, at)],
    )


def kept(house: House, asks: list[Told]) -> None:
    """Write them, with persons, divisions, groups, categories, contacts, records, forms and campaigns."""
    with house.engine.begin() as connection:
        _around(connection)
        _documents(connection)
    _put(house, asks)


def _put(house: House, asks: list[Told]) -> None:
    with house.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE feedback.ask DISABLE TRIGGER USER")
        if asks:
            _many(connection, "crm.record", [_record(one) for one in asks])
            _many(connection, "feedback.ask", [_ask(one) for one in asks])
        connection.exec_driver_sql("ALTER TABLE feedback.ask ENABLE TRIGGER USER")
        _many(connection, "feedback.moved", [_moved(one) for one in asks if one.visited])
        _many(connection, "feedback.answer", [_answered(one) for one in asks if one.answered])
        _many(connection, "feedback.rating", [_rating(one, each) for one in asks for each in one.ratings])
        _many(connection, "feedback.signal", [_signal(one, each) for one in asks for each in one.clicks])
        for table in ("crm.record", "feedback.ask"):
            connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 1000)")


def _many(connection: sa.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        names = ", ".join(rows[0])
        marks = ", ".join(f":{name}" for name in rows[0])
        connection.execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), rows)


def _around(connection: sa.Connection) -> None:
    connection.exec_driver_sql("INSERT INTO crm.kind VALUES ('request', 'Request') ON CONFLICT DO NOTHING")
    connection.exec_driver_sql(
        "INSERT INTO crm.stage (kind, code, label, closed, position) VALUES ('request', 'new', 'Новое', false, 1),"
        " ('request', 'closed', 'Закрыто', true, 9) ON CONFLICT DO NOTHING"
    )
    _many(connection, "people.division", [{"name": name} for name in DIVISIONS])
    people = [{"name": name, "division_id": 1 + place % 3} for place, name in enumerate(PERSONS, 1)]
    _many(connection, "people.person", people)
    _many(connection, 'people."group"', [{"name": "Первая линия"}, {"name": "Вторая линия"}])
    rows = [{"code": code, "label": label, "hours": 24} for code, label in CATEGORIES.items()]
    connection.execute(sa.text("INSERT INTO crm.category (code, label, hours) VALUES (:code, :label, :hours)"), rows)
    _many(connection, "crm.contact", [{"name": f"Клиент {number}"} for number in range(1, 41)])


def _documents(connection: sa.Connection) -> None:
    for number, (code, ru, en, channel, plan) in enumerate(CAMPAIGNS, 1):
        _many(connection, "feedback.form", [{"code": code, "name": ru}])
        document = json.dumps({"title": {"ru": ru}, "questions": FORMS[code]})
        version = {"form_id": number, "number": 1, "document": document, "made_by": "test", "made_at": BEGAN}
        _many(connection, "feedback.form_version", [version])
        whole = json.dumps({"name": {"ru": ru, "en": en}, "channel": channel, "planned": plan})
        made = {"code": code, "name": ru, "kind": code, "document": whole, "made_by": "test", "made_at": BEGAN}
        _many(connection, "feedback.campaign", [{**made, "switched_on_at": BEGAN}])
    both = [{"campaign_id": 1, "code": code, "share": 50} for code in ("plain", "warm")]
    _many(connection, "feedback.variant", both)


def _record(one: Told) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": "request",
        "number": f"R-{one.id:04}",
        "subject": f"Обращение {one.id}",
        "stage": "closed",
        "category": one.service if one.service in CATEGORIES else None,
        "group_id": one.group,
        "assignee_id": one.person,
        "contact_id": one.contact,
        "created_at": one.happened - timedelta(days=1),
        "closed_at": one.happened,
    }


def _ask(one: Told) -> dict[str, Any]:
    return {
        "id": one.id,
        "public_id": f"ask-{one.id}",
        "campaign_id": one.campaign,
        "form_version_id": one.campaign,
        "variant_id": one.variant,
        "subject": "request",
        "subject_id": one.id,
        "period": "once",
        "service": one.service,
        "contact_id": one.contact,
        "responsible_id": one.person,
        "division_id": one.division,
        "channel": one.channel,
        "address": "client@example.org",
        "language": "ru",
        "state": one.state,
        "reason": one.reason,
        "happened_at": one.happened,
        "state_at": one.answered or one.sent or one.happened,
        "state_by": "job",
        "sent_at": one.sent,
        "expires_at": one.sent and one.sent + timedelta(days=30),
        "answered_at": one.answered,
    }


def _moved(one: Told) -> dict[str, Any]:
    return {"ask_id": one.id, "before": "sent", "after": "visited", "at": one.sent, "by": "client"}


def _answered(one: Told) -> dict[str, Any]:
    document: dict[str, object] = {each.question: each.value for each in one.ratings if each.superseded is None}
    if one.comment:
        document[TEXT_OF[one.campaign]] = one.comment
    return {
        "ask_id": one.id,
        "submission": "1",
        "at": one.answered,
        "document": json.dumps(document),
        "language": "ru",
        "entered_by": "vera" if one.phone else None,
        "complete": True,
    }


def _rating(one: Told, each: Given) -> dict[str, Any]:
    lowest, highest = SCALES[each.question]
    return {
        "ask_id": one.id,
        "question": each.question,
        "day": (each.at + timedelta(hours=3)).date(),
        "value": each.value,
        "lowest": lowest,
        "highest": highest,
        "by_hand": True,
        "at": each.at,
        "superseded_at": each.superseded,
    }


def _signal(one: Told, each: Click) -> dict[str, Any]:
    return {
        "ask_id": one.id,
        "at": each.at,
        "kind": "visit",
        "question": each.question,
        "value": each.value,
        "prefetch": each.prefetch,
    }


def instead(house: House, asks: list[Told]) -> None:
    """Put other asks in the place of those that were kept; persons and campaigns stay."""
    with house.engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE feedback.ask, crm.record CASCADE")
    _put(house, asks)


@contextmanager
def scanned(house: House) -> Iterator[set[str]]:
    """Tables that queries read from one end to the other meanwhile."""
    found: set[str] = set()

    def explain(
        _connection: sa.Connection,
        cursor: Any,  # noqa: ANN401 - the driver's
        statement: str,
        parameters: Any,  # noqa: ANN401
        *_rest: object,
    ) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            twin = cursor.connection.cursor()
            twin.execute("EXPLAIN (FORMAT JSON) " + statement, parameters)
            _add_scans(twin.fetchone()[0][0]["Plan"], found)

    sa.event.listen(house.engine, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        sa.event.remove(house.engine, "before_cursor_execute", explain)


def _add_scans(plan: dict[str, Any], found: set[str]) -> None:
    if plan["Node Type"] == "Seq Scan":
        found.add(plan["Relation Name"])
    for inner in plan.get("Plans", []):
        _add_scans(inner, found)
