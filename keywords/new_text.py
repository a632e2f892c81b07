"""Tells what a letter says anew from what it quotes, signs and disclaims, as Russian and English mailers do."""

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

Range = tuple[int, int]

_QUOTE: Final = re.compile(r"[ \t]*(?:>|&gt;)")
_ATTRIBUTION: Final = re.compile(
    r"""[ \t]*(?:
    (?:on|am|le)\b .{4,200} \b(?:wrote|schrieb|a\ écrit)\s*:
    | .{0,200} (?:[0-9]{1,2}[.:/][0-9]{2} | [0-9]{4}) .{0,200} (?:писал|пишет|wrote|writes) .{0,120} :
    | .{0,200} [0-9]{1,2}:[0-9]{2} .{0,120} <[^<>\s]+@[^<>\s]+> \s* :
    )[ \t]*$""",
    re.IGNORECASE | re.VERBOSE,
)
_ATTRIBUTION_BEGINS: Final = re.compile(
    r"[ \t]*(?:on\b|am\b|le\b|[0-9]|(?:пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|среда|четверг|пятница|суббота|"
    r"воскресенье)[., ])",
    re.IGNORECASE,
)
_BANNER: Final = re.compile(
    r"""[ \t]*(?:
    [-_=*]{2,}\s*(?:original\ message|forwarded\ (?:message|by)|begin\ forwarded\ message|исходное\ сообщение|
        пересланное\ сообщение|пересылаемое\ сообщение|переслано|конец\ пересылаемого|оригинальное\ сообщение)
    | begin\ forwarded\ message\s*:
    | _{20,}\s*$
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_HEAD: Final = re.compile(r"[ \t]*\*?(?:from|от|от\ кого)\*?\s*:\*?\s+\S", re.IGNORECASE)
_NEXT_HEADS: Final = re.compile(
    r"[ \t]*\*?(?:sent|date|to|cc|subject|отправлено|дата|кому|копия|тема)\*?\s*:", re.IGNORECASE
)
_SIGNATURE: Final = re.compile(
    r"""[ \t]*(?:
    --\ ?\s*$ | -{2,}\s*$ | —\s*$
    | (?:с|c)\ (?:наилучшими\ |искренним\ |большим\ |глубоким\ )?(?:уважением|почтением|пожеланиями)\b .{0,60}$
    | (?:всего\ доброго|заранее\ (?:спасибо|благодар[а-яё]+)|спасибо\ заранее)\s*[,.!]*\s*$
    | (?:best|kind|warm|with\ kind|with\ best)\ (?:regards|wishes)\b .{0,60}$
    | (?:regards|many\ thanks|thanks\ (?:and|&)\ regards|yours\ (?:sincerely|truly|faithfully)|sincerely
        |sincerely\ yours|cordially)\s*[,.!]*\s*$
    | (?:sent\ from|отправлено\ (?:с|из|от))\ .{2,80}$
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_DISCLAIMER: Final = re.compile(
    r"""[ \t]*(?:
    (?:это|настоящее|данное)\ (?:электронное\ )?(?:сообщение|письмо)\b .{0,200} (?:конфиденциал|предназначен)
    | (?:this|the\ information\ (?:contained\ )?in\ this)\ (?:e-?mail|message|communication)\b .{0,200}
        (?:confidential|intended)
    | (?:confidentiality\ notice|disclaimer|уведомление\ о\ конфиденциальности|конфиденциально)\s*[:.]
    )""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_POSTSCRIPT: Final = re.compile(r"[ \t]*(?:p\.?\ ?s\.?|з\.?ы\.?|постскриптум)(?![\w.])", re.IGNORECASE)
_BEGINNINGS: Final = (
    "&g -- __ == ** *f *о fr от be ki wa wi re ma th yo si co se di вс за эт на да ув ко p. ps з. зы по"  # two letters
)
_SINGLE: Final = ("с", "c", "—", ">")
_FIRST_LETTERS: Final = frozenset(
    [*_BEGINNINGS.split(), *(letter + after for letter in _SINGLE for after in ("", " ", ">", "\r", "\u00a0"))]
)
"""What a line begins with, in small letters, when it may be anything but new text; nearly all lines do not."""
_COLONS: Final = (":", ": ", ":\r")
_READ_AT_ONCE: Final = 500
"""Characters of a line that are looked at; habits of mailers show at its beginning."""
_HEADS_WITHIN: Final = 5
_QUOTED_WITHIN: Final = 4


def ranges(text: str) -> tuple[Range, ...]:
    """The ranges of a plain text that its writer added, in order.

    A text that is nothing but quotation or signature (a letter forwarded without a word) counts as a whole.
    """
    if "\n" not in text:
        return ((0, len(text)),)
    lines = text.split("\n")
    odd = [
        number
        for number, line in enumerate(lines)
        if line.lstrip()[:2].lower() in _FIRST_LETTERS or line[:1] == ">" or line.endswith(_COLONS)
    ]
    gaps = list(_gaps(lines, odd)) if odd else []
    if not gaps:
        return ((0, len(text)),)
    kept = tuple(_between(lines, gaps))
    return kept if any(text[start:end].strip() for start, end in kept) else ((0, len(text)),)


def _gaps(lines: list[str], odd: list[int]) -> Iterator[Range]:
    """The lines that are left out, as ranges of their numbers."""
    signed = None
    for number in odd:
        line = lines[number][:_READ_AT_ONCE]
        attribution = _attribution(lines, number, line)
        if _ends_all(lines, number, line, attribution):
            yield min(number if signed is None else signed, attribution), len(lines)
            return
        if signed is None and _SIGNATURE.match(line):
            signed = number
        elif signed is not None and _POSTSCRIPT.match(line):
            yield signed, number
            signed = None
        elif signed is None and (attribution <= number or _QUOTE.match(line)):
            yield min(attribution, number), number + 1
    if signed is not None:
        yield signed, len(lines)


def _ends_all(lines: list[str], number: int, line: str, attribution: int) -> bool:
    """Whether from this line on everything is an older letter or a disclaimer."""
    if _BANNER.match(line) or _DISCLAIMER.match(line):
        return True
    if _HEAD.match(line):
        following = lines[number + 1 : number + 1 + _HEADS_WITHIN]
        return sum(bool(_NEXT_HEADS.match(each)) for each in following) > 1
    # marked by `>`, the older letter can be told from answers between its lines
    quoted = any(_QUOTE.match(each) for each in lines[number + 1 : number + 1 + _QUOTED_WITHIN])
    return attribution <= number and not quoted


def _attribution(lines: list[str], number: int, line: str) -> int:
    """Where the words begin that say who wrote what follows, in this line or the one before; else after all lines."""
    line = line.rstrip()
    if line.endswith(":"):
        if _ATTRIBUTION.match(line):
            return number
        before = lines[number - 1][:_READ_AT_ONCE].rstrip() if number else ""
        if _ATTRIBUTION_BEGINS.match(before) and _ATTRIBUTION.match(f"{before} {line.strip()}"):
            return number - 1
    return len(lines)


def _between(lines: list[str], gaps: list[Range]) -> Iterator[Range]:
    """The offsets of what lies between gaps."""
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    starts[-1] -= 1  # the last line has no end
    begin = 0
    for first, after in gaps:
        if first > begin:
            yield starts[begin], starts[first]
        begin = max(begin, after)
    if begin < len(lines) and starts[begin] < starts[-1]:
        yield starts[begin], starts[-1]
