"""Record ids in the 18-character form of Salesforce, derived from a row's index.

An id is 15 characters of base 62, letter case significant: 3 name the object, 2 the server, 10 count. Three more tell
readers that ignore letter case what the case was: the 15 are cut into three fives, bit i of a five is set when its
character i is a capital, and the five bits pick one of 32 signs.
"""

from typing import Final

_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SIGNS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SERVER: Final = "8d"
_PAIRS: Final = tuple(high + low for high in _DIGITS for low in _DIGITS)
_PAIR_BITS: Final = tuple(pair[0].isupper() + 2 * pair[1].isupper() for pair in _PAIRS)
_ROOM: Final = 62**5

NULL_KEY: Final = "000000000000000AAA"
"""How an export may write an empty reference."""


def with_suffix(short: str) -> str:
    """18 characters from 15."""
    fives = (short[:5], short[5:10], short[10:15])
    return short + "".join(_SIGNS[sum(c.isupper() << i for i, c in enumerate(five))] for five in fives)


class IdSpace:
    """The ids of one object: `prefix` is its three characters, `first` the number behind index 0.

    Neighbouring ids run through capitals and small letters, so in any file of 124 rows some ids differ in case alone.
    """

    __slots__ = ("_first", "_head", "_lefts", "_tail", "prefix")

    def __init__(self, prefix: str, first: int) -> None:
        self.prefix = prefix
        self._first = first
        self._head = f"{prefix}{_SERVER}00000"
        self._tail = with_suffix(f"{self._head}00000")[15:17]
        self._lefts: dict[int, tuple[str, int]] = {}

    def at(self, index: int) -> str:
        """Id of the row with this index, up to about 900 million."""
        rest, low = divmod(self._first + index, 3844)
        left, bits = self._lefts.get(rest) or self._left(rest)
        return f"{left}{_PAIRS[low]}{self._tail}{_SIGNS[bits + 8 * _PAIR_BITS[low]]}"

    def _left(self, rest: int) -> tuple[str, int]:
        """All characters but the last two of the fifteen, with their bits; kept, for thousands of ids share them."""
        top, middle = divmod(rest, 3844)
        digit = _DIGITS[top]
        self._lefts[rest] = f"{self._head}{digit}{_PAIRS[middle]}", digit.isupper() + 2 * _PAIR_BITS[middle]
        return self._lefts[rest]

    def nowhere(self, index: int) -> str:
        """A well-formed id that no row of an export has."""
        return self.at(_ROOM - 1 - self._first - index)


ORGANISATION: Final = IdSpace("00D", 41_207_365).at(0)
