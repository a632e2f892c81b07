"""Keeps out of a learned dictionary what tells of a person and no matter: numbers, names, one client's habits."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy import sparse

from keywords import russian
from keywords.learning.corpus import Corpus, Example

LEAST_TEXTS = 5
LEAST_SENDERS = 3


def allowed(corpus: Corpus) -> frozenset[str]:
    """Lemmas that may stand in an entry: no bare numbers, no given names, patronymics and surnames.

    Names are known by the Russian dictionary; others are left to the count of senders.
    """
    written: dict[str, Counter[str]] = {}
    for lemmas, words in zip(corpus.rows, corpus.written, strict=True):
        for lemma, word in zip(lemmas, words, strict=True):
            if lemma and word:
                written.setdefault(lemma, Counter())[word] += 1
    return frozenset(lemma for lemma in written if not _is_number(lemma) and not russian.is_name(lemma))


def by_enough_senders(presence: sparse.csr_matrix, examples: Sequence[Example]) -> np.ndarray:
    """For each phrase, whether enough different senders wrote it; true where senders are not known."""
    known = np.array([bool(example.sender) for example in examples])
    if not known.any():
        return np.ones(presence.shape[1], dtype=bool)
    senders = {name: number for number, name in enumerate(sorted({example.sender for example in examples}))}
    of_text = np.array([senders[example.sender] for example in examples])
    cells = presence.tocoo()
    pairs = np.unique(np.stack((cells.col, of_text[cells.row])), axis=1)
    enough: np.ndarray = np.bincount(pairs[0], minlength=presence.shape[1]) >= LEAST_SENDERS
    return enough


def _is_number(lemma: str) -> bool:
    return not any(character.isalpha() for character in lemma)
