"""Days off and short days of a Russian year as the Labour Code alone gives them, before the year's decree is known."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

NAME: Final = "ru-labour-code-112"

_NEW_YEAR: Final = "Новогодние каникулы"
_WINTER: Final = {**dict.fromkeys(range(1, 9), _NEW_YEAR), 7: "Рождество Христово"}
_OTHERS: Final = {
    (2, 23): "День защитника Отечества",
    (3, 8): "Международный женский день",
    (5, 1): "Праздник Весны и Труда",
    (5, 9): "День Победы",
    (6, 12): "День России",
    (11, 4): "День народного единства",
}
_WEEKEND: Final = frozenset({6, 7})
_NEXT: Final = timedelta(days=1)
_HOUR: Final = 60


@dataclass(frozen=True, slots=True)
class RuleDays:
    """What a rule says about a year."""

    holidays: dict[date, str]
    """Days off with their names."""
    short_days: dict[date, int]
    """Minutes by which a working day is shorter."""


@lru_cache(maxsize=512)
def year_days(year: int) -> RuleDays:
    """Holidays of art. 112, part 1; outside January those on a week-end add the next working day (part 2).

    Which days replace the January holidays on a week-end is for the Government to decide, year by year: they are not
    guessed here. The working day before a holiday is an hour shorter (art. 95).
    """
    fixed = _fixed(year)
    found = dict(fixed)
    for (month, number), name in _OTHERS.items():
        day = date(year, month, number)
        if day.isoweekday() in _WEEKEND:
            while day.isoweekday() in _WEEKEND or day in found:
                day += _NEXT
            found[day] = f"{name}: перенос, ст. 112 ТК"
    eves = {day - _NEXT for day in fixed | _fixed(year + 1) if (day - _NEXT).year == year}
    works = sorted(eve for eve in eves if eve not in found and eve.isoweekday() not in _WEEKEND)
    return RuleDays(dict(sorted(found.items())), dict.fromkeys(works, _HOUR))


def _fixed(year: int) -> dict[date, str]:
    winter = {date(year, 1, number): name for number, name in _WINTER.items()}
    return winter | {date(year, month, number): name for (month, number), name in _OTHERS.items()}
