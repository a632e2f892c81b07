"""Deadlines and doubts are told so that people can check them."""

from datetime import date
from inspect import isfunction, signature

import pytest

from caseline.timing import english, russian, trust
from caseline.timing.clock import Clock
from caseline.timing.explain import explain
from caseline.timing.vocabulary import Boundary, Language, Mode, Standing
from caseline.timing.wording import sentence
from tests.factories.timing import HOUR, at, calendar, clock, russia

MOSCOW = "Europe/Moscow"
FRIDAY = "2026-10-30 18:30"


def told(mode: Mode, start: str, hours: int) -> tuple[str, str]:
    found = explain(Clock(russia(), mode), at(start, MOSCOW), hours * HOUR)
    return sentence(found, Language.ENGLISH), sentence(found, Language.RUSSIAN)


@pytest.mark.parametrize(
    ("mode", "start", "hours", "in_english", "in_russian"),
    [
        (
            Mode.WORKING_DAYS,
            FRIDAY,
            24,
            (
                "24 h from Fri 30 Oct 2026 18:30 = 5 h 30 min of Friday, Sat 31 and Sun 1 off, 18 h 30 min of Monday:"
                " due Mon 2 Nov 18:30"
            ),
            (
                "24 ч от пт 30 октября 2026, 18:30 = 5 ч 30 мин в пятницу, сб 31 и вс 1 — выходные, 18 ч 30 мин в понедельник:"
                " срок — пн 2 ноября, 18:30"
            ),
        ),
        (
            Mode.WORKING_DAYS,
            "2026-06-05 00:00",
            24,
            "24 h from Fri 5 Jun 2026 00:00 = 24 h of Friday: due Fri 5 Jun 24:00",
            "24 ч от пт 5 июня 2026, 00:00 = 24 ч в пятницу: срок — пт 5 июня, 24:00",
        ),
        (
            Mode.WORKING_DAYS,
            "2025-12-30 15:00",
            24,
            (
                "24 h from Tue 30 Dec 2025 15:00 = 9 h of Tue 30 Dec, 12 days off (31 Dec to 11 Jan), 15 h of Mon 12 Jan:"
                " due Mon 12 Jan 2026 15:00"
            ),
            (
                "24 ч от вт 30 декабря 2025, 15:00 = 9 ч во вторник 30 декабря, 12 выходных дней (31 декабря — 11 января),"
                " 15 ч в понедельник 12 января: срок — пн 12 января 2026, 15:00"
            ),
        ),
        (
            Mode.SCHEDULE,
            "2026-11-03 16:00",
            3,
            "3 h from Tue 3 Nov 2026 16:00 = 1 h of Tuesday, Wed 4 off, 2 h of Thursday: due Thu 5 Nov 11:00",
            "3 ч от вт 3 ноября 2026, 16:00 = 1 ч во вторник, ср 4 — выходной, 2 ч в четверг: срок — чт 5 ноября, 11:00",
        ),
        (
            Mode.ELAPSED,
            FRIDAY,
            24,
            "24 h from Fri 30 Oct 2026 18:30 by the clock, days off included: due Sat 31 Oct 18:30",
            "24 ч от пт 30 октября 2026, 18:30 подряд, вместе с выходными: срок — сб 31 октября, 18:30",
        ),
        (
            Mode.ROLL,
            FRIDAY,
            24,
            (
                "24 h from Fri 30 Oct 2026 18:30 by the clock, which ends on a day off, Sat 31 Oct 18:30;"
                " moved to a working day: due Mon 2 Nov 18:30"
            ),
            (
                "24 ч от пт 30 октября 2026, 18:30 подряд, конец — в выходной (сб 31 октября, 18:30),"
                " перенос на рабочий день: срок — пн 2 ноября, 18:30"
            ),
        ),
        (
            Mode.WHOLE_DAYS,
            FRIDAY,
            48,
            (
                "2 working days from Fri 30 Oct 2026 18:30 to the same time = 5 h 30 min of Friday, Sat 31 and Sun 1 off,"
                " 24 h of Monday, 18 h 30 min of Tuesday: due Tue 3 Nov 18:30"
            ),
            (
                "2 рабочих дня от пт 30 октября 2026, 18:30 до того же времени = 5 ч 30 мин в пятницу,"
                " сб 31 и вс 1 — выходные, 24 ч в понедельник, 18 ч 30 мин во вторник: срок — вт 3 ноября, 18:30"
            ),
        ),
        (
            Mode.WORKING_DAYS,
            FRIDAY,
            2400,
            (
                "2400 h from Fri 30 Oct 2026 18:30 = 5 h 30 min of Fri 30 Oct,"
                " 2376 h on 99 working days and 54 days off (31 Oct to 1 Apr), 18 h 30 min of Fri 2 Apr:"
                " due Fri 2 Apr 2027 18:30"
            ),
            (
                "2400 ч от пт 30 октября 2026, 18:30 = 5 ч 30 мин в пятницу 30 октября,"
                " 2376 ч за 99 рабочих дней и 54 выходных дня (31 октября — 1 апреля), 18 ч 30 мин в пятницу 2 апреля:"
                " срок — пт 2 апреля 2027, 18:30"
            ),
        ),
        (
            Mode.WORKING_DAYS,
            "2026-06-06 12:00",
            0,
            "0 h from Sat 6 Jun 2026 12:00: due Sat 6 Jun 12:00",
            "0 ч от сб 6 июня 2026, 12:00: срок — сб 6 июня, 12:00",
        ),
    ],
)
def test_a_deadline_is_told_with_its_days(mode: Mode, start: str, hours: int, in_english: str, in_russian: str) -> None:
    assert told(mode, start, hours) == (in_english, in_russian)


