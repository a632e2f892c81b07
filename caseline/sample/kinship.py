"""Who belongs to whom, worked out from indexes instead of remembered."""

from collections.abc import Callable, Container
from typing import Final

from caseline.sample.chance import mixed, salt

_REACH: Final = 3_000  # rows between a child and its parent
_WITHOUT_COMPANY: Final = 12  # percent of the contacts
_WAYS: Final = (-1, 1)


class Family:
    """Two rows in `one_in` have a parent: one finds it earlier in the file, the other later.

    A line of ancestors runs one way through the file, so nobody becomes his own ancestor. Parents are only rows for
    which `usable` holds.
    """

    def __init__(self, seed: int, name: str, *, rows: int, one_in: int, usable: Callable[[int], bool]) -> None:
        self._seasoning = salt(seed, f"family/{name}")
        self._rows = rows
        self._one_in = one_in
        self._usable = usable

    def parent(self, index: int) -> int | None:
        """Index of the row's parent."""
        bits = mixed(index, self._seasoning)
        way = self._way(bits)
        if not way:
            return None
        room = min(index if way < 0 else self._rows - 1 - index, _REACH)
        if not room:
            return None
        nearest = index + way * (1 + (bits >> 16) % room)
        candidates = range(nearest, -1 if way < 0 else self._rows, way)
        return next((c for c in candidates if self._usable(c) and self._way_of(c) != -way), None)

    def _way_of(self, index: int) -> int:
        return self._way(mixed(index, self._seasoning))

    def _way(self, bits: int) -> int:
        """-1: the parent stands before the row, 1: behind it, 0: there is none."""
        lot = bits % self._one_in
        return _WAYS[lot] if lot < len(_WAYS) else 0


class Employment:
    """Which account a contact works for: a good one, most of the time no younger than the contact."""

    def __init__(self, seed: int, *, contacts: int, accounts: int, bad_accounts: Container[int]) -> None:
        self._seasoning = salt(seed, "employment")
        self._contacts = contacts
        self._accounts = accounts
        self._bad_accounts = bad_accounts

    def account(self, contact: int) -> int | None:
        """Index of the account; None for a contact without one."""
        bits = mixed(contact, self._seasoning)
        if bits % 100 < _WITHOUT_COMPANY:
            return None
        until = 1 + contact * (self._accounts - 1) // self._contacts
        return next_good((bits >> 10) % until, self._accounts, self._bad_accounts)


def next_good(index: int, rows: int, bad: Container[int]) -> int:
    """The row itself, or the first good one after it, going round; one at least must be good."""
    while index in bad:
        index = (index + 1) % rows
    return index
