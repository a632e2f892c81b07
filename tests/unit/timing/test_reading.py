"""Files of days become the next version of a calendar, or a fault with its line; and the difference is shown first."""

from datetime import date

import pytest

from caseline.text_files.faults import FileFault
from caseline.timing import difference, reading
from caseline.timing.calendars import Calendar
from caseline.timing.vocabulary import Kind, Language, SpecialDays
from tests.factories.timing import calendar, days

OLD = calendar(
    id="own",
    version=3,
    years={2024: "decree", 2025: "guess"},
    holidays=dict.fromkeys(days("2024-05-01", "2025-05-01", "2025-05-02"), "May"),
    working_days=days("2025-12-27"),
    short_days=dict.fromkeys(days("2025-04-30"), 60),
)


def ics(*lines: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""]).encode()


def changed(content: bytes, name: str, old: Calendar = OLD) -> list[tuple[str, Kind, Kind]]:
    found = reading.next_version(old, content, name)
    assert found.version == old.version + 1
    return [(str(change.day), change.old, change.new) for change in difference.changes(old, found)]


XML = """\
<?xml version="1.0" encoding="UTF-8"?>
<calendar year="2025" lang="ru">
  <holidays><holiday id="1" title="Праздник Весны и Труда"/></holidays>
  <days>
    <day d="05.01" t="1" h="1"/>
    <day d="11.01" t="2"/>
    <day d="11.03" t="1" f="11.01"/>
    <day d="12.27" t="3"/>
  </days>
</calendar>
"""
FROM_XML = [
    ("2025-04-30", Kind.SHORT, Kind.WORKING),
    ("2025-05-02", Kind.OFF, Kind.WORKING),
    ("2025-11-01", Kind.OFF, Kind.SHORT),
    ("2025-11-03", Kind.WORKING, Kind.OFF),
]


def test_an_xml_calendar_replaces_its_year_and_no_other() -> None:
    found = reading.next_version(OLD, XML.encode(), "2025.xml")

    assert changed(XML.encode(), "2025.xml") == FROM_XML
    assert found.years == {2024: "decree", 2025: "2025.xml"}
    assert found.reason(date(2025, 5, 1)) == "Праздник Весны и Труда"
    assert found.reason(date(2025, 11, 3)) == "перенос с 01.11"
    assert OLD.version == 3  # the old one is as it was


def test_xml_may_be_in_windows_1251() -> None:
    content = XML.replace("UTF-8", "windows-1251").encode("cp1251")

    assert reading.next_version(OLD, content, "a.xml").reason(date(2025, 5, 1)) == "Праздник Весны и Труда"


def test_a_special_day_stays_one_when_the_file_cannot_say_so() -> None:
    special = calendar(id="own", special_days=dict.fromkeys(days("2025-11-03"), "Указ"))

    assert reading.next_version(special, XML.encode(), "a.xml").kind(date(2025, 11, 3)) is Kind.SPECIAL


CSV = """\
Дата;Вид;Минуты;Название
01.05.2025;выходной;;Праздник, первый
2025-11-01;сокращённый;60;
03.11.2025;Выходной;;
27.12.2025;рабочий;;
"""


@pytest.mark.parametrize("content", [CSV.encode(), CSV.encode("utf-8-sig"), CSV.encode("cp1251")])
def test_a_csv_file_in_any_usual_encoding(content: bytes) -> None:
    assert changed(content, "days.csv") == FROM_XML
    assert reading.next_version(OLD, content, "days.csv").reason(date(2025, 5, 1)) == "Праздник, первый"


def test_a_csv_file_in_english_may_name_special_days() -> None:
    content = b'date,kind,name\n2025-06-24,special,"parade, by decree"\n2025-06-25,short,\n'
    found = reading.next_version(OLD, content, "days.CSV")

    assert (found.kind(date(2025, 6, 24)), found.reason(date(2025, 6, 24))) == (Kind.SPECIAL, "parade, by decree")
    assert found.kind(date(2025, 6, 25)) is Kind.SHORT


def test_a_json_list_holds_every_day_off() -> None:
    year = [date.fromordinal(number) for number in range(date(2025, 1, 1).toordinal(), date(2026, 1, 1).toordinal())]
    off = [str(day) for day in year if day.isoweekday() > 5 and str(day) not in {"2025-11-01", "2025-12-27"}]
    text = (
        f'{{"holidays": {[*off, "2025-05-01", "2025-11-03"]}, "preholidays": ["2025-11-01"], "nowork": ["2025-06-24"]}}'
    )

    assert changed(text.replace("'", '"').encode(), "a.json") == [
        *FROM_XML[:2],
        ("2025-06-24", Kind.WORKING, Kind.SPECIAL),
        *FROM_XML[2:],
    ]


