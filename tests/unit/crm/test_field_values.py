"""What people type into fields, and how it is written for them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseline.crm import field_values, shown_values
from caseline.crm.field_faults import Code, Fault, Misread
from caseline.crm.field_values import Reader, Value
from caseline.crm.request_fields import RequestField
from caseline.crm.vocabulary import Type
from caseline.listing.row import Row
from caseline.web.desk.request_cells import Cells
from caseline.web.language import Texts

RUSSIAN, ENGLISH = Reader(zone="Europe/Moscow", language="ru"), Reader(zone="Europe/Berlin", language="en")
READERS = st.sampled_from([RUSSIAN, ENGLISH])
CHOICES = ("red", "green", "синий")
WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=40)
INSTANTS = st.datetimes(
    datetime(1980, 1, 1),  # noqa: DTZ001 - hypothesis wants it so
    datetime(2090, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
).map(lambda at: at.replace(second=0, microsecond=0))


def field(kind: Type, **more: object) -> RequestField:
    return RequestField(name="x", type=kind, extra=True, **more)  # type: ignore[arg-type] # what a test names


def misread(kind: Type, text: str | list[str], reader: Reader = RUSSIAN, **more: object) -> Code:
    with pytest.raises(Misread) as raised:
        field_values.read(field(kind, **more), text, reader)
    return raised.value.code


def back(one: RequestField, value: Value, reader: Reader) -> Value:
    return field_values.read(one, field_values.text(one, value, reader), reader)


@given(st.decimals(-(10**9), 10**9, places=2, allow_nan=False), READERS)
def test_money_written_for_a_control_is_read_as_the_same(amount: object, reader: Reader) -> None:
    value = float(str(amount))
    assert back(field(Type.MONEY), value, reader) == value


@given(st.integers(-(10**14), 10**14), READERS)
def test_whole_numbers_come_back(number: int, reader: Reader) -> None:
    assert back(field(Type.INTEGER), number, reader) == number


@given(st.dates(datetime(1900, 1, 1).date(), datetime(2199, 12, 31).date()), READERS)  # noqa: DTZ001 - a day
def test_dates_come_back(day: object, reader: Reader) -> None:
    assert back(field(Type.DATE), str(day), reader) == str(day)


@given(INSTANTS, READERS)
def test_times_come_back_but_for_the_second_of_two_equal_hours(at: datetime, reader: Reader) -> None:
    value, local = field_values.kept(at), at.astimezone(ZoneInfo(reader.zone))
    read = back(field(Type.DATETIME), value, reader)
    assert read == value or local.fold


@given(st.lists(st.sampled_from(CHOICES), unique=True), READERS)
def test_lists_of_several_come_back(values: list[str], reader: Reader) -> None:
    assert (back(field(Type.MULTI_LIST, choices=CHOICES), values, reader) or []) == values


@given(WORDS)
def test_texts_are_kept_without_blanks_around_them(words: str) -> None:
    assert field_values.read(field(Type.TEXT), f"  {words}\r\n", RUSSIAN) == (words.strip() or None)


@given(st.text(max_size=30), st.sampled_from(list(Type)), READERS)
def test_whatever_is_typed_is_read_or_refused_with_words(text: str, kind: Type, reader: Reader) -> None:
    try:
        field_values.read(field(kind, choices=CHOICES if kind is Type.LIST else ()), text, reader)
    except Misread as error:
        told = Fault("x", ("City", "Город"), error.code, error.values)
        assert told.said("en").startswith("City: ")
        assert told.said("ru").startswith("«Город»: ")


@pytest.mark.parametrize(
    ("text", "reader", "value"),
    [
        ("1 250,50", RUSSIAN, 1250.5),
        ("1\u00a0250", RUSSIAN, 1250),
        ("1,250.5", ENGLISH, 1250.5),
        ("1,5", ENGLISH, 1.5),
        ("1,250", ENGLISH, 1250),
        ("1,250", RUSSIAN, 1.25),
        ("\u2212 7", RUSSIAN, -7),
    ],
)
def test_numbers_are_read_as_the_language_writes_them(text: str, reader: Reader, value: float) -> None:
    assert field_values.read(field(Type.NUMBER), text, reader) == value


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (Type.NUMBER, "many", Code.NO_NUMBER),
        (Type.NUMBER, "NaN", Code.NO_NUMBER),
        (Type.NUMBER, "1e999", Code.NO_NUMBER),
        (Type.NUMBER, "1234567890.1234567", Code.TOO_PRECISE),
        (Type.INTEGER, "1.5", Code.NOT_WHOLE),
        (Type.MONEY, "1.005", Code.TOO_FINE),
        (Type.DATE, "2026-02-30", Code.NO_DATE),
        (Type.DATE, "1066-10-14", Code.OUT_OF_RANGE),
        (Type.DATETIME, "2026-02-03", Code.NO_TIME),
        (Type.DATETIME, "2026-02-03 25:00", Code.NO_TIME),
        (Type.BOOLEAN, "maybe", Code.NOT_YES_OR_NO),
        (Type.TEXT, "a\0b", Code.UNPRINTABLE),
        (Type.TEXT, "a\ud800b", Code.UNPRINTABLE),
        (Type.TEXT, "x" * 10_000_000, Code.TOO_LONG),
        (Type.LIST, "x" * 1_000, Code.TOO_LONG),
    ],
)
def test_what_is_no_value_is_refused_by_name(kind: Type, text: str, code: Code) -> None:
    assert misread(kind, text) == code


def test_one_value_is_meant_where_one_fits_and_lists_keep_to_their_choices() -> None:
    assert misread(Type.TEXT, ["a", "b"]) == Code.ONE_VALUE
    assert misread(Type.LIST, "blue", choices=CHOICES) == Code.UNKNOWN_CHOICE
    assert misread(Type.MULTI_LIST, "red;blue", choices=CHOICES) == Code.UNKNOWN_CHOICE
    assert misread(Type.MULTI_LIST, [str(n) for n in range(300)]) == Code.TOO_MANY


def test_a_time_that_clocks_leave_out_is_refused_with_the_next_one() -> None:
    with pytest.raises(Misread) as raised:
        field_values.read(field(Type.DATETIME), "2026-03-29T02:30", ENGLISH)

    assert raised.value.code == Code.SKIPPED_TIME
    assert "write '2026-03-29 03:30'" in raised.value.words()[0]
    assert "«2026-03-29 03:30»" in raised.value.words()[1]


def test_values_are_shown_as_the_language_writes_them() -> None:
    at = "2026-03-31T11:30:00.000Z"
    assert shown_values.shown(field(Type.DATETIME), at, RUSSIAN) == "31.03.2026 14:30"
    assert shown_values.shown(field(Type.DATE), "2026-03-31", RUSSIAN) == "31.03.2026"
    assert shown_values.shown(field(Type.MONEY), 1250.5, RUSSIAN) == "1\u00a0250,50"
    assert shown_values.shown(field(Type.MONEY), 1250.5, ENGLISH) == "1,250.50"
    assert shown_values.shown(field(Type.BOOLEAN), value=True, reader=RUSSIAN) == "да"
    assert shown_values.shown(field(Type.DATE), "whatever a source brought", RUSSIAN) == "whatever a source brought"


@pytest.mark.parametrize("never", ["9999-12-31T23:59:59.000Z", "0001-01-01T00:00:00.000Z", "9999-12-31"])
@pytest.mark.parametrize("zone", ["Europe/Moscow", "America/New_York"])
def test_an_instant_that_no_clock_tells_is_shown_as_it_stands(never: str, zone: str) -> None:
    reader, one = Reader(zone=zone), field(Type.DATETIME)

    assert field_values.text(one, never, reader) == never
    assert shown_values.shown(one, never, reader) == never
    cells = Cells(Texts("ru", zone), datetime(2026, 6, 8, tzinfo=UTC), {one.key: one})
    row = Row(id=1, version=1, stage_closed=False, warn_at=None, stopped_at=None, values={one.key: never}, targets={})
    assert never in cells.row(row, [one.key], [""])
    assert cells.plain(row, one.key) == never