@pytest.mark.parametrize(
    ("mode", "in_english", "in_russian"),
    [
        (
            Mode.WORKING_DAYS,
            (
                "24 h from Fri 5 Jun 2026 18:00 = 2 h of Friday, Sat 6 and Sun 7 off, 22 h of Monday, 6 h paused:"
                " due Mon 8 Jun 24:00"
            ),
            (
                "24 ч от пт 5 июня 2026, 18:00 = 2 ч в пятницу, сб 6 и вс 7 — выходные, 22 ч в понедельник, пауза 6 ч:"
                " срок — пн 8 июня, 24:00"
            ),
        ),
        (
            Mode.ROLL,
            "24 h from Fri 5 Jun 2026 18:00 by the clock, days off included, 6 h paused: due Tue 9 Jun 00:00",
            "24 ч от пт 5 июня 2026, 18:00 подряд, вместе с выходными, пауза 6 ч: срок — вт 9 июня, 00:00",
        ),
    ],
)
def test_pauses_are_told(mode: Mode, in_english: str, in_russian: str) -> None:
    pause = (at("2026-06-05 20:00"), at("2026-06-08 02:00"))
    found = explain(clock(mode), at("2026-06-05 18:00"), 24 * HOUR, pauses=[pause])

    assert [sentence(found, language) for language in Language] == [in_english, in_russian]


def test_seconds_are_told_when_there_are_some() -> None:
    assert told(Mode.WORKING_DAYS, "2026-10-28 23:59:07", 24)[0] == (
        "24 h from Wed 28 Oct 2026 23:59:07 = 53 s of Wednesday, 23 h 59 min 7 s of Thursday: due Thu 29 Oct 23:59:07"
    )


def test_midnight_is_the_end_of_a_day_only_where_the_day_before_was_used() -> None:
    next_start = Clock(russia(), boundary=Boundary.NEXT_START)
    found = explain(next_start, at("2026-06-05 00:00", MOSCOW), 24 * HOUR)

    assert sentence(found, Language.ENGLISH).endswith(", Sat 6 and Sun 7 off: due Mon 8 Jun 00:00")


def test_nothing_to_count_from_midnight_is_due_at_midnight() -> None:
    assert told(Mode.WORKING_DAYS, "2026-06-06 00:00", 0)[0] == "0 h from Sat 6 Jun 2026 00:00: due Sat 6 Jun 00:00"


