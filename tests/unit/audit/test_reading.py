"""The check reads CSV and JSON lines by itself: whole records as they are, damaged ones apart."""

import csv
import io
import json
import random

import pytest

from staging.audit import text_lines
from staging.audit.csv_records import CsvRecords
from staging.audit.json_records import JsonRecords, canonical
from staging.audit.records import Chunk

NOTHING = frozenset({"", "?"})


def read(text: str, size: int = 5_000) -> list[Chunk]:
    stream = text_lines.text(io.BytesIO(text.encode("utf-8", "surrogateescape")), "utf-8")
    return list(CsvRecords(stream, delimiter=",", nothing=NOTHING).chunks(size))


def records(chunks: list[Chunk]) -> list[list[str]]:
    return [list(record) for chunk in chunks for record in chunk.table.records]


def damaged(chunks: list[Chunk]) -> list[tuple[int, int]]:
    return [(item.line, item.lines) for chunk in chunks for item in chunk.damaged]


def test_any_valid_file_is_read_as_it_was_written() -> None:
    chance = random.Random(5)
    signs = 'ab"\n\r, яё\u00a0😀;\t'
    rows = [["".join(chance.choices(signs, k=chance.randrange(9))) for _ in range(4)] for _ in range(3_000)]
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([["a", "b", "c", "d"], *rows])

    chunks = read(out.getvalue(), size=70)

    assert records(chunks) == rows
    assert damaged(chunks) == []
    lines = [line for chunk in chunks for line in chunk.lines]
    text = out.getvalue().split("\n")
    assert lines[0] == 2
    assert all(text[line - 1].startswith('"') for line in lines)


def test_a_chunk_says_how_far_it_reaches() -> None:
    first, second = read('a,b\n1,"x\ny"\n2,z\n3,z\n', size=2)

    assert (first.lines, first.last_line) == ([2, 4], 4)
    assert (second.lines, second.last_line) == ([5], 5)


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        ("2,x,y", 1),
        ("2", 1),
        ('2,"x"y', 1),
        ('2,"open', 1),
        ('2,"a\nb",c', 2),
        ('"2,x', 1),
        ("2,n\0l", 1),
        ("2,half \udcd0", 1),
    ],
)
def test_a_damaged_record_costs_itself(line: str, lines: int) -> None:
    chunks = read(f'a,b\n1,"x"\n{line}\n3,"y\nz"\n4,w\n')

    assert records(chunks) == [["1", "x"], ["3", "y\nz"], ["4", "w"]]
    assert damaged(chunks) == [(3, lines)]


def test_a_quote_open_to_the_end_costs_the_last_record() -> None:
    chunks = read('a,b\n1,x\n2,"never closed\nmore text')

    assert records(chunks) == [["1", "x"]]
    assert damaged(chunks) == [(3, 2)]


def test_blank_lines_are_no_records_and_a_byte_order_mark_no_letter() -> None:
    chunks = read("\ufeffa,b\r\n\r\n1,x\r\n\n2,y")

    assert chunks[0].table.header == ("a", "b")
    assert records(chunks) == [["1", "x"], ["2", "y"]]
    assert chunks[0].lines == [3, 5]


def test_a_lone_carriage_return_ends_nothing() -> None:
    assert records(read('a,b\n1,x\ry\n2,"x\ry"\n')) == [["1", "x\ry"], ["2", "x\ry"]]


def test_quotes_inside_an_unquoted_value_stand_for_themselves() -> None:
    assert records(read('a,b\n1,5" pipe\n2,a""b\n')) == [["1", '5" pipe'], ["2", 'a""b']]


def test_signs_for_nothing_are_none_and_so_is_a_column_that_is_not_there() -> None:
    (chunk,) = read("a,b\n1,?\n2,\n3, ?\n")

    assert chunk.table.column("b") == [None, None, " ?"]
    assert chunk.table.column("c") == [None, None, None]
    assert chunk.table.only([2]).column("a") == ["3"]


@pytest.mark.parametrize(
    ("data", "wanted", "found"),
    [
        (b"\xff\xfea\x00", ["utf-8"], "utf-16"),
        (b"\xef\xbb\xbfa", ["cp1251"], "utf-8"),
        ("a\nПривет\nб\n".encode(), ["utf-8", "cp1251"], "utf-8"),
        ("a\nПривет\nб\n".encode("cp1251"), ["utf-8", "cp1251"], "cp1251"),
        ("Привет\nб\n".encode() + b"\xd0\n", ["utf-8", "cp1251"], "utf-8"),
        (b"\x81\x9d\n", ["utf-8", "cp1252"], None),
        (b"plain", ["utf-8"], "utf-8"),
    ],
)
def test_the_encoding_is_found_out(data: bytes, wanted: list[str], found: str | None) -> None:
    assert text_lines.encoding(data, wanted) == found


def test_json_values_are_texts_by_path() -> None:
    documents = [
        '{"a": {"b": 1.50, "c": [1, {"z": 2, "y": null}]}, "t": true, "n": null, "e": "", "x.y": "dot"}',
        '{"a": "flat"}',
        "[1]",
        '{"a": "\\u0000"}',
        '{"a": 1e400}',
        "{broken",
    ]

    (chunk,) = JsonRecords(iter(f"{line}\n" for line in documents), nothing=NOTHING).chunks()

    table = chunk.table
    assert table.column("a.b")[:2] == ["1.50", None]
    assert table.column("a.c") == ['[1, {"y": null, "z": 2}]', None, None]
    assert table.column("a.c.1.z")[0] == "2"
    assert table.column("t")[0] == "true"
    assert table.column("e")[0] is None
    assert table.leaf("x.y")[0] == "dot"
    assert table.leaf("a") == [None, "flat", "1" + 400 * "0"]
    assert table.column("a.b")[2] is None
    assert set(table.header) == {"a.b", "a.c", "t", "n", "e", "x.y", "a"}
    assert [item.line for item in chunk.damaged] == [3, 4, 6]


def test_lists_and_objects_are_compared_in_one_writing() -> None:
    text = json.dumps({"b": [1.0, -0.0], "a": "я"}, ensure_ascii=True)

    assert canonical(text) == '{"a": "я", "b": [1.0, 0.0]}'
    assert canonical("[not json") == "[not json"
    assert canonical("plain") == "plain"
