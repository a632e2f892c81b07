"""Numbers with their nouns, as the command line and the flows say them."""

import re
from typing import Final

_IES: Final = re.compile(r"(?<=[^aeiou])y$")
_HISSES: Final = re.compile(r"(?:s|x|z|ch|sh)$")


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 1 file, 1,200 files; `many` is needed where the last word is no regular noun."""
    if number == 1:
        return f"1 {one}"
    return f"{number:,} {many or _many(one)}"


def _many(one: str) -> str:
    ies, found = _IES.subn("ies", one)
    return ies if found else f"{one}es" if _HISSES.search(one) else f"{one}s"
