"""Texts of pages in Russian and English: English stands in the templates, Russian in a catalogue beside them."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.support import NullTranslations, Translations

LANGUAGES: Final = {"ru": "Русский", "en": "English"}
DEFAULT: Final = "ru"
_HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Texts:
    """One language, in a zone."""

    language: str
    zone: str = "Europe/Moscow"

    def say(self, message: str, **values: object) -> str:
        """A text, its `%(names)s` filled in."""
        text = translations(self.language).gettext(message)
        return text % values if values else text

    def count(self, one: str, many: str, number: int, **values: object) -> str:
        """A text that depends on a number, which is `%(num)s` in it."""
        text = translations(self.language).ngettext(one, many, number)
        return text % {"num": self.number(number), **values}

    def number(self, value: float) -> str:
        """A number with the language's separators."""
        return _decimal(value, self.language)

    def percent(self, share: float) -> str:
        """A share as whole percents."""
        return format_percent(share, locale=self.language)

    def time(self, at: datetime) -> str:
        """An instant on the reader's clock."""
        return _time(at.replace(second=0, microsecond=0), self.zone, self.language)

    def local(self, at: datetime) -> datetime:
        """The same instant on the reader's clock."""
        return at.astimezone(ZoneInfo(self.zone))

    def date(self, day: date) -> str:
        """A date."""
        return _date(day, self.language)

    def day(self, at: datetime) -> str:
        """The date that an instant has on the reader's clock."""
        return _date(self.local(at).date(), self.language)


# A page writes dozens of them, and the next page mostly the same again.
@lru_cache(maxsize=4_096)
def _time(at: datetime, zone: str, language: str) -> str:
    return format_datetime(at, "d MMM y, HH:mm", tzinfo=ZoneInfo(zone), locale=language)


@lru_cache(maxsize=4_096)
def _date(day: date, language: str) -> str:
    return format_date(day, "d MMM y", locale=language)


@lru_cache(maxsize=4_096)
def _decimal(value: float, language: str) -> str:
    return format_decimal(value, locale=language)


@cache
def translations(language: str) -> NullTranslations:
    """The texts of a language; those of English are the messages themselves."""
    if language == "en":
        return NullTranslations()
    with (_HERE / "texts" / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def later(message: str) -> str:
    """Mark a text for the catalogue that is said somewhere else."""
    return message


def choose(wanted: str | None, accepted: str, *, otherwise: str = DEFAULT) -> str:
    """The language that somebody has chosen, or else the first that the browser asks for and we speak."""
    if wanted in LANGUAGES:
        return wanted
    for part in accepted.split(","):
        language = part.split(";")[0].strip().split("-")[0].lower()
        if language in LANGUAGES:
            return language
    return otherwise
