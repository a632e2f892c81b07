"""CSV files."""

import csv
from pathlib import Path

from caseline.sample.sheet import Sheet

ROWS = [['plain, "quoted"', "два\nryada\r\nthree"], ["", '"'], ['","', "\\."], ["🙂", " "]]


def test_every_value_is_quoted_and_quotes_are_doubled(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path, "T.csv", ("A", "B"))
    sheet.add(['say "hi"', ""])
    sheet.close()

    assert (tmp_path / "1" / "T.csv").read_bytes() == b'"A","B"\n"say ""hi""",""\n'


def test_csv_module_reads_back_what_was_written(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path, "T.csv", ("A", "B"))
    for row in ROWS:
        sheet.add(row)
    sheet.close()

    with (tmp_path / "1" / "T.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file, strict=True)) == [["A", "B"], *ROWS]


def test_row_is_told_its_first_physical_line(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path, "T.csv", ("A", "B"))

    assert [sheet.add(row) for row in ROWS] == [2, 5, 6, 7]
    sheet.close()


def test_parts_repeat_the_header_and_count_lines_anew(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path, "T.csv", ("A", "B"), part_rows=2)

    places = [(sheet.add(["a", "b"]), sheet.part) for _ in range(3)]
    sheet.close()

    assert places == [(2, 1), (3, 1), (2, 2)]
    assert (tmp_path / "2" / "T.csv").read_bytes() == b'"A","B"\n"a","b"\n'


def test_broken_bytes_come_out_as_they_are(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path, "T.csv", ("A",))
    sheet.add([b"\xd0\xff\xed\xa0\x80".decode("utf-8", "surrogateescape")])
    sheet.close()

    assert (tmp_path / "1" / "T.csv").read_bytes() == b'"A"\n"\xd0\xff\xed\xa0\x80"\n'