def test_an_icalendar_file_replaces_days_off_and_leaves_the_rest() -> None:
    content = ics(
        "DTSTART;VALUE=DATE:20250501",
        "DTEND;VALUE=DATE:20250504",
        "SUMMARY;LANGUAGE=ru:Праздник\\, длинное назва",
        " ние",
        "BEGIN:VALARM",
        "SUMMARY:alarm",
        "END:VALARM",
    )
    found = reading.next_version(OLD, content, "feed.ics")

    assert found.reason(date(2025, 5, 3)) == "Праздник, длинное название"
    assert found.works(date(2025, 12, 27))
    assert found.kind(date(2025, 4, 30)) is Kind.SHORT
    assert changed(content, "feed.ics") == []  # both week days were off before, 3 May is a Saturday


@pytest.mark.parametrize("end", [(), ("DTEND;VALUE=DATE:20251103",), ("DTEND;VALUE=DATE:20251104",)])
def test_an_event_of_one_day_may_say_its_end_or_not(end: tuple[str, ...]) -> None:
    found = reading.next_version(OLD, ics("DTSTART;VALUE=DATE:20251103", *end), "a.ics")

    assert [str(day) for day in found.holidays if day.year == 2025] == ["2025-11-03"]


def test_cancelled_events_are_left_out() -> None:
    kept = ics("DTSTART;VALUE=DATE:20251103")
    cancelled = ics("DTSTART;VALUE=DATE:20251104", "STATUS:CANCELLED")

    assert not reading.next_version(OLD, kept + cancelled, "a.ics").works(date(2025, 11, 3))
    assert reading.next_version(OLD, kept + cancelled, "a.ics").works(date(2025, 11, 4))


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("a.doc", b"", "a.doc:1: the ending '.doc' says no known format: use one of .yaml"),
        ("a.xml", b"<calendar year='2025'>\n<days>\n<day d='13.01' t='1'/>", "a.xml:3: 13.01 is no day of 2025"),
        ("a.xml", b"<calendar year='2025'>\n<day d='1.1' t='1'/>", "a.xml:2: d='1.1' is no day"),
        ("a.xml", b"<calendar year='2025'>\n<day d='01.01' t='4'/>", "a.xml:2: t='4' is unknown: use 1 (off)"),
        ("a.xml", b"<calendar>\n<day d='01.01' t='1'/>", "a.xml:1: <calendar> has no year"),
        ("a.xml", b"<day d='01.01' t='1'/>", "a.xml:1: d='01.01' is no day"),
        ("a.xml", b"<calendar year='2025'>\n</calendar>", "a.xml:1: no days found"),
        ("a.xml", b"<calendar year='2025'>\n<day d='01.01' t='1'>", "a.xml:2: "),
        ("a.xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]>\n<calendar year='2025'/>", "a.xml:1: a document type is not read"),
        (
            "a.xml",
            b"<calendar year='2025'>\n<day d='01.01' t='1'/>\n<day d='01.01' t='2'/></calendar>",
            "a.xml:3: 01.01 stands twice",
        ),
        ("a.csv", b"day,what\n", "a.csv:1: no column date, kind: name the columns in the first line"),
        ("a.csv", b"", "a.csv:1: no column date, kind: name the columns in the first line"),
        ("a.csv", b"date,kind\n", "a.csv:1: no days found"),
        ("a.csv", b"date,kind\n2025-02-29,off\n", "a.csv:2: '2025-02-29' is no date: write 2026-05-01 or 01.05.2026"),
        ("a.csv", b"date,kind\n2025-05-01,free\n", "a.csv:2: kind 'free' is unknown: use off, working"),
        ("a.csv", b"date,kind\n2025-05-01,off\n\n01.05.2025,working\n", "a.csv:4: 2025-05-01 stands in line 2 too"),
        ("a.csv", b"date,kind,minutes\n2025-05-01,short,x\n", "a.csv:2: 'x' minutes are no part of a day"),
        ("a.csv", b'date,kind\n"2025-05-01,off\n', "a.csv:"),
        ("a.json", b'{\n"holidays": [}', "a.json:2: "),
        ("a.json", b"[]", 'a.json:1: no list "holidays"'),
        ("a.json", b'{"holidays": ["2025-01-01"]}', "a.json:1: 2025 has no week-ends in holidays"),
        ("a.json", b'{"holidays": [\n"2025-01-01",\n"1 May"]}', "a.json:3: holidays: '1 May' is no date"),
        ("a.json", b'{"holidays": [],\n"nowork": 5}', 'a.json:2: "nowork" is no list'),
        ("a.ics", b"nothing", "a.ics:1: no whole-day event found"),
        ("a.ics", ics("DTSTART:20250501T100000Z"), "a.ics:3: '20250501T100000Z' is no whole day"),
        ("a.ics", ics("DTSTART;VALUE=DATE:20250230"), "a.ics:3: '20250230' is no whole day"),
        (
            "a.ics",
            ics("DTSTART;VALUE=DATE:20250501", "RRULE:FREQ=YEARLY"),
            "a.ics:4: RRULE: repeating events are not read",
        ),
        ("a.ics", ics("DTSTART;VALUE=DATE:20250501", "DURATION:P1D"), "a.ics:4: DURATION is not read"),
        (
            "a.ics",
            ics("DTSTART;VALUE=DATE:20250501", "DTEND;VALUE=DATE:20250401"),
            "a.ics:4: DTEND 20250401 does not fit",
        ),
        ("a.ics", ics("SUMMARY:May"), "a.ics:2: the event has no DTSTART"),
        ("a.ics", b"BEGIN:VEVENT\nDTSTART;VALUE=DATE:20250501\n", "a.ics:1: the event has no END:VEVENT"),
        ("a.csv", "date,kind\n".encode("utf-16"), "a.csv:1: no days found"),
        ("a.csv", b"\xff\xfed\x00\x00\xd8", "a.csv:1: begins like utf-16 and is damaged: save the file as UTF-8"),
        ("a.csv", CSV.encode("cp866"), "a.csv:1: neither UTF-8 nor windows-1251"),
        ("a.csv", b"date,kind\n2025-05-01,\x98\n", "a.csv:2: neither UTF-8 nor windows-1251"),
        ("a.ics", ics("DTSTART;VALUE=DATE:20251227"), "a.ics:1: does not fit calendar own: working_days.2025-12-27"),
    ],
)
def test_faults_name_file_line_and_remedy(name: str, content: bytes, fault: str) -> None:
    with pytest.raises(FileFault) as caught:
        reading.next_version(OLD, content, name)

    assert str(caught.value).startswith(fault)


