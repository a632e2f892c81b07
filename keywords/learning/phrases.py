"""Counts the words and phrases of texts that may become entries, and in which texts each stands."""

from collections import Counter
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from scipy import sparse

from keywords.learning.corpus import Corpus

Phrase = tuple[str, ...]
"""One to three lemmas that follow one another."""

LONGEST: Final = 3
_MOST: Final = 100_000
"""Phrases of a length that are looked at, the most frequent ones: what bounds the memory."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases that stand in enough texts."""

    names: list[Phrase]
    presence: sparse.csr_matrix
    """Texts x phrases, 1 where a text holds a phrase."""
    keywords: list[str]
    """Each phrase as it is written most often."""


def count(corpus: Corpus, least_texts: int, allowed: AbstractSet[str]) -> Phrases:
    """All phrases of allowed lemmas that stand in at least `least_texts` texts.

    A phrase is counted only where its beginning and its end were frequent enough, so rare ones cost no memory.
    """
    kept: dict[Phrase, int] = {}
    frequent: set[Phrase] = {(word,) for word in allowed}
    for length in range(1, LONGEST + 1):
        texts: Counter[Phrase] = Counter()
        for row in corpus.rows:
            texts.update({phrase for _, phrase in _phrases(row, length, frequent)})
        enough = [(phrase, hits) for phrase, hits in texts.items() if hits >= least_texts]
        enough.sort(key=lambda each: (-each[1], each[0]))
        frequent = {phrase for phrase, _ in enough[:_MOST]}
        kept.update(dict.fromkeys(sorted(frequent), length))
    return _located(corpus, kept)


def _phrases(row: list[str | None], length: int, frequent: set[Phrase]) -> Iterator[tuple[int, Phrase]]:
    """The phrases of a length whose shorter halves are frequent, with where they begin."""
    if length == 1:
        yield from ((at, (word,)) for at, word in enumerate(row) if word and (word,) in frequent)
        return
    shorter = list(_windows(row, length - 1, frequent))
    for (at, head), (after, tail) in pairwise(shorter):
        if after == at + 1:
            yield at, (*head, tail[-1])


def _windows(row: list[str | None], length: int, frequent: set[Phrase]) -> Iterator[tuple[int, Phrase]]:
    for at in range(len(row) - length + 1):
        phrase = tuple(row[at : at + length])
        if phrase in frequent:
            yield at, phrase  # type: ignore[misc]  # what is frequent holds no None


def _located(corpus: Corpus, kept: dict[Phrase, int]) -> Phrases:
    number = {phrase: index for index, phrase in enumerate(kept)}
    rows, columns = [], []
    written: list[Counter[str]] = [Counter() for _ in kept]
    for text, (row, words) in enumerate(zip(corpus.rows, corpus.written, strict=True)):
        seen = set()
        for length in range(1, LONGEST + 1):
            for at, phrase in _windows(row, length, number.keys()):  # type: ignore[arg-type]  # a set is what it needs
                seen.add(number[phrase])
                written[number[phrase]][" ".join(filter(None, words[at : at + length]))] += 1
        rows += [text] * len(seen)
        columns += sorted(seen)
    presence = matrix(rows, columns, (len(corpus.rows), len(kept)))
    return Phrases(list(kept), presence, [_commonest(each) for each in written])


def _commonest(counts: Counter[str]) -> str:
    return min(counts, key=lambda keyword: (-counts[keyword], keyword))


def matrix(rows: Iterable[int], columns: Iterable[int], shape: tuple[int, int]) -> sparse.csr_matrix:
    """A matrix with 1 in the cells that are named."""
    at_rows, at_columns = np.fromiter(rows, np.int64), np.fromiter(columns, np.int64)
    return sparse.csr_matrix((np.ones(len(at_rows)), (at_rows, at_columns)), shape=shape)
