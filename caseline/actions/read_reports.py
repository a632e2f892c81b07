"""Asks the reports: figures, the rows behind them, and what they can be narrowed to."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import show_request
from caseline.actions.wiring import House
from caseline.db import sqlstate
from caseline.people.access import Viewer
from caseline.people.rights import Role
from caseline.reports import periods, questions
from caseline.reports.figures import Answer, Behind, Part
from caseline.reports.periods import Step
from caseline.reports.questions import Axis, Question, Report, Spot
from caseline.reports.stores import behind, counting, ground, offers
from caseline.reports.stores.behind import NoSuchFigure
from caseline.reports.stores.offers import Offers
from caseline.timing import zones

__all__ = ["ON_PAGE", "Asking", "NoSuchFigure", "Offers", "TooMuch"]

ON_PAGE: Final = 50
"""Rows behind a figure that are shown at once."""
_PORTION: Final = 10_000
"""Rows in memory at once; each portion costs a look at all that the figure counts."""
_CANCELLED: Final = "57014"


class TooMuch(Exception):
    """The answer would have taken more than half a minute; a shorter period or fewer requests help."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks what."""

    viewer: Viewer
    question: Question
    now: datetime


def everything() -> Viewer:
    """Whoever sits at the machine itself: all requests are shown."""
    return Viewer(login_id=0, name="", role=Role.DIRECTOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A report as somebody at the machine asks for it."""

    report: Report
    by: Axis
    step: Step | None
    zone: str
    period: str
    first: str = ""
    last: str = ""


def zone(house: House) -> str:
    """Whose days are counted unless somebody says otherwise: those of the default calendar."""
    return show_request.zone(house)


def ask(wish: Wish, chosen: Mapping[str, Sequence[str]], *, now: datetime) -> Asking:
    """What is asked, about all requests; raises `PeriodFault`."""
    zones.zone(wish.zone)
    period = periods.read(wish.period, wish.first, wish.last, zone=wish.zone, now=now)
    question = questions.ask(wish.report, period, wish.by, wish.step, questions.about(chosen), now=now)
    return Asking(everything(), question, now)


def answer(house: House, asking: Asking) -> Answer:
    """The figures of a report; raises `TooMuch`."""
    with reading(house) as connection:
        return counting.answer(connection, _stand(connection, asking))


def rows(house: House, asking: Asking, spot: Spot, after: tuple[int, int] | None) -> Part:
    """The next rows behind a figure; raises `TooMuch` and `NoSuchFigure`."""
    with reading(house) as connection:
        stood = _stand(connection, asking)
        found = behind.rows(connection, stood, spot, after, ON_PAGE + 1)
        untimed = behind.untimed(connection, stood, spot)
    return Part(asking.question, spot, found[:ON_PAGE], more=len(found) > ON_PAGE, untimed=untimed)


def count(house: House, asking: Asking, spot: Spot) -> int:
    """How many rows there are behind a figure: the figure itself; raises `TooMuch` and `NoSuchFigure`."""
    with reading(house) as connection:
        return behind.count(connection, _stand(connection, asking), spot)


def every_row(house: House, asking: Asking, spot: Spot) -> Iterator[Behind]:
    """All rows behind a figure; raises `TooMuch` and `NoSuchFigure`.

    They are read portion by portion, each in a transaction of its own: whoever takes long over them keeps no connection
    from others. What changes meanwhile may be told as it was or as it is.
    """
    after = None
    while True:
        with reading(house) as connection:
            portion = behind.rows(connection, _stand(connection, asking), spot, after, _PORTION)
        yield from portion
        if len(portion) < _PORTION:
            return
        after = portion[-1].place


def choices(house: House, viewer: Viewer) -> Offers:
    """To what a report can be narrowed."""
    with house.engine.connect() as connection:
        return offers.all_of_them(connection, viewer)


def label(house: House, by: Axis, key: str) -> str | None:
    """What people call a line of a report."""
    with house.engine.connect() as connection:
        if by is Axis.ENTRY:
            return counting.keyword(connection, key)
        return ground.labels(connection, by, [key] if key.isdecimal() else []).get(key)


def _stand(connection: sa.Connection, asking: Asking) -> ground.Ground:
    return ground.stand(connection, asking.question, asking.viewer, now=asking.now)


@contextmanager
def reading(house: House) -> Iterator[sa.Connection]:
    """A connection on which nothing is written and nothing takes longer than half a minute; raises `TooMuch`."""
    try:
        with house.engine.begin() as connection:
            ground.limited(connection)
            yield connection
    except sa.exc.OperationalError as error:
        if sqlstate.of(error) == _CANCELLED:
            raise TooMuch from error
        raise
