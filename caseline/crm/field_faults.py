"""What can be wrong with a field of a request, said in English and Russian with the remedy.

Page, API, command and bulk actions all say these words, so the same wrong value is refused alike everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from caseline.crm.cards import Refused

RUSSIAN: Final = "ru"


class Code(StrEnum):
    """Kinds of faults; messages are in `_WORDS`."""

    REQUIRED = "REQUIRED"
    UNKNOWN_FIELD = "UNKNOWN_FIELD"
    INACTIVE = "INACTIVE"
    READ_ONLY = "READ_ONLY"
    ONE_VALUE = "ONE_VALUE"
    NO_NUMBER = "NO_NUMBER"
    NOT_WHOLE = "NOT_WHOLE"
    TOO_PRECISE = "TOO_PRECISE"
    TOO_FINE = "TOO_FINE"
    NO_DATE = "NO_DATE"
    NO_TIME = "NO_TIME"
    SKIPPED_TIME = "SKIPPED_TIME"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    NOT_YES_OR_NO = "NOT_YES_OR_NO"
    UNKNOWN_CHOICE = "UNKNOWN_CHOICE"
    NO_CATEGORY = "NO_CATEGORY"
    NO_CATEGORIES = "NO_CATEGORIES"
    TOO_LONG = "TOO_LONG"
    TOO_MANY = "TOO_MANY"
    UNPRINTABLE = "UNPRINTABLE"
    UNKNOWN_REFERENCE = "UNKNOWN_REFERENCE"
    SEVERAL = "SEVERAL"
    ITSELF = "ITSELF"
    NO_WAY = "NO_WAY"
    LEFT_OUT = "LEFT_OUT"
    UNKNOWN_FILE = "UNKNOWN_FILE"
    FILES_TOO_LARGE = "FILES_TOO_LARGE"
    TOO_MANY_FILES = "TOO_MANY_FILES"
    NO_FILES = "NO_FILES"


_WORDS: Final[dict[Code, tuple[str, str]]] = {
    Code.REQUIRED: ("is empty, and such a request needs it: fill it in", "пусто, а здесь это нужно: заполните"),
    Code.UNKNOWN_FIELD: (
        "there is no such field: look up the fields in the settings",
        "такого поля нет: посмотрите список полей в настройках",
    ),
    Code.INACTIVE: (
        "is no longer in use, so {value!r} was not saved: put it into another field, or ask an administrator",
        "поле больше не используется, {value!r} не сохранено: запишите в другое поле или спросите администратора",
    ),
    Code.READ_ONLY: (
        "is not changed like this: the register keeps it itself, and the stage has actions of its own",
        "так не меняется: это ведёт сама система, а для стадии есть свои действия",
    ),
    Code.ONE_VALUE: ("takes one value, and {count} are given: choose one", "нужно одно значение, а дано {count}"),
    Code.NO_NUMBER: (
        "{value!r} is no number: write it in digits, as 1250.5",
        "{value!r} — не число: напишите цифрами, например 1250,5",
    ),
    Code.NOT_WHOLE: (
        "{value!r} is no whole number: write it without a fraction",
        "{value!r} — не целое число: напишите без дробной части",
    ),
    Code.TOO_PRECISE: (
        "{value!r} has more than {most} digits: round it",
        "в {value!r} больше {most} цифр: округлите",
    ),
    Code.TOO_FINE: (
        "{value!r} has parts of a hundredth: write at most two digits after the point",
        "{value!r} — мельче копейки: после запятой не больше двух цифр",
    ),
    Code.NO_DATE: (
        "{value!r} is no date: write it as 2026-03-31 or 31.03.2026",
        "{value!r} — не дата: напишите 31.03.2026",
    ),
    Code.NO_TIME: (
        "{value!r} is no date with a time: write it as 2026-03-31 14:30 or 31.03.2026 14:30",
        "{value!r} — не дата со временем: напишите 31.03.2026 14:30",
    ),
    Code.SKIPPED_TIME: (
        "{value!r} does not exist in {zone}, where clocks are put forward then: write {instead!r}",
        "времени {value!r} в поясе {zone} нет: часы в это время переводят вперёд; напишите {instead!r}",
    ),
    Code.OUT_OF_RANGE: (
        "{value!r} is out of range: write something from {least} to {most}",
        "{value!r} вне границ: напишите от {least} до {most}",
    ),
    Code.NOT_YES_OR_NO: (
        "{value!r} is neither yes nor no: write yes or no",
        "{value!r} — не да и не нет: напишите «да» или «нет»",
    ),
    Code.UNKNOWN_CHOICE: (
        "{value!r} is not among its values: choose one of {known}",
        "значения {value!r} нет в списке: выберите из {known}",
    ),
    Code.NO_CATEGORY: (
        "{value!r}: there is none in use of that code: choose one of {known}",
        "{value!r}: действующей категории с таким кодом нет: выберите из {known}",
    ),
    Code.NO_CATEGORIES: (
        "{value!r}: there is none in use of that code, nor any other: make one first",
        "{value!r}: действующих категорий нет ни одной: сначала создайте категорию",
    ),
    Code.TOO_LONG: (
        "has {count} characters, and {most} are the most: shorten it, or attach it as a file",
        "{count} знаков, а можно не больше {most}: сократите или приложите файлом",
    ),
    Code.TOO_MANY: (
        "has {count} values, and {most} are the most: leave some out",
        "значений {count}, а можно не больше {most}: уберите лишние",
    ),
    Code.UNPRINTABLE: (
        "holds a character that cannot be kept (U+{number:04X}): remove it",
        "содержит недопустимый знак (U+{number:04X}): удалите его",
    ),
    Code.UNKNOWN_REFERENCE: (
        "{value!r} is not there (any more): choose another, or leave it empty",
        "{value!r} нет (или уже нет): выберите другое значение или оставьте пустым",
    ),
    Code.SEVERAL: (
        "several are called {value!r}: say which by its id: {known}",
        "названий {value!r} несколько: укажите номер: {known}",
    ),
    Code.ITSELF: (
        "a request cannot be above itself: choose another",
        "обращение не может быть главным для самого себя: выберите другое",
    ),
    Code.NO_WAY: (
        "from {old!r} no way leads to {new!r}: choose one of {known}",
        "из стадии {old!r} нельзя перейти в {new!r}: выберите из {known}",
    ),
    Code.UNKNOWN_FILE: (
        "{value!r} is not among its files: attach the file itself",
        "файла {value!r} в этом поле нет: приложите сам файл",
    ),
    Code.FILES_TOO_LARGE: (
        "the files have {count} MB together, and {most} MB are the most at once: leave some out or pack them",
        "файлы вместе занимают {count} МБ, а за раз можно не больше {most} МБ: уберите лишние или сожмите",
    ),
    Code.TOO_MANY_FILES: (
        "would have {count} files, and {most} are the most: leave some out",
        "файлов было бы {count}, а можно не больше {most}: уберите лишние",
    ),
    Code.NO_FILES: (
        "takes no files: attach them to a field of files",
        "файлов не принимает: приложите их к полю с файлами",
    ),
    Code.LEFT_OUT: (
        "is not shown for such a request, so what was typed there is not saved; it keeps what it held",
        "для такого обращения поле не показывается, поэтому введённое не сохранено; осталось прежнее значение",
    ),
}
_LONGEST_SHOWN: Final = 80
_LONGEST_KEPT: Final = 5_000


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field."""

    key: str
    """Of the field."""
    labels: tuple[str, str]
    """How the field is called in English and Russian."""
    code: Code
    values: Mapping[str, object]

    def words(self, language: str) -> str:
        """What is wrong and what helps."""
        return _said(self.code, self.values, language)

    def said(self, language: str) -> str:
        """The same with the name of the field before it."""
        name = self.labels[language == RUSSIAN]
        return f"«{name}»: {self.words(language)}" if language == RUSSIAN else f"{name}: {self.words(language)}"


