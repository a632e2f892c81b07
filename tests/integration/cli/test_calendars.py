"""The family `caseline calendar`: counting with an explanation, showing, reading files, editing days."""

import importlib.util
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from caseline.cli import door
from tests.integration.cli.conftest import Command, Query

START = "2026-10-30T18:30+03:00"
YAML = """
calendar: plant
zone: Asia/Yekaterinburg
weekend: [Fri]
holidays: [2026-11-02]
hours: [["08:00", "20:00"]]
"""


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    """A calendar file."""
    file = tmp_path / "plant.yaml"
    file.write_text(YAML, encoding="utf-8")
    return file


def test_a_deadline_is_said_with_its_explanation(caseline: Command) -> None:
    answer = caseline("calendar", "deadline", "--start", START, "--hours", "24")

    instant, explanation = answer.out.splitlines()
    assert instant == "2026-11-02T18:30:00+03:00"
    assert explanation == (
        "24 h from Fri 30 Oct 2026 18:30 = 5 h 30 min of Friday, Sat 31 and Sun 1 off, 18 h 30 min of Monday:"
        " due Mon 2 Nov 18:30"
    )
    assert "24 ч" in caseline("calendar", "deadline", "--start", START, "--hours", "24", "--lang", "ru").out


def test_a_deadline_as_json_has_both_languages(caseline: Command) -> None:
    found = caseline("calendar", "deadline", "--start", START, "--hours", "24", "--json").object

    assert found["deadline"] == "2026-11-02T15:30:00Z"
    assert [piece["seconds"] for piece in found["told"]["pieces"]] == [19_800, 0, 66_600]
    assert found["told"]["ru"].startswith("24 ч")


def test_a_deadline_in_a_year_that_is_not_known_exactly_is_doubted(caseline: Command) -> None:
    answer = caseline("calendar", "deadline", "--start", "2028-12-31T10:00Z", "--hours", "24")

    assert "knows only provisionally" in answer.out


