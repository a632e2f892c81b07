"""Control sums of Russian tax numbers (ИНН): ten digits of a company, twelve of a person."""

import re
from typing import Final

_SPACES: Final = re.compile(r"[\s\u00a0-]+")
_TEN: Final = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_ELEVEN: Final = (7, *_TEN)
_TWELVE: Final = (3, *_ELEVEN)
_OF_COMPANY: Final = 10
_OF_PERSON: Final = 12


def plain(text: str) -> str:
    """A tax number without blanks and dashes."""
    return _SPACES.sub("", text)


def doubtful(text: str) -> bool:
    """Whether a tax number is none by its length or its control sum; an empty one is no doubt."""
    found = plain(text)
    if not found:
        return False
    if not (found.isascii() and found.isdigit()):
        return True
    digits = [int(one) for one in found]
    if len(digits) == _OF_COMPANY:
        return _control(digits, _TEN) != digits[-1]
    if len(digits) == _OF_PERSON:
        return _control(digits, _ELEVEN) != digits[-2] or _control(digits, _TWELVE) != digits[-1]
    return True


def _control(digits: list[int], weights: tuple[int, ...]) -> int:
    return sum(one * weight for one, weight in zip(digits, weights, strict=False)) % 11 % 10
