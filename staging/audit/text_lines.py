"""Opens a file as lines of text: finds out its encoding and keeps bytes that do not fit it visible."""

import codecs
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Final, TextIO

SAMPLE: Final = 1 << 20
_REALLY: Final = {"shift_jis": "cp932"}
"""What programs write when they say so."""
_RETURN: Final = re.compile(r"\r(?!\n|\Z)")
_STAND_IN: Final = "\ue00d"
"""Python's csv module ends a record at a carriage return; alone it ends nothing, so this sign takes its place."""
UNREADABLE: Final = re.compile("[\0\ud800-\udfff]")
"""A NUL, or half a character: what no text field can keep. Bytes that do not fit the encoding come as such halves."""


def text(stream: IO[bytes], encoding: str) -> TextIO:
    """The stream as text; lines end with LF only, and what cannot be decoded stays in its line."""
    encoding = _REALLY.get(encoding, encoding)
    if encoding == "utf-16":
        return io.TextIOWrapper(stream, "utf-16", errors="surrogatepass", newline="\n")
    name = "utf-8-sig" if encoding == "utf-8" else encoding
    return io.TextIOWrapper(stream, name, errors="surrogateescape", newline="\n")


def encoding(start: bytes, wanted: Sequence[str]) -> str | None:
    """Encoding of a file by its first bytes: a byte-order mark, or the first of `wanted` that fits most lines."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8"
    whole = start.split(b"\n")[:-1] if len(start) == SAMPLE else start.split(b"\n")
    lines = [line for line in whole if not line.isascii()]
    for name in wanted:
        if name != "utf-16" and 2 * sum(_broken(line, name) for line in lines) <= len(lines):
            return name
    return None


def _broken(line: bytes, name: str) -> bool:
    try:
        line.decode(_REALLY.get(name, name))
    except UnicodeDecodeError:
        return True
    return False


@dataclass
class Lines:
    """Lines of a text, of which the last ones taken can be given back."""

    stream: Iterator[str]
    number: int = 0
    """Lines that are dealt with."""
    taken: list[str] = field(default_factory=list)
    _again: deque[str] = field(default_factory=deque)
    _returns: bool = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self.stream)
        if "\r" in line:
            line, count = _RETURN.subn(_STAND_IN, line)
            self._returns = self._returns or count > 0
        self.taken.append(line)
        return line

    def restored(self, fields: list[str]) -> list[str]:
        """The fields of a record with their carriage returns."""
        return [field.replace(_STAND_IN, "\r") for field in fields] if self._returns else fields

    def done(self, count: int | None = None) -> str:
        """The first `count` of the taken lines (all, if not said) are dealt with, the others are given back."""
        dealt = self.taken if count is None else self.taken[:count]
        self._again.extendleft(reversed(self.taken[len(dealt) :]))
        self.number += len(dealt)
        whole = "" if count is None else "".join(dealt)
        self.taken.clear()
        return whole

    def after(self, count: int) -> Iterator[str]:
        """The lines behind the first `count` of the taken ones, and on; they count as taken."""
        while count < len(self.taken) or next(self, None) is not None:
            yield self.taken[count]
            count += 1
