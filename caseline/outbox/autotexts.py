"""Texts under a name, which templates name as they name tags: written once, used in any letter."""

import unicodedata
from dataclasses import dataclass
from typing import Final

from caseline.outbox import tags
from caseline.outbox.faults import TemplateFault

LONGEST_NAME: Final = 50
LONGEST_TEXT: Final = 20_000


@dataclass(frozen=True, slots=True)
class Autotext:
    """A text by its name; in a language in which it is empty stands the other one."""

    name: str
    ru: str
    en: str

    @property
    def folded(self) -> str:
        """The name by which it is found, whatever its letter case."""
        return folded(self.name)

    def said(self, language: str) -> str:
        """Its text in a language."""
        return (self.en or self.ru) if language == "en" else (self.ru or self.en)


def folded(name: str) -> str:
    """A name as it is compared."""
    return unicodedata.normalize("NFC", name.strip()).casefold()


def check(one: Autotext) -> None:
    """Raise `TemplateFault` when the text cannot be saved; it may ask for tags that stand in any letter."""
    place = f"autotext {one.name}"
    if not tags.is_name(one.name) or len(one.name) > LONGEST_NAME:
        raise TemplateFault(
            "%(place)s: a name is one word of up to %(most)s letters, digits and _, and begins with a letter",
            place=place,
            most=LONGEST_NAME,
        )
    if tags.meaning(one.name) is not None:
        raise TemplateFault(
            "%(place)s: this is the name of a tag, which means something else: take another", place=place
        )
    if not (one.ru.strip() or one.en.strip()):
        raise TemplateFault("%(place)s: is empty: write some words", place=place)
    for language, text in (("ru", one.ru), ("en", one.en)):
        where = f"{place} ({language})"
        if len(text) > LONGEST_TEXT:
            raise TemplateFault(
                "%(place)s: longer than %(most)s characters: shorten it", place=where, most=LONGEST_TEXT
            )
        # What is no tag might be an autotext: none may ask for another one, so nothing can ask for itself.
        tags.check(text, where)
