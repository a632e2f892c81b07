"""Takes what was said of a person out of texts and JSON."""

import hashlib
import re
from collections.abc import Iterable
from typing import Any, Final

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,59}|\d{4}-\d\d-\d\d([T ][0-9:.+-]+Z?)?|")
_NUMBER: Final = re.compile(r"\(\d+\)$|^\d+$")
_GAP: Final = "…"
_SHORTEST: Final = 4
"""Letters of a name that is looked for: a shorter one stands in too many words."""
ERASED: Final = "erased:"
"""With this the digest of a key begins."""


def codes(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """JSON with its shape, of which numbers, yes and no, instants and codes stay, and other texts are empty."""
    if isinstance(value, str):
        return value if _CODE.fullmatch(value) else ""
    if isinstance(value, list):
        return [codes(one) for one in value]
    if isinstance(value, dict):
        return {name: codes(one) for name, one in value.items()}
    return value


def _form(word: str) -> str:
    """The word as a whole: an address is no part of a longer one. Blanks may be any, and a line may end in between."""
    said = r"\s+".join(map(re.escape, word.split()))
    return rf"(?<![\w.+%-]){said}(?![\w-]|\.\w)" if "@" in word else rf"(?<!\w){said}(?!\w)"


class Words:
    """Names, addresses and phones of a person, looked for in texts whatever their letter case."""

    def __init__(self, words: Iterable[str]) -> None:
        wanted = {" ".join(one.split()) for one in words}
        self.words = tuple(sorted((one for one in wanted if len(one) >= _SHORTEST), key=lambda one: (-len(one), one)))
        said = "|".join(_form(one) for one in self.words)
        self._pattern = re.compile(said, re.IGNORECASE) if said else None

    @property
    def needed(self) -> tuple[str, ...]:
        """Texts of which each word holds one: the longest part of it without blanks."""
        return tuple(sorted({max(one.split(), key=len) for one in self.words}))

    def within(self, text: str) -> bool:
        """Whether one of them stands in the text."""
        return self._pattern is not None and self._pattern.search(text) is not None

    def without(self, value: Any) -> Any:  # noqa: ANN401 - a text, a list of texts, any JSON
        """The same without them."""
        if self._pattern is None:
            return value
        if isinstance(value, str):
            return self._pattern.sub(_GAP, value)
        if isinstance(value, list):
            return [self.without(one) for one in value]
        if isinstance(value, dict):
            return {self._pattern.sub(_GAP, name): self.without(one) for name, one in value.items()}
        return value

    def key(self, key: str) -> str:
        """A key of a source, or its digest where one of them stands in it."""
        return erased(key) if self.within(key) and not key.startswith(ERASED) else key


def number(subject: str) -> str:
    """What a line of the audit log is about, without its name: `(17)` of `Somebody (17)`."""
    found = _NUMBER.search(subject)
    return found[0] if found else ""


def erased(key: str) -> str:
    """What stands in place of a key that says who somebody is: its SHA-256."""
    return f"{ERASED}{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()}"
