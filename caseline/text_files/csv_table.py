"""Reads tables as CSV, and writes them so that no spreadsheet takes a cell for a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from caseline.text_files.faults import FileFault

_LONGEST_CELL: Final = 1 << 24
_SIGNS: Final = r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
"""What a formula may begin with; the last four are wide ones, which some spreadsheets take for the others."""
_FORMULA: Final = re.compile(f"'*{_SIGNS}")
_ESCAPED: Final = re.compile(f"'+{_SIGNS}")


def rows(
    text: str, name: str, columns: Mapping[str, str], needed: Sequence[str], most: int | None = None
) -> Iterator[tuple[int, dict[str, str]]]:
    """The number of the line that a row begins with, and its cells by column; empty rows are left out; `FileFault`.

    `columns` leads from a heading in small letters to the column's name; unknown columns are left out. Cells are as
    they were before `written` made them safe. Missing cells are empty.
    """
    header = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count), strict=True)
    csv.field_size_limit(max(_LONGEST_CELL, csv.field_size_limit()))
    try:
        headings = [columns.get(_unescaped(cell).strip().casefold(), "") for cell in next(reader, [])]
        missing = [column for column in needed if column not in headings]
        if missing:
            raise FileFault(name, 1, f"no column {', '.join(missing)}: name the columns in the first line")
        count, line = 0, reader.line_num + 1
        while (cells := next(reader, None)) is not None:
            line, this = reader.line_num + 1, line
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if most is not None and count > most:
                raise FileFault(name, this, f"more than {most:,} rows: split the file")
            found = dict.fromkeys(columns.values(), "")
            found |= {heading: _unescaped(cell) for heading, cell in zip(headings, cells, strict=False) if heading}
            yield this, found
    except csv.Error as error:
        raise FileFault(name, reader.line_num, f"{error}: mend the quotation marks") from error


def written(header: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """A CSV file; an apostrophe before what a spreadsheet would take for a formula, and before an apostrophe there."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    for line in lines:
        writer.writerow([safe(cell) if isinstance(cell, str) else cell for cell in line])
    return out.getvalue()


def line(cells: Sequence[object], separator: str = ",") -> str:
    """One line of such a file, for those that are written as they come."""
    out = io.StringIO(newline="")
    safe_ones = [safe(cell) if isinstance(cell, str) else str(cell) for cell in cells]
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerow(safe_ones)
    return out.getvalue()


def separator(language: str) -> str:
    """By what a spreadsheet of that language takes lines apart.

    With another one all of a line would stand in its first cell, up to the sign inside some text behind which a new
    cell begins, with a formula if its author likes.
    """
    return ";" if language == "ru" else ","


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe stands before what it would take for one."""
    return "'" + cell if _FORMULA.match(cell) else cell


def _unescaped(cell: str) -> str:
    return cell[1:] if _ESCAPED.match(cell) else cell
