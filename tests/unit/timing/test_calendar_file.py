"""Calendar files are read whole or not at all, and faults say where and what to do."""

from pathlib import Path

import pytest

from caseline.text_files.faults import FileFault
from caseline.timing import calendar_file, document
from caseline.timing.calendars import Calendar
from caseline.timing.faults import TimingFault
from tests.factories.timing import OFFICE, calendar, days, russia

HEAD = "calendar: own\nzone: Europe/Moscow\n"


def test_what_is_written_is_read_back() -> None:
    own = calendar(
        title="Поддержка",
        version=7,
        region="TA",
        weekend=frozenset({5}),
        years={2026: "Приказ № 1"},
        holidays={**days("2026-05-01"), **dict.fromkeys(days("2026-05-11"), "Name: with colon")},
        working_days=days("2026-05-08"),
        short_days=dict.fromkeys(days("2026-04-30"), 90),
        special_days=dict.fromkeys(days("2026-06-24"), "Указ"),
        own_hours=dict.fromkeys(days("2026-05-02"), OFFICE),
        hours={1: OFFICE, 2: ((0, 1440),)},
    )

    assert calendar_file.parse(calendar_file.render(own), "own.yaml") == own
    assert calendar_file.parse(calendar_file.render(russia()), "ru.yaml") == russia()
    assert document.calendar(document.plain(own)) == own


def test_dates_may_be_a_list_and_hours_one_for_all() -> None:
    found = calendar_file.parse(
        HEAD + 'holidays: [2026-05-01]\nshort_days: [2026-04-30]\nhours: [["09:00", "24:00"]]\nweekend: [Sun, 6]\n', "x"
    )

    assert found == Calendar(
        id="own",
        zone="Europe/Moscow",
        holidays=days("2026-05-01"),
        short_days=dict.fromkeys(days("2026-04-30"), 60),
        hours=dict.fromkeys(range(1, 8), ((540, 1440),)),
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "x.yaml:1: document: "),
        ("calendar: own\n", "x.yaml:1: zone: is missing: add it"),
        (HEAD + "holiday: []\n", "x.yaml:3: holiday: unknown key: use calendar, version"),
        (HEAD + "holidays:\n  2026-05-32: May\n", "x.yaml:3: holidays: '2026-05-32' is no date: write YYYY-MM-DD"),
        (HEAD + "holidays: [2026-05-01, 2026-05-01]\n", "x.yaml:3: holidays: 2026-05-01 stands twice: remove one"),
        (HEAD + "holidays:\n  2026-05-01: a\n  2026-05-01: b\n", "x.yaml:5: key '2026-05-01' stands twice"),
        (
            HEAD + "holidays:\n  2026-05-01: a\nworking_days:\n  2026-04-30: b\n  2026-05-01: c\n",
            "x.yaml:7: working_days.2026-05-01: stands in holidays too: remove it from one of the two",
        ),
        (HEAD + "weekend: [Sat, Sun, Mon, Tue, Wed, Thu, Fri]\n", "x.yaml:3: weekend: no day works"),
        (HEAD + "weekend: [Caturday]\n", "x.yaml:3: weekend: 'Caturday' is no weekday: write Mon to Sun"),
        (HEAD + 'hours: [["18:00", "09:00"]]\n', "x.yaml:3: hours: 18:00 is not before 09:00"),
        (HEAD + "hours: 09:00-18:00\n", "x.yaml:3: hours: '09:00-18:00' is no list of hours"),
        (HEAD + "own_hours: [2026-05-02]\n", "x.yaml:3: own_hours: write a date and its hours"),
        (HEAD + "version: 0\n", "x.yaml:3: version: "),
        (HEAD + "special: maybe\n", "x.yaml:3: special: "),
        ("calendar: own\nzone: Europe/Moskva\n", "x.yaml:2: zone: 'Europe/Moskva' is unknown: use an IANA name"),
        (HEAD + "title: [\n", "x.yaml:4: "),
        (HEAD + "title: \x07\n", "x.yaml:"),
        ("calendar: own\nzone: UTC\nrule: de\n", "x.yaml:3: rule: 'de' is unknown"),
    ],
)
def test_faults_name_file_line_and_remedy(text: str, fault: str) -> None:
    with pytest.raises(FileFault) as caught:
        calendar_file.parse(text, "x.yaml")

    assert str(caught.value).startswith(fault)


def test_all_faults_of_a_file_are_named() -> None:
    with pytest.raises(FileFault) as caught:
        calendar_file.parse("calendar: own\nversion: x\nwekend: []\n", "x.yaml")

    lines = str(caught.value).splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        ["x.yaml:1", "zone"],
        ["x.yaml:2", "version"],
        ["x.yaml:3", "wekend"],
    ]


def test_a_calendar_is_loaded_by_id_or_path(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_bytes(("\ufeff" + HEAD + "title: Поддержка\n").encode())

    assert calendar_file.load("ru") == russia()
    assert calendar_file.load(str(path)).title == "Поддержка"


@pytest.mark.parametrize(
    ("name", "fault"), [("xx", "no such calendar: use ru, or the path"), ("no/file.yaml", "cannot be read")]
)
def test_a_calendar_that_is_not_there_is_named(name: str, fault: str) -> None:
    with pytest.raises((TimingFault, FileFault), match=fault):
        calendar_file.load(name)
