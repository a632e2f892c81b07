"""Learns weights for scoring `sum`: a multinomial model of exactly what the sum computes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

_RIDGE = 3e-5
_STEPS = 100
_START = 0.5


@dataclass(frozen=True, slots=True)
class _Problem:
    presence: sparse.csr_matrix
    """Texts x entries that count there."""
    owner: NDArray[np.int64]
    """The category of each entry."""
    truth: NDArray[np.float64]
    """Texts x categories, 1 at the right one."""

    def loss(self, weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """How wrong weights are (cross entropy with a ridge), and which way is worse."""
        entries, texts = np.arange(len(weights)), len(self.truth)
        table = sparse.csr_matrix((weights, (entries, self.owner)), shape=(len(weights), self.truth.shape[1]))
        scores = (self.presence @ table).toarray()
        scores -= scores.max(axis=1, keepdims=True)
        chances = np.exp(scores)
        chances /= chances.sum(axis=1, keepdims=True)
        wrong = -np.log((chances * self.truth).sum(axis=1) + 1e-30).mean() + _RIDGE * (weights @ weights) / 2
        slope = (self.presence.T @ ((chances - self.truth) / texts))[entries, self.owner] + _RIDGE * weights
        return float(wrong), slope


def weights(
    presence: sparse.csr_matrix, labels: NDArray[np.int64], owner: NDArray[np.int64], categories: int
) -> NDArray[np.int64]:
    """Whole weights 0 to 100 for entries; the heaviest has 100, 0 is an entry of no use.

    Not negative and without an intercept, as the sum has neither.
    """
    if not len(owner):
        return np.zeros(0, dtype=np.int64)
    problem = _Problem(presence, owner, np.eye(categories)[labels])
    found = optimize.minimize(
        problem.loss,
        np.full(len(owner), _START),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, None)] * len(owner),
        options={"maxiter": _STEPS},
    ).x
    scaled: NDArray[np.int64] = np.rint(found / max(found.max(), 1e-9) * 100).astype(np.int64)
    return scaled
