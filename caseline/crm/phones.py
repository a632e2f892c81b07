"""Phones as people write them, as numbers that can be compared: +74951234567."""

import re
from functools import lru_cache
from typing import Final

LEAST_DIGITS: Final = 5
"""Of a part of a number that is searched for; fewer stand in too many numbers."""
_LONGEST: Final = 100
_BETWEEN: Final = re.compile(r"[;,/\n]|\bили\b|\bor\b", re.IGNORECASE)
_NO_DIGIT: Final = re.compile(r"\D+")


@lru_cache(maxsize=50_000)
def number(raw: str, region: str) -> str | None:
    """The first number of a text; None where there is none that anybody could be called by.

    `region`: the country (RU) of numbers that name none. An extension is left out: it is the same switchboard.
    """
    import phonenumbers  # noqa: PLC0415 - it loads the plans of all countries, which few commands need

    text = raw[:_LONGEST]
    for part in (text, *_BETWEEN.split(text)):
        try:
            found = phonenumbers.parse(part, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(found) and phonenumbers.is_valid_number(found):
            return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)
    return None


def digits(text: str) -> str:
    """The digits of a text, as searches for parts of numbers compare them; a Russian 8 or +7 before ten is left out."""
    found = _NO_DIGIT.sub("", text)
    return found[1:] if len(found) == 11 and found[0] in "78" else found  # noqa: PLR2004 - the digits of a Russian number
