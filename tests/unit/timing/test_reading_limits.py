"""Files of days: the most and the least that they may say, and what is a day or a minute beyond."""

import json
from datetime import date

import pytest

from caseline.text_files.faults import FileFault
from caseline.timing import calendar_file, reading
from caseline.timing.calendars import Calendar
from tests.factories.timing import calendar

OWN = calendar(id="own")


@pytest.mark.parametrize("minutes", [1, 1439])
def test_a_short_day_of_a_csv_file_keeps_a_minute_and_loses_one(minutes: int) -> None:
    found = reading.next_version(OWN, f"date,kind,minutes\n2025-04-30,short,{minutes}\n".encode(), "a.csv")

    assert found.minutes_short(date(2025, 4, 30)) == minutes


@pytest.mark.parametrize("minutes", [0, 1440])
def test_a_short_day_of_a_csv_file_is_no_whole_day_and_no_day_off(minutes: int) -> None:
    with pytest.raises(FileFault, match=rf"a\.csv:2: '{minutes}' minutes are no part of a day: write 1 to 1439"):
        reading.next_version(OWN, f"date,kind,minutes\n2025-04-30,short,{minutes}\n".encode(), "a.csv")


def test_an_event_lasts_a_leap_year_at_most() -> None:
    event = "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20240101\nDTEND;VALUE=DATE:{}\nEND:VEVENT\n"

    found = reading.next_version(OWN, event.format("20250101").encode(), "a.ics")
    assert (len(found.holidays), max(found.holidays)) == (366, date(2024, 12, 31))
    with pytest.raises(FileFault, match=r"a\.ics:3: DTEND 20250102 does not fit DTSTART 20240101"):
        reading.next_version(OWN, event.format("20250102").encode(), "a.ics")


def test_a_json_list_has_a_day_off_for_each_week_at_least() -> None:
    sundays = [str(date.fromordinal(date(2025, 1, 5).toordinal() + 7 * number)) for number in range(52)]

    found = reading.next_version(OWN, json.dumps({"holidays": sundays}).encode(), "a.json")
    assert (found.works(date(2025, 12, 27)), found.works(date(2025, 12, 28))) == (True, False)
    with pytest.raises(FileFault, match="2025 has no week-ends in holidays"):
        reading.next_version(OWN, json.dumps({"holidays": sundays[1:]}).encode(), "a.json")


LONG = "1" * 5_000


def read(content: str, name: str) -> Calendar:
    """What a file of any format comes to."""
    if name.endswith(reading.YAML):
        return calendar_file.parse(content, name)
    return reading.next_version(OWN, content.encode(), name)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", f'{{"holidays": [\n{LONG}]}}', "a.json:2: a number of this length is no date"),
        ("a.json", "[" * 100_000, "a.json:1: lists within lists without end"),
        ("a.json", '{"holidays": [\n"9999-12-31"]}', "a.json:2: holidays: 9999-12-31 lies outside the years"),
        ("a.csv", f"date,kind,minutes\n2025-04-30,short,{LONG}\n", "a.csv:2: '1111"),
        ("a.csv", "date,kind,minutes\n2025-04-30,short,\u0663\n", "a.csv:2: '\u0663' minutes are no part of a day"),
        ("a.csv", "date,kind\n1899-12-31,off\n", "a.csv:2: 1899-12-31 lies outside the years 1900 to 2199"),
        (
            "a.ics",
            "BEGIN:VEVENT\nDTSTART;VALUE=DATE:99991231\nEND:VEVENT\n",
            "a.ics:2: 9999-12-31 lies outside the years 1900 to 2199",
        ),
        ("a.yaml", "calendar: own\nyears: &a\n  x: *a\n", "a.yaml:3: alias *a is not read: write out"),
        ("a.yaml", "a: &a [x, x]\nb: [*a, *a]\n", "a.yaml:2: alias *a is not read: write out"),
        ("a.yaml", "calendar: own\nholidays: " + "[" * 500 + "]" * 500, "a.yaml:2: lists within lists"),
        ("a.yaml", "calendar: own\nholidays: " + "[" * 9_000 + "]" * 9_000, "a.yaml:2: "),  # the parser may be faster
        ("a.yaml", "calendar: own\n? [a, b]\n: c\n", "a.yaml:2: a key that is no word"),
        ("a.yaml", "calendar: own\nzone: UTC\nhours: [null]\n", "a.yaml:3: hours: None is no span of hours"),
        ("a.yaml", f"calendar: own\nzone: UTC\nweekend: [{LONG}]\n", "a.yaml:3: weekend: '1111"),
    ],
)
def test_what_has_no_end_and_no_bounds_is_named_with_its_line(name: str, content: str, said: str) -> None:
    with pytest.raises(FileFault) as refused:
        read(content, name)

    assert str(refused.value).startswith(said)


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(2199, 12, 31)])
def test_the_first_and_the_last_day_that_a_calendar_tells_of_can_be_read(day: date) -> None:
    event = f"BEGIN:VEVENT\nDTSTART;VALUE=DATE:{day:%Y%m%d}\nEND:VEVENT\n"

    for name, content in (("a.csv", f"date,kind\n{day},off\n"), ("a.ics", event)):
        assert day in reading.next_version(OWN, content.encode(), name).holidays


@pytest.mark.parametrize(("lists", "said"), [(19, "no list of hours|no span of hours"), (20, "deeper than 20")])
def test_twenty_levels_are_more_than_a_calendar_needs(lists: int, said: str) -> None:
    with pytest.raises(FileFault, match=said):
        read("calendar: own\nzone: UTC\nhours: " + "[" * lists + "]" * lists, "a.yaml")
