"""SQL of the questions to managers: which asks wait for an address, and who was asked for it when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.feedback.question_tables import question
from caseline.feedback.questions import Question
from caseline.feedback.states import State
from caseline.feedback.tables import ask
from caseline.people.access import Reach

_COLUMNS: Final = [question.c[name] for name in Question.__dataclass_fields__]
MOST_COUNTED: Final = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An ask that waits for an address, as people see it."""

    id: int
    since: datetime
    campaign: str
    subject: str
    subject_id: int
    number: str | None
    """Of the agreement or the record."""
    service: str
    about: str | None
    """Of a record: its subject."""
    company_id: int | None
    company: str | None
    contact_id: int | None
    contact: str | None
    responsible_id: int | None
    responsible: str | None
    division_id: int | None
    asked_at: datetime | None
    person_id: int | None
    person: str | None
    reminded_at: datetime | None
    escalated_at: datetime | None
    head_id: int | None
    head: str | None


_WAITING: Final = """
SELECT k.id, k.state_at AS since, c.name AS campaign, k.subject, k.subject_id, coalesce(a.number, r.number) AS number,
  coalesce(s.label, category.label, k.service) AS service, r.subject AS about, k.company_id, company.name AS company,
  k.contact_id, contact.name AS contact, k.responsible_id, responsible.name AS responsible, k.division_id,
  q.asked_at, q.person_id, person.name AS person, q.reminded_at, q.escalated_at, q.head_id, head.name AS head
FROM feedback.ask AS k
JOIN feedback.campaign AS c ON c.id = k.campaign_id
LEFT JOIN feedback.address_question AS q ON q.ask_id = k.id
LEFT JOIN crm.agreement AS a ON k.subject = 'agreement' AND a.id = k.subject_id
LEFT JOIN crm.service AS s ON s.id = a.service_id
LEFT JOIN crm.record AS r ON k.subject = 'request' AND r.id = k.subject_id
LEFT JOIN crm.category AS category ON category.code = r.category
LEFT JOIN crm.company AS company ON company.id = k.company_id
LEFT JOIN crm.contact AS contact ON contact.id = k.contact_id
LEFT JOIN people.person AS responsible ON responsible.id = k.responsible_id
LEFT JOIN people.person AS person ON person.id = q.person_id
LEFT JOIN people.person AS head ON head.id = q.head_id
"""
_OPEN: Final = f"k.state = '{State.AWAITING_ADDRESS}'"
_MINE: Final = """
(k.responsible_id = ANY (CAST(:for AS bigint[])) OR q.person_id = ANY (CAST(:for AS bigint[]))
  OR q.head_id = ANY (CAST(:for AS bigint[])))
"""
_SEEN: Final = """
(CAST(:all AS boolean) OR k.division_id = ANY (CAST(:divisions AS bigint[])) OR k.responsible_id = :own)
"""
_LISTED: Final = """
AND (CAST(:at AS timestamptz) IS NULL OR (k.state_at, k.id) > (CAST(:at AS timestamptz), CAST(:after AS bigint)))
ORDER BY k.state_at, k.id LIMIT :most
"""


def ids(connection: sa.Connection) -> list[int]:
    """Asks that wait for an address, those first that wait longest."""
    waits = ask.c.state == State.AWAITING_ADDRESS.value
    return list(connection.execute(sa.select(ask.c.id).where(waits).order_by(ask.c.state_at, ask.c.id)).scalars())


def get(connection: sa.Connection, ask_id: int) -> Question | None:
    """The question about an ask; None: nobody was asked yet."""
    row = connection.execute(sa.select(*_COLUMNS).where(question.c.ask_id == ask_id)).mappings().one_or_none()
    return None if row is None else Question(**row)


def put(connection: sa.Connection, ask_id: int, **values: Any) -> None:  # noqa: ANN401 - values of columns
    """Note what was done about a question."""
    made = insert(question).values(ask_id=ask_id, **values)
    connection.execute(made.on_conflict_do_update(index_elements=["ask_id"], set_=values))


def drop(connection: sa.Connection, ask_id: int) -> None:
    """Nobody was asked yet."""
    connection.execute(sa.delete(question).where(question.c.ask_id == ask_id))


def one(connection: sa.Connection, ask_id: int) -> Waiting | None:
    """An ask that was to get its address from somebody, whether it still waits or not."""
    asked = f"k.id = :id AND ({_OPEN} OR q.ask_id IS NOT NULL)"
    row = connection.execute(sa.text(f"{_WAITING} WHERE {asked}"), {"id": ask_id}).mappings().one_or_none()
    return None if row is None else Waiting(**row)


def of_persons(
    connection: sa.Connection, persons: Collection[int], *, after: tuple[datetime, int] | None = None, most: int = 50
) -> list[Waiting]:
    """Asks that wait for one of these persons, those first that wait longest; one more where there are more."""
    return _listed(connection, _MINE, {"for": sorted(persons)}, after, most)


def of_reach(
    connection: sa.Connection, reach: Reach, *, after: tuple[datetime, int] | None = None, most: int = 50
) -> list[Waiting]:
    """The same of all that somebody sees."""
    values = {"all": reach.all, "divisions": sorted(reach.divisions), "own": reach.person_id}
    return _listed(connection, _SEEN, values, after, most)


def count(connection: sa.Connection, persons: Collection[int]) -> int:
    """How many wait for one of these persons, at most one more than `MOST_COUNTED`."""
    found = f"SELECT k.id {_WAITING[_WAITING.index('FROM') :]} WHERE {_OPEN} AND {_MINE} LIMIT {MOST_COUNTED + 1}"
    query = sa.text(f"SELECT count(*) FROM ({found}) AS found")  # noqa: S608 - our own words
    return int(connection.execute(query, {"for": sorted(persons)}).scalar_one())


def _listed(
    connection: sa.Connection, whose: str, values: dict[str, Any], after: tuple[datetime, int] | None, most: int
) -> list[Waiting]:
    at, number = after or (None, 0)
    given = {**values, "at": at, "after": number, "most": most + 1}
    found = connection.execute(sa.text(f"{_WAITING} WHERE {_OPEN} AND {whose} {_LISTED}"), given)
    return [Waiting(**row) for row in found.mappings()]
