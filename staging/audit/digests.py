"""Sums up a field over all records in 64 bits, whatever their order: equal sums, equal data."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import numpy as np

from staging.audit.keys import Hashes, hashes

_MASK: Final = (1 << 64) - 1
_STIR: Final = (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53))
_SHIFT: Final = np.uint64(33)
_TURN: Final = (np.uint64(1), np.uint64(63))


@dataclass(slots=True)
class Sums:
    """Digests of one field on both sides, and how many records have a value there."""

    expected: int = 0
    found: int = 0
    expected_count: int = 0
    found_count: int = 0


@dataclass(slots=True)
class Digests:
    """Digests by entity and field.

    Each value adds a number made of the BLAKE2b hash of the record's key and that of the value's text (of a moment:
    its microseconds since 1970); the sum is taken modulo 2^64. An empty value adds nothing.
    """

    sums: dict[tuple[str, str], Sums] = field(default_factory=dict)

    def add_both(self, entity: str, name: str, keys: Hashes, sides: tuple[Sequence[Any], Sequence[Any]]) -> None:
        """Take in a field of records that both sides have."""
        expected, found = sides
        sums = self._of(entity, name)
        one = _sum(keys, expected)
        # What is equal as a list has equal digests; hashing it twice would tell nothing more.
        other = one if expected == found else _sum(keys, found)
        sums.expected, sums.expected_count = (sums.expected + one[0]) & _MASK, sums.expected_count + one[1]
        sums.found, sums.found_count = (sums.found + other[0]) & _MASK, sums.found_count + other[1]

    def add_expected(self, entity: str, name: str, keys: Hashes, values: Sequence[Any]) -> None:
        """Take in a field of records that the CRM should have and has not."""
        sums, (number, count) = self._of(entity, name), _sum(keys, values)
        sums.expected, sums.expected_count = (sums.expected + number) & _MASK, sums.expected_count + count

    def add_found(self, entity: str, name: str, keys: Hashes, values: Sequence[Any]) -> None:
        """Take in a field of records that the CRM has and should not have."""
        sums, (number, count) = self._of(entity, name), _sum(keys, values)
        sums.found, sums.found_count = (sums.found + number) & _MASK, sums.found_count + count

    def _of(self, entity: str, name: str) -> Sums:
        return self.sums.setdefault((entity, name), Sums())


def _sum(keys: Hashes, values: Sequence[Any]) -> tuple[int, int]:
    filled = [place for place, value in enumerate(values) if value is not None]
    if not filled:
        return 0, 0
    kept = values if len(filled) == len(values) else [values[place] for place in filled]
    mixed = keys[filled] if len(filled) < len(values) else keys
    if all(value.__class__ is datetime for value in kept):
        # Moments are numbers already: microseconds since 1970.
        hashed = np.rint(np.array([value.timestamp() for value in kept]) * 1e6).astype(np.int64).view(np.uint64)
    else:
        hashed = _hashed([value if value.__class__ is str else text_of(value) for value in kept])
    mixed = mixed ^ ((hashed << _TURN[0]) | (hashed >> _TURN[1]))
    for stir in _STIR:
        mixed = (mixed ^ (mixed >> _SHIFT)) * stir
    return int((mixed ^ (mixed >> _SHIFT)).sum(dtype=np.uint64)), len(filled)


def _hashed(texts: Sequence[str]) -> Hashes:
    different = list(dict.fromkeys(texts))
    if 2 * len(different) > len(texts):
        return hashes(texts)
    place = {text: number for number, text in enumerate(different)}
    return hashes(different)[[place[text] for text in texts]]


def text_of(value: object) -> str:
    """A value as the text that is hashed and shown: moments in UTC, lists as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        text = value.isoformat(" ")
        return text[:-6] if text.endswith("+00:00") else value.astimezone(UTC).isoformat(" ")[:-6]
    if isinstance(value, (bool, list, dict)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else str(value)
