"""SQL of answers: kept as they came, one for each submission, read together as what somebody has said by now."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.db.fixed import Fixed, Wanted
from caseline.feedback.answer_tables import answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody has sent at once."""

    ask_id: int
    submission: str
    """Of the page that was sent: the same one sent again is no second answer."""
    at: datetime
    document: Mapping[str, Any]
    """Answers by question, as `answering.check` has them."""
    language: str
    entered_by: str | None = None
    complete: bool = True


_NAMES: Final = tuple(Given.__dataclass_fields__)
_OF: Final = Fixed(
    sa.select(*(answer.c[name] for name in _NAMES))
    .where(answer.c.ask_id == sa.bindparam("ask"))
    .order_by(answer.c.at, answer.c.id)
)
_ADD: Final = Fixed(
    sa.text("""
INSERT INTO feedback.answer (ask_id, submission, at, document, language, entered_by, complete)
VALUES (:ask_id, :submission, :at, CAST(:document AS jsonb), :language, :entered_by, :complete)
ON CONFLICT (ask_id, submission) DO NOTHING RETURNING id
""")
)
_GRADE: Final = Fixed(
    sa.text("""
UPDATE feedback.answer SET grade = :grade
WHERE id = (SELECT id FROM feedback.answer WHERE ask_id = :ask ORDER BY at DESC, id DESC LIMIT 1)
""")
)


def add(connection: sa.Connection, given: Given) -> bool:
    """Keep an answer; False when it was kept already."""
    values = {name: getattr(given, name) for name in _NAMES}
    return bool(_ADD.rows(connection, {**values, "document": json.dumps(dict(given.document))}))


def of(connection: sa.Connection, ask_id: int) -> list[Given]:
    """All answers for an ask, in the order in which they came."""
    return wanted(ask_id).on(connection)


def wanted(ask_id: int) -> Wanted[list[Given]]:
    """The same, still to be asked."""
    return Wanted(_OF, {"ask": ask_id}, lambda rows: [Given(**dict(zip(_NAMES, row, strict=True))) for row in rows])


def together(given: list[Given]) -> dict[str, Any]:
    """What was said last on each question."""
    found: dict[str, Any] = {}
    for one in given:
        found.update(one.document)
    return found


def grade(connection: sa.Connection, ask_id: int, grade_: str | None) -> None:
    """Write beside the last answer how good it is."""
    _GRADE.rows(connection, {"ask": ask_id, "grade": grade_})
