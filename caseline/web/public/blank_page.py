"""Pages that differ in a few words only: drawn once with blanks for them, and filled in for each reader."""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Final

from markupsafe import escape

_MOST: Final = 500
_BLANK: Final = re.compile("\ue000([a-z]+)\ue001")
"""Signs without a meaning; whoever writes them into a form gets there what his reader has anyway."""


class Blanks:
    """Keeps such pages; all go when there are too many, since there are as many as forms and days."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[object, str]] = {}

    def filled(
        self, key: Hashable, about: object, words: Mapping[str, str], draw: Callable[[Mapping[str, str]], str]
    ) -> str:
        """The page of that key about that very thing, with these words; `draw` makes it of blanks where it is new."""
        named = (id(about), key)  # nothing else gets its number while it is kept here
        kept = self._kept.get(named)
        if kept is None:
            if len(self._kept) >= _MOST:
                self._kept.clear()
            kept = self._kept[named] = (about, draw(_blanks(words)))
        return _BLANK.sub(lambda found: str(escape(words.get(found[1], ""))), kept[1])


def _blanks(names: Iterable[str]) -> dict[str, str]:
    return {name: f"\ue000{name}\ue001" for name in names}
