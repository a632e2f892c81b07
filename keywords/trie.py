"""Finds all entries in a row of words at once: a trie over the words of the dictionary."""

import weakref
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final

from keywords.entries import Expanded, Slot
from keywords.words import Place, places

Found = tuple[int, int, int]
"""First place, minus the place after the last, number of the end that was reached: sorted, longer ones come first."""
Start = tuple[int, "dict[int, _Node] | None", int]
"""The number of the end when an entry of one word ends here, else -1; what may follow; how many places it takes."""
Cell = tuple[tuple[Start, ...], tuple[tuple[int, int], ...]]
"""What can be read from a place on: words that begin entries, and all words with their lengths, to go on with."""

_MOST_CHUNKS: Final = 200_000
"""Chunks that a trie remembers before it forgets all: about 40 MB."""
_LONGEST: Final = 64


_Following = dict[int, "_Node"]


class _Node:
    """What was read so far: the number of the end when it is an entry, else -1; and what may follow."""

    __slots__ = ("end", "following")

    def __init__(self) -> None:
        self.end = -1
        self.following: _Following = {}


class _Cells(dict[str, tuple[Cell | None, ...]]):
    """The cells of every chunk that was seen."""

    def __init__(self, trie: "Trie") -> None:
        super().__init__()
        # Weak: a page that tries changes compiles a dictionary of its own, whose memory must end with it.
        self._trie: Final[Trie] = weakref.proxy(trie)

    def __missing__(self, chunk: str) -> tuple[Cell | None, ...]:
        cells = [self._trie.cell(place) for place in places(chunk)]
        made = cells[0] if len(cells) == 1 else tuple([cell for (cell,) in cells])
        if len(chunk) <= _LONGEST:
            if len(self) >= _MOST_CHUNKS:
                self.clear()
            self[chunk] = made
        return made


class Trie:
    """The compiled words of entries; `ends[number]` are the indices of the entries that end there."""

    def __init__(self, entries: Sequence[Expanded]) -> None:
        self.ends: Final[list[tuple[int, ...]]] = []
        self._root: Final = _Node()
        self._words: Final[dict[str, tuple[int, ...]]] = {}
        self._prefixes: Final[dict[str, tuple[int, ...]]] = {}
        self._grow(entries)
        self._prefix_lengths: Final = sorted(set(map(len, self._prefixes)))
        self._rows: Final[dict[tuple[tuple[int, int], ...], tuple[Cell | None]]] = {(): (None,)}
        self._cells: Final = _Cells(self)

    def find(self, paragraphs: Iterable[list[str]]) -> list[Found]:
        """Every occurrence of every entry, in order."""
        cells = self._row(paragraphs)
        found: list[Found] = []
        for start, cell in enumerate(cells):
            if cell:
                for end, following, length in cell[0]:
                    if end >= 0:
                        found.append((start, -start - length, end))
                    if following and (after := cells[start + length]):
                        for word, more in after[1]:
                            if word in following:
                                _go_on(following[word], start, start + length + more, cells, found)
        found.sort()
        return found

    def _row(self, paragraphs: Iterable[list[str]]) -> list[Cell | None]:
        """The cells of a text, with None after each paragraph."""
        cells: list[Cell | None] = []
        look_up = self._cells.__getitem__
        for chunks in paragraphs:
            cells += chain.from_iterable(map(look_up, chunks))
            cells.append(None)
        return cells

    def cell(self, place: Place) -> tuple[Cell | None]:
        """What a place says to these entries, in a row of its own; None when it says nothing.

        Forms of the same words share one cell: less memory, and more of it at hand.
        """
        words = tuple(dict.fromkeys((word, length) for key, length in place.keys for word in self._meets(key)))
        known = self._rows.get(words)
        if known is None:
            nodes = [(self._root.following.get(word), length) for word, length in words]
            starts = tuple([(node.end, node.following or None, length) for node, length in nodes if node])
            known = self._rows[words] = ((starts, words),)
        return known

    def _meets(self, key: str) -> Iterable[int]:
        yield from self._words.get(key, ())
        for length in self._prefix_lengths:
            if length > len(key):
                return
            yield from self._prefixes.get(key[:length], ())

    def _grow(self, entries: Sequence[Expanded]) -> None:
        numbers: dict[Slot, int] = {}
        ends: list[list[int]] = []
        for index, expanded in enumerate(entries):
            node = self._root
            for slot in expanded.slots:
                word = numbers.setdefault(slot, len(numbers))
                node = node.following.setdefault(word, _Node()) if word not in node.following else node.following[word]
            if node is self._root:
                continue
            if node.end < 0:
                node.end = len(ends)
                ends.append([])
            ends[node.end].append(index)
        self.ends.extend(map(tuple, ends))
        for slot, word in numbers.items():
            table = self._prefixes if slot.prefix else self._words
            for key in slot.keys:
                table[key] = (*table.get(key, ()), word)


def _go_on(node: _Node, start: int, at: int, cells: list[Cell | None], found: list[Found]) -> None:
    if node.end >= 0:
        found.append((start, -at, node.end))
    cell = cells[at]
    if node.following and cell is not None:
        for word, length in cell[1]:
            if word in node.following:
                _go_on(node.following[word], start, at + length, cells, found)
