"""Reads the header block of a mail or of one of its parts, from its bytes."""

import re
from email import policy
from email.message import Message
from email.parser import HeaderParser
from typing import Final

from caseline.mail import charsets, encoded_words

LONGEST: Final = 2 * 1024 * 1024
"""Bytes of a header block that are read."""
_LONGEST_PARAMETERS: Final = 8_000
"""The standard library's time for parameters grows with the square of their length."""
_Value = str | tuple[str | None, str | None, str]
"""A parameter: plain, or with its charset and language (RFC 2231)."""
_PARSER: Final = HeaderParser(policy=policy.compat32)
_HEADER_LINE: Final = re.compile(r"[!-9;-~]+[ \t]*:")
_USUAL: Final = re.compile(
    r"(?:from|to|cc|subject|date|message-id|mime-version|content-[a-z-]+|received|reply-to|return-path|references|"
    r"in-reply-to|x-[!-9;-~]+)[ \t]*:",
    re.IGNORECASE,
)
_SPACED_COLON: Final = re.compile(r"^([!-9;-~]+)[ \t]+:", re.MULTILINE)
_LINE_END: Final = re.compile(r"(?<=\n)")
_FOLD: Final = re.compile(r"\r?\n|\r")
_TYPE: Final = re.compile(r"\s*([a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+)", re.IGNORECASE)
_BLANKS: Final = " \t\r\n"
_FIRST_WORD: Final = re.compile(r"[\"'\s]*([A-Za-z0-9_-]+)")


class Headers:
    """The headers of a mail or part; a header value is a text whose characters are its bytes."""

    __slots__ = ("_message", "_parameters", "_values", "stopped")

    def __init__(self, block: bytes) -> None:
        self._message: Final = _PARSER.parsestr(block.decode("latin-1"), headersonly=True)
        self.stopped: Final = bool(self._message.get_payload())
        """Whether a line among them is no header; what follows usual headers again was read all the same."""
        pairs = _mended(block) if self.stopped else self._message.raw_items()
        self._values: Final[dict[str, list[str]]] = {}
        for name, value in pairs:
            self._values.setdefault(name.strip().lower(), []).append(value)
        self._parameters: Final[dict[str, dict[str, _Value]]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def names(self) -> list[str]:
        """The names in small letters, each once, in order."""
        return list(self._values)

    def values(self, name: str) -> list[str]:
        """The unfolded values of all headers of a name (in small letters)."""
        return [unfolded(value) for value in self._values.get(name, ())]

    def value(self, name: str) -> str:
        """The unfolded value of the first header of a name; empty when there is none."""
        values = self._values.get(name)
        return unfolded(values[0]) if values else ""

    def text(self, name: str, hint: str | None = None) -> str:
        """The first value of a name as text; `hint` is the charset of the body."""
        return encoded_words.text(self.value(name), hint)

    def word(self, name: str) -> str:
        """The first word of a value, in small letters: an encoding, a disposition."""
        found = _FIRST_WORD.match(self.value(name))
        return found[1].lower() if found else ""

    def content_type(self) -> str | None:
        """The type and subtype in small letters; None when there is no such pair."""
        found = _TYPE.match(self.value("content-type"))
        return found[1].lower() if found else None

    def parameter(self, header: str, name: str) -> str:
        """A parameter of Content-Type or Content-Disposition as text (RFC 2231 and what mailers make of it)."""
        if header not in self._values:
            return ""
        if header not in self._parameters:
            self._parameters[header] = _parameters(self.value(header)[:_LONGEST_PARAMETERS])
        found = self._parameters[header].get(name)
        if isinstance(found, tuple):
            charset, _language, value = found
            return charsets.decoded(value.encode("latin-1", "replace"), charset or None)[0]
        if found:
            return encoded_words.text(found)
        value = self.value(header)[:_LONGEST_PARAMETERS]
        if name not in value.lower():
            return ""
        # where a semicolon is missing, or the value breaks the rules of parameters
        loose = re.search(rf"\b{name}(?:\*0?\*?)?\s*=\s*\"?([^\"\s;]+)", value, re.IGNORECASE | re.ASCII)
        return encoded_words.text(loose[1]) if loose else ""


def unfolded(value: str) -> str:
    """A header value in one line."""
    return _FOLD.sub("", value).strip(" \t") if "\n" in value or "\r" in value else value.strip(" \t")


def body_within(block: bytes) -> int | None:
    """Where a header block ceases to be one although no blank line ends it; None when it is one to its end.

    A line that is no header is left out when usual headers follow it, and begins the body otherwise.
    """
    text = block.decode("latin-1")
    start, strange = 0, None
    for number, line in enumerate(_LINE_END.split(text)):
        header = _HEADER_LINE.match(line) or (number and line[:1] in " \t") or (not number and line[:5] == "From ")
        if not header and strange is None and line.strip(_BLANKS):
            strange = start
        elif strange is not None and _USUAL.match(line):
            strange = None
        start += len(line)
    return strange


def _mended(block: bytes) -> list[tuple[str, str]]:
    """The headers of a block without the lines that are none, at the first of which the parser stops."""
    text = _SPACED_COLON.sub(r"\1:", block.decode("latin-1"))
    lines = [
        line
        for number, line in enumerate(text.split("\n"))
        if _HEADER_LINE.match(line) or (number and line[:1] in (" ", "\t") and line.strip(_BLANKS))
    ]
    return list(_PARSER.parsestr("\n".join(lines), headersonly=True).raw_items())


def _parameters(value: str) -> "dict[str, _Value]":
    """The parameters of a header value, the first of each name."""
    if ";" not in value:
        return {}
    holder: Message[str, str] = Message(policy=policy.compat32)
    holder["x"] = value
    try:
        found = holder.get_params(failobj=[], header="x")
    except (ValueError, TypeError, LookupError):  # numbered pieces that are no numbers, or mixed with whole ones
        return {}
    return dict(reversed(found[1:]))
