"""Reads a rating, or the wish to be left alone, out of what somebody has typed in a chat."""

import re
import unicodedata
from typing import Final

from caseline.feedback.forms import Question

LONGEST: Final = 200
"""Characters of a message in which a rating is looked for; nobody needs more to say a number."""
_NUMBERS: Final = """
ноль нуль zero
один одна единица единицу one
два две двойка двойку two
три тройка тройку three
четыре четверка четверку four
пять пятерка пятерку five
шесть шестерка шестерку six
семь семерка семерку seven
восемь восьмерка восьмерку eight
девять девятка девятку nine
десять десятка десятку ten
"""
_LISTED: Final = _NUMBERS.strip().splitlines()
_WORDS: Final = {word: value for value, words in enumerate(_LISTED) for word in words.split()}
_FILLED: Final = """
балл балла баллов балов из на оценка оценку оцениваю оценю ставлю поставлю поставил поставила даю дам ответ мой моя
думаю наверное пожалуй ну пусть будет я твердая твердую твердо спасибо большое пожалуйста здравствуйте добрый день
a the it is its i would say give rate rating point points out of thanks thank you please my answer
"""
_FILLERS: Final = frozenset(_FILLED.split())
"""Words beside a number that change nothing."""
_STOP: Final = frozenset(
    {
        *("стоп", "stop", "отписаться", "отпишите", "отпишите меня", "отписка", "не пишите", "не пишите мне"),
        *("больше не пишите", "больше не пишите мне", "хватит", "не беспокойте", "unsubscribe", "stop it"),
        *("do not write", "don't write", "leave me alone"),
    }
)
_SHARE: Final = re.compile(r"(?<![\d,.])(\d{1,2})\s*(?:/|\\|из|of|out of)\s*(\d{1,3})(?![\d,.]*\d)")
_SPLIT_NUMBER: Final = re.compile(r"\d\s*[.,:;\-–—+]\s*\d|[-–—−+]\s*\d")
_PICTURES: Final = frozenset({"Mn", "Me", "Cf", "So", "Sk"})
"""Categories of signs that say nothing about a number: pictures, and what they are put together of."""
_SHORT: Final = "\u0306"
"""The sign that makes й of и."""
_PIECE: Final = re.compile(r"[a-z'а-я]+|\d+|[^\w\s.,!?;:()\"«»…*_'’-]", re.IGNORECASE)


def stops(text: str) -> bool:
    """Whether somebody says that he wants no more of it, and nothing else."""
    return _plain(text).strip(' \t\n.,!?;:()"«»…/*') in _STOP


def rating(text: str, question: Question) -> int | None:
    """The rating that a message gives; None where it is not certain: it says more than a number, or several.

    `8`, `8/10`, `8 из 10`, `восемь`, `ставлю 8, спасибо`; not `8-9`, `8,5`, `не 8` or `8 человек ждали`.
    """
    if len(text) > LONGEST:
        return None
    plain = _plain(text)
    found: list[int] = []
    if (share := _SHARE.search(plain)) is not None:
        if int(share[2]) != question.highest:
            return None
        found.append(int(share[1]))
        plain = f"{plain[: share.start()]} {plain[share.end() :]}"
    if _SPLIT_NUMBER.search(plain):
        return None
    for piece in _PIECE.findall(plain):
        value = _value(piece)
        if value is not None:
            found.append(value)
        elif piece not in _FILLERS:
            return None
    return found[0] if len(set(found)) == 1 and found[0] in question.values else None


def _value(piece: str) -> int | None:
    if piece.isdigit():
        return int(piece)
    return _WORDS.get(piece)


def _plain(text: str) -> str:
    """Small letters, е for ё, digits of all scripts and keycaps as 0 to 9."""
    folded = unicodedata.normalize("NFKC", text.replace("\N{KEYCAP TEN}", "10"))
    shown = "".join(sign for sign in folded if unicodedata.category(sign) not in _PICTURES or sign == _SHORT)
    digits = "".join(str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in shown)
    return digits.lower().replace("ё", "е").strip()
