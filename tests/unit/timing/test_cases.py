"""Lines of JSON in, one answer a line out; a bad line stops no other."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from caseline.timing import calendar_file, cases
from caseline.timing.calendars import Calendar

NEW_YORK = {"tz": "America/New_York", "weekend": ["Sat", "Sun"]}


def answers(*asked: object) -> list[dict[str, Any]]:
    lines = [line if isinstance(line, str) else json.dumps(line) for line in asked]
    return [json.loads(line) for line in cases.answers(lines, calendar_file.load)]


def answer(**case: object) -> dict[str, Any]:
    whole = {"id": 1, "start": "2026-06-05T15:30:00Z", "calendar": "ru"} | case
    return answers({key: value for key, value in whole.items() if value is not None})[0]


@pytest.mark.parametrize(
    ("case", "due"),
    [
        ({"hours": 24}, "2026-06-08T15:30:00Z"),
        ({"hours": 24, "mode": "schedule"}, "2026-06-10T15:00:00Z"),
        ({"hours": 72, "mode": "roll"}, "2026-06-08T15:30:00Z"),
        ({"hours": 24, "start": "2026-06-05T18:30:00+03:00"}, "2026-06-08T15:30:00Z"),
        ({"hours": 0.5}, "2026-06-05T16:00:00Z"),
        ({"hours": 24, "calendar": NEW_YORK, "start": "2025-03-07T23:30:00Z"}, "2025-03-10T22:30:00Z"),
        ({"hours": 24, "calendar": {"tz": "UTC", "weekend": [6, 7]}}, "2026-06-08T15:30:00Z"),
        ({"hours": 24, "calendar": {"tz": "UTC", "weekend": ["saturday", "7"]}}, "2026-06-08T15:30:00Z"),
        ({"hours": 24, "calendar": {"tz": "UTC"}}, "2026-06-08T15:30:00Z"),
        ({"hours": 24, "calendar": {"tz": "UTC", "weekend": []}}, "2026-06-06T15:30:00Z"),
        ({"hours": 24, "calendar": {"tz": "UTC", "holidays": ["2026-06-08"]}}, "2026-06-09T15:30:00Z"),
        ({"hours": 24, "calendar": {"tz": "UTC", "working_days": ["2026-06-06"]}}, "2026-06-06T15:30:00Z"),
        (
            {
                "hours": 2,
                "mode": "schedule",
                "calendar": {"tz": "UTC", "hours": [["09:00", "13:00"], ["14:00", "16:00"]]},
            },
            "2026-06-08T10:30:00Z",
        ),
        (
            {
                "hours": 2,
                "mode": "schedule",
                "calendar": {"tz": "UTC", "hours": {"Fri": [["09:00", "16:00"]], "1": [["10:00", "24:00"]]}},
            },
            "2026-06-08T11:30:00Z",
        ),
        (
            {
                "hours": 2,
                "mode": "schedule",
                "calendar": {"tz": "UTC", "hours": [["09:00", "18:00"]], "short_days": ["2026-06-05"]},
            },
            "2026-06-08T09:30:00Z",
        ),
        (
            {
                "hours": 2,
                "mode": "schedule",
                "calendar": {"tz": "UTC", "hours": [["09:00", "18:00"]], "short_days": {"2026-06-05": 120}},
            },
            "2026-06-08T10:30:00Z",
        ),
    ],
)
def test_deadlines(case: dict[str, object], due: str) -> None:
    assert answer(**case) == {"id": 1, "deadline": due}


def test_durations() -> None:
    assert answer(end="2026-06-08T15:30:00Z") == {"id": 1, "elapsed_s": 259_200, "business_s": 86_400}


def test_what_is_null_is_not_said() -> None:
    days = {"holidays": None, "working_days": None, "short_days": None, "hours": None, "weekend": None}
    case = {"id": None, "start": "2026-06-05T15:30:00Z", "mode": None, "calendar": {"tz": "UTC", **days}}
    end = "2026-06-08T15:30:00Z"

    assert answers(case | {"hours": 24, "end": None}, case | {"hours": None, "end": end}) == [
        {"id": None, "deadline": end},
        {"id": None, "elapsed_s": 259_200, "business_s": 86_400},
    ]


@pytest.mark.parametrize(
    ("case", "error"),
    [
        ({}, "a case needs either hours or end: give exactly one of them"),
        ({"hours": 24, "end": "2026-06-08T15:30:00Z"}, "a case needs either hours or end"),
        ({"hours": 24, "start": "2026-06-05T15:30:00"}, "start 2026-06-05T15:30:00 has no zone: give an aware time"),
        ({"hours": 24, "start": "5 June"}, "start '5 June' is no instant: write it as 2026-06-05T15:30:00Z"),
        ({"hours": 24, "start": None}, "start None is no instant"),
        ({"hours": -1}, "hours -1 are no target: give 0 to 87600 hours"),
        ({"hours": 10**400}, "hours 1e+12 are no target"),
        ({"hours": -(10**400)}, "hours -1e+12 are no target"),
        ({"hours": 24, "calendar": "a\0b.yaml"}, "'a\\x00b.yaml' is no path of a file"),
        (
            {"hours": 24, "calendar": {"tz": "UTC", "short_days": {"2026-06-05": "x"}}},
            "calendar: short_days.2026-06-05: Input should be a valid integer",
        ),
        ({"hours": True}, "hours True are no number"),
        ({"hours": "24"}, "hours '24' are no number"),
        ({"hours": 24, "mode": "fast"}, "mode 'fast' is unknown: use one of working_days, schedule"),
        ({"hours": 24, "mode": ["roll"]}, "mode ['roll'] is unknown"),
        ({"hours": 24, "calendar": "xx"}, "xx: no such calendar"),
        ({"hours": 24, "calendar": None}, "calendar: is missing: give an id or an object"),
        ({"hours": 24, "calendar": 5}, "calendar: is neither an id nor an object"),
        ({"hours": 24, "calendar": {}}, "calendar: tz: is missing: add it"),
        ({"hours": 24, "calendar": {"tz": "Mars"}}, "calendar: tz: 'Mars' is unknown: use an IANA name"),
        ({"hours": 24, "calendar": {"tz": "UTC", "wekend": []}}, "calendar.wekend: unknown key: use tz, weekend"),
        ({"hours": 24, "calendar": {"tz": "UTC", "weekend": ["x"]}}, "calendar: weekend: 'x' is no weekday"),
        ({"hours": 24, "calendar": {"tz": "UTC", "weekend": [1, 2, 3, 4, 5, 6, 7]}}, "calendar: weekend: no day works"),
        (
            {"hours": 24, "calendar": {"tz": "UTC", "holidays": ["2026-05-01"], "working_days": ["2026-05-01"]}},
            "calendar: working_days.2026-05-01: stands in holidays too",
        ),
        ({"hours": 8, "mode": "schedule", "calendar": {"tz": "UTC"}}, "hours: mode schedule needs working hours"),
        ({"end": "2026-06-04T15:30:00Z"}, "end 2026-06-04T15:30:00+00:00 is before start"),
        ({"hours": 24, "start": "1812-06-24T00:00:00Z"}, "start lies outside the years 1900 to 2199"),
    ],
)
def test_errors_say_what_and_remedy(case: dict[str, object], error: str) -> None:
    found = answer(**case)

    assert found.keys() == {"id", "error"}
    assert found["error"].startswith(error)


def test_lines_that_are_no_objects_are_answered_too_and_stop_no_other() -> None:
    good = {"id": "z", "start": "2026-06-05T15:30:00Z", "hours": 24, "calendar": "ru"}

    found = answers("{", "[1]", "  ", good, "[" * 100_000)

    assert [sorted(one) for one in found] == [["error", "id"], ["error", "id"], ["deadline", "id"], ["error", "id"]]
    assert found[2]["deadline"] == "2026-06-08T15:30:00Z"


def test_a_calendar_is_asked_for_once() -> None:
    asked = []

    def find(name: str) -> Calendar:
        asked.append(name)
        return calendar_file.load(name)

    case = {"id": 1, "start": "2026-06-05T15:30:00Z", "hours": 24, "calendar": "ru"}
    lines: Iterable[str] = [json.dumps(case)] * 3

    assert len(list(cases.answers(lines, find))) == 3
    assert asked == ["ru"]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ('{"id": 1, "hours": NaN}', "line 2: no JSON: NaN is no number"),
        ('{"id": 1, "hours": -Infinity}', "line 2: no JSON: -Infinity is no number"),
        ('{"id": 1, "hours": ' + "9" * 5000 + "}", "line 2: no JSON: Exceeds the limit"),
        ('{"id": "\udcff"}', "line 2: is no UTF-8: save the file as UTF-8"),
        ("[1]", "line 2: no JSON object"),
    ],
)
def test_a_line_without_an_id_is_named_by_its_number(line: str, error: str) -> None:
    (found,) = map(json.loads, cases.answers(["\n", line], calendar_file.load))

    assert found["id"] is None
    assert found["error"].startswith(error)


def test_half_a_character_comes_back_as_it_came() -> None:
    case = '{"id": "\\ud800", "start": "2026-06-05T15:30:00Z", "hours": 24, "calendar": "ru"}'

    (line,) = cases.answers([case], calendar_file.load)

    assert line.encode() == b'{"id": "\\ud800", "deadline": "2026-06-08T15:30:00Z"}'


def test_a_mark_at_the_beginning_of_a_file_is_no_part_of_its_first_line() -> None:
    case = '\ufeff{"id": 1, "start": "2026-06-05T15:30:00Z", "hours": 24, "calendar": "ru"}'

    (line,) = cases.answers([case], calendar_file.load)

    assert json.loads(line) == {"id": 1, "deadline": "2026-06-08T15:30:00Z"}


@pytest.mark.parametrize(
    ("most", "built"),
    [(48, ["a", "b"]), (47, ["a", "b", "b"]), (20, ["a", "b", "a", "b"])],
    ids=["both fit", "they grow until one fits", "one alone is kept"],
)
def test_calendars_are_built_once_as_long_as_their_years_fit(
    monkeypatch: pytest.MonkeyPatch, most: int, built: list[str]
) -> None:
    monkeypatch.setattr(cases, "_MOST", most)
    asked: list[str] = []

    def find(name: str) -> Calendar:
        asked.append(name)
        return calendar_file.load("ru")

    case = {"start": "2006-06-05T15:30:00Z", "end": "2026-06-05T15:30:00Z"}
    lines = [json.dumps({"id": name, **case, "calendar": name}) for name in ("a", "a", "b", "a", "b")]
    found = list(cases.answers(lines, find))

    assert len({json.loads(line)["business_s"] for line in found}) == 1
    assert asked == built
