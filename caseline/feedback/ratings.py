"""SQL of ratings that count: one is effective for each question and day, earlier ones of that day stand behind it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from caseline.db.fixed import Fixed, Wanted
from caseline.feedback.answer_tables import rating
from caseline.feedback.confirming import Confirmed
from caseline.feedback.forms import Question


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating that counts, or counted before another one of the same day."""

    question: str
    day: date
    value: int
    highest: int
    by_hand: bool
    at: datetime
    superseded_at: datetime | None


_OF: Final = Fixed(
    sa.select(*(rating.c[name] for name in Rating.__dataclass_fields__))
    .where(rating.c.ask_id == sa.bindparam("ask"))
    .order_by(rating.c.at, rating.c.question)
)
_COUNTS: Final = "ask_id = :ask AND question = :question AND superseded_at IS NULL AND (NOT :daily OR day = :day)"
_LATER: Final = Fixed(sa.text(f"SELECT max(at) FROM feedback.rating WHERE {_COUNTS} AND at > :at"))  # noqa: S608 - above
_SUPERSEDE: Final = Fixed(sa.text(f"UPDATE feedback.rating SET superseded_at = :at WHERE {_COUNTS}"))  # noqa: S608 - above
_PUT: Final = Fixed(
    sa.text("""
INSERT INTO feedback.rating (ask_id, question, day, value, lowest, highest, by_hand, at, superseded_at)
VALUES (:ask, :question, :day, :value, :lowest, :highest, :by_hand, :at, :later)
""")
)


def keep(
    connection: sa.Connection,
    ask_id: int,
    question: Question,
    confirmed: Sequence[Confirmed],
    zone: ZoneInfo,
    *,
    daily: bool,
) -> list[Rating]:
    """Write what counts by now, in order, and answer what was not there yet. `zone`: by whose clock a day is a day.

    `daily`: a rating of another day stands beside it, as of smileys; otherwise of all ratings the last alone counts, so
    that somebody who adds a word days later is no second answer.

    What is there already is left as it is, so it may be called with the same again; the ask must be held meanwhile.
    """
    added = []
    known = {one.at: one.value for one in of(connection, ask_id) if one.question == question.key}
    for one in {one.at: one for one in confirmed}.values():  # of one instant the last: two devices, one clock
        if one.at in known:
            if one.value != known[one.at]:
                same = (rating.c.ask_id == ask_id, rating.c.question == question.key, rating.c.at == one.at)
                connection.execute(sa.update(rating).where(*same).values(value=one.value, by_hand=one.by_hand))
            continue
        day = one.at.astimezone(zone).date()
        values = {"ask": ask_id, "question": question.key, "day": day, "daily": daily, "at": one.at, "value": one.value}
        ((later,),) = _LATER.rows(connection, values)
        if later is None:
            _SUPERSEDE.rows(connection, values)
        scale = {"lowest": question.lowest, "highest": question.highest, "later": later, "by_hand": one.by_hand}
        _PUT.rows(connection, {**values, **scale})
        added.append(Rating(question.key, day, one.value, question.highest, one.by_hand, one.at, later))
    return added


def supersede(connection: sa.Connection, ask_id: int, questions: Collection[str], *, now: datetime) -> None:
    """Let ratings count no more: the answers do not lead to these questions by now."""
    mine = (rating.c.ask_id == ask_id, rating.c.question.in_(questions), rating.c.superseded_at.is_(None))
    connection.execute(sa.update(rating).where(*mine).values(superseded_at=now))


def of(connection: sa.Connection, ask_id: int) -> list[Rating]:
    """All ratings of an ask, in order of time."""
    return wanted(ask_id).on(connection)


def wanted(ask_id: int) -> Wanted[list[Rating]]:
    """The same, still to be asked."""
    return Wanted(_OF, {"ask": ask_id}, lambda rows: [Rating(*row) for row in rows])
