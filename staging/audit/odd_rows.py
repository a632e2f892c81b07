"""Walks along the rows of a file that have no key of their own, as far as the file itself is read."""

from collections.abc import Iterator

from staging.audit.store import OddRow


class OddRows:
    """Rows in the order of their lines; each is given out once, to the record at its place."""

    def __init__(self, rows: Iterator[OddRow]) -> None:
        self._rows = rows
        self._next: OddRow | None = next(rows, None)
        self._near: dict[int, list[OddRow]] = {}
        self._left: list[OddRow] = []

    def reach(self, line: int) -> None:
        """Fetch the rows up to this line; what nobody asked for so far is left over."""
        self._left += self._unclaimed()
        self._near.clear()
        while self._next is not None and self._next.line <= line:
            self._near.setdefault(self._next.line, []).append(self._next)
            self._next = next(self._rows, None)

    def at(self, line: int) -> OddRow | None:
        """The row of the record that begins in this line."""
        rows = self._near.get(line)
        return rows.pop(0) if rows else None

    def within(self, line: int, count: int) -> OddRow | None:
        """A row in a stretch of lines that cannot be read; the others there belong to it too."""
        found = [row for near in range(line, line + count) for row in self._near.pop(near, ())]
        return found[0] if found else None

    def rest(self) -> list[OddRow]:
        """Rows that belong to no record of the file."""
        self.reach(2**63)
        self._left += self._unclaimed()
        return self._left

    def _unclaimed(self) -> list[OddRow]:
        # A row that is unreadable and has a key stands for the key too, and is looked at there.
        return [row for rows in self._near.values() for row in rows if not (row.unread and row.has_key)]
