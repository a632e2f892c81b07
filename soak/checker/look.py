"""Looks into the tables by SQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg


@dataclass(frozen=True, slots=True)
class Tables:
    """The database of the house, in one transaction that only reads."""

    connection: psycopg.Connection[Any]

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows."""
        return self.connection.execute(query.encode(), values).fetchall()

    def stream(self, query: str) -> Iterator[tuple[Any, ...]]:
        """Rows of a long answer, without holding all of them."""
        with self.connection.cursor(name="long") as cursor:
            cursor.itersize = 20_000
            cursor.execute(query.encode())
            yield from cursor
