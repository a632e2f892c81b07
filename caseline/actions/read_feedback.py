"""Asks the reports of feedback: figures, the rows behind them, and what they can be narrowed to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from caseline.actions import read_reports, sees
from caseline.actions.read_reports import NoSuchFigure, TooMuch
from caseline.actions.wiring import House
from caseline.people.access import Viewer
from caseline.reports.feedback_figures import Answer
from caseline.reports.feedback_questions import FILTERS, RATED, Axis, Order, Question, Spot
from caseline.reports.feedback_rows import Behind, Part
from caseline.reports.stores import feedback_behind, feedback_counting, feedback_labels
from caseline.reports.stores.feedback_ground import Ground

__all__ = ["ON_PAGE", "Asking", "NoSuchFigure", "TooMuch"]

ON_PAGE: Final = 50
"""Rows behind a figure that are shown at once."""
MOST_APART: Final = 20
"""Clicks that do not count which are shown below them."""
_PORTION: Final = 5_000


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks what, in which language."""

    viewer: Viewer
    question: Question
    language: str = "en"


def answer(house: House, asking: Asking) -> Answer:
    """The figures of a report; raises `TooMuch`."""
    with read_reports.reading(house) as connection:
        return feedback_counting.answer(connection, _ground(house, connection, asking))


def rows(house: House, asking: Asking, spot: Spot, order: Order, start: int) -> Part:
    """Rows behind a figure from number `start` on, with clicks that do not count apart; `TooMuch`, `NoSuchFigure`."""
    with read_reports.reading(house) as connection:
        ground = _ground(house, connection, asking)
        found = feedback_behind.rows(connection, ground, spot, order, start, ON_PAGE + 1)
        apart = []
        if asking.question.report in RATED and spot.figure == "all" and not start:
            doubtful = Spot("unconfirmed", spot.line)
            apart = feedback_behind.rows(connection, ground, doubtful, order, 0, MOST_APART)
    return Part(asking.question, spot, order, found[:ON_PAGE], start, len(found) > ON_PAGE, apart)


def count(house: House, asking: Asking, spot: Spot) -> int:
    """How many rows there are behind a figure: the figure itself; raises `TooMuch` and `NoSuchFigure`."""
    with read_reports.reading(house) as connection:
        return feedback_behind.count(connection, _ground(house, connection, asking), spot)


def every_row(house: House, asking: Asking, spot: Spot, order: Order) -> Iterator[Behind]:
    """All rows behind a figure, in portions of which each is read by itself; raises `TooMuch` and `NoSuchFigure`."""
    start = 0
    while True:
        with read_reports.reading(house) as connection:
            portion = feedback_behind.rows(connection, _ground(house, connection, asking), spot, order, start, _PORTION)
        yield from portion
        if len(portion) < _PORTION:
            return
        start += _PORTION


def choices(house: House, asking: Asking) -> Mapping[Axis, Mapping[str, str]]:
    """To what a report can be narrowed, with what people call it; channels have no names here."""
    with house.engine.connect() as connection:
        ground = _ground(house, connection, asking)
        return {axis: feedback_labels.labels(connection, ground, axis) for axis in FILTERS[asking.question.report]}


def label(house: House, asking: Asking, by: Axis, key: str) -> str | None:
    """What people call a line of a report."""
    with house.engine.connect() as connection:
        return feedback_labels.labels(connection, _ground(house, connection, asking), by, [key]).get(key)


def _ground(house: House, connection: sa.Connection, asking: Asking) -> Ground:
    return Ground(asking.question, asking.viewer, sees.reach(house, connection, asking.viewer), asking.language)
