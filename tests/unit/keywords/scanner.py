"""A slow second opinion: finds entries and scores categories by the rules as they are told, sharing no code.

It knows words of letters, spaces, commas, hyphens and blank lines, and entries with their forms as a table; that is
enough for what a trie and a sweep can get wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Wanted:
    """An entry: the forms of each of its words, or their beginnings."""

    words: tuple[tuple[str, ...], ...]
    weight: int
    category: str
    prefix: bool = False
    blocking: bool = False


def scan(text: str, entries: Sequence[Wanted]) -> list[tuple[int, int, int]]:
    """(first word, word after the last, entry) of every occurrence."""
    words, wholes = _read(text)
    return sorted(
        {
            (start, end, number)
            for number, entry in enumerate(entries)
            for start in range(len(words))
            for end in _ends(words, wholes, start, entry, 0)
        }
    )


def _read(text: str) -> tuple[list[str], dict[int, tuple[str, int]]]:
    """Words in order with "" between paragraphs; and compounds by where they begin, with where they end."""
    words: list[str] = []
    wholes: dict[int, tuple[str, int]] = {}
    for paragraph in text.replace(" \n", "\n").split("\n\n"):
        for piece in paragraph.replace(",", " ").replace("\n", " ").split(" "):
            parts = [part for part in piece.lower().replace("ё", "е").split("-") if part]
            if len(parts) > 1:
                wholes[len(words)] = ("-".join(parts), len(words) + len(parts))
            words += parts
        words.append("")
    return words, wholes


def _ends(words: list[str], wholes: dict[int, tuple[str, int]], at: int, entry: Wanted, word: int) -> list[int]:
    if word == len(entry.words):
        return [at]
    if at >= len(words) or not words[at]:
        return []
    ends = []
    for written, after in ((words[at], at + 1), wholes.get(at, ("", 0))):
        fits = any(written.startswith(form) if entry.prefix else written == form for form in entry.words[word])
        if written and fits:
            ends += _ends(words, wholes, after, entry, word + 1)
    return ends


def counting(found: list[tuple[int, int, int]], entries: Sequence[Wanted], *, longest: bool) -> set[int]:
    """Entries that speak: with `longest`, those with an occurrence that no longer occurrence holds."""
    speaking = [each for each in found if not entries[each[2]].blocking]
    if not longest:
        return {number for _, _, number in speaking}
    return {
        number
        for start, end, number in speaking
        if not any(s <= start and end <= e and (s, e) != (start, end) for s, e, _ in speaking)
    }


def winner(found: list[tuple[int, int, int]], entries: Sequence[Wanted], *, longest: bool, adds: bool) -> str | None:
    """The category, None when there is none or two are equal."""
    blocked = {entries[number].category for _, _, number in found if entries[number].blocking}
    own: dict[str, list[Wanted]] = {}
    for number in counting(found, entries, longest=longest):
        if entries[number].category not in blocked:
            own.setdefault(entries[number].category, []).append(entries[number])
    strengths = []
    for category, spoken in own.items():
        total, heaviest = sum(e.weight for e in spoken), max(e.weight for e in spoken)
        first = (total, heaviest) if adds else (heaviest, total)
        strengths.append((*first, max(len(e.words) for e in spoken), len(spoken), category))
    strengths.sort(reverse=True)
    if not strengths or (len(strengths) > 1 and strengths[0][:4] == strengths[1][:4]):
        return None
    return strengths[0][4]
