"""Learns weights for scoring `max`: how sure an entry is, corrected where the wrong one would be the heaviest."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from keywords.learning.selecting import wilson

STEP = 20
"""Weights are multiples of it: with a few dozen texts an entry, finer differences are chance, and equal weights let the
sum decide."""

_LEAST, _GREATEST = 1.0, 100.0
_SHARPNESS = 0.1
_RATE = 2.0
_ROUNDS = 10
_MOST_LOOKS = 1_000_000
"""Texts looked at in all rounds together."""


def weights(
    presence: sparse.csr_matrix, labels: NDArray[np.int64], owner: NDArray[np.int64], seed: int
) -> NDArray[np.int64]:
    """Whole weights for entries: about the share (in percent) of the texts with an entry that are of its category.

    Beginning with Wilson's lower bound, text by text: the heaviest entry of each category stands for it, the right one
    becomes heavier and the others lighter by how far they are from right (logistic loss of the greatest weights).
    """
    of = np.asarray(presence.sum(axis=0)).ravel()
    cells = presence.tocoo()
    right = np.bincount(cells.col[labels[cells.row] == owner[cells.col]], minlength=len(owner)).astype(float)
    found = _corrected(presence.tocsr(), labels, owner, wilson(right, of) * 100, seed)
    stepped: NDArray[np.int64] = np.clip(np.rint(found / STEP) * STEP, _LEAST, _GREATEST).astype(np.int64)
    return np.where(of > 0, stepped, 0)


def _corrected(
    presence: sparse.csr_matrix,
    labels: NDArray[np.int64],
    owner: NDArray[np.int64],
    start: NDArray[np.float64],
    seed: int,
) -> NDArray[np.float64]:
    weight, owners = start.tolist(), owner.tolist()
    indices, begins = presence.indices.tolist(), presence.indptr.tolist()
    texts = len(begins) - 1
    rounds = max(1, min(_ROUNDS, _MOST_LOOKS // max(texts, 1)))
    order = np.random.default_rng(seed)
    for turn in range(rounds):
        rate = _RATE * (1 - turn / rounds)
        for text in order.permutation(texts).tolist():
            heaviest: dict[int, int] = {}
            for entry in indices[begins[text] : begins[text + 1]]:
                best = heaviest.get(owners[entry])
                if best is None or weight[entry] > weight[best]:
                    heaviest[owners[entry]] = entry
            _correct(weight, heaviest, int(labels[text]), rate)
        weight = [min(_GREATEST, max(_LEAST, each)) for each in weight]
    return np.array(weight)


def _correct(weight: list[float], heaviest: dict[int, int], label: int, rate: float) -> None:
    chances = [math.exp(_SHARPNESS * weight[entry]) for entry in heaviest.values()]
    total = sum(chances)
    for (category, entry), chance in zip(heaviest.items(), chances, strict=True):
        weight[entry] -= rate * (chance / total - (category == label))
