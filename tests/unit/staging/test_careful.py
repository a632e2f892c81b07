"""Taking damaged blocks apart: what is a record, what is damaged, what it is called."""

import pytest

from staging import blocks, careful
from staging.careful import Shape
from tests.factories.reading import Taken, read

COLUMNS = ("id", "text", "tail")


def records(data: bytes, **options: int) -> list[Taken]:
    return read(data, COLUMNS, size=options.get("size", 1000), longest=options.get("longest", 100_000))


def good(data: bytes, **options: int) -> list[tuple[str, ...]]:
    return [taken.fields for taken in records(data, **options) if not taken.code]


def bad(data: bytes, **options: int) -> list[tuple[int, str]]:
    return [(taken.line, taken.code) for taken in records(data, **options) if taken.code]


# -------------------------------------------------------------------------------------------- odd, but to be loaded


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b'1,5" pipe,t\n', '5" pipe'),
        (b'1,5" and 6",t\n', '5" and 6"'),
        (b'1,a""b,t\n', 'a""b'),
        (b'1, "a",t\n', ' "a"'),
        (b"1,one\rtwo,t\n", "one\rtwo"),
        (b"1,\rone,t\n", "\rone"),
        (b'1,"one\r\ntwo",t\n', "one\r\ntwo"),
        (b'1,"",t\n', ""),
        (b'1,"""",t\n', '"'),
    ],
)
def test_value_is_kept_as_it_stands(line: bytes, text: str) -> None:
    assert good(b"\n" + line) == [("1", text, "t")]


def test_line_ends_may_be_mixed() -> None:
    assert good(b"1,a,t\r\n2,b,t\n\n3,c,t\r\n4,d,t") == [
        ("1", "a", "t"),
        ("2", "b", "t"),
        ("3", "c", "t"),
        ("4", "d", "t"),
    ]


def test_blank_lines_are_no_records() -> None:
    assert records(b"\n\r\n\n") == []
    assert [taken.line for taken in records(b"\n1,a,t\n\r\n\n2,b,t\n\n")] == [2, 5]


def test_empty_value_of_the_only_column_is_a_record_when_quoted() -> None:
    assert [taken.fields for taken in read(b'a\n\n""\n', ["only"], size=100)] == [("a",), ("",)]


# --------------------------------------------------------------------------------------------------------- damaged


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"2,a\n", "WRONG_FIELD_COUNT"),
        (b"2\n", "WRONG_FIELD_COUNT"),
        (b"2,a,b,c\n", "WRONG_FIELD_COUNT"),
        (b"2,a,t,\n", "WRONG_FIELD_COUNT"),
        (b'2,"a,b",c,d\n', "WRONG_FIELD_COUNT"),
        (b"\\.\n", "WRONG_FIELD_COUNT"),
        (b"   \n", "WRONG_FIELD_COUNT"),
        (b'2,"a"b,t\n', "UNCLOSED_QUOTE"),
        (b'2,"a" ,t\n', "UNCLOSED_QUOTE"),
        (b'2,"say "no" twice",t\n', "UNCLOSED_QUOTE"),
        (b'2,"a,t\n', "UNCLOSED_QUOTE"),
        (b'"2,a,t\n', "UNCLOSED_QUOTE"),
        (b"2,a\0b,t\n", "NUL_BYTE"),
        (b"2,\0\n", "NUL_BYTE"),
        (b'2,"a"\0,t\n', "NUL_BYTE"),
        (b"2,\xff,t\n", "BAD_ENCODING"),
        (b"2,\xd0,t\n", "BAD_ENCODING"),
        (b"2,\xed\xa0\x80,t\n", "BAD_ENCODING"),
        (b"2,\xc0\x80,t\n", "BAD_ENCODING"),
    ],
)
@pytest.mark.parametrize("size", [5, 1000])
def test_damage_costs_its_own_record(line: bytes, code: str, size: int) -> None:
    data = b"1,one,t\n" + line + b'3,"three",t\n4,four,t\n'

    assert bad(data, size=size) == [(2, code)]
    assert [fields[0] for fields in good(data, size=size)] == ["1", "3", "4"]


