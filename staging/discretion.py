"""Shortens values that may be personal, for screens, logs and artifacts."""

import re
from typing import Final

SHOWN: Final = 3
"""Characters of a text that stay readable."""
_LONGEST: Final = 40
_MAIL: Final = re.compile(r"([^\s@,;<>\"'()]{1,64})@([A-Za-z0-9.-]+\.[A-Za-z]{2,})")
_PHONE: Final = re.compile(r"\+?\(?\d[\d\s().-]{5,}\d")
_DATE_OR_NUMBER: Final = re.compile(r"[\d\s.,:/+TZ-]*")
_ONE_WORD: Final = re.compile(r"[\w.:/+-]*")
_TWO_WORDS: Final = re.compile(r"[^\W\d_]{2,}\s+[^\W\d_]{2,}")
_ABOUT_SHAPE: Final = frozenset({"BAD_DATE", "BAD_NUMBER", "BAD_BOOLEAN"})
"""Errors whose value should be a date, a number, a yes or no."""
_ABOUT_KEYS: Final = frozenset({"BAD_ID", "DUPLICATE", "UNKNOWN_REFERENCE", "EDITED_SINCE"})


def shorten(value: str, code: str) -> str:
    """A value as it may be shown: keys, dates, numbers and words of lists stay; mail, phones and texts are cut.

    `code` is the error that the value stands in: it says what kind of value was expected.
    """
    if code in _ABOUT_KEYS and _ONE_WORD.fullmatch(value) and any(sign.isdigit() for sign in value):
        return value[:_LONGEST]
    if code in {*_ABOUT_SHAPE, "UNKNOWN_VALUE"} and _DATE_OR_NUMBER.fullmatch(value):
        return value[:_LONGEST]
    masked = _PHONE.sub(_phone, _MAIL.sub(_mail, value))
    alone = _MAIL.fullmatch(value) or _PHONE.fullmatch(value)
    if alone or (len(value) <= _LONGEST and _must_be_seen(value, code)):
        return masked
    return f"{value[:SHOWN]}…" if len(value.strip()) > SHOWN else value


def _must_be_seen(value: str, code: str) -> bool:
    """The value itself tells what is wrong, and it does not look like somebody's name."""
    return code == "UNKNOWN_VALUE" or (code in _ABOUT_SHAPE and _TWO_WORDS.search(value) is None)


def _mail(match: re.Match[str]) -> str:
    return f"{match[1][0]}…@{match[2]}"


def _phone(match: re.Match[str]) -> str:
    return f"…{re.sub(r'[^0-9]', '', match[0])[-2:]}"
