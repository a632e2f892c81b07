"""Judges decisions against known categories: accuracy, coverage, precision, recall, F1, confusion."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class OfCategory:
    """How a category fares; shares are 0 where there is nothing to divide by."""

    category: str
    texts: int
    answered: int
    """Texts that were given this category."""
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """How decisions compare with the truth."""

    texts: int
    accuracy: float
    """Right answers / texts; no answer is no right one."""
    coverage: float
    """Answers / texts."""
    precision_when_answered: float
    """Right answers / answers."""
    macro_f1: float
    """Mean of F1 over the categories that have texts."""
    categories: tuple[OfCategory, ...]
    names: tuple[str, ...]
    """Of rows and columns of the confusion; the last, empty one is "no category"."""
    confusion: NDArray[np.int64]
    """True category (row) x given category (column)."""


def judge(truth: Sequence[str], given: Sequence[str | None]) -> Judgement:
    """Compares the given categories with the true ones."""
    names = (*sorted({*truth, *(each for each in given if each)}), "")
    number = {name: index for index, name in enumerate(names)}
    confusion = np.zeros((len(names), len(names)), dtype=np.int64)
    for true, answer in zip(truth, given, strict=True):
        confusion[number[true], number[answer or ""]] += 1
    right, total = int(np.trace(confusion[:-1, :-1])), len(truth)
    answered = int(confusion[:, :-1].sum())
    categories = tuple(_of_category(name, index, confusion) for index, name in enumerate(names[:-1]))
    with_texts = [each.f1 for each in categories if each.texts]
    return Judgement(
        total,
        _share(right, total),
        _share(answered, total),
        _share(right, answered),
        float(np.mean(with_texts)) if with_texts else 0.0,
        categories,
        names,
        confusion,
    )


def confused(judgement: Judgement, most: int = 20) -> list[tuple[str, str, int]]:
    """The commonest mistakes: true category, given one (empty: none), how many."""
    cells = judgement.confusion.copy()
    np.fill_diagonal(cells, 0)
    order = np.argsort(-cells, axis=None, kind="stable")[:most]
    pairs = [np.unravel_index(cell, cells.shape) for cell in order]
    found = [(judgement.names[row], judgement.names[column], int(cells[row, column])) for row, column in pairs]
    return [each for each in found if each[2]]


def by_time(at: Sequence[str], share: float = 0.2) -> tuple[list[int], list[int]]:
    """Numbers of the older texts to learn from and of the newest to judge by; texts of one moment stay together.

    `at` sorts by time, as ISO 8601 does. A split by chance would let replies and repetitions of one matter stand on
    both sides.
    """
    order = sorted(range(len(at)), key=lambda text: (at[text], text))
    cut = round(len(order) * (1 - share))
    while 0 < cut < len(order) and at[order[cut]] == at[order[cut - 1]]:
        cut += 1
    return order[:cut], order[cut:]


def _of_category(name: str, index: int, confusion: NDArray[np.int64]) -> OfCategory:
    right, texts, answered = int(confusion[index, index]), int(confusion[index].sum()), int(confusion[:, index].sum())
    f1 = _share(2 * right, texts + answered)
    return OfCategory(name, texts, answered, _share(right, answered), _share(right, texts), f1)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
