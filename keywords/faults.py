"""What can be wrong with an entry or a file, said in English and Russian with the remedy."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Code(StrEnum):
    """Kinds of faults; messages are in `_WORDS`."""

    EMPTY = "EMPTY"
    NO_WORDS = "NO_WORDS"
    TOO_SHORT = "TOO_SHORT"
    SHORT_PREFIX = "SHORT_PREFIX"
    TOO_LONG = "TOO_LONG"
    HTML = "HTML"
    ADDRESS = "ADDRESS"
    UNPRINTABLE = "UNPRINTABLE"
    NO_CATEGORY = "NO_CATEGORY"
    UNKNOWN_CATEGORY = "UNKNOWN_CATEGORY"
    NO_NUMBER = "NO_NUMBER"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    UNKNOWN_KIND = "UNKNOWN_KIND"
    UNKNOWN_ENABLED = "UNKNOWN_ENABLED"
    DUPLICATE = "DUPLICATE"
    KNOWN = "KNOWN"
    MISSING_CELLS = "MISSING_CELLS"


_WORDS: Final[dict[Code, tuple[str, str]]] = {
    Code.EMPTY: ("is empty: write a word or a phrase", "пусто: напишите слово или фразу"),
    Code.NO_WORDS: (
        "{value!r} has no letters or digits: write a word",
        "в {value!r} нет ни букв, ни цифр: напишите слово",
    ),
    Code.TOO_SHORT: (
        "{value!r} is one character long and would be found everywhere: write a longer word or a phrase",
        "{value!r} — один знак, он найдётся везде: напишите слово длиннее или фразу",
    ),
    Code.SHORT_PREFIX: (
        "a prefix needs at least {least} letters in each word, {value!r} has fewer: lengthen it or choose another kind",
        "в начале слова нужно не меньше {least} букв, а в {value!r} меньше: удлините его или выберите другой вид",
    ),
    Code.TOO_LONG: (
        "has {count} characters, and {most} are the most: shorten it",
        "{count} знаков, а можно не больше {most}: сократите",
    ),
    Code.HTML: (
        "{value!r} holds HTML: write the words as people read them",
        "в {value!r} есть HTML: напишите слова так, как их видят люди",
    ),
    Code.ADDRESS: (
        "{value!r} is an address, and addresses in texts are not read: write words",
        "{value!r} — адрес, а адреса в текстах не читаются: напишите слова",
    ),
    Code.UNPRINTABLE: (
        "holds a character that cannot be printed (U+{number:04X}): remove it",
        "содержит непечатаемый знак (U+{number:04X}): удалите его",
    ),
    Code.NO_CATEGORY: ("is empty: name a category", "пусто: назовите категорию"),
    Code.UNKNOWN_CATEGORY: (
        "{value!r} is no category: add it first, or choose another",
        "категории {value!r} нет: сначала добавьте её или выберите другую",
    ),
    Code.NO_NUMBER: (
        "{value!r} is no weight: write a whole number from 1 to 100, or block",
        "{value!r} — не вес: напишите целое число от 1 до 100 или слово «блок»",
    ),
    Code.OUT_OF_RANGE: (
        "{value} is out of range: write a whole number from 1 to 100, or block",
        "{value} вне границ: напишите целое число от 1 до 100 или слово «блок»",
    ),
    Code.UNKNOWN_KIND: (
        "{value!r} is no kind: write forms, exact or prefix",
        "вида {value!r} нет: напишите forms, exact или prefix",
    ),
    Code.UNKNOWN_ENABLED: (
        "{value!r} is neither yes nor no: write yes or no",
        "{value!r} — не да и не нет: напишите да или нет",
    ),
    Code.DUPLICATE: (
        "{value!r} has the same words and category as row {other}: remove one of the two",
        "{value!r} — те же слова и категория, что в строке {other}: удалите одну из двух",
    ),
    Code.KNOWN: (
        "{value!r} has the same words and category as the entry {other!r}: change that one instead",
        "{value!r} — те же слова и категория, что у записи {other!r}: измените её",
    ),
    Code.MISSING_CELLS: (
        "the row has {count} cells where {least} are needed: fill the missing ones",
        "в строке {count} ячеек, а нужно {least}: заполните недостающие",
    ),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of one field of one row."""

    row: int
    """Line of the file, or the number of the row in a form."""
    field: str
    code: Code
    values: tuple[tuple[str, object], ...] = ()

    @property
    def text(self) -> str:
        """`row 3, weight: 200 is out of range: ...`."""
        return f"row {self.row}, {self.field}: {self.said(0)}"

    @property
    def russian(self) -> str:
        """The same in Russian."""
        return f"строка {self.row}, {self.field}: {self.said(1)}"

    def said(self, language: int) -> str:
        """What is wrong and what helps: English 0, Russian 1."""
        return _WORDS[self.code][language].format(**dict(self.values))


def fault(row: int, field: str, code: Code, **values: object) -> Fault:
    """A fault with the values that its message names, long ones shortened."""
    return Fault(row, field, code, tuple((name, _short(value)) for name, value in values.items()))


class NothingToLearn(Exception):
    """Fewer than two categories have texts."""


class NothingToJudge(Exception):
    """No request has a category that people have set."""


class Faulty(Exception):
    """Rows with faults; nothing of the file was taken."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: Final = tuple(faults)
        super().__init__("\n".join(each.text for each in self.faults))


_LONGEST: Final = 60


def _short(value: object) -> object:
    return value[:_LONGEST] + "…" if isinstance(value, str) and len(value) > _LONGEST else value
