"""Makes plain text of text with HTML entities and tags, and keeps the way back to the original offsets."""

import html
import re
from bisect import bisect_right
from collections.abc import Callable
from typing import Final

Range = tuple[int, int]
"""First offset, and the one after the last."""

_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TAG: Final = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<silent>script|style|title)\b[^<>]*>.*?(?:</(?P=silent)\s*>|\Z)"
    r"|</?(?P<name>[A-Za-z][A-Za-z0-9]*)(?:[\s/][^<>]*)?>"
    r"|<![A-Za-z][^<>]*>",
    re.DOTALL | re.IGNORECASE,
)
_INLINE_TAGS: Final = (
    "a abbr acronym b bdi bdo big cite code del dfn em font i img ins kbd label mark nobr o q s samp small span "
    "strike strong sub sup tt u var wbr"
)
_INLINE: Final = frozenset(_INLINE_TAGS.split())
_LINE_BREAK: Final = "br"
_BEYOND: Final = 1 << 62
"""Greater than any offset."""


class Plain:
    """Plain text, and where each piece of it stands in the original.

    An edit replaces a piece of the original; offsets inside a replacement lead to the whole piece that it replaces.
    """

    __slots__ = ("_edits", "text")

    def __init__(self, text: str, edits: tuple["_Edits", ...]) -> None:
        self.text: Final = text
        self._edits: Final = edits

    def original(self, start: int, end: int) -> Range:
        """The range of the original that a range of the plain text was made of; never empty when `start < end`."""
        for edits in reversed(self._edits):
            start, end = edits.before(start, end)
        return start, end


class _Edits:
    """The replacements of one pass, by their offsets after it."""

    __slots__ = ("_after", "_before")

    def __init__(self, edits: list[tuple[Range, Range]]) -> None:
        self._after: Final = [after for _before, after in edits]
        self._before: Final = [before for before, _after in edits]

    def before(self, start: int, end: int) -> Range:
        return self._side(start, last=False), self._side(end - 1, last=True)

    def _side(self, at: int, *, last: bool) -> int:
        """The offset of the character at `at`, or the one after it."""
        found = bisect_right(self._after, (at, _BEYOND)) - 1
        if found < 0:
            return at + last
        (begin, end), (_begin, after_end) = self._before[found], self._after[found]
        if at < after_end:
            return end if last else begin
        return end + at - after_end + last


def plain(text: str) -> str:
    """The text with entities resolved and tags taken out.

    Block tags become a blank line, `<br>` a line end, tags inside a line nothing: `воз<b>врат</b>` is one word.
    """
    if "&" in text:
        text = _ENTITY.sub(_character, text)
    if "<" in text:
        text = _TAG.sub(_gap, text)
    return text


def mapped(text: str) -> Plain:
    """The same with the way back."""
    passes = []
    for sign, pattern, replacement in (("&", _ENTITY, _character), ("<", _TAG, _gap)):
        if sign in text:
            text, edits = _replaced(text, pattern, replacement)
            passes.append(edits)
    return Plain(text, tuple(passes))


def _replaced(text: str, pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str]) -> tuple[str, _Edits]:
    pieces, edits, copied, length = [], [], 0, 0
    for found in pattern.finditer(text):
        new = replacement(found)
        length += found.start() - copied
        edits.append((found.span(), (length, length + len(new))))
        pieces += [text[copied : found.start()], new]
        copied, length = found.end(), length + len(new)
    return "".join([*pieces, text[copied:]]), _Edits(edits)


def _character(found: re.Match[str]) -> str:
    return html.unescape(found[0])


def _gap(found: re.Match[str]) -> str:
    name = (found["name"] or "").lower()
    if name in _INLINE:
        return ""
    return "\n" if name == _LINE_BREAK else "\n\n"