def test_quote_left_open_takes_back_what_it_swallowed() -> None:
    data = b'1,"one,t\n2,two,t\n3,"three, ""3""",t\n4,"four\nlines",t\n'

    assert bad(data) == [(1, "UNCLOSED_QUOTE")]
    assert good(data) == [("2", "two", "t"), ("3", 'three, "3"', "t"), ("4", "four\nlines", "t")]


def test_two_quotes_left_open_cost_two_records() -> None:
    data = b'1,"one,t\n2,two,t\n3,"three,t\n4,four,t\n'

    assert bad(data) == [(1, "UNCLOSED_QUOTE"), (3, "UNCLOSED_QUOTE")]
    assert [fields[0] for fields in good(data)] == ["2", "4"]


def test_quote_left_open_at_the_end_costs_the_last_record() -> None:
    data = b'1,one,t\n2,"two,t\nmore text'

    assert bad(data) == [(2, "UNCLOSED_QUOTE")]
    assert records(data)[-1].raw == b'2,"two,t\nmore text'


@pytest.mark.parametrize("size", range(8, 60, 3))
def test_quote_left_open_is_understood_wherever_blocks_end(size: int) -> None:
    data = b'1,"one,t\n2,"two\nlines, and\nmore",t\n3,three,t\n'

    assert bad(data, size=size) == [(1, "UNCLOSED_QUOTE")]
    assert [fields[0] for fields in good(data, size=size)] == ["2", "3"]


def test_record_that_never_ends_is_given_up() -> None:
    data = b"1,one,t\n" + b"x" * 300 + b"\n2,two,t\n"

    assert [code for _, code in bad(data, size=10, longest=100)][:1] == ["TOO_LONG"]
    assert [fields[0] for fields in good(data, size=10, longest=100)] == ["1", "2"]


def test_field_longer_than_the_csv_module_allows_is_read() -> None:
    long = 'x"' * 100_000

    assert good(f"1,{long},t\n".encode(), size=1_000_000, longest=1_000_000) == [("1", long, "t")]


# ------------------------------------------------------------------------------------------------ what errors show


def test_column_of_the_damage_is_named_where_it_can_be_seen() -> None:
    block = blocks.cut(b"1,a\0b,t\n2,b,\xff\n3,x\n", offset=0, line=1, delimiter=",", last=True)

    found = careful.sort_out(block, Shape(COLUMNS, ",", "utf-8")).damaged

    assert [(record.code, record.column) for record in found] == [
        ("NUL_BYTE", "text"),
        ("BAD_ENCODING", "tail"),
        ("WRONG_FIELD_COUNT", None),
    ]
    assert [record.fields for record in found] == [("1", "a\0b", "t"), ("2", "b", "\ufffd"), ("3", "x")]


def test_number_of_fields_is_said() -> None:
    block = blocks.cut(b"1,a\n", offset=0, line=1, delimiter=",", last=True)

    (record,) = careful.sort_out(block, Shape(COLUMNS, ",", "utf-8")).damaged

    assert record.text.startswith("2 fields where the header has 3")


# -------------------------------------------------------------------------------- records that the server refuses


def test_records_refused_by_line_join_the_damaged() -> None:
    source = blocks.cut(b'\n1,one,t\n2,"two\nlines",t\n3,5",t\n4,four,t\n', offset=0, line=1, delimiter=",", last=True)
    shape = Shape(COLUMNS, ",", "utf-8")
    found = careful.sort_out(source, shape)

    left, damaged = careful.without(found.good, source, {3: "why", 4: "because"}, code="REFUSED", shape=shape)

    assert left.data == b"1,one,t\n4,four,t\n"
    assert left.starts.tolist() == [1, source.data.index(b"4,")]
    assert [(record.line, record.raw, record.code, record.text) for record in damaged] == [
        (2, b'2,"two\nlines",t\n', "REFUSED", "why"),
        (4, b'3,5",t\n', "REFUSED", "because"),
    ]
