"""Reads the addresses of a header: names, comments, groups, and what mailers make of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from caseline.mail import encoded_words
from caseline.outbox.addresses import in_ascii

LONGEST: Final = 1024 * 1024
"""Characters of a header that are searched for addresses."""
_LONGEST_ADDRESS: Final = 320
_LONGEST_NAME: Final = 1_000
_MOST: Final = 10_000
_TOKEN: Final = re.compile(
    r"""(?P<encoded>=\?[^?\s]{1,60}\?[bBqQ]\?[^?]{0,2000}\?=)
    | "(?P<quoted>[^"\\]{0,1000}(?:\\.[^"\\]{0,1000}){0,100})"
    | <(?P<angle>[^<>]{0,1000})>
    | (?P<escaped>\\.)
    | (?P<sign>[,;:()])
    | (?P<word>[^\s,;:<>()"=\\]{1,1000} | =+ | .)""",
    re.VERBOSE | re.DOTALL | re.ASCII,  # the characters are bytes: halves of letters are no blanks
)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_BLANKS: Final = " \t\r\n\x0b\x0c"
_BLANK: Final = re.compile(r"[\s\x00-\x1f\x7f]+")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_COMMENT: Final = re.compile(r"\([^()]*\)")
_ROUTE: Final = re.compile(r"@[^:]*:")
_WITHIN: Final = re.compile(r"<[^<>\s]+@[^<>\s]+>")
_QUOTES: Final = " \t'\""


@dataclass(frozen=True, slots=True)
class Address:
    """An address with the name that stood beside it."""

    name: str
    address: str
    """The local part as it was written, the domain in small letters and in ASCII (IDNA)."""

    @property
    def domain(self) -> str:
        """What follows the last @."""
        return self.address.rpartition("@")[2]


@dataclass(slots=True)
class _Reading:
    """One address as far as it was read: plain words and words of quotes, in order."""

    words: list[str] = field(default_factory=list)
    comment: list[str] = field(default_factory=list)
    angle: str | None = None
    quoted_last: str | None = None
    end: int = 0


def addresses(values: list[str], hint: str | None = None) -> tuple[Address, ...]:
    """The addresses of header values in order, each once; what holds no @ is none. `hint`: the body's charset."""
    found = dict.fromkeys(each for value in values for each in _of(value[:LONGEST], hint))
    return tuple(list(found)[:_MOST])


def _of(value: str, hint: str | None) -> Iterator[Address]:
    at_all = False
    for reading in _readings(value):
        made = _made(reading, hint)
        if made:
            at_all = True
            yield made
    if not at_all and "=?" in value:  # the whole header stands in one encoded word
        text = encoded_words.text(value, hint)
        if "=?" not in text and _WITHIN.search(text):
            yield from _of(text.encode("utf-8").decode("latin-1"), hint)


def _readings(value: str) -> Iterator[_Reading]:
    reading, depth = _Reading(), 0
    for found in _TOKEN.finditer(value):
        sign = found["sign"]
        if sign == "(" or (sign == ")" and depth):
            depth += 1 if sign == "(" else -1
        elif depth:
            reading.comment.append(found[0])
        elif sign in (",", ";"):
            yield reading
            reading = _Reading()
        elif sign == ":" and reading.angle is None:  # the name of a group, or mailto
            reading = _Reading()
        elif found["angle"] is not None:
            if reading.angle is not None:  # two addresses without a comma
                yield reading
                reading = _Reading()
            reading.angle = found["angle"]
        else:
            _add(reading, found)
    yield reading


def _add(reading: _Reading, found: re.Match[str]) -> None:
    if not found[0].strip(_BLANKS):
        return
    quoted = found["quoted"]
    piece = found[0] if quoted is None else _ESCAPED.sub(r"\1", quoted)
    glued = found.start() == reading.end and quoted is None
    if glued and reading.quoted_last is not None and piece.startswith("@"):  # "local part"@domain
        reading.angle = f'"{reading.quoted_last}"{piece}'
        reading.words.pop()
    elif glued and reading.words and found["encoded"] is None:
        if len(reading.words[-1]) < _LONGEST_NAME:
            reading.words[-1] += piece
    else:
        reading.words.append(piece)
    reading.quoted_last = quoted
    reading.end = found.end()


def _made(reading: _Reading, hint: str | None) -> Address | None:
    words = reading.words
    angle = reading.angle or ""
    if "@" in angle or "=?" in angle:
        written = angle
    else:
        at = next((number for number, word in enumerate(words) if "@" in word.strip("@")), None)
        if at is None:
            return None
        written = words[at]
        words = words[:at] + words[at + 1 :]
    address = _clean(written)
    if address is None:
        return None
    name = _name(words, hint) or _name(reading.comment, hint)
    return Address(name, address)


def _name(words: list[str], hint: str | None) -> str:
    return encoded_words.text(" ".join(words).strip("<> "), hint)[:_LONGEST_NAME].strip(_QUOTES).strip()


def _clean(written: str) -> str | None:
    if len(written) > _LONGEST_NAME:
        return None
    written = encoded_words.text(written) if "=?" in written else encoded_words.plain(written)
    without = _COMMENT.sub("", written)
    bare = (" ".join(without.split()) if without.startswith('"') else _BLANK.sub("", without)).strip("<>,;'")
    bare = _CONTROL.sub("", bare)  # also within quotes: what no letter and no screen takes
    bare = _ROUTE.sub("", bare) if bare.startswith("@") else bare.removeprefix("mailto:").removeprefix("MAILTO:")
    local, at, domain = bare.rpartition("@")
    domain = _domain(domain.rstrip("."))
    if not at or not local or not domain or len(bare) > _LONGEST_ADDRESS:
        return None
    return f"{local}@{domain}"


def _domain(domain: str) -> str:
    domain = domain.lower()
    if domain.isascii():
        return domain
    try:
        return in_ascii(domain)
    except UnicodeError:
        return domain
