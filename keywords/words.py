"""Finds the words of a chunk of text (what stands between two white spaces), with their keys and offsets."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from keywords import units
from keywords.folding import INVISIBLE, MARKS, fold, has_digit

SYMBOLS: Final = "№%"
"""Signs that are words."""


class Place(NamedTuple):
    """A position in the row of words of a text."""

    start: int
    end: int
    """Offsets in the chunk."""
    keys: tuple[tuple[str, int], ...]
    """What can be read from here on, and how many places that takes; nothing: no phrase crosses this place."""


_HIDDEN: Final = f"[{INVISIBLE}{MARKS}]"
# Groups are repeated greedily, not possessively: Python before 3.11.5 matches those wrongly. Nothing is lost, for what
# follows a repetition never begins like what it repeats, so that going back ends at once.
_WORD: Final = rf"[^\W_]+(?:{_HIDDEN}+[^\W_]*)*"
_PART: Final = re.compile(rf"(?:{_WORD}(?:(?<=[0-9])[.,:×*](?=[0-9]){_WORD}|['’ʼ](?=[^\W\d_]){_WORD})*|[{SYMBOLS}])")
_JOINT: Final = r"[-‐‑‒–−./\\_@+]"
_TOKEN: Final = re.compile(
    rf"(?P<address>(?:https?|ftp|file)://.*|www\..*)|{_PART.pattern}(?:{_JOINT}{_PART.pattern})*",
    re.IGNORECASE | re.DOTALL,
)
_DOMAIN: Final = re.compile(
    r"(?:[a-z0-9][a-z0-9-]*\.)+(?:ru|su|by|kz|ua|com|org|net|info|biz|io|de|eu|uk)(?:[/\\].*)?|[^/]+\.рф(?:[/\\].*)?",
    re.IGNORECASE | re.DOTALL,
)
_TAIL: Final = "/?#:=&%"
_AMOUNT: Final = re.compile(rf"([0-9][0-9.,{INVISIBLE}]*)([^\W\d_](?:[^\W\d_]|[{INVISIBLE}])*[23]?)")
_JOINTS: Final = str.maketrans("‐‑‒–−\\", "-----/")
_MOST_PARTS: Final = 8
"""A longer chain of words is no word as a whole."""
_LONGEST: Final = 64
"""What is longer than so many characters comes once and is not worth a place in a cache."""


def places(chunk: str) -> tuple[Place, ...]:
    """The places of a chunk; the words of a compound follow one another, the whole begins where the first one does.

    Addresses of the web and of mail are a place without keys.
    """
    return _remembered(chunk) if len(chunk) <= _LONGEST else tuple(_places(chunk))


@lru_cache(maxsize=100_000)
def _remembered(chunk: str) -> tuple[Place, ...]:
    return tuple(_places(chunk))


def _places(chunk: str) -> Iterator[Place]:
    at = 0
    while found := _TOKEN.search(chunk, at):
        at = found.end()
        if found["address"]:
            yield Place(*found.span(), ())
        elif "@" in found[0] or ("." in found[0] and _DOMAIN.fullmatch(found[0])):
            at = len(chunk) if chunk[at : at + 1] in _TAIL and at < len(chunk) else at
            yield Place(found.start(), at, ())
        else:
            yield from _compound(found[0], found.start())


def _compound(token: str, start: int) -> Iterator[Place]:
    parts = list(_PART.finditer(token))
    split = [place for part in parts for place in _simple(part[0], start + part.start())]
    if 1 < len(parts) <= _MOST_PARTS:
        whole = (_whole(token, parts), len(split))
        split[0] = split[0]._replace(keys=(*split[0].keys, whole))
    return iter(split)


def _whole(token: str, parts: list[re.Match[str]]) -> str:
    code, pieces, end = has_digit(token), [], 0
    for part in parts:
        pieces += [
            token[end : part.start()].translate(_JOINTS),
            part[0] if part[0] in SYMBOLS else fold(part[0], code=code),
        ]
        end = part.end()
    return "".join(pieces)


def _simple(word: str, start: int) -> Iterator[Place]:
    amount = _AMOUNT.fullmatch(word)
    if amount and (unit := units.glued(fold(amount[2]))):
        middle, end = start + amount.start(2), start + len(word)
        yield Place(start, middle, ((fold(amount[1]), 1),))
        yield Place(middle, end, ((fold(amount[2]), 1), (unit, 1)))
        return
    key = word if word in SYMBOLS else fold(word)
    keys = [key]
    if key.endswith("'s"):
        keys.append(key.removesuffix("'s"))
    if unit := units.apart(word, key):
        keys.append(unit)
    yield Place(start, start + len(word), tuple((each, 1) for each in keys))
