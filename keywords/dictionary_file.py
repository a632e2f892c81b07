"""Reads and writes dictionaries as CSV: `keyword,weight,category`, and `kind,enabled,note` if wanted."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from caseline.text_files import csv_table, decoding
from keywords import checking
from keywords.checking import BLOCK, Checked, Typed
from keywords.entries import Entry

MOST_ROWS: Final = 50_000
HEADER: Final = ("keyword", "weight", "category", "kind", "enabled", "note")
_NEEDED: Final = HEADER[:3]
_RUSSIAN: Final = ("ключевое слово", "вес", "категория", "вид", "включено", "примечание")
_COLUMNS: Final = {name: name for name in HEADER} | dict(zip(_RUSSIAN, HEADER, strict=True)) | {"слово": "keyword"}


def typed(content: bytes, name: str) -> list[Typed]:
    """The lines of a file, unchecked; `FileFault` when it is no such file or has more than 50,000 rows."""
    found = csv_table.rows(decoding.decoded(content, name), name, _COLUMNS, _NEEDED, MOST_ROWS)
    return [_typed(line, cells) for line, cells in found]


def _typed(line: int, cells: Mapping[str, str]) -> Typed:
    keyword, weight, category, kind, enabled, note = (cells.get(column, "") for column in HEADER)
    return Typed(line, keyword, weight, category, kind, enabled, note)


def read(content: bytes, name: str, categories: Collection[str] | None = None) -> Checked:
    """The entries of a file and the faults of its lines, as `checking.check` finds them."""
    return checking.check(typed(content, name), categories)


def write(entries: Iterable[Entry]) -> str:
    """The file that `read` reads back without change."""
    lines = (
        (
            each.keyword,
            BLOCK if each.blocking else each.weight,
            each.category,
            each.kind.value,
            "yes" if each.enabled else "no",
            each.note,
        )
        for each in entries
    )
    return csv_table.written(HEADER, lines)
