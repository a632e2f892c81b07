"""The first page after signing in: what the day begins with, and where to go."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from caseline.actions import choose_address, read_today
from caseline.actions.read_today import Today
from caseline.feedback.question_book import MOST_COUNTED
from caseline.people.rights import Right
from caseline.web.desk.visit import Visit
from caseline.web.language import later


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the day, and the list behind it."""

    label: str
    number: str
    href: str
    bad: bool = False
    """Whether it should be nothing."""


_MINE: Final = later("My open requests")
_MINE_LATE: Final = later("Mine, overdue")
_LATE: Final = later("Overdue")
_NOBODY: Final = later("Without a person")
_NOBODY_IN_GROUPS: Final = later("Without a person in my groups")
_UNSORTED: Final = later("Without a category")
_CAME: Final = later("Created today")
_WENT: Final = later("Closed today")
_ADDRESSES: Final = later("Questions about addresses")


def front(visit: Visit) -> Response:
    """What there is to do."""
    today = None
    if visit.may(Right.SEE_REQUESTS):
        today = read_today.read(visit.house, visit.viewer, visit.login.zone, now=visit.now)
    figures = _figures(visit, today) if today else []
    questions = choose_address.count(visit.house, visit.viewer, now=visit.now)
    if questions:
        number = visit.texts.number(min(questions, MOST_COUNTED))
        told = number if questions <= MOST_COUNTED else visit.texts.say("%(num)s+", num=number)
        figures.append(Figure(visit.texts.say(_ADDRESSES), told, "/addresses", bad=True))
    return visit.page("front.html", figures=figures)


def _figures(visit: Visit, today: Today) -> list[Figure]:
    day = f"{visit.texts.local(visit.now):%Y-%m-%d}"
    # An agent is told what is theirs; whoever leads is told of everything that they see.
    shown: list[tuple[str, int | None, tuple[str, ...], bool]] = [
        (_MINE, today.mine, ("open::", "mine::"), False),
        (_MINE_LATE, today.mine_overdue, ("overdue::", "mine::"), True),
        (_LATE, today.overdue, ("overdue::",), True),
        (
            _NOBODY_IN_GROUPS if today.in_groups else _NOBODY,
            today.unassigned,
            ("open::", "unassigned::", *(("my_groups::",) if today.in_groups else ())),
            True,
        ),
        (_UNSORTED, today.uncategorised, ("open::", "uncategorised::"), True),
        (_CAME, today.created, (f"created_at:from:{day}",), False),
        (_WENT, today.closed, (f"closed_at:from:{day}",), False),
    ]
    return [
        Figure(
            visit.texts.say(label),
            _told(visit, number),
            f"/requests?{urlencode([('w', one) for one in says])}",
            bad and number > 0,
        )
        for label, number, says, bad in shown
        if number is not None
    ]


def _told(visit: Visit, number: int) -> str:
    if number > read_today.MOST:
        return visit.texts.say("%(num)s+", num=visit.texts.number(read_today.MOST))
    return visit.texts.number(number)
