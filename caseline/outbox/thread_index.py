"""The header Thread-Index, by which Outlook groups letters: a root of 22 bytes, and 5 more for each answer."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

ROOT: Final = 22
BLOCK: Final = 5
MOST_BLOCKS: Final = 100
_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)
_SHORT_BITS: Final = 49
"""A distance in units of 100 ns below this many bits (1.8 years) is told to 26 ms, a longer one to 0.8 s."""


def root(message_id: str, at: datetime) -> bytes:
    """The value of a letter that answers nothing; the same whenever it is made."""
    return _ticks(at).to_bytes(8, "big")[:6] + sha256(message_id.encode()).digest()[:16]


def child(parent: bytes, message_id: str, at: datetime) -> bytes:
    """The value of an answer to a mail with that value; a value that is none makes a root."""
    if len(parent) < ROOT:
        return root(message_id, at)
    since = int.from_bytes(parent[:6], "big") << 16
    distance = max(0, _ticks(at) - since)
    told = distance >> 18 if distance >> _SHORT_BITS == 0 else 1 << 31 | (distance >> 23) & 0x7FFF_FFFF
    block = (told & 0xFFFF_FFFF).to_bytes(4, "big") + sha256(message_id.encode()).digest()[:1]
    # Who answers without end must not make the header grow without end.
    return parent[: ROOT + (MOST_BLOCKS - 1) * BLOCK] + block


def _ticks(at: datetime) -> int:
    """A FILETIME: units of 100 ns since 1601."""
    return (at - _EPOCH) // timedelta(microseconds=1) * 10
