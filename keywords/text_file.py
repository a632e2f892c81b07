"""Reads texts to classify or to learn from, and writes their answers, as CSV."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from caseline.text_files import csv_table, decoding
from keywords.scoring import Decision

_COLUMNS: Final = {
    name: column
    for column, names in {
        "id": "id номер",
        "text": "text body description текст описание",
        "subject": "subject тема",
        "category": "category категория",
        "sender": "sender from отправитель",
        "at": "at date created дата",
    }.items()
    for name in names.split()
}
ANSWERS: Final = ("id", "category", "score", "margin")


@dataclass(frozen=True, slots=True)
class Text:
    """A line of a file; what it does not say is empty."""

    line: int
    text: str
    id: str = ""
    subject: str = ""
    category: str = ""
    sender: str = ""
    at: str = ""
    """When it was written, as the file says; sorts by time if it is ISO 8601."""


def training(content: bytes, name: str) -> list[Text]:
    """Texts with their categories: columns `text,category`, and `sender,at,subject` if wanted; raises `FileFault`."""
    found = _texts(content, name, ("text", "category"))
    return [each for each in found if each.text.strip() and each.category.strip()]


def texts(content: bytes, name: str) -> list[Text]:
    """Texts to classify: columns `id,text`, and `subject` if wanted; raises `FileFault`."""
    return _texts(content, name, ("id", "text"))


def answers(decided: Iterable[tuple[str, Decision]]) -> str:
    """A line for each text: `id,category,score,margin`; the category is empty where a person decides."""
    lines = ((name, found.category or "", f"{found.score:g}", f"{found.margin:g}") for name, found in decided)
    return csv_table.written(ANSWERS, lines)


def _texts(content: bytes, name: str, needed: tuple[str, ...]) -> list[Text]:
    return [
        Text(line, **cells) for line, cells in csv_table.rows(decoding.decoded(content, name), name, _COLUMNS, needed)
    ]
