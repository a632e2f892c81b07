"""SQL of notices that are to go by mail, too."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from caseline.notices.kinds import Kind
from caseline.notices.tables import notice

_NEXT: Final = sa.text("""
SELECT n.id, n.event_id, n.person_id, n.kind, n.record_id, n.assignment_id, n.data, p.name, p.email,
  coalesce((SELECT l.language FROM people.login AS l WHERE l.person_id = p.id AND l.active ORDER BY l.id LIMIT 1), 'ru')
    AS language
FROM notices.notice AS n JOIN people.person AS p ON p.id = n.person_id
WHERE n.mail = 'wanted' ORDER BY n.id LIMIT 1 FOR UPDATE OF n SKIP LOCKED
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A notice of which its reader wants a letter."""

    id: int
    event_id: int
    person_id: int
    kind: Kind
    record_id: int
    assignment_id: int | None
    data: Mapping[str, str]
    name: str
    email: str | None
    language: str


def following(connection: sa.Connection) -> Wanted | None:
    """The next one, which is nobody else's until the transaction ends."""
    row = connection.execute(_NEXT).mappings().one_or_none()
    return None if row is None else Wanted(**{**row, "kind": Kind(row["kind"])})


def written(connection: sa.Connection, number: int, letter_id: int) -> None:
    """Its letter is in the outbox."""
    connection.execute(sa.update(notice).where(notice.c.id == number).values(mail="written", letter_id=letter_id))


def refused(connection: sa.Connection, one: Wanted, why: str) -> None:
    """There is no letter, and why."""
    values = {"mail": "refused", "data": {**one.data, "no_mail": why}}
    connection.execute(sa.update(notice).where(notice.c.id == one.id).values(values))
