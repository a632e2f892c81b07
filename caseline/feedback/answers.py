"""SQL of answers: kept as they came, one for each submission, read together as what somebody has said by now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.db.fixed import Fixed
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


def add(connection: sa.Connection, given: Given) -> bool:
    """Keep an answer; False when it was kept already."""
    values = {name: getattr(given, name) for name in Given.__dataclass_fields__} | {"document": dict(given.document)}
    made = insert(answer).values(values).on_conflict_do_nothing(index_elements=["ask_id", "submission"])
    return connection.execute(made.returning(answer.c.id)).scalar_one_or_none() is not None


def of(connection: sa.Connection, ask_id: int) -> list[Given]:
    """All answers for an ask, in the order in which they came."""
    return [Given(**dict(zip(_NAMES, row, strict=True))) for row in _OF.rows(connection, {"ask": ask_id})]


def together(given: list[Given]) -> dict[str, Any]:
    """What was said last on each question."""
    found: dict[str, Any] = {}
    for one in given:
        found.update(one.document)
    return found


def grade(connection: sa.Connection, ask_id: int, grade_: str | None) -> None:
    """Write beside the last answer how good it is."""
    last = (
        sa.select(answer.c.id)
        .where(answer.c.ask_id == ask_id)
        .order_by(answer.c.at.desc(), answer.c.id.desc())
        .limit(1)
    )
    connection.execute(sa.update(answer).where(answer.c.id == last.scalar_subquery()).values(grade=grade_))
