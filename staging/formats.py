"""Formats that a mapping may name: dates, zones, encodings."""

import codecs
import re
import zoneinfo
from dataclasses import dataclass
from typing import Final

_PIECES: Final = {
    "YYYY": ("year", 4),
    "MM": ("month", 2),
    "DD": ("day", 2),
    "hh": ("hour", 2),
    "mm": ("minute", 2),
    "ss": ("second", 2),
    "sss": ("fraction", 3),
}
_ORDER: Final = [name for name, _ in _PIECES.values()]
_ISO: Final = re.compile(r"____-__-__([ T]__:__(:__(\.___)?)?Z?)?")
_TOKEN: Final = re.compile(r"YYYY|MM|DD|hh|mm|sss|ss|Z|[^A-Za-z]|T")
SERVER_ENCODINGS: Final = {
    "utf-8": "UTF8",
    "utf-16": "UTF8",
    "cp1251": "WIN1251",
    "cp1252": "WIN1252",
    "iso8859-1": "LATIN1",
    "koi8-r": "KOI8R",
    "cp866": "WIN866",
    "cp932": "SJIS",
}
"""Python's names of the encodings that can be read, and PostgreSQL's; UTF-16 is recoded while reading."""


@dataclass(frozen=True, slots=True)
class DateFormat:
    """A date layout of fixed positions."""

    like: str
    """LIKE pattern of a value in this layout."""
    pieces: tuple[tuple[str, int, int], ...]
    """(part of a date, first position counted from 1, length)."""
    zoned: bool
    """Ends in Z: the value is in UTC whatever the mapping's zone."""

    @property
    def signs(self) -> str:
        """What is left of a value in this layout without its digits."""
        return re.sub(r"\\(.)|[_0-9]", lambda found: found[1] or "", self.like)

    @property
    def timed(self) -> bool:
        """Holds at least an hour."""
        return any(name == "hour" for name, _, _ in self.pieces)

    @property
    def iso(self) -> bool:
        """Already in the order that PostgreSQL reads without help."""
        return (
            _ISO.fullmatch(self.like) is not None and [name for name, _, _ in self.pieces] == _ORDER[: len(self.pieces)]
        )


def compile_format(text: str) -> DateFormat:
    """Layout from `YYYY-MM-DD hh:mm:ss.sssZ` and the like; ValueError names what is not understood."""
    words = _TOKEN.findall(text)
    if "".join(words) != text or not {"YYYY", "MM", "DD"} <= set(words):
        message = (
            f"date format {text!r} not understood:"
            " write YYYY, MM, DD and, for times, hh, mm, ss, .sss, Z with fixed signs between"
        )
        raise ValueError(message)
    like, pieces, position = "", [], 1
    for word in words:
        if word in _PIECES:
            name, length = _PIECES[word]
            pieces.append((name, position, length))
            like += "_" * length
        else:
            length = 1
            like += "\\" + word if word in "%_\\" else word
        position += length
    return DateFormat(like, tuple(pieces), words[-1] == "Z")


def zone(name: str | None) -> str | None:
    """The IANA name itself; ValueError when the zone does not exist."""
    if name is not None and name not in zoneinfo.available_timezones():
        message = f"zone {name!r} is unknown: use an IANA name such as Europe/Moscow"
        raise ValueError(message)
    return name


def encoding(name: str) -> str:
    """Python's own name of an encoding; ValueError when it cannot be read here."""
    try:
        found = codecs.lookup(name).name
    except LookupError:
        found = ""
    # What calls itself Shift JIS is Microsoft's; they differ in the wave dash and a few more, as on the server.
    found = "cp932" if found == "shift_jis" else found
    if found not in SERVER_ENCODINGS:
        message = f"encoding {name!r} cannot be read: use one of {', '.join(SERVER_ENCODINGS)}"
        raise ValueError(message)
    return found