class Misread(Exception):
    """A text is no value of a field."""

    def __init__(self, code: Code, **values: object) -> None:
        super().__init__(code.value)
        self.code: Final = code
        self.values: Final = values

    def words(self) -> tuple[str, str]:
        """What is wrong and what helps, in English and Russian."""
        return _said(self.code, self.values, "en"), _said(self.code, self.values, RUSSIAN)


class Unsaved(Refused):
    """A request was not saved; says of every field what is wrong with it."""

    def __init__(self, name: str, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join([f"{name} was not saved", *(one.said("en") for one in faults)]))
        self.name: Final = name
        self.faults: Final = faults

    def said(self, language: str) -> list[str]:
        """A line for each fault."""
        return [one.said(language) for one in self.faults]


def _said(code: Code, values: Mapping[str, object], language: str) -> str:
    text = _WORDS[code][language == RUSSIAN]
    if language == RUSSIAN:
        for name in ("value", "instead", "old", "new"):
            text = text.replace(f"{{{name}!r}}", f"«{{{name}}}»")
    # What stands in no field any more is told in full, so that it can be copied.
    most = _LONGEST_KEPT if code is Code.INACTIVE else _LONGEST_SHOWN
    return text.format(**{name: _short(value, most) for name, value in values.items()})


def _short(value: object, most: int) -> object:
    if isinstance(value, str) and len(value) > most:
        return value[: most - 1] + "…"
    return value
