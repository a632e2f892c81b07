"""Files of days: the most and the least that they may say, and what is a day or a minute beyond."""

import json
from datetime import date

import pytest

from caseline.text_files.faults import FileFault
from caseline.timing import reading
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