def test_differences_are_told_in_both_languages() -> None:
    new = calendar(
        id="own",
        zone="Asia/Omsk",
        holidays=dict.fromkeys(days("2024-04-30"), "moved"),
        working_days=dict.fromkeys(days("2024-11-02"), "decree"),
        short_days=dict.fromkeys(days("2024-05-08"), 90),
        own_hours=dict.fromkeys(days("2024-05-09"), ((600, 840),)),
        special_days=dict.fromkeys(days("2024-06-24"), "parade"),
    )
    old = calendar(id="own")
    changes = difference.changes(old, new)

    assert [change.text(Language.ENGLISH) for change in changes] == [
        "Tue 30 Apr 2024: working → off (moved)",
        "Wed 8 May 2024: working → short by 90 min",
        "Thu 9 May 2024: working → hours 10:00-14:00",
        "Mon 24 Jun 2024: working → off by special decree (parade)",
        "Sat 2 Nov 2024: off → working (decree)",
    ]
    assert [change.text(Language.RUSSIAN) for change in changes] == [
        "вт 30 апреля 2024: рабочий → выходной (moved)",
        "ср 8 мая 2024: рабочий → сокращённый на 90 мин",
        "чт 9 мая 2024: рабочий → часы 10:00–14:00",
        "пн 24 июня 2024: рабочий → нерабочий по указу (parade)",
        "сб 2 ноября 2024: выходной → рабочий (decree)",
    ]
    assert difference.settings_changed(old, new) == [("zone", "UTC", "Asia/Omsk")]


def test_settings_are_told_as_they_are_written() -> None:
    day = ((540, 780), (840, 1440))
    old = calendar(id="own", region="RU", rule="", hours=dict.fromkeys(range(1, 8), day))
    new = calendar(id="own", weekend=frozenset(), special=SpecialDays.WORKING, hours={1: day, 2: ()})

    assert difference.settings_changed(old, new) == [
        ("region", "RU", "none"),
        ("weekend", "Sat, Sun", "none"),
        ("special", "off", "working"),
        ("hours", "09:00-13:00, 14:00-24:00", "Mon 09:00-13:00, 14:00-24:00; Tue none"),
    ]
    assert difference.changes(new, new) == []


def test_a_holiday_on_a_saturday_is_no_difference() -> None:
    assert difference.changes(calendar(), calendar(holidays=days("2026-06-06"))) == []
