"""The weekly letter about feedback in words, in Russian and English: the figures of a week beside those of the last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from caseline.feedback.intervals import ENOUGH, Interval, Mean, Nps, Share
from caseline.reports import feedback_differences, feedback_figures
from caseline.reports.feedback_differences import Change, Difference
from caseline.reports.feedback_figures import Tally
from caseline.reports.feedback_rows import Behind

SHOWN: Final = 10
"""Bad ratings that a letter names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What a week has brought."""

    asked: int
    answers: Share
    nps: Nps
    tally: Tally
    """Of all other ratings."""
    unconfirmed: int
    phone: int

    @property
    def quiet(self) -> bool:
        """Whether nobody was asked and nothing was said."""
        return not (self.asked or self.nps.number or self.tally.number or self.unconfirmed or self.phone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a letter tells."""

    first: date
    last: date
    divisions: Sequence[str]
    """Names; none: the whole house."""
    now: Week
    before: Week
    bad: Sequence[Behind]
    bad_number: int

    @property
    def normal(self) -> bool:
        """Whether ratings are told by their place on their own scale, since the two weeks have several."""
        return feedback_figures.added([self.now.tally, self.before.tally]).mixed

    @property
    def means(self) -> tuple[Mean | None, Mean | None]:
        """The mean of the week, and that of the week before."""
        return self.now.tally.mean(normal=self.normal), self.before.tally.mean(normal=self.normal)


_SAID: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "week": "Feedback of clients, {first} to {last}",
        "of": "Divisions: {names}",
        "house": "The whole house",
        "asked": "Asked: {asked}; sent: {sent}; answered: {answered}",
        "nps": "Net Promoter Score: {told}",
        "mean": "Average rating{normal}: {told}",
        "normal": " (scales differ: from 0 for the worst to 100 for the best)",
        "whole": "{value} (95 %: {low} to {high}), n = {number}",
        "alone": "{value}, n = {number}",
        "none": "no answers",
        "few": "too few to judge",
        "since": "  Since the week before: {change}",
        Change.NONE: "no difference shown ({value}; {low} to {high})",
        Change.UP: "better by {value} ({low} to {high})",
        Change.DOWN: "worse by {value} ({low} to {high})",
        Change.TOO_FEW: "too few to compare",
        "doubt": "Not confirmed, in no average: {number}",
        "phone": "Entered by phone, counted apart: {number}",
        "bad": "Bad ratings: {number}",
        "row": "- {number}: {value} of {highest}",
        "more": "- and {number} more",
        "point": ".",
        "day": "%Y-%m-%d",
    },
    "ru": {
        "week": "Отзывы клиентов, {first} – {last}",
        "of": "Подразделения: {names}",
        "house": "Вся организация",
        "asked": "Спросили: {asked}; отправлено: {sent}; ответили: {answered}",
        "nps": "NPS: {told}",
        "mean": "Средняя оценка{normal}: {told}",
        "normal": " (шкалы разные: от 0, худшая, до 100, лучшая)",
        "whole": "{value} (95 %: от {low} до {high}), n = {number}",
        "alone": "{value}, n = {number}",
        "none": "нет ответов",
        "few": "слишком мало, чтобы судить",
        "since": "  К прошлой неделе: {change}",
        Change.NONE: "разница не показана ({value}; от {low} до {high})",
        Change.UP: "лучше на {value} (от {low} до {high})",
        Change.DOWN: "хуже на {value} (от {low} до {high})",
        Change.TOO_FEW: "слишком мало, чтобы сравнивать",
        "doubt": "Не подтверждено, ни в одной средней не учтено: {number}",
        "phone": "Введено по телефону, учтено отдельно: {number}",
        "bad": "Плохие оценки: {number}",
        "row": "- {number}: {value} из {highest}",
        "more": "- и ещё {number}",
        "point": ",",
        "day": "%d.%m.%Y",
    },
}


def head(account: Account, language: str) -> str:
    """What the letter is about."""
    said = _SAID[language]
    first, last = (day.strftime(said["day"]) for day in (account.first, account.last))
    return said["week"].format(first=first, last=last)


def text(account: Account, language: str, links: Mapping[int, str]) -> str:
    """The letter in words. `links`: where records are opened, by their ids."""
    said, now, before = _SAID[language], account.now, account.before
    of = said["of"].format(names=", ".join(account.divisions)) if account.divisions else said["house"]
    mean, mean_before = account.means
    lines = [
        of,
        "",
        said["asked"].format(asked=now.asked, sent=now.answers.number, answered=_share(now.answers, language)),
        "",
        said["nps"].format(told=score(now.nps, language)),
        *_since(feedback_differences.nps_difference(now.nps, before.nps), language, 0),
        said["mean"].format(told=average(mean, language), normal=said["normal"] if account.normal else ""),
        *_since(feedback_differences.mean_difference(mean, mean_before), language, 2),
        "",
        said["doubt"].format(number=now.unconfirmed),
        said["phone"].format(number=now.phone),
        "",
        said["bad"].format(number=account.bad_number),
    ]
    for row in account.bad[:SHOWN]:
        told = said["row"].format(number=row.number, value=row.value, highest=row.highest)
        lines.append(f"{told} {links[row.subject_id]}" if row.subject_id in links else told)
    if account.bad_number > SHOWN:
        lines.append(said["more"].format(number=account.bad_number - SHOWN))
    return "\n".join(lines)


def score(nps: Nps, language: str) -> str:
    """A Net Promoter Score with its interval."""
    return _whole(nps.value, nps.interval, nps.number, language, 0)


def average(mean: Mean | None, language: str) -> str:
    """A mean with its interval."""
    return _SAID[language]["none"] if mean is None else _whole(mean.value, mean.interval, mean.number, language, 2)


def _whole(value: float | None, interval: Interval | None, number: int, language: str, digits: int) -> str:
    said = _SAID[language]
    if value is None:
        return said["none"]
    told = {"value": _number(value, language, digits), "number": number}
    if interval is None:
        whole = said["alone"].format(**told)
    else:
        low, high = (_number(end, language, digits) for end in (interval.low, interval.high))
        whole = said["whole"].format(**told, low=low, high=high)
    return whole if number >= ENOUGH else f"{whole} – {said['few']}"


def _since(found: Difference, language: str, digits: int) -> list[str]:
    said = _SAID[language]
    if found.value is None or found.interval is None:
        return []
    up = found.change in {Change.UP, Change.NONE, Change.TOO_FEW}
    value, low, high = found.value, found.interval.low, found.interval.high
    if not up:  # by how much worse: the same without its sign
        value, low, high = -value, -high, -low
    told = {"value": value, "low": low, "high": high}
    change = said[found.change].format(**{name: _number(one, language, digits) for name, one in told.items()})
    return [said["since"].format(change=change)]


def _share(share: Share, language: str) -> str:
    if share.value is None or share.interval is None:
        return str(share.hits)
    ends = (_number(100 * end, language, 0) for end in (share.interval.low, share.interval.high))
    value = f"{_number(100 * share.value, language, 0)} %"
    low, high = ends
    return f"{share.hits}, " + _SAID[language]["whole"].format(value=value, low=low, high=high, number=share.number)


def _number(value: float, language: str, digits: int) -> str:
    told = f"{abs(round(value, digits)):.{digits}f}".replace(".", _SAID[language]["point"])
    return f"−{told}" if round(value, digits) < 0 else told
