"""Properties of the reader: equal to Python's csv module on valid files, and damage costs the damaged records only."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import hypothesis.strategies as st
from hypothesis import assume, given, settings

from tests.factories.reading import Taken, read

COLUMNS = ("id", "text", "a", "b", "c")
DELIMITERS = st.sampled_from([",", ";", "\t", "|"])
SIZES = st.sampled_from([3, 7, 16, 40, 100, 1000])
TRICKY = st.sampled_from(
    ["", '"', '""', ",", ";", "\n", "\r\n", "\r", "\\.", "\\", "'", " ", "\u00a0", "ё", "😀", "N", '5" pipe']
)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
VALUES = st.one_of(ANY_TEXT, st.lists(TRICKY, max_size=6).map("".join))


@dataclass(frozen=True, slots=True)
class Written:
    """A file and what stands where in it."""

    data: bytes
    records: tuple[bytes, ...]
    delimiter: str

    @property
    def offsets(self) -> list[int]:
        """First byte of each record."""
        return [sum(map(len, self.records[:n])) for n in range(len(self.records))]


@st.composite
def valid_files(draw: st.DrawFn) -> Written:
    """Files that the csv module has written: any text, any quoting, any line ends."""
    delimiter = draw(DELIMITERS)
    width = draw(st.integers(1, 4))
    rows = draw(st.lists(st.lists(VALUES, min_size=width, max_size=width), max_size=8))
    quote_all = draw(st.booleans())
    ends = draw(st.sampled_from([("\n",), ("\r\n",), ("\n", "\r\n")]))
    records = [_written(row, delimiter, quote_all=quote_all, end=ends[n % len(ends)]) for n, row in enumerate(rows)]
    unended = draw(st.booleans())
    if records and unended:
        records[-1] = records[-1].removesuffix(b"\n").removesuffix(b"\r")
    return Written(b"".join(records), tuple(records), delimiter)


def _written(row: list[str], delimiter: str, *, quote_all: bool, end: str) -> bytes:
    out = io.StringIO()
    # The module leaves a lone carriage return unquoted where lines end with LF, and then cannot read it back.
    quoting: Any = csv.QUOTE_ALL if quote_all or any("\r" in value for value in row) else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end).writerow(row)
    return out.getvalue().encode()


def _places(data: bytes, found: list[Taken]) -> list[tuple[bytes, int]]:
    return [(data[taken.offset : taken.offset + taken.length], taken.line) for taken in found]


@given(valid_files(), SIZES)
@settings(max_examples=200)
def test_valid_files_come_out_as_the_csv_module_reads_them(file: Written, size: int) -> None:
    expected = [
        tuple(row)
        for row in csv.reader(io.StringIO(file.data.decode(), newline=""), delimiter=file.delimiter, strict=True)
    ]
    width = len(expected[0]) if expected else 1

    found = read(file.data, [f"c{n}" for n in range(width)], delimiter=file.delimiter, size=size)

    assert [taken.code for taken in found] == [""] * len(expected)
    assert [taken.fields for taken in found] == expected


@given(valid_files(), SIZES)
def test_places_of_valid_records_are_where_their_bytes_stand(file: Written, size: int) -> None:
    width = (
        len(next(csv.reader(io.StringIO(file.records[0].decode(), newline=""), delimiter=file.delimiter)))
        if file.records
        else 1
    )

    found = read(file.data, [f"c{n}" for n in range(width)], delimiter=file.delimiter, size=size)

    lines = [1 + file.data.count(b"\n", 0, offset) for offset in file.offsets]
    assert _places(file.data, found) == list(zip(file.records, lines, strict=True))


# ------------------------------------------------------------------------------------------------- damaged files

WORDS = st.text("abёc ,;\n\"'", max_size=8).map(lambda text: "w" + text)
"""Values that begin with a letter: behind a quote that a damaged record leaves open they cannot end a field by chance."""
ONE_LINE = st.text("abёc ,", min_size=1, max_size=6).map(lambda text: "w" + text)


@dataclass(frozen=True, slots=True)
class Damage:
    """A file of which some records were damaged."""

    records: tuple[bytes, ...]
    touched: frozenset[int]
    codes: dict[int, str]
    """Expected code of those whose damage cannot be taken for anything else."""

    @property
    def data(self) -> bytes:
        """The file."""
        return b"".join(self.records)


@st.composite
def damaged_files(draw: st.DrawFn, *, torn: bool) -> Damage:
    """Files with NULs, broken bytes and ragged rows in any records; `torn`: and one with a quote too many or a piece cut out."""
    ends = draw(st.sampled_from(["\n", "\r\n"]))
    quote_all = draw(st.booleans())
    count = draw(st.integers(1, 12))
    kinds = draw(
        st.lists(st.sampled_from(["", "", "", "nul", "byte", "long", "short"]), min_size=count, max_size=count)
    )
    if torn:
        kinds[draw(st.integers(0, count - 1))] = draw(st.sampled_from(["quote", "cut"]))
    records: list[bytes] = []
    for number, kind in enumerate(kinds):
        words = st.lists(ONE_LINE if kind else WORDS, min_size=4, max_size=4)
        row = [f"k{number}", *draw(words)]
        records.append(_spoilt(draw, row, kind, lambda row: _written(row, ",", quote_all=quote_all, end=ends)))
    codes = {"nul": "NUL_BYTE", "byte": "BAD_ENCODING", "long": "WRONG_FIELD_COUNT", "short": "WRONG_FIELD_COUNT"}
    return Damage(
        tuple(records),
        frozenset(number for number, kind in enumerate(kinds) if kind),
        {number: codes[kind] for number, kind in enumerate(kinds) if kind in codes},
    )


def _spoilt(draw: st.DrawFn, row: list[str], kind: str, write: "Callable[[list[str]], bytes]") -> bytes:
    column = draw(st.integers(1, 4))
    if kind == "nul":
        row[column] += "\0"
    elif kind == "long":
        row.append("more")
    elif kind == "short":
        del row[column]
    whole = write([*row[:column], row[column] + "#", *row[column + 1 :]] if kind == "byte" else row)
    if kind == "byte":
        return whole.replace(b"#", b"\xff")
    body = whole.rstrip(b"\r\n")
    first = draw(st.integers(0, len(body) - 1))
    if kind == "quote":
        return body[:first] + b'"' + whole[first:]
    if kind == "cut":
        return body[:first] + whole[draw(st.integers(first + 1, len(body))) :]
    return whole


@given(st.booleans().flatmap(lambda torn: damaged_files(torn=torn)), SIZES, st.booleans())
@settings(max_examples=400)
def test_damage_costs_the_damaged_records_only(file: Damage, size: int, short_of_memory: bool) -> None:
    # The damaged ones and the next good one must fit: without it nobody can tell that a quote was left open.
    spoilt = sum(len(file.records[number]) for number in file.touched)
    longest = spoilt + max(map(len, file.records)) + size if short_of_memory else 100_000

    found = read(file.data, COLUMNS, size=size, longest=longest)

    good = {file.data[taken.offset : taken.offset + taken.length]: taken for taken in found if not taken.code}
    offset = 0
    for number, record in enumerate(file.records):
        if number not in file.touched:
            assert record in good
            assert (good[record].offset, good[record].line) == (offset, 1 + file.data.count(b"\n", 0, offset))
            assert list(good[record].fields) == next(csv.reader(io.StringIO(record.decode(), newline="")))
        offset += len(record)


@given(damaged_files(torn=True), SIZES)
def test_every_byte_of_a_damaged_file_belongs_to_one_record(file: Damage, size: int) -> None:
    assume(file.data.strip())  # a blank line alone is no record
    found = read(file.data, COLUMNS, size=size)

    pieces = [file.data[taken.offset : taken.offset + taken.length] for taken in found]
    assert b"".join(pieces) == file.data
    assert [taken.raw for taken in found if taken.code] == [
        piece for piece, taken in zip(pieces, found, strict=True) if taken.code
    ]


@given(damaged_files(torn=False), SIZES)
def test_damage_is_called_by_its_name(file: Damage, size: int) -> None:
    found = {taken.offset: taken.code for taken in read(file.data, COLUMNS, size=size)}

    offset = 0
    for number, record in enumerate(file.records):
        if number in file.codes:
            assert found[offset] == file.codes[number]
        offset += len(record)


@given(
    st.lists(st.sampled_from([b"a", b"bc", b",", b'"', b"\n", b"\r", b"\0", b"\xff", b"x,y,z,1,2\n"]), max_size=60).map(
        b"".join
    ),
    SIZES,
    st.sampled_from([20, 60, 10_000]),
)
@settings(max_examples=300)
def test_rubbish_is_read_to_its_end_and_no_byte_is_dropped(data: bytes, size: int, longest: int) -> None:
    found = read(data, COLUMNS, size=size, longest=longest)

    position = 0
    for taken in found:
        assert not data[position : taken.offset].strip(b"\r\n"), "only line ends belong to no record"
        assert taken.length > 0
        position = taken.offset + taken.length
    assert not data[position:].strip(b"\r\n")


@given(
    st.lists(
        st.sampled_from([b'{"a": 1}', b'{"a": "\xd1\x91\\n"}', b"", b"\\.", b'"', b"[1]", b'{"a": "x\ry"}']),
        max_size=12,
    ),
    st.sampled_from([b"\n", b"\r\n"]),
    SIZES,
)
def test_every_line_but_the_blank_ones_is_a_record_of_json_lines(lines: list[bytes], end: bytes, size: int) -> None:
    data = end.join(lines)

    found = read(data, ("a", "rest"), delimiter=None, size=size)

    expected = [(number, line.decode()) for number, line in enumerate(lines, 1) if line]
    assert [(taken.line, taken.fields[0]) for taken in found] == expected
    assert [data[taken.offset : taken.offset + taken.length].rstrip(b"\r\n").decode() for taken in found] == [
        text for _, text in expected
    ]