def test_a_calendar_file_is_counted_by_without_a_database(
    caseline: Command, plant: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASELINE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    answer = caseline(
        "calendar", "deadline", "--start", START, "--hours", "12", "--calendar", plant, "--mode", "schedule", "--json"
    )

    assert answer.object["deadline"] == "2026-10-31T15:00:00Z"


def test_a_duration_is_elapsed_and_business_time(caseline: Command) -> None:
    words = ("calendar", "duration", "--start", START, "--end", "2026-11-02T18:30+03:00")

    assert caseline(*words, "--json").object == {"elapsed_s": 259_200, "business_s": 86_400}
    assert caseline(*words).out == "elapsed 72:00:00, business 24:00:00 (hours:minutes:seconds)\n"


def test_cases_are_answered_line_by_line(caseline: Command, tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    own = {"tz": "UTC", "weekend": ["Sat", "Sun"], "holidays": ["2026-06-08"], "working_days": [], "short_days": []}
    lines = [
        {"id": 1, "start": "2026-06-05T15:30:00Z", "hours": 24, "mode": "working_days", "calendar": "ru"},
        {"id": 2, "start": "2026-06-05T15:30:00Z", "end": "2026-06-09T15:30:00Z", "calendar": own},
        {"id": 3, "start": "2026-06-05T15:30:00", "hours": 24, "calendar": "ru"},
        {"id": 4, "start": "2026-06-05T15:30:00Z", "hours": 24, "calendar": "mars"},
    ]
    cases.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")

    answer = caseline("calendar", "deadline", "--cases", cases)

    found = [json.loads(line) for line in answer.out.splitlines()]
    assert answer.code == 0
    assert found[:2] == [
        {"id": 1, "deadline": "2026-06-08T15:30:00Z"},
        {"id": 2, "elapsed_s": 345_600, "business_s": 86_400},
    ]
    assert "no zone" in found[2]["error"]
    assert "no such calendar" in found[3]["error"]


def test_calendar_and_mode_hold_for_cases_that_name_none(caseline: Command, tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    case = {"id": 1, "start": "2026-06-05T15:30:00Z", "hours": 24}
    own = {"mode": "working_days", "calendar": {"tz": "UTC", "holidays": ["2026-06-08"]}}
    cases.write_text("\n".join(map(json.dumps, (case, case | own))), encoding="utf-8")

    answer = caseline("calendar", "deadline", "--cases", cases, "--calendar", "ru", "--mode", "schedule")

    found = [json.loads(line)["deadline"] for line in answer.out.splitlines()]
    assert found == ["2026-06-10T15:00:00Z", "2026-06-09T15:30:00Z"]
    assert "leave these options out" in caseline("calendar", "deadline", "--cases", cases, "--hours", "8").err
    assert "leave these options out" in caseline("calendar", "duration", "--cases", cases, "--end", START).err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--start", START), 2, "give --start and --hours"),
        (("--start", "soon", "--hours", "24"), 1, "'soon' is no instant"),
        (("--start", "2026-10-30T18:30", "--hours", "24"), 1, "has no zone: give an aware time"),
        (("--start", START, "--hours", "-1"), 1, "are no target"),
        (("--start", START, "--hours", "1e9"), 1, "are no target"),
        (("--start", START, "--hours", "24", "--calendar", "mars"), 1, "there is no such calendar"),
        (("--start", START, "--hours", "24", "--mode", "odd"), 2, "odd"),
        (("--start", START, "--hours", "7", "--mode", "whole_days"), 1, "multiple of 24"),
    ],
)
def test_bad_input_is_named_with_the_remedy(caseline: Command, words: tuple[str, ...], code: int, said: str) -> None:
    answer = caseline("calendar", "deadline", *words)

    assert answer.code == code
    assert said in answer.err
    assert "Traceback" not in answer.err


def test_an_end_before_its_start_is_refused(caseline: Command) -> None:
    answer = caseline("calendar", "duration", "--start", START, "--end", "2026-10-29T18:30Z")

    assert answer.code == 1
    assert "is before start" in answer.err


def test_a_year_is_shown_with_its_hours_and_odd_days(caseline: Command) -> None:
    shown = caseline("calendar", "show", "2026").out
    found = caseline("calendar", "show", "2025", "--json").object

    assert "1972" in shown
    assert "Thu 11 Jun 2026: short by 60 min" in shown
    assert (found["whole"]["working"], found["whole"]["minutes"], found["standing"]) == (247, 1972 * 60, "exact")
    assert "2025-11-01" in [day["day"] for day in found["days"] if day["kind"] == "short"]


def test_a_file_is_shown_first_and_counts_only_with_apply(caseline: Command, tmp_path: Path, query: Query) -> None:
    file = tmp_path / "days.csv"
    file.write_text("date,kind,name\n2028-01-03,off,New year\n2028-01-08,working,moved\n", encoding="utf-8")

    shown = caseline("calendar", "import", file)
    assert "Mon 3 Jan 2028: " not in shown.err
    assert "Sat 8 Jan 2028: off → working (moved)" in shown.out
    assert "Nothing is changed yet" in shown.out
    assert query("SELECT max(version) FROM timing.calendar_version") == [(1,)]

    applied = caseline("calendar", "import", file, "--apply", "--reason", "decree 5", "--by", "ada", "--json").object

    assert (applied["applied"], applied["new_version"], applied["years"]) == (True, 2, [2028])
    assert query("SELECT made_by, reason FROM timing.calendar_version WHERE version = 2") == [("ada", "decree 5")]
    assert "says all this already" in caseline("calendar", "import", file, "--apply").out


def test_a_calendar_of_ones_own_is_read_from_yaml_and_made_the_default(caseline: Command, plant: Path) -> None:
    assert "version 1, new" in caseline("calendar", "import", plant, "--apply").out

    assert caseline("calendar", "default", "plant").code == 0

    listed = caseline("calendar", "list", "--json").object["calendars"]
    assert [one["calendar"] for one in listed if one["is_default"]] == ["plant"]
    assert "plant (default)" in caseline("calendar", "list").out
    assert caseline("calendar", "default", "mars").code == 1


def test_a_calendar_that_a_category_cannot_be_counted_by_does_not_come_to_count(
    caseline: Command, tmp_path: Path, query: Query
) -> None:
    assert caseline("category", "set", "it", "--hours", "8", "--mode", "schedule").code == 0
    bare = tmp_path / "bare.yaml"
    bare.write_text("calendar: bare\nzone: UTC\n", encoding="utf-8")
    assert caseline("calendar", "import", bare, "--apply").code == 0
    written = caseline("calendar", "write").out.splitlines()
    russian = tmp_path / "ru.yaml"
    russian.write_text("\n".join(line for line in written if not line.startswith("hours:")), encoding="utf-8")

    chosen, applied = caseline("calendar", "default", "bare"), caseline("calendar", "import", russian, "--apply")

    for answer, name in ((chosen, "bare"), (applied, "ru")):
        assert answer.code == 1
        assert f"{name}: category 'it' counts by it: hours: mode schedule needs working hours" in answer.err
    assert query("SELECT calendar_id, version FROM timing.calendar_version ORDER BY 1") == [("bare", 1), ("ru", 1)]
    assert caseline("request", "new", "x", "--category", "it").code == 0


def test_the_shipped_calendar_can_be_read_again(caseline: Command) -> None:
    assert "says all this already" in caseline("calendar", "import", "ru").out


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("days.csv", "date,kind\n2028-13-40,off\n", "days.csv:2: '2028-13-40' is no date"),
        ("days.csv", "date,kind\n2028-01-03,off\n2028-01-03,working\n", "stands in line 2 too"),
        ("days.txt", "", "says no known format"),
        ("bad.yaml", "calendar: x\nzone: Mars/Base\n", "bad.yaml:2"),
        ("days.csv", "date,kind\n9999-12-31,off\n", "days.csv:2: 9999-12-31 lies outside the years 1900 to 2199"),
        ("deep.json", "[" * 100_000, "deep.json:1: lists within lists without end"),
        ("x.yaml", "calendar: x\nzone: UTC\nyears: {99999: x}\n", "x.yaml:3: years.99999: lies outside the years"),
        ("empty.yaml", "", "empty.yaml:1: document: is no calendar"),
    ],
)
def test_a_bad_file_is_named_with_its_line_and_nothing_is_stored(
    caseline: Command, tmp_path: Path, query: Query, name: str, content: str, said: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")

    answer = caseline("calendar", "import", tmp_path / name, "--apply")

    assert answer.code == 1
    assert said in answer.err
    assert query("SELECT count(*) FROM timing.calendar_version WHERE version > 1") == [(0,)]


def test_a_file_that_is_not_there_is_named(caseline: Command, tmp_path: Path) -> None:
    answer = caseline("calendar", "import", tmp_path / "none.csv")

    assert answer.code == 1
    assert "none.csv: No such file" in answer.err


def test_a_day_is_edited_with_a_reason(caseline: Command, query: Query) -> None:
    answer = caseline("calendar", "day", "2026-06-08", "off", "--reason", "order 5")

    assert "Mon 8 Jun 2026: working → off (order 5)" in answer.out
    assert "0 open requests counted anew, 0 deadlines moved" in answer.out
    assert query("SELECT max(version) FROM timing.calendar_version") == [(2,)]
    assert caseline("calendar", "day", "2026-06-08", "off", "--reason", "again").code == 1
    assert caseline("calendar", "day", "2026-06-08", "off").code == 2


def test_lines_that_are_no_utf_8_are_answered_and_stop_no_other(caseline: Command, tmp_path: Path) -> None:
    good = '{"id": 1, "start": "2026-06-05T15:30:00Z", "hours": 24, "calendar": "ru"}'
    odd = '{"id": 3, "start": "2026-06-05T15:30:00Z", "hours": 24, "calendar": "\\u0000"}'
    cases = tmp_path / "cases.jsonl"
    cases.write_bytes("\n".join([good, good.replace("1", '"ж"'), odd, good]).encode("cp1251"))

    answer = caseline("calendar", "deadline", "--cases", cases)

    found = [json.loads(line) for line in answer.out.splitlines()]
    assert answer.code == 0
    assert [one["id"] for one in found] == [1, None, 3, 1]
    assert found[1]["error"].startswith("line 2: is no UTF-8")
    assert "there is no such calendar" in found[2]["error"]


def test_a_calendar_file_is_not_read_into_another_calendar(caseline: Command, plant: Path, query: Query) -> None:
    for words in ((plant, "--calendar", "ru"), ("ru", "--calendar", "plant")):
        answer = caseline("calendar", "import", *words, "--apply")
        assert answer.code == 1
        assert "correct `calendar`" in answer.err

    assert query("SELECT count(*) FROM timing.calendar_version WHERE calendar_id <> 'ru' OR version > 1") == [(0,)]


def test_a_calendar_is_written_edited_and_read_again(caseline: Command, tmp_path: Path) -> None:
    file = tmp_path / "ru.yaml"
    file.write_text(caseline("calendar", "write").out, encoding="utf-8")
    assert "says all this already" in caseline("calendar", "import", file).out

    file.write_text(file.read_text(encoding="utf-8") + "special: working\n", encoding="utf-8")
    changed = caseline("calendar", "import", file, "--json").object

    assert changed["settings"] == [["special", "off", "working"]]
    assert ("2020-03-30", "special", "working") in [(day["day"], day["old"], day["new"]) for day in changed["changes"]]


@pytest.mark.parametrize("years", ["2025-2024", "soon", "2025-2100"])
def test_years_of_another_country_must_make_sense(caseline: Command, years: str) -> None:
    answer = caseline("calendar", "generate", "kz", "--zone", "Asia/Almaty", "--years", years)

    assert answer.code == 2
    assert "write FROM-TO" in answer.err


@pytest.mark.skipif(importlib.util.find_spec("holidays") is not None, reason="says what to do where it is missing")
def test_another_country_needs_a_library_at_set_up(caseline: Command) -> None:
    answer = caseline("calendar", "generate", "kz", "--zone", "Asia/Almaty")

    assert answer.code == 1
    assert "pip install caseline[calendars]" in answer.err


@pytest.mark.parametrize("day", ["1899-12-31", "2200-01-01", "9999-06-08"])
def test_a_day_outside_the_years_is_refused(caseline: Command, day: str) -> None:
    answer = caseline("calendar", "day", day, "working", "--reason", "order 5")

    assert answer.code == 1
    assert answer.err == f"{day}: lies outside the years 1900 to 2199: correct it\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("2026-06-06", "working"), "Sat 6 Jun 2026: off → working (order 5)"),
        (("2026-06-08", "short"), "Mon 8 Jun 2026: working → short by 60 min"),
        (("2026-06-08", "short", "--minutes", "90"), "Mon 8 Jun 2026: working → short by 90 min"),
    ],
)
def test_a_day_may_become_working_or_short(caseline: Command, words: tuple[str, ...], said: str) -> None:
    answer = caseline("calendar", "day", *words, "--reason", "order 5")

    assert (answer.code, answer.err) == (0, "")
    assert said in answer.out


def test_durations_of_many_are_answered_line_by_line(caseline: Command, tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    one = {"id": "a", "start": "2026-06-05T15:30:00Z", "end": "2026-06-09T15:30:00Z", "calendar": "ru"}
    cases.write_text("\n".join(map(json.dumps, (one, one | {"end": "2026-06-01T00:00:00Z"}))), encoding="utf-8")

    answer = caseline("calendar", "duration", "--cases", cases)

    good, bad = map(json.loads, answer.out.splitlines())
    assert good == {"id": "a", "elapsed_s": 345_600, "business_s": 172_800}
    assert "is before start" in bad["error"]


def test_from_october_the_list_asks_for_next_year(caseline: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "now", lambda: datetime(2027, 9, 30, 12, tzinfo=UTC))
    assert caseline("calendar", "list", "--json").object["notices"] == []

    monkeypatch.setattr(door, "now", lambda: datetime(2027, 10, 1, 12, tzinfo=UTC))

    (notice,) = caseline("calendar", "list", "--json").object["notices"]
    assert "2028" in notice
    assert notice in caseline("calendar", "list").out
