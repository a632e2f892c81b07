"""Folds the spellings of a word into one key: case, ё, width, accents, invisible signs, look-alike letters of codes."""

import re
import unicodedata
from typing import Final

INVISIBLE: Final = "\u00ad\u200b-\u200f\u2060-\u2064\ufe0e\ufe0f\ufeff"
"""For a character class: soft hyphen, zero-width signs and variation selectors, which stand inside words unseen."""
MARKS: Final = "\u0300-\u036f"
"""For a character class: accents that follow their letter (и + U+0306 is й)."""

_INVISIBLE: Final = re.compile(f"[{INVISIBLE}]+")
_MARKS: Final = re.compile(f"[{MARKS}]+")
_POWER: Final = re.compile(r"(?<=[0-9])(?=[⁰¹²³⁴-⁹])")
_FRACTION: Final = re.compile(r"(?<=[0-9])(?=[¼-¾⅐-⅞])")
_DIGIT: Final = re.compile(r"[0-9]")
_LATIN: Final = re.compile(r"[a-z]")
_CYRILLIC: Final = re.compile(r"[а-я]")
_LOOK_ALIKES: Final = ("авекмнорстху", "abekmhopctxy")
_TO_LATIN: Final = str.maketrans(*_LOOK_ALIKES)
_TO_CYRILLIC: Final = str.maketrans(*reversed(_LOOK_ALIKES))
_SIGNS: Final = str.maketrans({"ё": "е", "⁄": "/", "’": "'", "ʼ": "'", ",": ".", "×": "x", "*": "x"})


def fold(word: str, *, code: bool = False) -> str:
    """The key of a word; words with equal keys are the same word.

    NFKC alone would make 102 of 10² and 51/2 of 5½, so a power and a fraction are kept apart from the number before
    them. Cyrillic letters that look like Latin ones (С16 and C16) become Latin in words with a digit, and in all when
    `code` is true; a word of both scripts becomes one of either, where its letters allow that.
    """
    if not word.isascii():
        word = _INVISIBLE.sub("", word)
        word = _FRACTION.sub("+", _POWER.sub("^", word))
        word = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())
        word = _MARKS.sub("", word)
    word = word.casefold().translate(_SIGNS)
    if word.isascii():
        return word
    return word.translate(_TO_LATIN) if code or _DIGIT.search(word) else _one_script(word)


def has_digit(word: str) -> bool:
    """Whether a word is a number or a code."""
    return any(character.isdigit() for character in word)


def _one_script(word: str) -> str:
    """A word with letters of both scripts is a slip of the keyboard (cчёт with a Latin c) and written in one."""
    if _LATIN.search(word) and _CYRILLIC.search(word):
        cyrillic = word.translate(_TO_CYRILLIC)
        if not _LATIN.search(cyrillic):
            return cyrillic
        latin = word.translate(_TO_LATIN)
        if not _CYRILLIC.search(latin):
            return latin
    return word