@pytest.mark.parametrize(("hours", "pieces"), [(96, 6), (120, 7), (144, 3)])
def test_seven_pieces_are_listed_and_more_are_summed_up(hours: int, pieces: int) -> None:
    assert len(explain(clock(), at("2026-06-04 12:00"), hours * HOUR).pieces) == pieces


@pytest.mark.parametrize("mode", [Mode.WORKING_DAYS, Mode.SCHEDULE, Mode.WHOLE_DAYS])
@pytest.mark.parametrize("zone", [MOSCOW, "America/New_York"])
@pytest.mark.parametrize("hours", [24, 72, 2400])
def test_the_days_told_add_up(mode: Mode, zone: str, hours: int) -> None:
    ticking = clock(mode, zone=zone)
    start = at("2025-03-07 15:30", zone)
    found = explain(ticking, start, hours * HOUR)

    used = ticking.duration(start, ticking.deadline(start, hours * HOUR)).business_s
    assert sum(piece.seconds for piece in found.pieces) == used
    assert len(found.pieces) <= 7


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (1, "день"),
        (2, "дня"),
        (4, "дня"),
        (5, "дней"),
        (11, "дней"),
        (12, "дней"),
        (21, "день"),
        (22, "дня"),
        (111, "дней"),
    ],
)
def test_russian_counts(number: int, word: str) -> None:
    assert russian.count(number, ("день", "дня", "дней")) == f"{number} {word}"


def test_both_languages_know_the_same_words() -> None:
    spoken = [
        {name: str(signature(found)) for name, found in vars(words).items() if isfunction(found) and name[0] != "_"}
        for words in (english, russian)
    ]
    for words in spoken:
        words.pop("count")

    assert spoken[0] == spoken[1]


# ------------------------------------------------------------------------------------------------------------ years


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2027-09-30 23:59", False),
        ("2027-10-01 00:00", True),
        ("2027-12-31 23:59", True),
        ("2026-11-01 00:00", False),
        ("2028-01-01 00:00", False),
    ],
)
def test_from_october_a_provisional_next_year_is_a_warning(now: str, due: bool) -> None:
    assert (trust.renewal_due(russia(), at(now, MOSCOW)) is not None) == due


def test_the_first_of_october_comes_in_the_calendars_zone() -> None:
    assert trust.renewal_due(russia(), at("2027-09-30 21:00")) is not None
    assert trust.renewal_due(russia(), at("2027-09-30 20:59")) is None


def test_warnings_in_both_languages() -> None:
    renewal = trust.renewal_due(russia(), at("2027-10-01 12:00"))
    doubt = trust.doubt(russia(), at("2028-02-01 12:00"))

    assert renewal is not None
    assert doubt is not None
    assert [notice.text(language) for notice in (renewal, doubt) for language in Language] == [
        "Calendar ru knows 2028 only provisionally: read the year's decree into it before January.",
        "Календарь ru: 2028 год только предварительный. Внесите постановление о переносе выходных до января.",
        "Due in 2028, which calendar ru knows only provisionally: the deadline may move.",
        "Срок приходится на 2028 год, который в календаре ru пока предварительный: срок может сдвинуться.",
    ]


def test_a_deadline_in_a_year_without_data_is_a_warning() -> None:
    own = calendar(years={2026: "decree"}, holidays={date(2026, 5, 1): ""})
    missing = trust.doubt(own, at("2027-05-01 00:00"))

    assert missing is not None
    assert missing.standing is Standing.MISSING
    assert missing.text(Language.ENGLISH) == (
        "Due in 2027, of which calendar test knows only the week-ends: add the year's days."
    )
    assert "которого нет в календаре test" in missing.text(Language.RUSSIAN)
    assert trust.doubt(own, at("2026-05-01 00:00")) is None
    assert trust.renewal_due(own, at("2026-10-01 00:00")) is not None


def test_the_year_of_a_deadline_is_that_of_the_calendars_zone() -> None:
    assert trust.doubt(russia(), at("2027-12-31 20:59")) is None
    assert trust.doubt(russia(), at("2027-12-31 21:00")) is not None
