"""The key by which a source knows a record, and what is worth remembering of many of them."""

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from staging.audit.interpret import BLANK
from staging.mapping import Key

Hashes = NDArray[np.uint64]
SALESFORCE: Final = re.compile(r"[0-9A-Za-z]{18}")
LONGEST: Final = 1_000
"""Bytes of a key."""
_SHORT_ID: Final = 15
_SUFFIX: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SPACES: Final = re.compile(r"\s+")


def key_of(rule: Key, text: str | None) -> str | None:
    """The key that a text means; None when it is blank."""
    found = (text or "").strip(BLANK)
    if rule.fold:
        plain = _SPACES.sub(" ", found).replace("ё", "е").replace("Ё", "Е")
        found = "".join(map(_small, plain))
    elif rule.ids == "salesforce" and len(found) <= _SHORT_ID == len(found.encode()):
        found += _suffix(found)
    # The staging table does not keep longer ones, so the record counts as one without a key.
    return found if found and len(found.encode()) <= LONGEST else None


def _small(sign: str) -> str:
    """One sign for one sign: no language's special rules."""
    return sign.lower()[0]


def _suffix(short: str) -> str:
    """Three letters that tell which of the 15 characters are capitals, five at a time, lowest bit first."""
    fives = (short[start : start + 5] for start in range(0, _SHORT_ID, 5))
    return "".join(_SUFFIX[sum(1 << n for n, sign in enumerate(five) if "A" <= sign <= "Z")] for five in fives)


def hashes(texts: Iterable[str]) -> Hashes:
    """64 bits for each text: enough to tell some millions of keys apart."""
    joined = b"".join([blake2b(text.encode(), digest_size=8).digest() for text in texts])
    return np.frombuffer(joined, dtype="<u8").astype(np.uint64)


class KeySet:
    """A set of keys in eight bytes each."""

    def __init__(self) -> None:
        self._sorted: list[Hashes] = []

    def add(self, keys: Hashes) -> None:
        """Take keys in."""
        fresh = np.unique(keys)
        # As in a merge sort, so that a few long pieces are left to look into.
        while self._sorted and len(self._sorted[-1]) <= 2 * len(fresh):
            fresh = np.union1d(self._sorted.pop(), fresh)
        if len(fresh):
            self._sorted.append(fresh)

    def holds(self, keys: Hashes) -> NDArray[np.bool_]:
        """Which of the keys are in the set."""
        found = np.zeros(len(keys), bool)
        for piece in self._sorted:
            place = np.searchsorted(piece, keys)
            place[place == len(piece)] = 0
            found |= piece[place] == keys
        return found

    def update(self, other: "KeySet") -> None:
        """Take in the keys of another set."""
        for piece in other._sorted:  # noqa: SLF001 - of its own kind
            self.add(piece)

    def __contains__(self, key: str) -> bool:
        return bool(self.holds(hashes([key]))[0])


def places(flags: Sequence[bool] | NDArray[np.bool_]) -> list[int]:
    """Where a flag is set."""
    return [place for place, flag in enumerate(flags) if flag]
