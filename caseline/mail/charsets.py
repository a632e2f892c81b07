"""Reads bytes of a mail as text: by the charset that it names, as UTF-8, by a guess, as latin-1, in this order."""

import codecs
import re
from functools import lru_cache
from typing import Final

from charset_normalizer import from_bytes

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,39}")
_WIDER: Final = {
    "ascii": "utf-8",
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "cp950",
    "iso2022_jp": "iso2022_jp_ext",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
}
"""Charsets that mailers name when they mean a larger one with the same letters in the same places (zammad#6054)."""
_ALIASES: Final = {
    "ks_c_5601-1987": "cp949",
    "x-sjis": "cp932",
    "x-gbk": "gb18030",
    "cp-1251": "cp1251",
    "win-1251": "cp1251",
    "windows1251": "cp1251",
    "x-cp1251": "cp1251",
    "koi8r": "koi8_r",
    "utf8mb4": "utf-8",
    "utf": "utf-8",
    "windows-31j": "cp932",
}
_REFUSED: Final = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"})
"""Codecs of Python that are no charsets; the time of some grows with the square of the text."""
_OF_THE_WEST: Final = frozenset({"cp1252", "cp1254", "iso8859-15"})
_MULTIBYTE: Final = frozenset({"utf-8", "gb18030", "cp932", "cp949", "cp950", "euc_jp", "iso2022_jp_ext"})
_LOST: Final = "\N{REPLACEMENT CHARACTER}"
_LOST_SHARE: Final = 20
"""One unreadable sign among so many foreign ones is damage, and no reason to doubt the charset."""
_SAMPLE: Final = 20_000
_CYRILLIC: Final = ("cp1251", "koi8_r", "cp866")
_USUAL: Final = frozenset("оеаинтсрвлОЕАИНТСРВЛ")
_RUSSIAN: Final = re.compile(r"[А-Яа-яЁё]")
_PLAUSIBLE: Final = re.compile(r"(?<![^\W\d_])(?:[А-ЯЁ]?[а-яё]+|[А-ЯЁ]+)(?![^\W\d_])")
"""A word in small letters, in capitals, or with one capital at its beginning."""


def decoded(data: bytes, declared: str | None = None) -> tuple[str, str | None]:
    """The text, and what was wrong: None, or a few words about the charset. Every byte string has a text."""
    if data.isascii() and (declared is None or b"\x1b" not in data):
        codec = _codec(declared) if declared else "utf-8"
        if codec is None or not codec.startswith(("utf-16", "utf-32", "utf-7", "hz")):
            return data.decode("ascii"), None
    text, wrong = _foreign(data, declared)
    return _storable(text), wrong


def undeclared(data: bytes, hint: str | None = None) -> str:
    """The text of bytes whose charset nobody names: UTF-8, the hinted charset where it is no western one, a guess."""
    codec = _codec(hint) if hint else None
    if codec is None or codec in _OF_THE_WEST or codec == "utf-8":
        return decoded(data)[0]
    text = _strictly(data, "utf-8")
    return _storable(text) if text is not None else decoded(data, hint)[0]


def _foreign(data: bytes, declared: str | None) -> tuple[str, str | None]:
    codec = _codec(declared) if declared else None
    if codec in _OF_THE_WEST:  # they can read anything, so they do not notice that it is not theirs
        text = _strictly(data, "utf-8")
        if text is not None:
            return text, f"charset {declared} is UTF-8"
    if codec and (text := _strictly(data, codec)) is not None:
        return text, None
    wrong = f"charset {declared[:40]!a} does not fit" if declared else "no charset is named"
    if (text := _strictly(data, "utf-8")) is not None:
        return text, None if codec == "utf-8" else wrong
    for candidate in dict.fromkeys((codec, "utf-8")):
        if candidate in _MULTIBYTE and (text := _damaged(data, candidate)) is not None:
            return text, f"bytes that are no {candidate}"
    return _guessed(data), wrong


@lru_cache(maxsize=256)
def _codec(charset: str) -> str | None:
    """The codec of a charset, the wider one where mailers mean it; None when there is none."""
    # RFC 2231 §5: a language may stand after an asterisk
    name = charset.partition("*")[0].strip(" \"'").lower()
    name = _ALIASES.get(name, name)
    if not _NAME.fullmatch(name):
        return None
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    if found.name in _REFUSED or not found._is_text_encoding:  # noqa: SLF001 - the only way to ask
        return None
    return _WIDER.get(found.name, found.name)


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except ValueError:
        return None


def _damaged(data: bytes, codec: str) -> str | None:
    """The text with signs lost, when they are few among many."""
    text = data.decode(codec, errors="replace")
    lost = text.count(_LOST)
    foreign = sum(not sign.isascii() for sign in text[:_SAMPLE])
    return text if lost * _LOST_SHARE <= foreign else None


def _guessed(data: bytes) -> str:
    sample = data[:_SAMPLE]
    codec = _russian(sample)
    if codec is None:
        best = from_bytes(sample).best()
        codec = best.encoding if best else None
    if codec is None:
        return data.decode("latin-1")
    return data.decode(codec, errors="replace")


def _russian(sample: bytes) -> str | None:
    """The charset in which a text is Russian.

    charset-normalizer takes short Russian texts for Chinese, or capitals for small letters, so this comes first.
    """
    found = [(_likeness(sample.decode(codec, errors="replace")), codec) for codec in _CYRILLIC]
    likeness, codec = max(found, key=lambda each: each[0])  # the usual one first
    return codec if likeness > 0 else None


def _likeness(text: str) -> float:
    """How much a text is like Russian; nothing when its foreign signs are mostly no Russian words."""
    foreign = [sign for sign in text if not sign.isascii()]
    in_words = sum(len(word) for word in _PLAUSIBLE.findall(text))
    if in_words * 5 < len(foreign) * 4:
        return 0
    usual = sum(sign in _USUAL for sign in foreign)
    return (in_words + 2 * usual) / len(foreign)


def _storable(text: str) -> str:
    """Without halves of pairs, which UTF-7 can bring in and no database takes."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
